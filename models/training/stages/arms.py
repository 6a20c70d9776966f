"""What is trained only to be compared: fusions and towers that leave out one part of the recipe each.

An arm begins with the weights of what it is compared with, as far as both have the same modalities. Its batches and
dropout follow from its own name, as those of every checkpoint (loop.py): chance has a part in each comparison.
`content_same` learns as the shipped content fusion does, for as many steps as the other fusions here: they are compared
with it, not with one that learned for longer.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch

from ..config import FusionConfig
from ..context import Context
from ..embed import embed_texts
from ..loop import Trained, train_steps
from ..model_parts import build_part
from ..run_models import Run
from .fusing import Lesson, judge_fusion, train_fusion
from .image_clicks import click_losses, image_parts
from .frames import watch_losses
from .material import Material, material
from .validation import Figures, Validation

NAME = "arms"
PREFIX = "arm_"
WATCHES = Lesson("content", "content", FusionConfig.choice, FusionConfig.served, refused=FusionConfig.refused)


def asr_by(field: str) -> Callable[[Context], Material]:
    """Vectors with another extract of the transcript in place of the key sentences."""

    def of(ctx: Context) -> Material:
        rows = ctx.world.rows_of("train", "validation")
        vectors = np.zeros_like(material(ctx).frames_mean)
        vectors[rows] = embed_texts(ctx, ctx.modules["teacher"], field, rows)
        return material(ctx).with_modality("asr", vectors, ctx.texts.present[field])

    return of


def mean_frames(ctx: Context) -> Material:
    whole = material(ctx)
    return whole.with_modality("frames", whole.frames_mean, ctx.features.has_frames)


def early_student(ctx: Context) -> Material:
    """Queries of a student that was kept out of all image training."""
    student = deepcopy(ctx.modules["student"])
    student.load_state_dict(states_after(ctx, "text")["student"])
    queries = embed_texts(ctx, student, "query", np.arange(len(ctx.world.queries)))
    return replace(material(ctx), student=torch.from_numpy(queries).to(ctx.device))


# By the name of their module, which begins with the domain of its modalities (run_models.py builds it by that).
FUSIONS: dict[str, tuple[Lesson, Callable[[Context], Material]]] = {
    "content_same": (WATCHES, material),
    "content_max": (replace(WATCHES, choice="max", served=0.0), material),
    "content_mean": (replace(WATCHES, choice="mean", served=0.0), material),
    "content_clicks": (replace(WATCHES, labels="perception", refused=0.0), material),
    "perception_no_noise": (Lesson("perception", "perception", FusionConfig.choice, FusionConfig.served), material),
    "perception_watches": (replace(WATCHES, domain="perception"), material),
    "content_asr_first": (WATCHES, asr_by("asr_first")),
    "content_asr_all": (WATCHES, asr_by("asr_all")),
    "content_early_student": (WATCHES, early_student),
    "content_frames_mean": (WATCHES, mean_frames),
}
# Towers that go on from a stage as another one did, less the part that is compared: stage before, stage of the recipe.
TOWERS = {"no_grades": ("image_clicks", "image_grades"), "frames_mean": ("image_grades", "frames")}


def train(ctx: Context) -> Trained:
    trained = [train_tower(ctx, name)[1] for name in TOWERS]
    trained += [train_arm(ctx, name) for name in FUSIONS]
    return Trained(sum(of.steps for of in trained), sum(of.seconds for of in trained), [])


def train_arm(ctx: Context, name: str) -> Trained:
    lesson, of = FUSIONS[name]
    kept: list[Material] = []

    def once() -> Material:
        if not kept:
            kept.append(of(ctx))
        return kept[0]

    return train_fusion(ctx, f"{PREFIX}{name}", ctx.config.stage(NAME), (name, fusion_of(ctx, name)), lesson, once)


def fusion_of(ctx: Context, name: str) -> torch.nn.Module:
    vocabulary = ctx.modules["teacher"].characters.num_embeddings
    return build_part(FUSIONS[name][0].domain, ctx.config, vocabulary).to(ctx.device)


def train_tower(ctx: Context, name: str) -> tuple[Context, Trained]:
    """The context with the arm's towers, and how they were trained."""
    before, recipe = TOWERS[name]
    arm, stage = context_after(ctx, before), ctx.config.stage(recipe)

    def step(random: np.random.Generator) -> dict[str, torch.Tensor]:
        return click_losses(arm, stage, random) if name == "no_grades" else watch_losses(arm, stage, random, None)

    return arm, train_steps(arm, f"{PREFIX}{name}", stage, image_parts(arm, stage), step)


def context_after(ctx: Context, stage: str) -> Context:
    """The towers as a stage left them, to be trained apart from the run's own."""
    modules = {name: deepcopy(module) for name, module in ctx.modules.items()}
    for name, state in states_after(ctx, stage).items():
        modules[name].load_state_dict(state)
    return replace(ctx, modules=modules, extra={})


def states_after(ctx: Context, stage: str) -> dict[str, dict[str, torch.Tensor]]:
    return Run(ctx.run, ctx.config, vocabulary=0).until(stage)


def validate(ctx: Context) -> dict[str, Figures]:
    judged = {}
    for name, (lesson, of) in FUSIONS.items():
        module = fusion_of(ctx, name)
        module.load_state_dict(torch.load(ctx.checkpoint(f"{PREFIX}{name}"), map_location=ctx.device, weights_only=False)["models"][name])
        judged[name] = judge_fusion(ctx, module, lesson.domain, of(ctx))["student"]
    judged["cover_no_grades"] = Validation(train_tower(ctx, "no_grades")[0]).cover()["cover"]
    judged["frames_trained_as_mean"] = Validation(train_tower(ctx, "frames_mean")[0]).frames()["frames_mean"]
    return judged
