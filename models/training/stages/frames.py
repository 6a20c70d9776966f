"""Frames: the image tower on each frame, a transformer over time, trained from watches (the article's VideoCLIP)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ..config import StageConfig
from ..context import Context
from ..loop import Trained, train_steps
from ..losses import cosines_of, info_nce
from ..temporal import masked_mean
from .asking import ask, joint_losses
from .image_clicks import image_parts
from .validation import Figures, Validation

NAME = "frames"
# Of the contrast with the frames before time is looked at, so that single frames stay in the space of covers.
FRAME_WEIGHT = 0.5


def train(ctx: Context) -> Trained:
    stage = ctx.config.stage(NAME)
    parts = {**image_parts(ctx, stage), "temporal": (ctx.modules["temporal"], 1.0)}
    return train_steps(ctx, NAME, stage, parts, lambda random: watch_losses(ctx, stage, random, ctx.modules["temporal"]))


def watch_losses(ctx: Context, stage: StageConfig, random: np.random.Generator, temporal: nn.Module | None) -> dict[str, Tensor]:
    """Both text towers against the clip, and the teacher against its frames; without `temporal`, the masked mean alone."""
    pairs = ctx.pairs["content"]
    queries, videos, weights = pairs.draw(stage.batch, random, ctx.features.has_frames)
    features = ctx.features.frame(videos, ctx.device)
    frames = ctx.modules["head"](features.flatten(0, 1)).unflatten(0, (-1, features.shape[1]))
    present = torch.ones(frames.shape[:2], dtype=torch.bool, device=ctx.device)
    known, weight = (torch.from_numpy(array).to(ctx.device) for array in (pairs.is_known(queries, videos), weights))
    asked, mean = ask(ctx, "query", queries, random), masked_mean(frames, present)
    if temporal is None:
        return joint_losses(asked, mean, known, stage, weight)
    single = FRAME_WEIGHT * info_nce(cosines_of(asked.teacher, mean), known, stage.scale, weight)
    return {**joint_losses(asked, temporal(frames, present), known, stage, weight), "frame": single}


def validate(ctx: Context) -> dict[str, Figures]:
    validation = Validation(ctx)
    return {**validation.frames(), **validation.cover(), **validation.text("title")}
