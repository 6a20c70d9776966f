"""Title-cover contrast ("Post-Pretrain"), with two heads over the frozen stem: the better one on validation goes on.

Both have about the same time: the transformer's steps are fewer (see config.py), so that a run stays reproducible.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from ..checkpoint import load_checkpoint, save_checkpoint
from ..context import Context
from ..image_head import build_head
from ..loop import Trained, train_steps
from ..sampling import same
from .asking import ask, joint_losses
from .validation import Figures, Validation

NAME = "image_pretrain"
KINDS = {"mlp": "image_pretrain", "transformer": "image_pretrain_transformer"}  # head kind: stage of the recipe
TOWERS = ("teacher", "student")


def train(ctx: Context) -> Trained:
    kept = load_checkpoint(ctx.checkpoint(NAME))
    if kept is None:
        kept = compare(ctx)
        save_checkpoint(ctx.checkpoint(NAME), kept)
    install(ctx, kept["winner"], kept["models"])
    return Trained(kept["step"], kept["seconds"], kept["losses"])


def compare(ctx: Context) -> dict[str, object]:
    """Trains each kind of head from the same text towers; the checkpoint of the better one, with the time of both."""
    before = {name: deepcopy(ctx.modules[name].state_dict()) for name in TOWERS}
    judged, trained = {}, {}
    for kind in KINDS:
        install(ctx, kind, before)
        trained[kind] = train_head(ctx, kind)
        judged[kind] = {**Validation(ctx).cover()["cover"], "seconds": round(trained[kind].seconds, 1)}
    winner = max(KINDS, key=lambda kind: judged[kind]["perceived"])
    models = load_checkpoint(ctx.checkpoint(f"{NAME}_{winner}"))["models"]
    of, seconds = trained[winner], sum(each.seconds for each in trained.values())
    figures = {"step": of.steps, "seconds": seconds, "losses": of.losses}
    return {**figures, "done": True, "models": models, "winner": winner, "heads": judged, "config": ctx.config.as_dict()}


def install(ctx: Context, kind: str, states: dict[str, dict[str, Tensor]]) -> None:
    """A new head of a kind and the towers as given, so that heads begin alike whatever was trained before."""
    torch.manual_seed(ctx.config.seed)
    ctx.modules["head"] = build_head(replace(ctx.config.image, kind=kind)).to(ctx.device)
    for name, state in states.items():
        ctx.modules[name].load_state_dict(state)


def train_head(ctx: Context, kind: str) -> Trained:
    stage = ctx.config.stage(KINDS[kind])
    parts: dict[str, tuple[nn.Module, float]] = {"head": (ctx.modules["head"], 1.0)}
    parts.update({name: (ctx.modules[name], stage.text_lr) for name in TOWERS})
    rows = ctx.world.rows_of("train")
    rows = rows[ctx.texts.present["title"][rows] & ctx.features.has_cover[rows]]
    titles = np.unique([ctx.world.videos[row]["title"] or "" for row in range(len(ctx.world.videos))], return_inverse=True)[1]

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        videos = random.choice(rows, stage.batch)
        asked = ask(ctx, "title", videos, random)
        covers = ctx.modules["head"](ctx.features.cover(videos, ctx.device))
        masked = torch.from_numpy(same(titles[videos], titles[videos])).to(ctx.device)
        return joint_losses(asked, covers, masked, stage)

    return train_steps(ctx, f"{NAME}_{kind}", stage, parts, step)


def validate(ctx: Context) -> dict[str, Figures]:
    heads = load_checkpoint(ctx.checkpoint(NAME))["heads"]
    validation = Validation(ctx)
    return {**validation.cover(), **validation.text("title"), **{f"head_{kind}": figures for kind, figures in heads.items()}}
