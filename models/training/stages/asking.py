"""What stages that train the text towers share: noisy texts, both towers' vectors, and the joint losses (蒸训一体)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ..config import StageConfig
from ..context import Context
from ..losses import cosines_of, distillation, info_nce
from ..texts import drop_characters, to_tensor


@dataclass(frozen=True)
class Asked:
    """Vectors [n, 128] of the same texts by the deep tower and by the one that serves."""

    teacher: Tensor
    student: Tensor


def noisy(ctx: Context, kind: str, rows: np.ndarray, random: np.random.Generator) -> Tensor:
    """Token ids [rows, longest] with some characters lost."""
    return to_tensor(drop_characters(ctx.texts.take(kind, rows), ctx.config.character_drop, random), ctx.device)


def ask(ctx: Context, kind: str, rows: np.ndarray, random: np.random.Generator) -> Asked:
    """Both towers read the same noisy texts."""
    ids = noisy(ctx, kind, rows, random)
    return Asked(ctx.modules["teacher"](ids), ctx.modules["student"](ids))


def joint_losses(asked: Asked, documents: Tensor, masked: Tensor, stage: StageConfig, weights: Tensor | None = None) -> dict[str, Tensor]:
    """Contrast of both towers with the documents [d, 128], and what keeps the student near its teacher.

    Both are trained at once instead of one after the other: that lost less in the article (§2.3.2.3).
    """
    return {
        "teacher": info_nce(cosines_of(asked.teacher, documents), masked, stage.scale, weights),
        "student": info_nce(cosines_of(asked.student, documents), masked, stage.scale, weights),
        "distillation": stage.distill * distillation(asked.student, asked.teacher),
    }
