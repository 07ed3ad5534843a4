namespace SiaEngine;

/// <summary>
/// One application of an op, recorded on the tape. A value whose fields are what backward needs: <see cref="Tape.Save(Tensor)"/> keeps data,
/// <see cref="Tape.Track(Tensor)"/> only the identity. There is no way to record a result without a backward and a gradient check.
/// </summary>
public interface IOp
{
    /// <summary>Name in messages, PTX and profiles: snake_case.</summary>
    static abstract string Id { get; }

    /// <summary>What <see cref="GradientCheck"/> runs for this op: odd sizes, size 1, every variant.</summary>
    static abstract GradientCase[] GradientCases { get; }

    /// <summary>
    /// Adds this application's contribution to the gradients of its inputs, given the gradient <paramref name="dy"/> of its output.
    /// Ask <see cref="Gradients.Slot(Tensor?)"/> for each input; a slot that is refused is a gradient nobody needs.
    /// </summary>
    void Backward(Tensor dy, Gradients grads);
}
