"""Text first: both towers from clicks and watches, and from every kind of text that a video has."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..context import Context
from ..loop import Trained, train_steps
from ..losses import distillation
from .asking import ask, joint_losses, noisy
from .validation import Figures, Validation

NAME = "text"
# The second text of a step: what sees it before a click learns from clicks, what does not from watches. Shares of steps.
SECOND = {
    "account": ("perception", 0.1),
    "cover_text": ("perception", 0.2),
    "frame_text": ("content", 0.25),
    "asr": ("content", 0.45),
}


def train(ctx: Context) -> Trained:
    stage = ctx.config.stage(NAME)
    parts = {"teacher": (ctx.modules["teacher"], 1.0), "student": (ctx.modules["student"], 1.0)}

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        kinds, shares = list(SECOND), [share for _, share in SECOND.values()]
        kind = str(random.choice(kinds, p=shares))
        titles = contrast(ctx, "title", ("perception", "content"), stage.batch, random)
        second = contrast(ctx, kind, (SECOND[kind][0],), stage.batch // 2, random)
        return {**titles, **{f"second_{name}": loss for name, loss in second.items()}}

    return train_steps(ctx, NAME, stage, parts, step)


def contrast(ctx: Context, kind: str, domains: tuple[str, ...], count: int, random: np.random.Generator) -> dict[str, Tensor]:
    """Queries against one kind of text of the videos that answered them, an equal share from each domain."""
    usable = ctx.texts.present[kind]
    drawn = [ctx.pairs[domain].draw(count // len(domains), random, usable) for domain in domains]
    queries, videos, weights = (np.concatenate(column) for column in zip(*drawn))
    known = np.logical_or.reduce([ctx.pairs[domain].is_known(queries, videos) for domain in domains])
    asked = ask(ctx, "query", queries, random)
    ids = noisy(ctx, kind, videos, random)
    documents = ctx.modules["teacher"](ids)
    masked, weight = (torch.from_numpy(array).to(ctx.device) for array in (known, weights))
    losses = joint_losses(asked, documents, masked, ctx.config.stage(NAME), weight)
    if kind == "title":
        # Titles are far more varied than queries: the student that has read them knows words that nobody asked yet.
        losses["titles"] = ctx.config.stage(NAME).distill / 2 * distillation(ctx.modules["student"](ids), documents)
    return losses


def validate(ctx: Context) -> dict[str, Figures]:
    validation = Validation(ctx)
    return {name: figures for kind in ("title", "account", "cover_text", "frame_text", "asr") for name, figures in validation.text(kind).items()}
