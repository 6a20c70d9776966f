"""What all stages share: the run's folder, recipe, world, texts, features and modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .config import TrainingConfig
from .features import Features
from .sampling import Pairs
from .texts import TextTable
from .whole_files import write_json
from .world import World


@dataclass
class Context:
    """`modules` holds the state after the last finished stage; stages train it in place."""

    run: Path
    config: TrainingConfig
    world: World
    texts: TextTable
    features: Features
    pairs: dict[str, Pairs]  # positives by domain
    modules: dict[str, nn.Module]
    device: torch.device
    extra: dict[str, Any] = field(default_factory=dict)  # what a stage computes for later ones

    def checkpoint(self, stage: str) -> Path:
        return self.run / "checkpoints" / f"{stage}.pt"

    def write_result(self, stage: str, result: dict[str, Any]) -> None:
        """Figures of a finished stage, for the report."""
        write_json(self.run / "results" / f"{stage}.json", result)
