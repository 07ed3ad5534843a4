using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="CrossEntropy"/> in <c>native/ptx/cross_entropy.ptx</c>: a block per row; the backward pass may write over the logits.</summary>
internal sealed class CudaCrossEntropy(CudaDevice device) : CrossEntropy.IKernels
{
    private const int Block = 256;

    private readonly CudaModule _module = new(device, "cross_entropy");

    public void Check(Tensor targets, int classes) =>
        device.CheckIndices(CrossEntropy.Id, static bound => $"targets must lie in [0, {bound}) or be -1 to be ignored", targets, classes, CrossEntropy.Ignored);

    public void Forward(Tensor logits, Tensor targets, Tensor losses, Tensor logsumexp)
    {
        if (logits.DType is not (DType.F32 or DType.BF16)) Throw.DType(CrossEntropy.Id, logits);
        var (rows, classes) = (checked((int)targets.Count), logits.Shape.Last);
        if (rows == 0) return;
        _module[logits.DType, "forward"].Launch(LaunchShape.Rows(rows, Block), logits, targets, losses, logsumexp, rows, classes, Vectors.Of(classes, logits.DType, logits));
    }

    public void Backward(Tensor dlosses, Tensor logits, Tensor targets, Tensor logsumexp, GradientSlot dlogits)
    {
        if (logits.Count == 0) return;
        var (rows, classes) = (checked((int)targets.Count), logits.Shape.Last);
        var slot = new KernelSlot(dlogits, logits.DType);
        var vectors = Vectors.Of(classes, logits.DType, logits, slot.Inner.Grad);
        _module[logits.DType, "backward"].Launch(LaunchShape.Rows(rows, Block), dlosses, logits, targets, logsumexp, slot.Inner, rows, classes, vectors, slot.Inner.Beta);
        slot.Finish();
    }
}
