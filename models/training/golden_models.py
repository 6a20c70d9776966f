"""Inputs and outputs of each model in golden.json: what a runtime must reproduce before it may use a set."""

from __future__ import annotations

import base64

import numpy as np

from .onnx_files import open_session
from .onnx_ports import Ports, example_inputs

BATCH = 2
TOKENS = 7


def encoded(array: np.ndarray) -> dict[str, object]:
    """An array as type, shape and base64 of its little-endian bytes (bool is one byte each)."""
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {"type": str(array.dtype), "shape": list(array.shape), "data": base64.b64encode(little).decode("ascii")}


def decoded(record: dict[str, object]) -> np.ndarray:
    """The array of `encoded`."""
    kind = np.dtype(str(record["type"])).newbyteorder("<")
    return np.frombuffer(base64.b64decode(str(record["data"])), dtype=kind).reshape(tuple(record["shape"]))


def golden_model(session_path: str, ports: Ports, vocabulary: int, unusual: bool = True) -> dict[str, object]:
    """One case of a model. With a mask, the last row has nothing at all: it must stay finite."""
    inputs = example_inputs(ports, BATCH, TOKENS, vocabulary, seed=2)
    if unusual and "present" in inputs:
        inputs["present"][-1] = False
    outputs = open_session(session_path).run(None, inputs)
    if not all(np.isfinite(output).all() for output in outputs):
        raise ValueError(f"{session_path}: an output is not finite")
    named = dict(zip((port.name for port in ports.outputs), outputs))
    return {
        "inputs": {name: encoded(value) for name, value in inputs.items()},
        "outputs": {name: encoded(value) for name, value in named.items()},
    }
