"""A small vision transformer on pixels (ViT, arXiv 2010.11929): the article's encoder of covers, in small."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class VitConfig:
    """Sizes. 112 px in patches of 16 are 49 tokens; the decoder is the one of MAE and is thrown away after it."""

    size: int = 112
    patch: int = 16
    width: int = 128
    layers: int = 6
    heads: int = 4
    out: int = 128
    decoder_width: int = 96
    decoder_layers: int = 2
    decoder_heads: int = 3
    masked: float = 0.75

    @property
    def side(self) -> int:
        return self.size // self.patch

    @property
    def patches(self) -> int:
        return self.side**2

    @property
    def patch_values(self) -> int:
        return 3 * self.patch**2


class Block(nn.Module):
    """Attention and a GELU layer of four times the width, each after a norm and around a shortcut (pre-norm)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.project_in = nn.Linear(width, 3 * width)
        self.project_out = nn.Linear(width, width)
        self.before_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens [batch, count, width] -> the same shape."""
        batch, count, width = tokens.shape
        joint = self.project_in(self.before_attention(tokens))
        query, key, value = joint.view(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, count, width)
        tokens = tokens + self.project_out(seen)
        return tokens + self.mlp(self.before_mlp(tokens))


class Vit(nn.Module):
    """Patches, fixed sine and cosine positions (as in MAE), blocks, a norm."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Linear(config.patch_values, config.width)
        self.register_buffer("positions", sine_positions(config.side, config.width), persistent=False)
        self.blocks = nn.ModuleList(Block(config.width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(2 * config.width, config.out)

    def tokens(self, pixels: Tensor, kept: Tensor | None = None) -> Tensor:
        """pixels [batch, 3, size, size] -> tokens [batch, patches, width], or only the kept ones [batch, kept]."""
        tokens = self.embed(patchify(pixels, self.config.patch)) + self.positions
        if kept is not None:
            tokens = tokens.gather(1, kept[:, :, None].expand(-1, -1, tokens.shape[2]))
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens)

    def forward(self, pixels: Tensor) -> Tensor:
        """pixels [batch, 3, size, size] -> unit vectors [batch, out], from the mean and the largest of the tokens."""
        tokens = self.tokens(pixels)
        return F.normalize(self.head(torch.cat([tokens.mean(1), tokens.amax(1)], dim=1)), dim=1)


def patchify(pixels: Tensor, patch: int) -> Tensor:
    """[batch, 3, size, size] -> [batch, patches, 3 * patch * patch], row by row."""
    return F.unfold(pixels, patch, stride=patch).transpose(1, 2)


def unpatchify(patches: Tensor, patch: int, size: int) -> Tensor:
    """The inverse of `patchify`."""
    return F.fold(patches.transpose(1, 2), (size, size), patch, stride=patch)


def sine_positions(side: int, width: int) -> Tensor:
    """Fixed positions [side * side, width]: a half for the row, a half for the column, sines and cosines in each."""
    rates = 1 / 10000 ** (torch.arange(width // 4) / (width // 4))
    angles = torch.arange(side)[:, None] * rates[None, :]
    line = torch.cat([angles.sin(), angles.cos()], dim=1)
    rows = line[:, None, :].expand(side, side, width // 2)
    columns = line[None, :, :].expand(side, side, width // 2)
    return torch.cat([rows, columns], dim=2).reshape(side * side, width)
