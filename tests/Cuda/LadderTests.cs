using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

public sealed class LadderTests(RecordedDevice sim) : IClassFixture<RecordedDevice>
{
    /// <summary>Gemm extents that every step takes.</summary>
    private static readonly int[] Product = [128, 256, 64];

    /// <summary>Rows and columns of the row sums.</summary>
    private static readonly int[] Rows = [64, 2048];

    public static TheoryData<string> Gemm => [.. Ladder.Gemm.Select(step => step.Name)];

    public static TheoryData<string> Reduction => [.. Ladder.Reduction.Select(step => step.Name)];

    [Theory, MemberData(nameof(Gemm))]
    public void Product_is_within_the_bound_of_f32_sums(string name)
    {
        var step = Ladder.Gemm.Single(s => s.Name == name);
        // The smallest shape of the step and another in which every extent has several tiles.
        foreach (var tiles in (int[][])[[1, 1, 1], [1, 2, 3], [2, 1, 2]])
        {
            int[] extents = [.. step.Extents.Select((e, i) => e.Multiple * tiles[i])];
            var (m, n, k) = (extents[0], extents[1], extents[2]);
            var (a, b) = (GradientCheck.Normals(m * k, 1, 0), GradientCheck.Normals(k * n, 1, 1));
            if (step.Input == DType.BF16) (a, b) = ([.. a.Select(BFloat16Rounding.Round)], [.. b.Select(BFloat16Rounding.Round)]);
            var (c, _) = Run(step, extents, [(a, step.Input), (b, step.Input)], m * n);
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    double sum = 0, size = 0;
                    for (var p = 0; p < k; p++)
                    {
                        var product = (double)(float)a[i * k + p] * (float)b[p * n + j];
                        (sum, size) = (sum + product, size + Math.Abs(product));
                    }

                    // k roundings of products and k of sums, in any order; the tensor core truncates, which is two roundings.
                    var bound = (step.Input == DType.BF16 ? 2 : 1) * 2 * k * size * Math.Pow(2, -24) * (1 + 1e-4);
                    Assert.True(Math.Abs(c[i * n + j] - sum) <= bound, $"{name} {m} x {n} x {k}: C[{i},{j}] = {c[i * n + j]:G9}, expected {sum:G9}, bound {bound:E1}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Reduction))]
    public void Row_sums_are_within_the_bound_of_f32_sums(string name)
    {
        var step = Ladder.Reduction.Single(s => s.Name == name);
        foreach (var (rows, columns) in ((int, int)[])[(1, 4), (3, 100), (257, 36), (2, 1300)])
        {
            var x = GradientCheck.Normals(rows * columns, 2, 0);
            var (y, _) = Run(step, [rows, columns], [(x, DType.F32)], rows);
            for (var r = 0; r < rows; r++)
            {
                double sum = 0, size = 0;
                for (var c = 0; c < columns; c++) (sum, size) = (sum + (float)x[r * columns + c], size + Math.Abs((float)x[r * columns + c]));
                Assert.True(Math.Abs(y[r] - sum) <= columns * size * Math.Pow(2, -24), $"{name} {rows} x {columns}: y[{r}] = {y[r]:G9}, expected {sum:G9}");
            }
        }
    }

    [Theory, MemberData(nameof(Gemm)), MemberData(nameof(Reduction))]
    public void Bits_do_not_depend_on_the_schedule(string name)
    {
        var step = Ladder.Gemm.Concat(Ladder.Reduction).Single(s => s.Name == name);
        var isProduct = step.Extents.Count == 3;
        int[] extents = isProduct ? [.. step.Extents.Select(e => e.Multiple * 2)] : [5, 300];
        (double[], DType)[] inputs = isProduct
            ? [(GradientCheck.Normals(extents[0] * extents[2], 3, 0), step.Input), (GradientCheck.Normals(extents[2] * extents[1], 3, 1), step.Input)]
            : [(GradientCheck.Normals(extents[0] * extents[1], 3, 0), DType.F32)];
        var results = isProduct ? extents[0] * extents[1] : extents[0];
        var first = Run(step, extents, inputs, results).Result;
        Assert.Equal(first, Run(step, extents, inputs, results, Schedule.Shuffled(7)).Result);
    }

    [Fact]
    public void Gemm_steps_save_what_their_articles_say()
    {
        var steps = Ladder.Gemm.Select(step => (step, Counters(step, Product))).ToDictionary(s => s.step.Name, s => s.Item2);
        Costs naive = steps["gemm_1_naive"], shared = steps["gemm_2_shared"], registers = steps["gemm_3_registers"], async = steps["gemm_4_async"], mma = steps["gemm_5_mma"];

        // Per multiply-add of a warp: 1 + 4 sectors, then 8 / 32, then 1 / 16; half of it with bf16.
        Assert.Equal(5, naive.SectorsRead, 1e-9);
        Assert.Equal(0.25, shared.SectorsRead, 1e-9);
        Assert.Equal(1.0 / 16, registers.SectorsRead, 1e-9);
        Assert.Equal(registers.SectorsRead, async.SectorsRead, 1e-9);
        Assert.Equal(1.0 / 32, mma.SectorsRead, 1e-9);

        // Loads from shared memory: none, two single ones, 1 / 16 of four floats; wavefronts 2 and at most 1 / 4.
        Assert.Equal(0, naive.SharedLoads);
        Assert.Equal(2, shared.SharedLoads, 1e-9);
        Assert.Equal(1.0 / 16, registers.SharedLoads, 1e-9);
        Assert.InRange(shared.SharedLoadWavefronts, 2, 2);
        Assert.InRange(registers.SharedLoadWavefronts, 0, 0.25);
        Assert.InRange(mma.SharedLoadWavefronts, 0, 0.1);

        // No step has bank conflicts.
        Assert.All(steps.Values, s => Assert.Equal(s.IdealWavefronts, s.Wavefronts));

        // Instructions per multiply-add fall; in step 3 nine of ten are multiply-adds, and tensor cores need less than a tenth.
        Assert.True(naive.Instructions > 2 * shared.Instructions && shared.Instructions > 2.5 * registers.Instructions, $"{naive} {shared} {registers}");
        Assert.InRange(1 / registers.Instructions, 0.89, 1);
        Assert.InRange(1 / async.Instructions, 0.89, 1);
        Assert.InRange(mma.Instructions, 0, 0.1);

        // Asynchronous copies do in one instruction what took a load and a store.
        Assert.Equal(0, registers.Copies);
        Assert.Equal(registers.Fetches / 2, async.Copies);
        Assert.Equal(0, async.Fetches);

        // Two barriers per tile become one.
        Assert.Equal(2.0 * registers.Blocks * 8 * Product[2] / 16, registers.Barriers);
        Assert.Equal(registers.Barriers / 2, async.Barriers);
    }

    [Fact]
    public void Without_the_swizzle_ldmatrix_collides()
    {
        // The article's claim: 4 wavefronts for one in A's tile, 8 in B's. The shape has one tile, so nothing but the swizzle changes.
        var step = Ladder.Gemm[^1];
        var source = PtxLibrary.Load(step.Source);
        var plain = new PtxSource(source.Name, source.Text.Replace("xor.b32             %chunk, %chunk, %swizzle;", "", StringComparison.Ordinal)
            .Replace("xor.b32             %swizzle, %chunk, %swizzle;", "mov.b32 %swizzle, %chunk;", StringComparison.Ordinal), source.Lines);
        int[] extents = [128, 128, 32];
        (double[], DType)[] inputs = [([.. Enumerable.Range(0, 128 * 32).Select(i => i % 7 - 3.0)], DType.BF16), ([.. Enumerable.Range(0, 128 * 32).Select(i => i % 5 - 2.0)], DType.BF16)];
        var (expected, swizzled) = Run(step, extents, inputs, 128 * 128);
        var (actual, run) = Run(step, extents, inputs, 128 * 128, text: plain);
        Assert.Equal(expected, actual);
        Assert.Equal([1, 1], Conflicts(swizzled));
        Assert.Equal([4, 8], Conflicts(run));

        static double[] Conflicts(KernelRun run)
        {
            var (wavefronts, ideal) = (new double[2], new double[2]);
            for (var pc = 0; pc < run.Instructions.Count; pc++)
            {
                if (run.Instructions[pc].Opcode != "ldmatrix") continue;
                var b = run.Instructions[pc].ToString().Contains("trans", StringComparison.Ordinal) ? 1 : 0;
                wavefronts[b] += run.Counters.SharedWavefronts[pc];
                ideal[b] += run.Counters.SharedIdealWavefronts[pc];
            }

            return [wavefronts[0] / ideal[0], wavefronts[1] / ideal[1]];
        }
    }

    [Fact]
    public void Reduction_steps_save_what_their_articles_say()
    {
        var runs = Ladder.Reduction.Select(step => Run(step, Rows, [(GradientCheck.Normals(Rows[0] * Rows[1], 5, 0), DType.F32)], Rows[0]).Run).ToArray();
        var loads = runs.Select(run => Totals(run, "ld", ".global")).ToArray();
        Assert.Equal([32, 4, 16], loads.Select(l => (int)(l.Sectors / l.Requests)));
        Assert.Equal(loads[0].Requests, loads[1].Requests);
        Assert.Equal(loads[1].Requests, 4 * loads[2].Requests);
        Assert.Equal(8 * loads[1].Sectors, loads[0].Sectors);
        Assert.Equal(loads[1].Sectors, loads[2].Sectors);

        // Barriers per warp: none, eight, one. Accesses to shared memory per row: none, 32, 9, without conflicts.
        Assert.Equal([0, 8, 1], runs.Select(run => (int)(Executions(run, "bar") / (8.0 * Rows[0]))));
        Assert.All(runs, run => Assert.Equal(KernelCounters.Sum(run.Counters.SharedIdealWavefronts), KernelCounters.Sum(run.Counters.SharedWavefronts)));
        Assert.Equal([0, 32, 9], runs.Select(run => (int)(KernelCounters.Sum(run.Counters.SharedRequests) / Rows[0])));
    }

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        var error = Assert.Throws<ShapeException>(() => Ladder.Gemm[2].Shape(128, 128, 24));
        Assert.Equal("gemm_3_registers: takes m % 128 == 0, n % 128 == 0, k % 16 == 0; got 128, 128, 24.", error.Message);
        Assert.Throws<ShapeException>(() => Ladder.Reduction[2].Shape(3, 6));
        Assert.Equal(2.0 * 128 * 256 * 64, Ladder.Gemm[0].Flops(Product));
    }

    private Costs Counters(LadderStep step, int[] extents)
    {
        var (m, n, k) = (extents[0], extents[1], extents[2]);
        var run = Run(step, extents, [(GradientCheck.Normals(m * k, 4, 0), step.Input), (GradientCheck.Normals(k * n, 4, 1), step.Input)], m * n).Run;
        var work = (double)m * n * k / 32;
        var (global, copies, shared, matrices) = (Totals(run, "ld", ".global"), Totals(run, "cp", ""), Totals(run, "ld", ".shared"), Totals(run, "ldmatrix", ""));
        return new Costs((global.Sectors + copies.Sectors) / work, (shared.SharedRequests + matrices.SharedRequests) / work, (shared.Wavefronts + matrices.Wavefronts) / work,
            KernelCounters.Sum(run.Counters.SharedWavefronts), KernelCounters.Sum(run.Counters.SharedIdealWavefronts), run.Counters.WarpInstructions / work,
            Executions(run, "bar"), global.Requests + Totals(run, "st", ".shared").SharedRequests, copies.Requests, run.Shape.Blocks);
    }

    private static long Executions(KernelRun run, string opcode) =>
        run.Instructions.Select((instruction, pc) => instruction.Opcode == opcode ? run.Counters.Executions[pc] : 0).Sum();

    private static (double Requests, double Sectors, double SharedRequests, double Wavefronts) Totals(KernelRun run, string opcode, string space)
    {
        var at = Enumerable.Range(0, run.Instructions.Count)
            .Where(pc => run.Instructions[pc].Opcode == opcode && run.Instructions[pc].ToString().Contains(space, StringComparison.Ordinal)).ToArray();
        return (at.Sum(pc => run.Counters.GlobalRequests[pc]), at.Sum(pc => run.Counters.GlobalSectors[pc]), at.Sum(pc => run.Counters.SharedRequests[pc]),
            at.Sum(pc => run.Counters.SharedWavefronts[pc]));
    }

    private (double[] Result, KernelRun Run) Run(LadderStep step, int[] extents, (double[] Values, DType DType)[] inputs, int results,
        Schedule schedule = default, PtxSource? text = null)
    {
        using var scope = Scope.Enter();
        var arguments = inputs.Select(input => (KernelArg)GradientContext.Make(input.Values, [input.Values.Length], input.DType, sim.Device)).ToList();
        var result = Tensor.Empty([results], DType.F32, sim.Device);
        arguments.Add(result);
        arguments.AddRange(extents.Select(e => (KernelArg)e));
        var function = sim.Driver.GetFunction(sim.Driver.LoadModule(text ?? PtxLibrary.Load(step.Source)), step.Entry);
        sim.Driver.Schedule = schedule;
        sim.Driver.Launch(function, step.Shape(extents), arguments.ToArray());
        var run = sim.Runs[^1];
        if (text is null) HeaderAgainstCountersTests.Check(KernelHeader.ReadAll(PtxLibrary.Load(step.Source))[step.Entry], run);
        return (GradientContext.Read(result), run);
    }

    /// <summary>Per multiply-add of a warp: sectors read, loads from shared memory and their wavefronts, instructions; then totals.</summary>
    private readonly record struct Costs(double SectorsRead, double SharedLoads, double SharedLoadWavefronts, long Wavefronts, long IdealWavefronts, double Instructions,
        long Barriers, double Fetches, double Copies, long Blocks);
}
