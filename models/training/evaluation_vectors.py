"""Vectors of the graded videos and queries of one split, with any stage's modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from .config import MODALITIES, columns_of
from .features import Features
from .temporal import masked_mean
from .texts import TextTable, to_tensor

BATCH = 256
CPU = torch.device("cpu")


@dataclass(frozen=True)
class VideoVectors:
    """embeddings [videos, 7, 128] and present bool [videos, 7], in the order of MODALITIES; frames before time too."""

    embeddings: np.ndarray
    present: np.ndarray
    frames_mean: np.ndarray

    def only(self, kept: tuple[str, ...]) -> "VideoVectors":
        """As if the videos had no other modalities."""
        mask = np.array([name in kept for name in MODALITIES])
        return replace(self, present=self.present & mask)

    def of(self, modality: str) -> tuple[np.ndarray, np.ndarray]:
        """(vectors [videos, 128], present [videos])."""
        place = MODALITIES.index(modality)
        return self.embeddings[:, place], self.present[:, place]

    def with_modality(self, modality: str, vectors: np.ndarray, present: np.ndarray) -> "VideoVectors":
        place = MODALITIES.index(modality)
        embeddings, mask = self.embeddings.copy(), self.present.copy()
        embeddings[:, place], mask[:, place] = vectors, present
        return replace(self, embeddings=embeddings, present=mask)


def in_batches(rows: np.ndarray, compute: Callable[[np.ndarray], Tensor], batch: int = BATCH) -> np.ndarray:
    """compute(rows) [n, ...] over slices of `rows`, without gradients."""
    with torch.no_grad():
        parts = [compute(rows[start : start + batch]).numpy() for start in range(0, len(rows), batch)]
    return np.concatenate(parts).astype(np.float32)


def text_vectors(tower: nn.Module, texts: TextTable, field: str, rows: np.ndarray) -> np.ndarray:
    """[rows, 128] of a text field (or "query")."""
    return in_batches(rows, lambda part: tower(to_tensor(texts.take(field, part), CPU)))


def video_vectors(
    modules: Mapping[str, nn.Module], texts: TextTable, features: Features, rows: np.ndarray
) -> VideoVectors:
    """All modalities of some videos, by the modules "teacher", "head" and "temporal" (missing ones give no vectors)."""
    embeddings = np.zeros((len(rows), len(MODALITIES), 128), np.float32)
    present = np.zeros((len(rows), len(MODALITIES)), bool)
    means = np.zeros((len(rows), 128), np.float32)
    for place, name in enumerate(MODALITIES):
        if name not in ("cover", "frames") and "teacher" in modules:
            embeddings[:, place] = text_vectors(modules["teacher"], texts, name, rows)
            present[:, place] = texts.present[name][rows]
    if "head" in modules:
        head, place = modules["head"], MODALITIES.index("cover")
        embeddings[:, place] = in_batches(rows, lambda part: head(features.cover(part, CPU)))
        present[:, place] = features.has_cover[rows]
        frames = in_batches(rows, lambda part: head(features.frame(part, CPU).flatten(0, 1)).unflatten(0, (-1, 8)), 64)
        seen, place = torch.ones(frames.shape[:2], dtype=torch.bool), MODALITIES.index("frames")
        means = masked_mean(torch.from_numpy(frames), seen).numpy()
        embeddings[:, place], present[:, place] = means, features.has_frames[rows]
        if "temporal" in modules:
            temporal = modules["temporal"]
            numbers = np.arange(len(rows))
            embeddings[:, place] = in_batches(
                numbers, lambda part: temporal(torch.from_numpy(frames[part]), seen[: len(part)])
            )
    embeddings[~present] = 0
    return VideoVectors(embeddings, present, means)


def fused_vectors(fusion: nn.Module, domain: str, videos: VideoVectors) -> tuple[np.ndarray, np.ndarray]:
    """(fusion vectors [videos, 5, 128], served mean [videos, 128]); nan where nothing is there to fuse."""
    columns = columns_of(domain)
    numbers = np.arange(len(videos.present))
    present = videos.present.take(columns, 1)
    embeddings = np.where(present[:, :, None], videos.embeddings.take(columns, 1), 0)

    def compute(part: np.ndarray) -> Tensor:
        vectors, vector = fusion(torch.from_numpy(embeddings[part]), torch.from_numpy(present[part]))
        return torch.cat([vectors, vector.unsqueeze(1)], 1)

    both = in_batches(numbers, compute)
    both[~present.any(axis=1)] = np.nan
    return both[:, :-1], both[:, -1]
