"""A pre-norm transformer layer whose mask is boolean throughout.

Masks stay boolean (`masked_fill`, `where`) and are never cast to numbers: such casts broke fp16 exports
(onnxconverter-common made an invalid Cast), and -inf would make a row without any key NaN.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

MASKED = -1e4  # below any score, and still a number in fp16


class SelfAttention(nn.Module):
    """Multi-head attention of `x [b, n, d]` to the keys that `keep bool [b, n]` marks."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        b, n, d = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5
        scores = scores.masked_fill(~keep[:, None, None, :], MASKED)
        mixed = scores.softmax(-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(b, n, d))


class TransformerLayer(nn.Module):
    """LayerNorm → attention → residual, LayerNorm → GELU network → residual."""

    def __init__(self, width: int, heads: int, ffn: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.network = nn.Sequential(nn.Linear(width, ffn), nn.GELU(), nn.Linear(ffn, width))

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x), keep)
        return x + self.network(self.norm2(x))


def unit(x: Tensor) -> Tensor:
    """`x` with length 1 along its last axis (zero stays zero)."""
    return x / (x.square().sum(-1, keepdim=True) + 1e-6).sqrt()
