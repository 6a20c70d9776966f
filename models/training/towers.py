"""Text towers: a deeper teacher for documents, a small student for queries."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import MASKED, TransformerLayer, unit
from .config import TowerConfig
from .tokenizer import PAD


class TextTower(nn.Module):
    """`ids int64 [b, n]` (0 = padding) → L2-normalised `[b, 128]`.

    Two paths are added: a transformer, read at [CLS], and a bag of characters, each with a learned weight.
    The transformer's output begins small, so that training begins with the bag, which learns in a few hundred steps.
    """

    def __init__(self, config: TowerConfig, vocabulary: int) -> None:
        super().__init__()
        width = config.width
        self.characters = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.randn(config.positions, width) * 0.02)
        self.layers = nn.ModuleList(
            TransformerLayer(width, config.heads, config.ffn or 2 * width) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, config.dim, bias=False)
        self.bag_weight = nn.Embedding(vocabulary, 1)
        self.bag_out = nn.Linear(width, config.dim, bias=False)
        nn.init.normal_(self.characters.weight, std=width**-0.5)
        nn.init.zeros_(self.bag_weight.weight)
        nn.init.normal_(self.out.weight, std=config.init_out)

    def forward(self, ids: Tensor) -> Tensor:
        keep = ids != PAD
        characters = self.characters(ids)
        x = characters + self.positions[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, keep)
        weights = self.bag_weight(ids).squeeze(-1).masked_fill(~keep, MASKED).softmax(-1)
        bag = (weights.unsqueeze(1) @ characters).squeeze(1)
        return unit(self.out(self.norm(x[:, 0])) + self.bag_out(bag))
