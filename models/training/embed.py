"""Vectors of queries and videos from the modules as they are: for judging, for fusion, and for the report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from .config import MODALITIES
from .context import Context
from .temporal import masked_mean
from .texts import to_tensor

BATCH = 512


@dataclass(frozen=True)
class Embedded:
    """float32, in the order in which videos and queries were asked for."""

    student: np.ndarray  # [queries, 128]
    teacher: np.ndarray
    modalities: np.ndarray  # [videos, 7, 128], zero where missing
    present: np.ndarray  # bool [videos, 7]
    frames: np.ndarray  # [videos, 8, 128] single frames


@torch.inference_mode()
def embed_texts(ctx: Context, tower: nn.Module, kind: str, rows: np.ndarray) -> np.ndarray:
    """`[rows, 128]`, sorted into batches of like length."""
    out = np.zeros((len(rows), 128), np.float32)
    lengths = (ctx.texts.ids[kind][rows] != 0).sum(1)
    order = np.argsort(lengths, kind="stable")
    tower.eval()
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        out[part] = tower(to_tensor(ctx.texts.take(kind, rows[part]), ctx.device)).cpu().numpy()
    return out


@torch.inference_mode()
def embed_covers(ctx: Context, head: nn.Module, rows: np.ndarray) -> np.ndarray:
    """`[rows, 128]` of covers."""
    head.eval()
    parts = [head(ctx.features.cover(rows[i : i + BATCH], ctx.device)).cpu().numpy() for i in range(0, len(rows), BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, 128), np.float32)


@torch.inference_mode()
def embed_frames(ctx: Context, head: nn.Module, rows: np.ndarray) -> np.ndarray:
    """`[rows, 8, 128]` of single frames."""
    head.eval()
    parts = []
    for start in range(0, len(rows), BATCH // 4):
        features = ctx.features.frame(rows[start : start + BATCH // 4], ctx.device)
        parts.append(head(features.flatten(0, 1)).view(len(features), 8, 128).cpu().numpy())
    return np.concatenate(parts) if parts else np.zeros((0, 8, 128), np.float32)


@torch.inference_mode()
def pool_frames(ctx: Context, frames: np.ndarray, temporal: nn.Module | None) -> np.ndarray:
    """`[n, 8, 128]` → `[n, 128]` by the temporal transformer, or by the masked mean."""
    vectors = torch.from_numpy(frames).to(ctx.device)
    present = torch.ones(frames.shape[:2], dtype=torch.bool, device=ctx.device)
    pooled = masked_mean(vectors, present) if temporal is None else temporal.eval()(vectors, present)
    return pooled.cpu().numpy()


def embed(ctx: Context, rows: np.ndarray, queries: np.ndarray) -> Embedded:
    """Everything of these videos and queries, from the context's modules."""
    modules = ctx.modules
    frames = embed_frames(ctx, modules["head"], rows)
    parts = {
        "cover": embed_covers(ctx, modules["head"], rows),
        "frames": pool_frames(ctx, frames, modules["temporal"]),
    }
    has = {"cover": ctx.features.has_cover[rows], "frames": ctx.features.has_frames[rows]}
    for name in MODALITIES:
        if name not in parts:
            parts[name] = embed_texts(ctx, modules["teacher"], name, rows)
            has[name] = ctx.texts.present[name][rows]
    present = np.stack([has[name] for name in MODALITIES], 1)
    modalities = np.stack([parts[name] for name in MODALITIES], 1) * present[:, :, None]
    return Embedded(
        embed_texts(ctx, modules["student"], "query", queries),
        embed_texts(ctx, modules["teacher"], "query", queries),
        modalities.astype(np.float32),
        present,
        frames * has["frames"][:, None, None],
    )


def judged_queries(ctx: Context, *splits: str) -> np.ndarray:
    """Numbers of the queries that these splits' grades ask."""
    return np.unique(np.concatenate([ctx.world.grades[split].query for split in splits]))
