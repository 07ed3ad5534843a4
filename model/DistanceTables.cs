namespace SiaEngine.Model;

/// <summary>The tables of one <see cref="AttentionMethod"/> on a device, for every length up to the longest asked for.</summary>
public sealed class DistanceTables : IDisposable
{
    private readonly GptConfig _config;
    private readonly Device _device;
    private readonly DType _dtype;
    private Tensor? _factor, _shift, _frequencies;
    private int _length;

    /// <summary>Tables in the accumulator type of <paramref name="compute"/>.</summary>
    public DistanceTables(GptConfig config, AttentionMethod method, DType compute, Device device)
    {
        (_config, Method, _dtype, _device) = (config, method, compute.Accumulator, device);
    }

    /// <summary>The rule the tables hold.</summary>
    public AttentionMethod Method { get; }

    /// <summary>a [1|H, ≥ length], m [1|H, ≥ length] and the rotary frequencies [D/2] for a context of <paramref name="length"/> tokens.</summary>
    public (Tensor Factor, Tensor Shift, Tensor Frequencies) For(int length)
    {
        if (length > _length) Build(length);
        return (_factor!.Value, _shift!.Value, _frequencies!.Value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _factor?.Release();
        _shift?.Release();
        _frequencies?.Release();
        (_factor, _shift, _frequencies, _length) = (null, null, null, 0);
    }

    private void Build(int length)
    {
        Dispose();
        _length = Math.Max(length, _config.Context);
        var setting = new AttentionSetting(_config.Heads, _config.Width / _config.Heads, _config.Context, _length, _config.Tau, _config.PRopeBase);
        _factor = Make(Fill(Method.Factor, setting), [1, _length]);
        _shift = Make(Fill(Method.Shift, setting), [1, _length]);
        var frequencies = Method.Frequencies(setting);
        _frequencies = Make(frequencies, [frequencies.Length]);
    }

    private static double[] Fill(AttentionMethod.Table table, AttentionSetting setting)
    {
        var values = new double[setting.Context];
        for (var t = 0; t < values.Length; t++) values[t] = table(setting, 0, t);
        return values;
    }

    private Tensor Make(double[] values, Shape shape)
    {
        var tensor = Tensor.Persistent(shape, _dtype, _device);
        if (_dtype == DType.F64) tensor.CopyFrom<double>(values);
        else tensor.CopyFrom<float>(Array.ConvertAll(values, static v => (float)v));
        return tensor;
    }
}
