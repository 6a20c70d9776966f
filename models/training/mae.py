"""Masked autoencoder (He et al., arXiv 2111.06377; facebookresearch/mae): learn pictures by filling in their holes.

Three patches of four are hidden, the encoder sees the others, a small decoder guesses the hidden pixels, normalised
within each patch; the error counts hidden patches only. Covers carry text, so they are never mirrored.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .vit import Block, Vit, VitConfig, patchify, sine_positions, unpatchify

EPSILON = 1e-6


class Mae(nn.Module):
    """An encoder that is kept, and the decoder that teaches it."""

    def __init__(self, config: VitConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Vit(config)
        self.to_decoder = nn.Linear(config.width, config.decoder_width)
        self.hole = nn.Parameter(torch.zeros(config.decoder_width))
        nn.init.normal_(self.hole, std=0.02)
        positions = sine_positions(config.side, config.decoder_width)
        self.register_buffer("positions", positions, persistent=False)
        blocks = (Block(config.decoder_width, config.decoder_heads) for _ in range(config.decoder_layers))
        self.decoder = nn.Sequential(*blocks, nn.LayerNorm(config.decoder_width))
        self.to_pixels = nn.Linear(config.decoder_width, config.patch_values)

    def forward(self, pixels: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """pixels [batch, 3, size, size] -> (loss, guesses [batch, patches, values], hidden [batch, patches] bool)."""
        order = torch.rand(len(pixels), self.config.patches, generator=generator).argsort(dim=1).to(pixels.device)
        kept = order[:, : round(self.config.patches * (1 - self.config.masked))]
        seen = self.to_decoder(self.encoder.tokens(pixels, kept))
        everywhere = self.hole.expand(len(pixels), self.config.patches, -1)
        filled = everywhere.scatter(1, kept[:, :, None].expand(-1, -1, seen.shape[2]), seen.to(everywhere.dtype))
        guesses = self.to_pixels(self.decoder(filled + self.positions))
        hidden = torch.ones(len(pixels), self.config.patches, dtype=torch.bool, device=pixels.device)
        hidden = hidden.scatter(1, kept, False)
        target, _, _ = normalised(patchify(pixels, self.config.patch))
        errors = (guesses - target).square().mean(dim=2)
        return errors[hidden].mean(), guesses, hidden

    def reconstruct(self, pixels: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """(pixels with grey holes, holes filled with the guesses); seen patches stay as they are in both."""
        _, guesses, hidden = self(pixels, generator)
        patches = patchify(pixels, self.config.patch)
        _, mean, deviation = normalised(patches)
        filled = torch.where(hidden[:, :, None], guesses * deviation + mean, patches)
        holed = torch.where(hidden[:, :, None], torch.zeros_like(patches), patches)
        return tuple(unpatchify(part, self.config.patch, self.config.size) for part in (holed, filled))


def normalised(patches: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Patches to mean 0 and deviation 1 each (`norm_pix_loss`), with the mean and deviation to go back."""
    mean = patches.mean(dim=2, keepdim=True)
    deviation = (patches.var(dim=2, keepdim=True) + EPSILON).sqrt()
    return (patches - mean) / deviation, mean, deviation
