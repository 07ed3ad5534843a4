namespace SiaEngine.Model;

/// <summary>Sees what the attention of a block reads: logit(i, j) = factor[h, i−j] · rowScale[h, i] · q_i·k_j / √D + shift[h, i−j].</summary>
/// <param name="block">Number of the block, from 0.</param>
/// <param name="qkv">q and k after norm and rotation, and v: [B, T, 3C].</param>
/// <param name="factor">a [1|H, ≥ T].</param>
/// <param name="shift">m [1|H, ≥ T].</param>
/// <param name="rowScale">r [H, ≥ T], or null for 1.</param>
public delegate void AttentionProbe(int block, Tensor qkv, Tensor factor, Tensor shift, Tensor? rowScale);
