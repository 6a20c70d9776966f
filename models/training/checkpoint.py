"""Checkpoints that a kill cannot harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from .whole_files import whole_file


def save_checkpoint(path: Path, content: dict[str, Any]) -> None:
    """All or nothing: the old file stays whole until the new one is."""
    with whole_file(path) as beside, beside.open("wb") as file:
        torch.save(content, file)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """What `save_checkpoint` wrote, or None if there is nothing."""
    return torch.load(path, map_location="cpu", weights_only=False) if path.exists() else None
