"""Content fusion: all seven modalities, learned from watches.

Negatives are clicked and left at once, or other videos. Unclicked ones are never drawn for their query (sampling.py).
"""

from __future__ import annotations

from ..context import Context
from ..loop import Trained
from .fusing import Lesson, judge_fusion, train_fusion
from .material import material
from .validation import Figures

NAME = "fusion_content"


def train(ctx: Context) -> Trained:
    recipe = ctx.config.fusion
    lesson = Lesson("content", "content", recipe.choice, recipe.served, refused=recipe.refused)
    fusion = ("content", ctx.modules["content"])
    return train_fusion(ctx, NAME, ctx.config.stage(NAME), fusion, lesson, lambda: material(ctx))


def validate(ctx: Context) -> dict[str, Figures]:
    judged = judge_fusion(ctx, ctx.modules["content"], "content", material(ctx))
    return {"content": judged["student"], "content_teacher": judged["teacher"]}
