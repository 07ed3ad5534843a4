namespace SiaEngine.Model;

/// <summary>The tables of one <see cref="AttentionMethod"/> on a device.</summary>
public sealed class DistanceTables : IDisposable
{
    private readonly GptConfig _config;
    private readonly Device _device;
    private readonly DType _dtype;
    private Tensor? _factor, _shift, _frequencies, _rows, _distances, _one;
    private int _length;

    /// <summary>Tables in the accumulator type of <paramref name="compute"/>.</summary>
    public DistanceTables(GptConfig config, AttentionMethod method, DType compute, Device device)
    {
        (_config, Method, _dtype, _device) = (config, method, compute.Accumulator, device);
    }

    /// <summary>The rule the tables hold.</summary>
    public AttentionMethod Method { get; }

    /// <summary>The tables for a context of <paramref name="length"/> tokens: those of the training context if it is shorter. They live until the next call.</summary>
    public View For(int length)
    {
        if (length > _length || (Method.DependsOnContext && Math.Max(length, _config.Context) != _length)) Build(length);
        return new(_factor!.Value, _shift!.Value, _frequencies!.Value, _rows, _distances, _one);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _factor?.Release();
        _shift?.Release();
        _frequencies?.Release();
        _rows?.Release();
        _distances?.Release();
        _one?.Release();
        (_factor, _shift, _frequencies, _rows, _distances, _one, _length) = (null, null, null, null, null, null, 0);
    }

    private void Build(int length)
    {
        Dispose();
        _length = Math.Max(length, _config.Context);
        var setting = new AttentionSetting(_config.Heads, _config.Width / _config.Heads, _config.Context, _length, _config.Options);
        var heads = Method.PerHead ? _config.Heads : 1;
        _factor = Make(Fill(Method.Factor, setting, heads), [heads, _length]);
        _shift = Make(Fill(Method.Shift, setting, heads), [heads, _length]);
        var frequencies = Method.Frequencies(setting);
        _frequencies = Make(frequencies, [frequencies.Length]);
        if (Method.RowScale is { } rows) _rows = Make(rows(setting), [1, _length]);
        if (!Method.TrainsTau) return;
        _distances = Make([.. Enumerable.Range(0, _length).Select(t => (double)t)], [1, _length]);
        _one = Make([1], [1, 1]);
    }

    private static double[] Fill(AttentionMethod.Table table, AttentionSetting setting, int heads)
    {
        var values = new double[heads * setting.Context];
        for (var i = 0; i < values.Length; i++) values[i] = table(setting, i / setting.Context, i % setting.Context);
        return values;
    }

    private Tensor Make(double[] values, Shape shape)
    {
        var tensor = Tensor.Persistent(shape, _dtype, _device);
        if (_dtype == DType.F64) tensor.CopyFrom<double>(values);
        else tensor.CopyFrom<float>(Array.ConvertAll(values, static v => (float)v));
        return tensor;
    }

    /// <summary>Tables of a context of T tokens or more.</summary>
    /// <param name="Factor">a [1|H, ≥ T].</param>
    /// <param name="Shift">m [1|H, ≥ T].</param>
    /// <param name="Frequencies">Rotary frequencies [D/2].</param>
    /// <param name="Rows">Factor per row [1, ≥ T] that a trained scale per head multiplies, or null.</param>
    /// <param name="Distances">t [1, ≥ T] where τ is trained, or null.</param>
    /// <param name="One">1 [1, 1] where τ is trained, or null.</param>
    public readonly record struct View(Tensor Factor, Tensor Shift, Tensor Frequencies, Tensor? Rows, Tensor? Distances, Tensor? One);
}
