using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary>
/// Where a kernel whose gradient has the dtype of its activations leaves it: the slot, or, beside the f32 gradient of a bf16 parameter, a temporary that
/// <see cref="Finish"/> adds to the slot.
/// </summary>
internal readonly struct KernelSlot(GradientSlot slot, DType dtype)
{
    /// <summary>The place the kernel writes to.</summary>
    public GradientSlot Inner { get; } = slot.Grad.DType == dtype ? slot : new(Tensor.Empty(slot.Grad.Shape, dtype, slot.Grad.Device), 0);

    /// <summary>Call once the kernel is launched.</summary>
    public void Finish()
    {
        if (Inner.Grad != slot.Grad) slot.Grad.Device.Kernels<Add.IKernels>().Accumulate(Inner.Grad, slot);
    }
}
