"""All covers of a world as pixels in one array on disk, for the tower that learns from pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .context import Context
from .preprocess import MEAN, SIZE, STD, load_cover, normalise
from .progress import Progress
from .whole_files import whole_file


@dataclass(frozen=True)
class CoverPixels:
    """uint8 [videos, 112, 112, 3] on disk; `has` bool [videos]."""

    array: np.ndarray
    has: np.ndarray
    device: torch.device

    def rows(self, of: np.ndarray) -> np.ndarray:
        return of[self.has[of]]

    def take(self, rows: np.ndarray) -> Tensor:
        """float32 [rows, 3, 112, 112], normalised."""
        return torch.from_numpy(normalise(np.asarray(self.array[rows]))).to(self.device)

    @staticmethod
    def levels(picture: Tensor) -> np.ndarray:
        """A normalised picture [3, height, width] as uint8 [height, width, 3]."""
        values = picture.permute(1, 2, 0).cpu().numpy() * np.asarray(STD) + np.asarray(MEAN)
        return (values.clip(0, 1) * 255).round().astype(np.uint8)


def cover_pixels(ctx: Context) -> CoverPixels:
    """Decodes every cover once and keeps it; a kill while it decodes begins again."""
    path = ctx.run / "features" / "pixels.npy"
    if not path.exists():
        with whole_file(path) as beside:
            decode(ctx, beside)
    return CoverPixels(np.lib.format.open_memmap(path, mode="r"), ctx.features.has_cover, ctx.device)


def decode(ctx: Context, path: Path) -> None:
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(len(ctx.world.videos), SIZE, SIZE, 3))
    rows = np.flatnonzero(ctx.features.has_cover)
    progress = Progress("pixels", len(rows), every=2000)
    for count, row in enumerate(rows, 1):
        array[row] = load_cover(ctx.world.videos[row]["cover"])
        progress.at(count)
    array.flush()


def warped(pixels: Tensor) -> Tensor:
    """Each picture cut and stretched a little, never mirrored: covers carry text."""
    scale = 0.65 + 0.35 * torch.rand(len(pixels), 2)
    shift = (torch.rand(len(pixels), 2) * 2 - 1) * (1 - scale)
    matrix = torch.zeros(len(pixels), 2, 3)
    matrix[:, 0, 0], matrix[:, 1, 1], matrix[:, :, 2] = scale[:, 0], scale[:, 1], shift
    grid = F.affine_grid(matrix.to(pixels.device), list(pixels.shape), align_corners=False)
    return F.grid_sample(pixels, grid, mode="bilinear", padding_mode="border", align_corners=False)
