"""The trained modules of a run, by stage: what was shipped at the end, and what stood after each stage before it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import torch
from torch import Tensor, nn

from .config import DOMAINS, STAGES, StageConfig, TrainingConfig
from .fusion import Fusion
from .image_head import build_head, head_kind
from .temporal import Temporal
from .tokenizer import load_tokenizer
from .towers import TextTower

State = dict[str, Tensor]


@dataclass(frozen=True)
class Run:
    """A run's folder with its recipe; weights are read when they are asked for."""

    folder: Path
    config: TrainingConfig
    vocabulary: int

    def states(self, stage: str) -> dict[str, State]:
        """Weights by module as a stage left them; empty if the stage was not run."""
        path = self.folder / "checkpoints" / f"{stage}.pt"
        if not path.exists():
            return {}
        return torch.load(path, map_location="cpu", weights_only=False)["models"]

    def until(self, last: str) -> dict[str, State]:
        """Of each module the newest weights up to and including a stage, in the order of the stages."""
        found: dict[str, State] = {}
        for stage in STAGES[: STAGES.index(last) + 1]:
            found.update(self.states(stage))
        return found

    def module(self, name: str, state: State) -> nn.Module:
        """A module in evaluation mode with these weights; names as in checkpoints, arms begin with a known name."""
        module = self._empty(name, state)
        module.load_state_dict(state)
        return module.eval().requires_grad_(False)

    def _empty(self, name: str, state: State) -> nn.Module:
        recipe = self.config
        if name.startswith("teacher"):
            return TextTower(recipe.teacher, self.vocabulary)
        if name.startswith("student"):
            return TextTower(recipe.student, self.vocabulary)
        if name.startswith("head"):
            return build_head(replace(recipe.image, kind=head_kind(state)))
        if name.startswith("temporal"):
            return Temporal(recipe.temporal)
        domain = next((domain for domain in DOMAINS if name.startswith(domain)), None)
        if domain is None:
            raise ValueError(f"no module is called {name}")
        return Fusion(recipe.fusion, len(DOMAINS[domain]))


def open_run(folder: Path) -> Run:
    """Reads RUN/config.json and the size of RUN/tokenizer.json's vocabulary."""
    recipe = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    vocabulary = load_tokenizer(folder / "tokenizer.json").get_vocab_size()
    return Run(folder, config_of(recipe), vocabulary)


def config_of(record: dict[str, Any]) -> TrainingConfig:
    """The recipe of `TrainingConfig.as_dict`, from JSON; what the record lacks keeps its default."""
    stages = {name: StageConfig(**stage) for name, stage in record.get("stages", {}).items()}
    return _rebuilt(TrainingConfig, {**record, "stages": stages})


def _rebuilt(kind: type, record: dict[str, Any]) -> Any:
    hints = get_type_hints(kind)
    known = {field.name: record[field.name] for field in fields(kind) if field.name in record}
    return kind(
        **{
            name: _rebuilt(hints[name], value) if is_dataclass(hints[name]) and isinstance(value, dict) else value
            for name, value in known.items()
        }
    )
