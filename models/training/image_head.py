"""Heads over the frozen stem's features: what of a picture is trained."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .attention import TransformerLayer, unit
from .config import ImageConfig


class MlpHead(nn.Module):
    """Each of the 16 positions is lifted, then mean and maximum over positions go through a small network."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        self.noise = config.noise
        self.norm = nn.LayerNorm(config.channels)
        self.lift = nn.Linear(config.channels, config.lifted)
        self.network = nn.Sequential(
            nn.LayerNorm(2 * config.lifted),
            nn.Dropout(config.dropout),
            nn.Linear(2 * config.lifted, config.hidden),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, config.dim),
        )

    def forward(self, features: Tensor) -> Tensor:
        """`features [b, 16, 320]` → L2-normalised `[b, 128]`."""
        x = self.norm(features)
        if self.training:
            x = x + self.noise * torch.randn_like(x)
        x = self.lift(x).relu()
        return unit(self.network(torch.cat([x.mean(1), x.amax(1)], -1)))


class TransformerHead(nn.Module):
    """The positions are tokens of a small transformer, read at a learned first token."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        self.noise = config.noise
        self.norm = nn.LayerNorm(config.channels)
        self.lift = nn.Linear(config.channels, config.width)
        self.first = nn.Parameter(torch.randn(1, 1, config.width) * 0.02)
        self.positions = nn.Parameter(torch.randn(config.tokens + 1, config.width) * 0.02)
        self.layers = nn.ModuleList(TransformerLayer(config.width, 4, 2 * config.width) for _ in range(config.layers))
        self.out = nn.Sequential(nn.LayerNorm(config.width), nn.Linear(config.width, config.dim))

    def forward(self, features: Tensor) -> Tensor:
        """`features [b, 16, 320]` → L2-normalised `[b, 128]`."""
        x = self.norm(features)
        if self.training:
            x = x + self.noise * torch.randn_like(x)
        x = self.lift(x)
        x = torch.cat([self.first.expand(x.shape[0], -1, -1), x], 1) + self.positions
        keep = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
        for layer in self.layers:
            x = layer(x, keep)
        return unit(self.out(x[:, 0]))


def build_head(config: ImageConfig) -> nn.Module:
    """The head that `config.kind` names."""
    return MlpHead(config) if config.kind == "mlp" else TransformerHead(config)


def head_kind(state: Mapping[str, Tensor]) -> str:
    """The kind of head that weights belong to."""
    return "transformer" if "first" in state else "mlp"
