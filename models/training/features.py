"""The frozen stem's features of every cover and frame, computed once and kept on disk."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .features_worker import Job, extract, start
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
    """Fills what is missing (so it goes on after a kill), one process per core, with progress."""
    features = open_features(folder, len(world.videos))
    todo = np.flatnonzero(features.state == NOT_YET)
    if not len(todo):
        return features
    stem = folder / "stem.onnx"
    export_stem(str(stem))
    progress = Progress("features", len(todo), every=500)
    failures: list[str] = []
    jobs = [Job(int(row), world.videos[row]["cover"], world.videos[row]["clip"]) for row in todo]
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=start, initargs=(str(stem),)) as pool:
        for count, result in enumerate(pool.map(extract, jobs, chunksize=8), 1):
            state = DONE
            if result.cover is not None:
                features.covers[result.row], state = result.cover, state | COVER
            if result.frames is not None:
                features.frames[result.row], state = result.frames, state | FRAMES
            features.state[result.row] = state  # last: a row that a kill left half written is done again
            failures += result.failures
            progress.at(count)
    (folder / "failures.json").write_text(json.dumps(failures, ensure_ascii=False, indent=1))
    return features
