using System.Reflection;
using SiaEngine.Cpu;

namespace SiaEngine.Tests;

/// <summary>Every op of the engine has gradient cases that hold, kernels on every device and a test class of its own.</summary>
public class OpCoverageTests
{
    public static TheoryData<string> Ops => [.. GradientCatalog.Ops.Select(op => op.Id)];

    [Fact]
    public void Every_op_type_is_in_the_catalog()
    {
        var types = typeof(IOp).Assembly.GetTypes().Where(t => t.IsValueType && t.IsAssignableTo(typeof(IOp))).ToArray();
        Assert.Equal(types.Length, GradientCatalog.Ops.Count);
        Assert.All(GradientCatalog.Ops, op => Assert.NotEmpty(op.Cases));
        Assert.Equal(GradientCatalog.Ops.Count, GradientCatalog.Ops.Select(op => op.Id).Distinct().Count());
    }

    [Fact]
    public void Every_kernel_contract_has_an_implementation_on_the_cpu()
    {
        using var cpu = new CpuDevice();
        var contracts = typeof(IOp).Assembly.GetTypes().Where(t => t.IsInterface && t.Name == "IKernels").ToArray();
        Assert.NotEmpty(contracts);
        Assert.All(contracts, contract => Assert.True(cpu.Has(contract), $"cpu has no kernels for {contract.DeclaringType?.Name}"));
    }

    [Fact]
    public void Every_op_has_a_test_class()
    {
        var classes = Assembly.GetExecutingAssembly().GetTypes().Select(t => t.Name).ToHashSet();
        var ops = typeof(IOp).Assembly.GetTypes().Where(t => t.IsValueType && t.IsAssignableTo(typeof(IOp)));
        Assert.All(ops, op => Assert.Contains(op.Name + "Tests", classes));
    }

    [Theory, MemberData(nameof(Ops))]
    public void Backward_equals_central_differences(string id)
    {
        using var cpu = new CpuDevice();
        foreach (var test in GradientCatalog.Find(id).Cases)
        {
            var result = GradientCheck.Run(id, test, cpu);
            Assert.True(result.Checked > 0, $"{id}, {test.Name}: nothing was checked");
            Assert.True(result.Holds, $"{id}, {test.Name}: error {result.WorstError:E2} above {GradientCheck.Tolerance:E0} at {result.Worst}");
        }

        Assert.Equal(0, cpu.Pool.LiveBytes);
    }
}
