"""The student catches up: distillation alone, on the queries of the log and on pieces of texts, once the towers stand still.

In all stages before, it learns beside a teacher that moves (蒸训一体); on pictures and frames it had fallen behind. The
log's queries are few, and the student soon knows them by heart: what it makes of others it learns from the pieces.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..config import MAX_TOKENS
from ..context import Context
from ..loop import Trained, train_steps
from ..losses import distillation
from ..texts import TextTable, drop_characters, to_tensor
from ..tokenizer import CLS, PAD
from .asking import noisy
from .validation import Figures, Validation

NAME = "student"
KINDS = ("title", "account", "cover_text", "frame_text")
PIECE = (2, 10)  # characters, at least and at most


def train(ctx: Context) -> Trained:
    stage = ctx.config.stage(NAME)
    rows = ctx.world.rows_of("train")
    rows = rows[np.logical_or.reduce([ctx.texts.present[kind][rows] for kind in KINDS])]

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        queries = noisy(ctx, "query", random.choice(ctx.world.train_queries, stage.batch), random)
        two = two_pieces(ctx.texts, random.choice(rows, stage.batch), random)
        pieces = to_tensor(drop_characters(two, ctx.config.character_drop, random), ctx.device)
        return {"queries": behind(ctx, queries), "pieces": behind(ctx, pieces)}

    return train_steps(ctx, NAME, stage, {"student": (ctx.modules["student"], 1.0)}, step)


def behind(ctx: Context, ids: Tensor) -> Tensor:
    """How far the student is from the teacher on these texts."""
    with torch.no_grad():
        goal = ctx.modules["teacher"].eval()(ids)
    return distillation(ctx.modules["student"](ids), goal)


def two_pieces(texts: TextTable, rows: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """`[rows, longest]`: [CLS] and a piece of each of two texts of the same video, or two of its only one.

    Never of two videos, so that things come together only as training has shown them: no pair that is held out.
    """
    ids = np.full((len(rows), MAX_TOKENS["query"]), PAD, np.int64)
    for line, row in zip(ids, rows):
        kinds = [kind for kind in KINDS if texts.present[kind][row]]
        chosen = random.choice(kinds, 2, replace=len(kinds) < 2)
        found = np.concatenate([[CLS], *(piece(texts.ids[kind][row], random) for kind in chosen)])
        line[: len(found)] = found
    return ids[:, : max(1, int((ids != PAD).sum(1).max(initial=1)))]


def piece(ids: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Some characters of a text, one after the other; all of a short one."""
    characters = ids[(ids != PAD) & (ids != CLS)]
    count = min(len(characters), int(random.integers(PIECE[0], PIECE[1] + 1)))
    start = int(random.integers(0, len(characters) - count + 1))
    return characters[start : start + count]


def validate(ctx: Context) -> dict[str, Figures]:
    validation = Validation(ctx)
    return {**validation.frames(), **validation.cover(), **validation.text("title")}
