"""Writes a trained run as a model set: `python -m models.training.export --run RUN --out models/zoo/SET/VERSION`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import nn

from .golden import write_golden
from .manifest import write_manifest
from .model_set import ModelSet
from .onnx_files import largest_difference, run_torch, write_onnx
from .onnx_ports import example_inputs, model_ports
from .run_models import Run, open_run
from .stem import Stem
from .tokenizer import load_tokenizer
from .wall_time import seconds_of, timed

LARGEST_SET = 25_000_000
SHIPPED = {"image": "head", "frames": "temporal", "query": "student", "document": "teacher"}
Say = Callable[[str], None]


def trained_set(run: Run, last: str = "fusion_content") -> ModelSet:
    """What a run ships: of each module its last weights."""
    states = run.until(last)
    names = {**SHIPPED, "perception": "perception", "content": "content"}
    modules: dict[str, nn.Module] = {"stem": Stem()}
    modules.update({shipped: run.module(name, states[name]) for shipped, name in names.items()})
    return ModelSet(modules, load_tokenizer(run.folder / "tokenizer.json"), run.config)


def export_set(models: ModelSet, out: Path, provenance: dict[str, object], say: Say = print) -> dict[str, float]:
    """Writes every file of a set into `out`, whose last two parts name the set and its version.

    Returns the largest difference of ONNX and PyTorch by model; raises ValueError if one is over the tolerance
    or the set is too large to ship.
    """
    out.mkdir(parents=True, exist_ok=True)
    ports = model_ports(feature_shape(models))
    differences = {}
    for name, of in ports.items():
        path = out / f"{name}.onnx"
        write_onnx(models.modules[name], of, path, models.vocabulary)
        differences[name] = largest_difference(models.modules[name], of, path, models.vocabulary)
        say(f"{name}: {path.stat().st_size / 1e6:.2f} MB, differs by {differences[name]:.1e}")
    models.tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    write_golden(models, ports, out)
    checked = {**provenance, "onnx_against_pytorch": differences}
    write_manifest(out, (out.parent.name, out.name), ports, checked)
    check_size(out)
    return differences


def feature_shape(models: ModelSet) -> tuple[int, ...]:
    """What the stem gives for one picture."""
    pixels = example_inputs(model_ports(())["stem"], 1, 1, 2)
    return run_torch(models.modules["stem"], pixels)[0].shape[1:]


def check_size(out: Path) -> int:
    """Bytes of all files of the set; raises ValueError over the limit."""
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    if size > LARGEST_SET:
        raise ValueError(f"{out} has {size} bytes, more than {LARGEST_SET}")
    return size


def provenance_of(run: Path) -> dict[str, object]:
    """Where a set comes from: world, recipe, code, each stage's time and validation PNR, and the time of all by the clock.

    The clock has no time yet for the export that writes this.
    """
    results = {path.stem: read_json(path) for path in sorted((run / "results").glob("*.json"))}
    recipe, code = read_json(run / "config.json"), run / "code.json"
    return {
        "seed": recipe["seed"],
        "world": read_json(run / "world.json"),
        "recipe": recipe,
        "code": read_json(code) if code.exists() else None,  # runs from before there were records
        "stages": {name: {key: of[key] for key in ("seconds", "validation") if key in of} for name, of in results.items()},
        "seconds": seconds_of(run),
    }


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes a trained run as a model set.")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help=".../<set>/<version>")
    options = parser.parse_args()
    with timed(options.run, "export"):
        export_set(trained_set(open_run(options.run)), options.out, provenance_of(options.run))


if __name__ == "__main__":
    main()
