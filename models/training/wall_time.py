"""How long a run took by the clock: RUN/seconds.json, by step, summed over all the times that the step was run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .whole_files import write_json


@contextmanager
def timed(run: Path, step: str) -> Iterator[None]:
    """Counts what an error or Ctrl-C ends too; what is killed outright is not counted."""
    began = time.monotonic()
    try:
        yield
    finally:
        seconds = seconds_of(run)
        write_json(run / "seconds.json", {**seconds, step: round(seconds.get(step, 0) + time.monotonic() - began, 1)})


def seconds_of(run: Path) -> dict[str, float]:
    path = run / "seconds.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
