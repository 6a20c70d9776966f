"""Half-precision models of a set, for GPUs: `python -m models.training.half SET_DIR [--out DIR]`.

Writes a whole set beside the given one (`1` -> `1-half`): the same files with fp16 inside the models and fp32 at
their inputs and outputs. Checked on the CPU at basic graph optimisation; at full optimisation onnxruntime's CPU
provider has crashed on half-precision models, and it is not faster there anyway: use such a set on a GPU.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx

from .golden_models import decoded
from .half_graph import to_half
from .manifest import described
from .onnx_files import open_session

LOWEST_COSINE = 0.999


def write_half(source: Path, out: Path) -> dict[str, float]:
    """Writes the half-precision set; returns the lowest cosine to the golden fp32 outputs by model.

    Raises ValueError if a model falls below 0.999.
    """
    manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    golden = json.loads((source / manifest["golden"]["file"]).read_text(encoding="utf-8"))
    shutil.copytree(source, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.onnx", "report"))
    cosines, difference = {}, 0.0
    for name, model in manifest["models"].items():
        onnx.save(to_half(onnx.load(source / model["file"])), out / model["file"])
        model.update(described(out / model["file"]))
        cosines[name], furthest = check(out / model["file"], golden["models"][name])
        difference = max(difference, furthest)
    manifest["version"] = out.name
    manifest["golden"]["tolerance"] = round(2 * difference, 4)
    manifest["provenance"].update({"precision": "float16 inside", "half_of": source.name, "half_cosines": cosines})
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (out / "manifest.json").write_text(text, encoding="utf-8")
    return cosines


def check(path: Path, golden: dict) -> tuple[float, float]:
    """(lowest cosine, largest difference) to the golden outputs, rows by rows."""
    inputs = {name: decoded(value) for name, value in golden["inputs"].items()}
    outputs = open_session(path, optimisation="basic").run(list(golden["outputs"]), inputs)
    lowest, furthest = 1.0, 0.0
    for output, expected in zip(outputs, map(decoded, golden["outputs"].values())):
        if output.dtype != expected.dtype or not np.isfinite(output).all():
            raise ValueError(f"{path.name}: {output.dtype} with values that are not finite, or not {expected.dtype}")
        lowest = min(lowest, float(cosine_rows(output, expected).min()))
        furthest = max(furthest, float(np.abs(output - expected).max()))
    if lowest < LOWEST_COSINE:
        raise ValueError(f"{path.name}: cosine {lowest:.5f} to fp32, below {LOWEST_COSINE}")
    return lowest, furthest


def cosine_rows(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cosines along the last axis; zero against zero is 1."""
    lengths = np.linalg.norm(left, axis=-1) * np.linalg.norm(right, axis=-1)
    return np.where(lengths == 0, 1.0, (left * right).sum(-1) / np.maximum(lengths, 1e-12))


def main() -> None:
    parser = argparse.ArgumentParser(description="Half-precision models of a set, for GPUs.")
    parser.add_argument("set", type=Path, help="folder with a manifest.json")
    parser.add_argument("--out", type=Path, help="folder to write (default: the set's folder with -half)")
    options = parser.parse_args()
    source = options.set.resolve()
    out = (options.out or source.with_name(f"{source.name}-half")).resolve()
    for name, cosine in write_half(source, out).items():
        print(f"{name}: {(out / f'{name}.onnx').stat().st_size / 1e6:.2f} MB, lowest cosine to fp32 {cosine:.6f}")
    print(f"written to {out}")


if __name__ == "__main__":
    main()
