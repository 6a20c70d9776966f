"""Writes a trained run as a model set: `python -m models.training.export --run RUN --out models/zoo/SET/VERSION`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from torch import nn

from .golden import write_golden
from .manifest import write_manifest
from .model_set import ModelSet
from .onnx_files import largest_difference, run_torch, write_onnx
from .onnx_ports import example_inputs, model_ports
from .run_models import Run, open_run
from .stem import Stem
from .tokenizer import load_tokenizer

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
    """Where a set comes from: the world, the recipe, the code, and how long each stage took for which validation PNR."""
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((run / "results").glob("*.json"))}
    recipe = json.loads((run / "config.json").read_text(encoding="utf-8"))
    stages = {name: {key: of[key] for key in ("seconds", "validation") if key in of} for name, of in results.items()}
    record = {"seed": recipe["seed"], "world": json.loads((run / "world.json").read_text()), "recipe": recipe, "stages": stages}
    code = run / "code.json"  # older runs have none
    return {**record, "code": json.loads(code.read_text())} if code.exists() else record


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes a trained run as a model set.")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help=".../<set>/<version>")
    options = parser.parse_args()
    export_set(trained_set(open_run(options.run)), options.out, provenance_of(options.run))


if __name__ == "__main__":
    main()
