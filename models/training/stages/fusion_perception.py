"""Perception fusion: title, account, cover and cover text, learned from clicks."""

from __future__ import annotations

from ..context import Context
from ..loop import Trained
from .fusing import Lesson, judge_fusion, train_fusion
from .material import material
from .validation import Figures

NAME = "fusion_perception"


def train(ctx: Context) -> Trained:
    recipe = ctx.config.fusion
    lesson = Lesson("perception", "perception", recipe.choice, recipe.served, noise=recipe.noise)
    fusion = ("perception", ctx.modules["perception"])
    return train_fusion(ctx, NAME, ctx.config.stage(NAME), fusion, lesson, lambda: material(ctx))


def validate(ctx: Context) -> dict[str, Figures]:
    judged = judge_fusion(ctx, ctx.modules["perception"], "perception", material(ctx))
    return {"perception": judged["student"], "perception_teacher": judged["teacher"]}
