"""Human grades for covers: the graded pairs of the train split, each query's better cover above its worse ones."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..context import Context
from ..loop import Trained, train_steps
from ..losses import distillation, graded_pairs
from ..world import Grades
from .asking import ask
from .image_clicks import click_losses, image_parts
from .validation import Figures, Validation

NAME = "image_grades"


def train(ctx: Context) -> Trained:
    """Clicks go on beside the grades: a few thousand grades alone would be learned by heart."""
    stage = ctx.config.stage(NAME)
    grades = graded_covers(ctx)

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        rows = draw_queries(grades, stage.batch, random)
        asked = ask(ctx, "query", grades.query[rows], random)
        covers = ctx.modules["head"](ctx.features.cover(grades.video[rows], ctx.device))
        labels, groups = (torch.from_numpy(of[rows]).to(ctx.device) for of in (grades.perceived, grades.query))
        towers = {"teacher": asked.teacher, "student": asked.student}
        ordered = {f"grades_{name}": graded_pairs((of.float() * covers.float()).sum(1), labels, groups, stage.scale) for name, of in towers.items()}
        near = stage.distill * distillation(asked.student, asked.teacher)
        return {**ordered, "grades_distillation": near, **click_losses(ctx, stage, random)}

    return train_steps(ctx, NAME, stage, image_parts(ctx, stage), step)


def graded_covers(ctx: Context) -> Grades:
    """Graded rows of the train split whose video has a cover, sorted by query."""
    grades = ctx.world.grades["train"]
    rows = np.flatnonzero(ctx.features.has_cover[grades.video])
    if not len(rows):
        raise ValueError("truth/grades.tsv has no graded covers of split train: image_grades has nothing to learn from")
    rows = rows[np.argsort(grades.query[rows], kind="stable")]
    return Grades(grades.query[rows], grades.video[rows], grades.perceived[rows], grades.content[rows])


def draw_queries(grades: Grades, count: int, random: np.random.Generator) -> np.ndarray:
    """Rows of whole queries, in random order, until there are `count`; the last query may be cut."""
    queries = np.unique(grades.query)
    low, high = np.searchsorted(grades.query, queries), np.searchsorted(grades.query, queries, "right")
    chosen, size = [], 0
    for place in random.permutation(len(queries)):
        chosen.append(random.permutation(np.arange(low[place], high[place])))
        size += len(chosen[-1])
        if size >= count:
            break
    return np.concatenate(chosen)[:count]


def validate(ctx: Context) -> dict[str, Figures]:
    validation = Validation(ctx)
    return {**validation.cover(), **validation.text("title")}
