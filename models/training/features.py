"""The frozen stem's features of every cover and frame, computed once and kept on disk."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TextIO

import numpy as np
import torch
from torch import Tensor

from .features_worker import Extracted, Job, extract, start
from .progress import Progress
from .stem import export_stem
from .whole_files import whole_file
from .world import World

NOT_YET, DONE = 0, 1
COVER, FRAMES = 2, 4  # bits beside DONE: what a video has


@dataclass(frozen=True)
class Features:
    """float16 `[videos, 16, 320]` and `[videos, 8, 16, 320]` on disk; `state [videos]` says who has what."""

    covers: np.ndarray
    frames: np.ndarray
    state: np.ndarray

    @property
    def has_cover(self) -> np.ndarray:
        return (self.state & COVER) > 0

    @property
    def has_frames(self) -> np.ndarray:
        return (self.state & FRAMES) > 0

    def cover(self, rows: np.ndarray, device: torch.device) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(self.covers[rows])).to(device).float()

    def frame(self, rows: np.ndarray, device: torch.device) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(self.frames[rows])).to(device).float()


def open_features(folder: Path, videos: int) -> Features:
    """The arrays of a run, made if they are not there."""
    shapes = {"covers": (videos, 16, 320), "frames": (videos, 8, 16, 320), "state": (videos,)}
    arrays = {}
    for name, shape in shapes.items():
        path, dtype = folder / f"{name}.npy", np.uint8 if name == "state" else np.float16
        if not path.exists():
            with whole_file(path) as beside:
                np.lib.format.open_memmap(beside, mode="w+", dtype=dtype, shape=shape)
        arrays[name] = np.lib.format.open_memmap(path, mode="r+")
        if arrays[name].shape != shape:
            raise ValueError(f"{path} is of another world: {arrays[name].shape}, not {shape}")
    return Features(**arrays)


def compute_features(world: World, folder: Path, workers: int) -> Features:
    """Fills what is missing (so it goes on after a kill), one process per core; says how much cannot be decoded."""
    features = open_features(folder, len(world.videos))
    failures = folder / "failures.txt"
    todo = np.flatnonzero(features.state == NOT_YET)
    if len(todo):
        with failures.open("a", encoding="utf-8") as log:
            fill(features, world, todo, (folder / "stem.onnx", workers), log)
    say_failures(failures)
    return features


def fill(features: Features, world: World, todo: np.ndarray, by: tuple[Path, int], failures: TextIO) -> None:
    """Rows `todo`, by a stem's file and so many workers."""
    stem, workers = by
    export_stem(str(stem))
    progress = Progress("features", len(todo), every=500)
    jobs = [Job(int(row), world.videos[row]["cover"], world.videos[row]["clip"]) for row in todo]
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=start, initargs=(str(stem),)) as pool:
        for count, result in enumerate(pool.map(extract, jobs, chunksize=8), 1):
            keep(features, result, failures)
            progress.at(count)


def keep(features: Features, result: Extracted, failures: TextIO) -> None:
    """The state comes last: a row that a kill left half written is done again."""
    state = DONE
    if result.cover is not None:
        features.covers[result.row], state = result.cover, state | COVER
    if result.frames is not None:
        features.frames[result.row], state = result.frames, state | FRAMES
    for failure in result.failures:
        print(" ".join(failure.split()), file=failures, flush=True)
    features.state[result.row] = state


def say_failures(path: Path) -> None:
    """Media that cannot be decoded count as missing from here on, so a run says each time how many there are."""
    if not path.exists():
        return
    failures = list(dict.fromkeys(path.read_text(encoding="utf-8").split("\n")[:-1]))  # a row that was done again has two
    if failures:
        print(f"{len(failures)} media cannot be decoded and count as missing ({path}), first {failures[0]}", file=sys.stderr)
