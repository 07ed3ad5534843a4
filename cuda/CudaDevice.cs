using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda;

/// <summary>A CUDA device: the kernels of <c>native/ptx</c> and cuBLAS over a driver, which may be the simulator. The constructor is the table of what it can run.</summary>
public sealed class CudaDevice : Device
{
    private readonly IndexCheck _indexCheck;

    /// <summary>Device over a driver and a BLAS, which it disposes.</summary>
    /// <param name="name">Name on the command line: cuda or sim.</param>
    /// <param name="driver">The driver.</param>
    /// <param name="blas">Matrix products on that driver.</param>
    public CudaDevice(string name, ICudaDriver driver, IBlas blas)
        : base(name)
    {
        (Driver, Blas) = (driver, blas);
        _indexCheck = new IndexCheck(this);
        Register<AdamW.IKernels>(new CudaAdamW(this));
        Register<Ops.Add.IKernels>(new CudaAdd(this));
        Register<Ops.Attention.IKernels>(new CudaAttention(this));
        Register<Ops.Binary.IKernels>(new CudaBinary(this));
        Register<Ops.CachedAttention.IKernels>(new CudaCachedAttention(this));
        Register<Ops.Cast.IKernels>(new CudaCast(this));
        Register<Ops.CrossEntropy.IKernels>(new CudaCrossEntropy(this));
        Register<Ops.Embedding.IKernels>(new CudaEmbedding(this));
        Register<Ops.Gather.IKernels>(new CudaGather(this));
        Register<GradientNorm.IKernels>(new CudaGradientNorm(this));
        Register<Ops.Linear.IKernels>(new CudaLinear(this));
        Register<Ops.MatMul.IKernels>(new CudaMatMul(this));
        Register<Muon.IKernels>(new CudaMuon(this));
        Register<Ops.PRope.IKernels>(new CudaPRope(this));
        Register<Ops.Reduce.IKernels>(new CudaReduce(this));
        Register<Ops.ReluSquared.IKernels>(new CudaReluSquared(this));
        Register<Ops.RmsNorm.IKernels>(new CudaRmsNorm(this));
        Register<Ops.Scale.IKernels>(new CudaScale(this));
        Register<Ops.Slice.IKernels>(new CudaSlice(this));
        Register<Ops.Softmax.IKernels>(new CudaSoftmax(this));
        Register<Ops.Sum.IKernels>(new CudaSum(this));
        Register<Ops.Transpose.IKernels>(new CudaTranspose(this));
        Register<Ops.Unary.IKernels>(new CudaUnary(this));
        Register<Ops.Where.IKernels>(new CudaWhere(this));
    }

    /// <inheritdoc/>
    public override string Description => $"{Name}: {Driver.DeviceName}, compute capability {Driver.ComputeCapability.Major}.{Driver.ComputeCapability.Minor}; products: {Blas.Arithmetic}";

    /// <summary>The driver.</summary>
    public ICudaDriver Driver { get; }

    /// <summary>Matrix products.</summary>
    public IBlas Blas { get; }

    /// <inheritdoc/>
    public override void Synchronize() => Driver.Synchronize();

    /// <inheritdoc/>
    public override void CopyFromHost(ReadOnlySpan<byte> source, nint destination) => Driver.CopyToDevice(source, destination);

    /// <inheritdoc/>
    public override void CopyToHost(nint source, Span<byte> destination) => Driver.CopyToHost(source, destination);

    /// <inheritdoc/>
    public override void Copy(nint source, nint destination, nuint bytes) => Driver.Copy(source, destination, bytes);

    /// <inheritdoc/>
    public override void Fill(nint address, byte value, nuint bytes) => Driver.Fill(address, value, bytes);

    /// <inheritdoc/>
    public override void Discard(nint address, nuint bytes) => Driver.Discard(address, bytes);

    /// <summary>Checks i32 indices before a kernel addresses memory with them; waits for the device.</summary>
    /// <param name="op">Id of the op, for the message.</param>
    /// <param name="rule">The rule broken, from the bound; a static lambda costs nothing while it holds.</param>
    /// <param name="indices">The indices.</param>
    /// <param name="bound">Indices must lie in [0, bound).</param>
    /// <param name="ignored">A value allowed beside these.</param>
    /// <param name="name">Name of the indices in the message.</param>
    /// <exception cref="IndexException">One is not allowed; the message has the first such, its position and value.</exception>
    public void CheckIndices(string op, Func<int, string> rule, Tensor indices, int bound, int? ignored = null, [CallerArgumentExpression(nameof(indices))] string name = "") =>
        _indexCheck.Run(op, rule, indices, bound, ignored, name);

    /// <inheritdoc/>
    public override CapturedWork Capture(Action work, CapturedWork? beside = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return new CudaGraph(this, _indexCheck, work, beside as CudaGraph);
    }

    /// <inheritdoc/>
    protected internal override nint Allocate(nuint bytes) => Driver.Allocate(bytes);

    /// <inheritdoc/>
    protected internal override void Free(nint address, nuint bytes) => Driver.Free(address);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _indexCheck.Free();
        Blas.Dispose();
        Driver.Dispose();
        base.Dispose(disposing);
    }
}
