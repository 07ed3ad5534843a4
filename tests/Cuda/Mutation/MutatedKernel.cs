using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>A kernel with its launches, cheapest first, and its mutants.</summary>
internal sealed class MutatedKernel
{
    private MutatedKernel(string file, PtxSource source, PtxFunction entry, List<RecordedLaunch> launches)
    {
        (File, Name, Launches) = (file, entry.Name, [.. launches.OrderBy(l => l.WarpInstructions)]);
        Source = Alone(source, entry, Parser.Parse(source));
        Mutants = Mutations.Of(Source, entry);
        Dead = Liveness.Dead(entry);
        Unreached = [.. entry.Instructions.Where(i => !launches.Exists(l => l.Executed.Contains((i.Line, i.Column))))];
    }

    /// <summary>File, as in <c>rms_norm.ptx</c>.</summary>
    public string File { get; }

    /// <summary>Name of the entry.</summary>
    public string Name { get; }

    /// <summary>The file without its other entries; lines stay where they were.</summary>
    public PtxSource Source { get; }

    /// <summary>What is run.</summary>
    public IReadOnlyList<RecordedLaunch> Launches { get; }

    /// <summary>What is changed.</summary>
    public IReadOnlyList<Mutant> Mutants { get; }

    /// <summary>Places of instructions whose result nobody reads.</summary>
    public IReadOnlySet<(int Line, int Column)> Dead { get; }

    /// <summary>Instructions that no lane of any launch executes.</summary>
    public IReadOnlyList<Instruction> Unreached { get; }

    /// <summary>All kernels that the examples launch, of streaming attention those for heads of up to 32 columns.</summary>
    public static IReadOnlyList<MutatedKernel> All { get; } = ReadAll();

    private static List<MutatedKernel> ReadAll()
    {
        var recorder = new LaunchRecorder();
        using var device = new CudaDevice("sim", recorder, new NoBlas());
        new MutationExamples(device).Run();
        var kernels = new List<MutatedKernel>();
        foreach (var name in PtxLibrary.Names)
        {
            var source = PtxLibrary.Load(name);
            foreach (var function in Parser.Parse(source).Functions.Values.Where(f => f.IsEntry && IsMutated(f.Name)).OrderBy(f => f.Line))
            {
                var launches = recorder.Launches.FindAll(l => l.File == source.Name && l.Entry == function.Name);
                if (launches.Count > 0) kernels.Add(new MutatedKernel(source.Name, source, function, launches));
            }
        }

        return kernels;
    }

    // Scalar attention comes in widths; what has no row scale is a part of what has one.
    private static bool IsMutated(string entry) => !entry.StartsWith("attention", StringComparison.Ordinal) ||
        (entry.Contains("backward_mma", StringComparison.Ordinal) ? !entry.Contains("_plain_", StringComparison.Ordinal) : !entry.Contains("_d64_", StringComparison.Ordinal));

    /// <summary>Blanks the other entries.</summary>
    private static PtxSource Alone(PtxSource source, PtxFunction entry, PtxModule module)
    {
        var lines = source.Text.Split('\n');
        foreach (var other in module.Functions.Values)
        {
            if (other.Name == entry.Name || !other.IsEntry) continue;
            var (depth, opened) = (0, false);
            for (var line = other.Line - 1; !opened || depth > 0; line++)
            {
                var text = lines[line];
                var code = text.Contains("//", StringComparison.Ordinal) ? text[..text.IndexOf("//", StringComparison.Ordinal)] : text;
                depth += code.Count(c => c == '{') - code.Count(c => c == '}');
                opened |= code.Contains('{');
                lines[line] = "";
            }
        }

        return source with { Text = string.Join('\n', lines) };
    }

    private sealed class NoBlas : IBlas
    {
        public void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c, int batch) =>
            throw new NotSupportedException("these examples have no matrix products");

        public void Dispose()
        {
        }
    }
}
