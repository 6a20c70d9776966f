"""What fusions learn from: vectors of every modality, computed once, since the towers are done when fusion begins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ..config import MODALITIES, columns_of
from ..context import Context
from ..embed import embed

KEY = "material"


@dataclass(frozen=True)
class Material:
    """Vectors by the world's numbers: of train and validation videos (zero for others), of all queries."""

    modalities: np.ndarray  # float32 [videos, 7, 128], zero where missing
    present: np.ndarray  # bool [videos, 7]
    frames_mean: np.ndarray  # float32 [videos, 128], frames before time is looked at
    teacher: Tensor  # [queries, 128]
    student: Tensor

    def of(self, domain: str, videos: np.ndarray, device: torch.device) -> tuple[Tensor, Tensor]:
        """(vectors [videos, modalities of the domain, 128], present)."""
        chosen = np.ix_(videos, columns_of(domain))
        return tuple(torch.from_numpy(part[chosen]).to(device) for part in (self.modalities, self.present))

    def has_any(self, domain: str) -> np.ndarray:
        """bool [videos]: whether there is a modality of the domain."""
        return self.present[:, columns_of(domain)].any(1)

    def with_modality(self, name: str, vectors: np.ndarray, present: np.ndarray) -> "Material":
        """As if a modality had been computed in another way."""
        place = MODALITIES.index(name)
        modalities, mask = self.modalities.copy(), self.present.copy()
        modalities[:, place], mask[:, place] = vectors * present[:, None], present
        return replace(self, modalities=modalities, present=mask)


def material(ctx: Context) -> Material:
    """Computed when the first fusion that is not finished asks for it."""
    if KEY not in ctx.extra:
        ctx.extra[KEY] = compute(ctx)
    return ctx.extra[KEY]


def compute(ctx: Context) -> Material:
    rows = ctx.world.rows_of("train", "validation")
    made = embed(ctx, rows, np.arange(len(ctx.world.queries)))
    count = len(ctx.world.videos)
    modalities = np.zeros((count, len(MODALITIES), made.modalities.shape[2]), np.float32)
    present = np.zeros((count, len(MODALITIES)), bool)
    frames = np.zeros((count, made.modalities.shape[2]), np.float32)
    modalities[rows], present[rows], frames[rows] = made.modalities, made.present, unit_mean(made.frames)
    return Material(modalities, present, frames, *(torch.from_numpy(of).to(ctx.device) for of in (made.teacher, made.student)))


def unit_mean(frames: np.ndarray) -> np.ndarray:
    """[n, 8, 128] → mean [n, 128] of length 1; zero stays zero."""
    mean = frames.mean(1)
    return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-6)
