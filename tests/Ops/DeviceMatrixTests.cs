using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Ops;

/// <summary>
/// Every op on every device in f32 and bf16, forward and all gradients, against the CPU's float64 at the same inputs. The error of a tensor is its largest
/// deviation relative to its largest element, max |a − e| / max |e|, and must be at most 2 ε + u: ε is the largest error of the reference computation in that
/// dtype over several draws of inputs, u one rounding to the dtype. The reference is the CPU's own f32, and for bf16 the <see cref="NaiveDevice"/>.
/// </summary>
public sealed class DeviceMatrixTests(DeviceMatrixTests.Opened devices) : IClassFixture<DeviceMatrixTests.Opened>
{
    private const ulong Draws = 4;

    public static TheoryData<string, string, DType> All =>
        [.. Devices.Names.SelectMany(device => GradientCatalog.Ops.SelectMany(op => new[] { (device, op.Id, DType.F32), (device, op.Id, DType.BF16) }))];

    public static TheoryData<string, string> OfOps => [.. Devices.Names.SelectMany(device => GradientCatalog.Ops.Select(op => (device, op.Id)))];

    public static TheoryData<string> Names => [.. Devices.Names];

    [Theory, MemberData(nameof(Names))]
    public void Every_kernel_contract_has_an_implementation(string name)
    {
        var contracts = typeof(IOp).Assembly.GetTypes().Where(t => t.IsInterface && t.Name == "IKernels").ToArray();
        Assert.NotEmpty(contracts);
        Assert.All(contracts, contract => Assert.True(devices.Get(name).Has(contract), $"{name} has no kernels for {contract.DeclaringType?.Name}"));
    }

    [Theory, MemberData(nameof(All))]
    public void Results_and_gradients_are_as_good_as_the_dtype_allows(string name, string op, DType dtype)
    {
        var device = devices.Get(name);
        foreach (var test in GradientCatalog.Find(op).Cases)
            foreach (var uses in (ReadOnlySpan<int>)[1, 2])
            {
                var draw = new Draw(test, dtype, 1, devices.Cpu);
                var exact = draw.Run(devices.Cpu, DType.F64, uses);
                var bounds = Bounds(test, dtype, uses);
                var first = draw.Run(device, dtype, uses);
                for (var i = 0; i < exact.Length; i++) Within(exact[i], first[i], bounds[i], $"{op} on {name} in {dtype.Name}, {test.Name}, {uses} uses, {Part(i)}");
                SameBits(first, draw.Run(device, dtype, uses));
                if (device.Driver is not SimulatedDriver driver) continue;
                driver.Schedule = Schedule.Shuffled(7);
                SameBits(first, draw.Run(device, dtype, uses));
                driver.Schedule = Schedule.InOrder;
            }

        Assert.Equal(0, device.Pool.LiveBytes);
    }

    [Theory, MemberData(nameof(All))]
    public void Gradients_do_not_depend_on_which_others_are_asked_for(string name, string op, DType dtype)
    {
        var device = devices.Get(name);
        foreach (var test in GradientCatalog.Find(op).Cases)
        {
            var draw = new Draw(test, dtype, 1, devices.Cpu);
            var exact = draw.Run(devices.Cpu, DType.F64, 1);
            var bounds = Bounds(test, dtype, 1);
            for (var input = 0; test.Inputs.Count > 1 && input < test.Inputs.Count; input++)
                Within(exact[1 + input], draw.Run(device, dtype, 1, 1 << input)[1 + input], bounds[1 + input], $"{op} on {name} in {dtype.Name}, {test.Name}, only input {input}");
        }

        Assert.Equal(0, device.Pool.LiveBytes);
    }

    /// <summary>A bf16 parameter's gradient is f32, and the second use adds to the first.</summary>
    [Theory, MemberData(nameof(OfOps))]
    public void Parameters_in_bf16_collect_gradients_in_f32(string name, string op)
    {
        var device = devices.Get(name);
        foreach (var test in GradientCatalog.Find(op).Cases.Where(test => test.Tables.Count == 0))
        {
            var draw = new Draw(test, DType.BF16, 1, devices.Cpu);
            var exact = draw.Run(devices.Cpu, DType.F64, 2)[1..];
            var bounds = Bounds(DType.BF16, seed =>
            {
                var other = new Draw(test, DType.BF16, seed, devices.Cpu);
                return (other.Run(devices.Cpu, DType.F64, 2)[1..], other.OnParameters(devices.Naive));
            });
            var actual = draw.OnParameters(device);
            for (var i = 0; i < exact.Length; i++) Within(exact[i], actual[i], bounds[i], $"{op} on {name}, {test.Name}, parameter {i}");
        }

        Assert.Equal(0, device.Pool.LiveBytes);
    }

    private double[] Bounds(GradientCase test, DType dtype, int uses) => Bounds(dtype, seed =>
    {
        var draw = new Draw(test, dtype, seed, devices.Cpu);
        return (draw.Run(devices.Cpu, DType.F64, uses), draw.Run(dtype == DType.BF16 ? devices.Naive : devices.Cpu, dtype, uses));
    });

    /// <summary>2 ε + u for each tensor of a computation, ε from the reference's error over several draws.</summary>
    private static double[] Bounds(DType dtype, Func<ulong, (double[][] Exact, double[][] Narrow)> run)
    {
        double[] worst = [];
        for (var seed = 1UL; seed <= Draws; seed++)
        {
            var (exact, narrow) = run(seed);
            if (worst.Length == 0) worst = new double[exact.Length];
            for (var i = 0; i < exact.Length; i++) worst[i] = Math.Max(worst[i], Error(exact[i], narrow[i]).Worst);
        }

        return Array.ConvertAll(worst, error => 2 * error + Rounding(dtype));
    }

    private static double Rounding(DType dtype) => Math.ScaleB(1, dtype == DType.BF16 ? -8 : -24);

    private static void Within(double[] exact, double[] actual, double bound, string what)
    {
        Assert.Equal(exact.Length, actual.Length);
        var (worst, at) = Error(exact, actual);
        Assert.True(worst <= bound, $"{what}: element {at} is {actual[at]:R}, exactly {exact[at]:R}: error {worst:E2} above {bound:E2}");
    }

    private static (double Worst, int At) Error(double[] exact, double[] actual)
    {
        var (largest, worst, at) = (exact.Max(Math.Abs), 0.0, 0);
        for (var i = 0; i < exact.Length; i++)
        {
            var error = Math.Abs(actual[i] - exact[i]);
            if (!double.IsFinite(error)) return (double.PositiveInfinity, i);
            if (error > worst) (worst, at) = (error, i);
        }

        return (worst == 0 || largest == 0 ? worst : worst / largest, at);
    }

    private static void SameBits(double[][] first, double[][] second)
    {
        for (var i = 0; i < first.Length; i++) Assert.Equal(first[i].Select(BitConverter.DoubleToInt64Bits), second[i].Select(BitConverter.DoubleToInt64Bits));
    }

    private static string Part(int i) => i == 0 ? "result" : $"gradient of input {i - 1}";

    /// <summary>Inputs and upstream gradient of a case, already rounded to the dtype under test, so that only the computation differs.</summary>
    private sealed class Draw
    {
        private readonly GradientCase _test;
        private readonly double[][] _inputs;
        private readonly double[] _upstream;

        public Draw(GradientCase test, DType dtype, ulong seed, Device cpu)
        {
            _test = test;
            _inputs = Array.ConvertAll(GradientCheck.Inputs(test, seed), x => Rounded(x, dtype, cpu));
            using var scope = Scope.Enter();
            var x = new Tensor[_inputs.Length];
            for (var i = 0; i < x.Length; i++) x[i] = Tensor.From<double>(_inputs[i], test.Inputs[i], cpu);
            _upstream = Rounded(GradientCheck.Normals((int)test.Function(new GradientContext(cpu, DType.F64), x).Count, seed, 1000), dtype, cpu);
        }

        /// <summary>The result, then the gradient of each input, empty where the subset does not ask for it.</summary>
        public double[][] Run(Device device, DType dtype, int uses, int subset = -1)
        {
            var (output, gradients) = GradientCheck.Analytic(_test, device, dtype, _inputs, _upstream, subset, uses);
            return [output, .. gradients.Select(gradient => gradient ?? [])];
        }

        /// <summary>The gradients of bf16 parameters in the place of the inputs, each op applied twice.</summary>
        public double[][] OnParameters(Device device)
        {
            var parameters = _inputs.Select((values, i) => new Parameter($"input {i}", _test.Inputs[i], DType.BF16, device)).ToArray();
            try
            {
                for (var i = 0; i < parameters.Length; i++) parameters[i].Set(_inputs[i]);
                var x = Array.ConvertAll(parameters, p => p.Value);
                for (var use = 0; use < 2; use++)
                {
                    using var scope = Scope.Enter();
                    using var tape = Tape.Start();
                    var y = _test.Function(new GradientContext(device, DType.BF16), x);
                    tape.Backward(y, GradientContext.Make(_upstream, y.Shape, y.DType, device));
                }

                return Array.ConvertAll(parameters, p => GradientContext.Read(p.Gradient));
            }
            finally
            {
                foreach (var parameter in parameters) parameter.Dispose();
            }
        }

        private static double[] Rounded(double[] values, DType dtype, Device cpu)
        {
            using var scope = Scope.Enter();
            return GradientContext.Read(GradientContext.Make(values, [values.Length], dtype, cpu));
        }
    }

    /// <summary>The devices, opened once for the class: modules are compiled once.</summary>
    public sealed class Opened : IDisposable
    {
        private readonly Dictionary<string, CudaDevice> _devices = [];

        public CpuDevice Cpu { get; } = new();

        public CpuDevice Naive { get; } = NaiveDevice.Create();

        public CudaDevice Get(string name)
        {
            if (!_devices.TryGetValue(name, out var device)) _devices.Add(name, device = Devices.Open(name));
            return Devices.Use(device);
        }

        public void Dispose()
        {
            foreach (var device in _devices.Values) Devices.Use(device).Dispose();
            Naive.Dispose();
            Cpu.Dispose();
        }
    }
}
