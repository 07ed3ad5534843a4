namespace SiaEngine.Cuda;

/// <summary>A CUDA device: the kernels of <c>native/ptx</c> and cuBLAS over a driver, which may be the simulator. The constructor is the table of what it can run.</summary>
public sealed class CudaDevice : Device
{
    /// <summary>Device over a driver and a BLAS, which it disposes.</summary>
    /// <param name="name">Name on the command line: cuda or sim.</param>
    /// <param name="driver">The driver.</param>
    /// <param name="blas">Matrix products on that driver.</param>
    public CudaDevice(string name, ICudaDriver driver, IBlas blas)
        : base(name)
    {
        (Driver, Blas) = (driver, blas);
        Register<Ops.Add.IKernels>(new CudaAdd(this));
    }

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

    /// <inheritdoc/>
    protected override nint Allocate(nuint bytes) => Driver.Allocate(bytes);

    /// <inheritdoc/>
    protected override void Free(nint address, nuint bytes) => Driver.Free(address);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Blas.Dispose();
        Driver.Dispose();
        base.Dispose(disposing);
    }
}
