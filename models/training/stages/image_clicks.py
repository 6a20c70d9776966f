"""Query-cover contrast from clicks: perception samples of the log."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..config import StageConfig
from ..context import Context
from ..loop import Trained, train_steps
from .asking import ask, joint_losses
from .validation import Figures, Validation

NAME = "image_clicks"


def train(ctx: Context) -> Trained:
    stage = ctx.config.stage(NAME)
    return train_steps(ctx, NAME, stage, image_parts(ctx, stage), lambda random: click_losses(ctx, stage, random))


def image_parts(ctx: Context, stage: StageConfig) -> dict[str, tuple[torch.nn.Module, float]]:
    """The head, and both text towers at a share of its learning rate: neither may lose touch with the pictures."""
    towers = {name: (ctx.modules[name], stage.text_lr) for name in ("teacher", "student")}
    return {"head": (ctx.modules["head"], stage.head_lr), **towers}


def click_losses(ctx: Context, stage: StageConfig, random: np.random.Generator) -> dict[str, Tensor]:
    pairs = ctx.pairs["perception"]
    queries, videos, weights = pairs.draw(stage.batch, random, ctx.features.has_cover)
    covers = ctx.modules["head"](ctx.features.cover(videos, ctx.device))
    known, weight = (torch.from_numpy(array).to(ctx.device) for array in (pairs.is_known(queries, videos), weights))
    return joint_losses(ask(ctx, "query", queries, random), covers, known, stage, weight)


def validate(ctx: Context) -> dict[str, Figures]:
    validation = Validation(ctx)
    return {**validation.cover(), **validation.text("title")}
