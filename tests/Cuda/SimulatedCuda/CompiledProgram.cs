namespace SiaEngine.Tests.Cuda.SimulatedCuda;

/// <summary><c>driver.c</c>, compiled against the simulated libraries.</summary>
public sealed class CompiledProgram : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sia-simcuda-").FullName;
    private readonly Lazy<string> _file;

    public CompiledProgram() => _file = new(Compile);

    /// <summary>Runs a part of the program; returns its lines and those of the library.</summary>
    public (string[] Output, string Error) Run(string part, params (string Name, string Value)[] environment)
    {
        SimulatedLibrary.Require();
        var (code, output, error) = SimulatedLibrary.Run(_file.Value, [part, Path.Combine(SimulatedLibrary.Sources, "saxpy.ptx")], environment);
        Assert.True(code == 0, $"{part} ended with {code}:\n{output}\n{error}");
        return (output.TrimEnd().Split('\n'), error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Compile()
    {
        var file = Path.Combine(_folder, "driver");
        string[] arguments = ["-O1", "-Wall", "-Werror", "-Wno-unused", "-o", file, Path.Combine(SimulatedLibrary.Sources, "driver.c"), $"-L{SimulatedLibrary.Folder}", "-l:libcuda.so.1", "-l:libcublas.so.12", "-ldl", "-lpthread"];
        var (code, output, error) = SimulatedLibrary.Run("gcc", arguments);
        Assert.True(code == 0, $"gcc: {output}{error}");
        return file;
    }
}
