"""The trained modules of a run, by name."""

from __future__ import annotations

import torch
from torch import nn

from .config import DOMAINS, TrainingConfig
from .fusion import Fusion
from .image_head import build_head
from .temporal import Temporal
from .towers import TextTower

PARTS = ("teacher", "student", "head", "temporal", "perception", "content")


def build_part(name: str, config: TrainingConfig, vocabulary: int) -> nn.Module:
    """One module with its own seeded beginning, whatever was built before it."""
    torch.manual_seed(config.seed * 1000 + PARTS.index(name))
    if name in ("teacher", "student"):
        return TextTower(config.teacher if name == "teacher" else config.student, vocabulary)
    if name == "head":
        return build_head(config.image)
    if name == "temporal":
        return Temporal(config.temporal)
    return Fusion(config.fusion, len(DOMAINS[name]))


def build_parts(config: TrainingConfig, vocabulary: int) -> dict[str, nn.Module]:
    """All of them, untrained."""
    return {name: build_part(name, config, vocabulary) for name in PARTS}
