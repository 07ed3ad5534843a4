using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SiaEngine.Tests;

/// <summary>The dependencies between folders form a line, and sources stay small.</summary>
public partial class LayeringTests
{
    private static readonly string Root = Repository.Root;

    [Theory]
    [InlineData("engine/SiaEngine.csproj", "")]
    [InlineData("cuda/SiaEngine.Cuda.csproj", "SiaEngine")]
    [InlineData("cuda/ManagedCuda/SiaEngine.ManagedCuda.csproj", "")]
    [InlineData("cuda/SimulatedCuda/SiaEngine.SimulatedCuda.csproj", "SiaEngine.Cuda")]
    [InlineData("model/SiaEngine.Model.csproj", "SiaEngine")]
    [InlineData("train/SiaEngine.Train.csproj", "SiaEngine SiaEngine.Cuda SiaEngine.Model")]
    public void A_project_uses_only_what_stands_below_it(string project, string allowed)
    {
        var references = XDocument.Load(Path.Combine(Root, project)).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value))
            .Where(name => name != "SiaEngine.ManagedCuda")
            .Order(StringComparer.Ordinal);
        Assert.Equal(allowed, string.Join(' ', references));
    }

    [Theory, InlineData("engine"), InlineData("model")]
    public void Nothing_below_the_backend_names_cuda(string folder)
    {
        var naming = Sources(folder, "*.cs").Where(file => File.ReadAllText(file).Contains("SiaEngine.Cuda", StringComparison.Ordinal));
        Assert.Empty(naming);
    }

    [Fact]
    public void ManagedCuda_stays_in_the_driver_and_blas_folders()
    {
        var naming = Sources("cuda", "*.cs").Where(file => File.ReadAllText(file).Contains("using ManagedCuda", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Path.Combine(Root, "cuda"), file).Split(Path.DirectorySeparatorChar)[0]);
        Assert.All(naming, folder => Assert.Contains(folder, (string[])["Driver", "Blas", "ManagedCuda"]));
    }

    [Fact]
    public void Sources_stay_small()
    {
        var sizes = new[] { "engine", "cuda", "model", "train" }.SelectMany(folder => Sources(folder, "*.cs"))
            .Select(file => (file, lines: File.ReadLines(file).Count())).OrderBy(x => x.lines).ToArray();
        Assert.True(sizes[sizes.Length / 2].lines < 150, $"the median source has {sizes[sizes.Length / 2].lines} lines");
        Assert.All(sizes, x => Assert.True(x.lines <= 400, $"{x.file} has {x.lines} lines"));
        Assert.All(Sources("native", "*.ptx"), file => Assert.True(File.ReadLines(file).Count() <= 600, $"{file} has more than 600 lines"));
    }

    [Fact]
    public void Every_op_has_its_files_under_one_stem()
    {
        foreach (var op in Sources("engine/Ops", "*.cs").Where(file => File.ReadAllText(file).Contains(": IOp", StringComparison.Ordinal)))
        {
            var name = Path.GetFileName(op);
            if (!File.ReadAllText(op).Contains("interface IKernels", StringComparison.Ordinal)) continue;
            Assert.True(File.Exists(Path.Combine(Root, "engine/Cpu", "Cpu" + name)), $"engine/Cpu/Cpu{name} is missing");
            Assert.True(File.Exists(Path.Combine(Root, "cuda/Kernels", "Cuda" + name)), $"cuda/Kernels/Cuda{name} is missing");
            // Products of matrices are the BLAS library's; every other op has PTX of its own, named after its id.
            if (name is not ("Linear.cs" or "MatMul.cs")) Assert.True(HasPtx(op), $"native/ptx has no file for {name}");
            Assert.True(File.Exists(Path.Combine(Root, "tests/Ops", name.Replace(".cs", "Tests.cs", StringComparison.Ordinal))), $"tests for {name} are missing");
        }
    }

    /// <summary>Whether there is a PTX file with the op's id for a name, or one that begins with it.</summary>
    private static bool HasPtx(string op)
    {
        var id = IdOf().Match(File.ReadAllText(op)).Groups[1].Value;
        return id.Length > 0 && Sources("native/ptx", $"{id}*.ptx").Any();
    }

    [GeneratedRegex("string Id => \"(\\w+)\"")]
    private static partial Regex IdOf();

    private static IEnumerable<string> Sources(string folder, string pattern)
    {
        var path = Path.Combine(Root, folder);
        var skip = new[] { $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}" };
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Where(file => !skip.Any(part => file.Contains(part, StringComparison.Ordinal)))
            : [];
    }
}
