using System.Runtime.InteropServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary>The host processor: native memory, SIMD kernels, all cores. The constructor is the table of what it can run.</summary>
public sealed unsafe class CpuDevice : Device
{
    private const nuint Alignment = 64;

    /// <summary>A device with its own memory pool.</summary>
    public CpuDevice()
        : base("cpu", recordsWork: false)
    {
        Register<AdamW.IKernels>(new CpuAdamW());
        Register<Add.IKernels>(new CpuAdd());
        Register<Attention.IKernels>(new CpuAttention());
        Register<Binary.IKernels>(new CpuBinary());
        Register<CachedAttention.IKernels>(new CpuCachedAttention());
        Register<Cast.IKernels>(new CpuCast());
        Register<CrossEntropy.IKernels>(new CpuCrossEntropy());
        Register<Embedding.IKernels>(new CpuEmbedding());
        Register<Gather.IKernels>(new CpuGather());
        Register<GradientNorm.IKernels>(new CpuGradientNorm());
        Register<Linear.IKernels>(new CpuLinear());
        Register<MatMul.IKernels>(new CpuMatMul());
        Register<Muon.IKernels>(new CpuMuon());
        Register<PRope.IKernels>(new CpuPRope());
        Register<Reduce.IKernels>(new CpuReduce());
        Register<ReluSquared.IKernels>(new CpuReluSquared());
        Register<RmsNorm.IKernels>(new CpuRmsNorm());
        Register<Scale.IKernels>(new CpuScale());
        Register<Slice.IKernels>(new CpuSlice());
        Register<Softmax.IKernels>(new CpuSoftmax());
        Register<Sum.IKernels>(new CpuSum());
        Register<Transpose.IKernels>(new CpuTranspose());
        Register<Unary.IKernels>(new CpuUnary());
        Register<Where.IKernels>(new CpuWhere());
    }

    /// <summary>A quarter of a usual last-level cache.</summary>
    public override long ChunkBytes => 8L << 20;

    /// <inheritdoc/>
    public override void CopyFromHost(ReadOnlySpan<byte> source, nint destination) => source.CopyTo(new Span<byte>((void*)destination, source.Length));

    /// <inheritdoc/>
    public override void CopyToHost(nint source, Span<byte> destination) => new Span<byte>((void*)source, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    public override void Copy(nint source, nint destination, nuint bytes) => NativeMemory.Copy((void*)source, (void*)destination, bytes);

    /// <inheritdoc/>
    public override void Fill(nint address, byte value, nuint bytes) => NativeMemory.Fill((void*)address, bytes, value);

    /// <inheritdoc/>
    protected internal override nint Allocate(nuint bytes)
    {
        try
        {
            return (nint)NativeMemory.AlignedAlloc(bytes, Alignment);
        }
        catch (OutOfMemoryException e)
        {
            throw new DeviceException($"cpu: out of memory allocating {bytes >> 20} MiB; {Pool.LiveBytes >> 20} MiB in use.", e);
        }
    }

    /// <inheritdoc/>
    protected internal override void Free(nint address, nuint bytes) => NativeMemory.AlignedFree((void*)address);
}
