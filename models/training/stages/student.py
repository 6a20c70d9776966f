"""The student catches up: distillation alone, on the queries of the log and on titles, once the towers stand still.

In all stages before, it learns beside a teacher that moves (蒸训一体); on pictures and frames it had fallen behind.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..context import Context
from ..loop import Trained, train_steps
from ..losses import distillation
from .asking import noisy
from .validation import Figures, Validation

NAME = "student"
# Titles are more varied than queries: they keep words that nobody has asked yet.
TITLES = 0.25


def train(ctx: Context) -> Trained:
    stage = ctx.config.stage(NAME)
    titled = ctx.world.rows_of("train")
    titled = titled[ctx.texts.present["title"][titled]]

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        queries = random.choice(ctx.world.train_queries, stage.batch)
        titles = random.choice(titled, max(1, round(stage.batch * TITLES)))
        return {"queries": behind(ctx, "query", queries, random), "titles": TITLES * behind(ctx, "title", titles, random)}

    return train_steps(ctx, NAME, stage, {"student": (ctx.modules["student"], 1.0)}, step)


def behind(ctx: Context, kind: str, rows: np.ndarray, random: np.random.Generator) -> Tensor:
    """How far the student is from the teacher on the same noisy texts."""
    ids = noisy(ctx, kind, rows, random)
    with torch.no_grad():
        goal = ctx.modules["teacher"].eval()(ids)
    return distillation(ctx.modules["student"](ids), goal)


def validate(ctx: Context) -> dict[str, Figures]:
    validation = Validation(ctx)
    return {**validation.frames(), **validation.cover(), **validation.text("title")}
