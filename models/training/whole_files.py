"""Files that a kill cannot harm. A run goes on where it stopped: a file that is there means that its step is done."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to, beside `path`; it gets that name at the end, and not if anything was raised.

    What was there stays whole until then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    yield beside
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(beside, path)


def write_json(path: Path, record: Any) -> None:
    """A whole JSON file, made to be read by people too."""
    with whole_file(path) as beside:
        beside.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
