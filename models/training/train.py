"""Trains all stages of a run: `python -m models.training.train --world DIR --run DIR [--tiny] [--seed N]`.

DIR of `--run` holds `prepared/` (npm run train makes it). A run that was stopped goes on where it was; a finished stage
is skipped. RUN/results/<stage>.json has each stage's PNR on the validation split, losses and times.
"""

from __future__ import annotations

import argparse
import fcntl
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TextIO

import torch

from .begun_with import code, inputs, refuse_another
from .config import STAGES, TrainingConfig, full, tiny
from .context import Context
from .features import compute_features
from .loop import Trained
from .mae_stage import run_mae
from .model_parts import build_parts
from .sampling import positive_pairs
from .stages import arms, frames, fusion_content, fusion_perception, image_clicks, image_grades, image_pretrain, student, text
from .stages.validation import Figures
from .texts import TextTable, build_texts
from .tokenizer import build_tokenizer, load_tokenizer
from .wall_time import timed
from .whole_files import whole_file
from .world import World, read_world


class Stage(Protocol):
    """A module of stages/: trains the context's modules, and judges them on the validation split."""

    NAME: str

    def train(self, ctx: Context) -> Trained: ...

    def validate(self, ctx: Context) -> dict[str, Figures]: ...


MODULES = (text, image_pretrain, image_clicks, image_grades, frames, student, fusion_perception, fusion_content, arms)
RUNNERS: dict[str, Stage] = {module.NAME: module for module in MODULES}


def train(world_folder: Path, run: Path, config: TrainingConfig) -> None:
    """All stages in their order. ValueError if `run` was begun with other code, another recipe or other inputs."""
    lock = hold(run)
    with timed(run, "texts and features"):
        ctx = open_context(world_folder, run, config)
    with timed(run, "stages"):
        run_stages(ctx)
    lock.close()


def run_stages(ctx: Context) -> None:
    for name in STAGES:
        if name != arms.NAME or ctx.config.arms:
            run_stage(ctx, name)
    if not (ctx.run / "results" / "mae.json").exists():
        run_mae(ctx)


def hold(run: Path) -> TextIO:
    """Keeps a second process out of a run for as long as this one lives, however it ends."""
    lock = (run / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ValueError(f"another process is training in {run}: wait for it, or end it") from None
    return lock


def run_stage(ctx: Context, name: str) -> None:
    """Trains (or loads, if it was finished) and records the stage's figures once."""
    trained = RUNNERS[name].train(ctx)
    if (ctx.run / "results" / f"{name}.json").exists():
        return
    figures = RUNNERS[name].validate(ctx)
    record = {"steps": trained.steps, "seconds": round(trained.seconds, 1), "validation": figures, "losses": trained.losses}
    ctx.write_result(name, record)
    for what, pnr in figures.items():
        print(f"{name}: {what}: content {pnr['content']:.2f}, perceived {pnr['perceived']:.2f}", file=sys.stderr)


def open_context(world_folder: Path, run: Path, config: TrainingConfig) -> Context:
    """Reads the world, makes what all stages need and is not there yet: tokenizer, features."""
    torch.set_num_threads(config.threads)
    refuse_another(run, "code.json", code())
    refuse_another(run, "config.json", config.as_dict())
    refuse_another(run, "world.json", inputs(world_folder, run))
    world = read_world(world_folder, run)
    texts, vocabulary = open_texts(world, run, config)
    features = compute_features(world, run / "features", config.decode_workers)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    modules = {name: module.to(device) for name, module in build_parts(config, vocabulary).items()}
    pairs = {domain: positive_pairs(world, domain) for domain in ("perception", "content")}
    return Context(run, config, world, texts, features, pairs, modules, device)


def open_texts(world: World, run: Path, config: TrainingConfig) -> tuple[TextTable, int]:
    """All texts as ids, and the size of the vocabulary."""
    path = run / "tokenizer.json"
    if not path.exists():
        fields = ("title", "account", "cover_text", "frame_text", "asr", "asr_all")
        with whole_file(path) as beside:
            build_tokenizer(world.training_texts(fields), config.min_character_count).save(str(beside))
    tokenizer = load_tokenizer(path)
    return build_texts(world, tokenizer), tokenizer.get_vocab_size()


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains all stages of a run; goes on where one was stopped.")
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="holds prepared/; all results go here")
    parser.add_argument("--tiny", action="store_true", help="a few steps of everything")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--scale", type=float, default=1.0, help="share of every stage's steps, to try things")
    options = parser.parse_args()
    began = time.monotonic()
    config = replace(tiny() if options.tiny else full(), seed=options.seed)
    try:
        train(options.world, options.run, shortened(config, options.scale))
    except ValueError as error:
        sys.exit(str(error))
    print(f"trained in {time.monotonic() - began:.0f} s", file=sys.stderr)


def shortened(config: TrainingConfig, share: float) -> TrainingConfig:
    """The same recipe with a share of the steps."""
    stages = {name: replace(stage, steps=max(1, round(stage.steps * share))) for name, stage in config.stages.items()}
    return replace(config, stages=stages)


if __name__ == "__main__":
    main()
