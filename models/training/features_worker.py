"""One process that decodes media and runs the frozen stem: what features.py hands its work to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from multiprocessing import parent_process
from threading import Thread

import numpy as np
import onnxruntime

from .preprocess import load_cover, load_frames, normalise

_session: onnxruntime.InferenceSession | None = None


@dataclass(frozen=True)
class Job:
    """A video's media; a path is None where there is none."""

    row: int
    cover: str | None
    clip: str | None


@dataclass(frozen=True)
class Extracted:
    """float16 `[16, 320]` and `[8, 16, 320]`, None where there is no medium or it cannot be decoded."""

    row: int
    cover: np.ndarray | None
    frames: np.ndarray | None
    failures: tuple[str, ...]


def start(stem: str) -> None:
    """Opens the stem; one thread, because there is a process per core. A process has one session, set once here."""
    global _session
    Thread(target=end_with_parent, daemon=True).start()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    _session = onnxruntime.InferenceSession(stem, options, providers=["CPUExecutionProvider"])


def end_with_parent() -> None:
    """A killed parent closes nothing: without this its workers would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def extract(job: Job) -> Extracted:
    """Features of a video's cover and frames."""
    pictures, failures = [], []
    for path, load in ((job.cover, load_cover), (job.clip, load_frames)):
        try:
            pictures.append(None if path is None else load(path))
        except (OSError, ValueError, IndexError) as error:
            failures.append(f"{path}: {error}")
            pictures.append(None)
    cover, frames = pictures
    stacked = [part for part in (None if cover is None else cover[None], frames) if part is not None]
    if not stacked or _session is None:
        return Extracted(job.row, None, None, tuple(failures))
    features = _session.run(None, {"pixels": normalise(np.concatenate(stacked))})[0].astype(np.float16)
    first = 0 if cover is None else 1
    return Extracted(job.row, features[0] if first else None, None if frames is None else features[first:], tuple(failures))
