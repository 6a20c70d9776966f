"""From a clip's frame vectors to one vector: the article's "VideoCLIP" (CLIP4Clip seqTransf)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import TransformerLayer, unit
from .config import TemporalConfig


def masked_mean(vectors: Tensor, present: Tensor) -> Tensor:
    """Mean of the present frames, normalised: `[b, 8, 128]`, `bool [b, 8]` → `[b, 128]`. The baseline."""
    return unit(torch.where(present.unsqueeze(-1), unit(vectors), torch.zeros_like(vectors)).sum(1))


class Temporal(nn.Module):
    """Learned positions, a transformer over time, residual to the frames, masked mean, normalised."""

    def __init__(self, config: TemporalConfig) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.randn(config.frames, config.dim) * 0.02)
        self.lift = nn.Linear(config.dim, config.dim)
        self.layers = nn.ModuleList(
            TransformerLayer(config.dim, config.heads, config.ffn) for _ in range(config.layers)
        )
        self.out = nn.Linear(config.dim, config.dim)
        nn.init.zeros_(self.out.weight)  # begins as the masked mean
        nn.init.zeros_(self.out.bias)

    def forward(self, vectors: Tensor, present: Tensor) -> Tensor:
        """`vectors [b, 8, 128]`, `present bool [b, 8]` → L2-normalised `[b, 128]`."""
        x = self.lift(vectors) * vectors.shape[-1] ** 0.5 + self.positions
        for layer in self.layers:
            x = layer(x, present)
        return masked_mean(vectors + self.out(x), present)
