"""How every fusion is trained, shipped or compared: pairs of a domain's labels against vectors of its modalities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..attention import unit
from ..config import StageConfig
from ..context import Context
from ..judge import judge
from ..embed import judged_queries
from ..loop import Trained, train_steps
from ..losses import cell_cosines, cosines_of, info_nce
from .material import Material
from .validation import Figures


@dataclass(frozen=True)
class Lesson:
    """What a fusion learns from: modalities of `domain`, pairs of `labels` (perception: clicks, content: watches)."""

    domain: str
    labels: str
    choice: str  # of the five vectors in training: "max" or "mean"
    served: float  # the served mean's share of the loss
    noise: float = 0.0  # length of the noise on vectors of modalities, in parts of theirs
    refused: float = 0.0  # weight of the order between what answered a query and what the log says did not


def train_fusion(ctx: Context, name: str, stage: StageConfig, fusion: tuple[str, nn.Module], lesson: Lesson, of: Callable[[], Material]) -> Trained:
    """Trains `fusion`, a name for the checkpoint and a module; `of` is asked for vectors only if a step is needed."""
    part, module = fusion
    pairs = ctx.pairs[lesson.labels]
    train_rows = ctx.world.rows_of("train")

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        with torch.autocast(ctx.device.type, enabled=False):  # what is precomputed is what will be served
            material = of()
        usable = material.has_any(lesson.domain)
        queries, videos, weights = pairs.draw(stage.batch, random, usable)
        places, refused = pairs.draw_negatives(queries, random, usable)
        others = random.choice(train_rows[usable[train_rows]], stage.negatives)
        candidates = np.concatenate([videos, refused, others])
        vectors, present = material.of(lesson.domain, candidates, ctx.device)
        fused = module(turned(vectors, lesson.noise), present)
        known, weight = (torch.from_numpy(array).to(ctx.device) for array in (pairs.is_known(queries, candidates), weights))
        # The student's queries alone, because they are those that will be asked.
        asked = material.student[queries]
        losses = {"contrast": fused_contrast(asked, fused, lesson, stage.scale, known, weight)}
        if lesson.refused > 0 and len(places):
            losses["refused"] = lesson.refused * order(asked[places], fused[1], places, len(videos), stage.scale)
        return losses

    return train_steps(ctx, name, stage, {part: (module, 1.0)}, step)


def turned(vectors: Tensor, noise: float) -> Tensor:
    """Vectors [..., d], turned by a random vector of about the length `noise`; of length 1 again."""
    return unit(vectors + noise * torch.randn_like(vectors) / vectors.shape[-1] ** 0.5) if noise > 0 else vectors


def fused_contrast(asked: Tensor, fused: tuple[Tensor, Tensor], lesson: Lesson, scale: float, known: Tensor, weight: Tensor) -> Tensor:
    """Queries [q, 128] against a fusion's five vectors, of which one is chosen for each cell, and against what it serves."""
    vectors, served = fused
    chosen = info_nce(cell_cosines(asked, vectors, lesson.choice), known, scale, weight)
    if lesson.served == 0:
        return chosen
    return (1 - lesson.served) * chosen + lesson.served * info_nce(cosines_of(asked, served), known, scale, weight)


def order(asked: Tensor, served: Tensor, places: np.ndarray, first: int, scale: float) -> Tensor:
    """Logistic loss of pairs: the video at `places` must come before the refused one of the same query, from `first` on."""
    right = (asked.float() * served[places].float()).sum(1)
    wrong = (asked.float() * served[first : first + len(places)].float()).sum(1)
    return F.softplus((wrong - right) * scale).mean()


@torch.inference_mode()
def judge_fusion(ctx: Context, module: nn.Module, domain: str, material: Material) -> dict[str, Figures]:
    """PNR on validation of the served vector, asked by both towers."""
    rows, queries = ctx.world.rows_of("validation"), judged_queries(ctx, "validation")
    _, served = module.eval()(*material.of(domain, rows, ctx.device))
    has = material.has_any(domain)[rows]
    towers = {"student": material.student, "teacher": material.teacher}
    return {
        tower: judge(ctx, of[queries].cpu().numpy(), queries, rows, served.cpu().numpy(), has) for tower, of in towers.items()
    }
