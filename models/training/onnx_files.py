"""One PyTorch module to one ONNX file, and the proof that both compute the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from .onnx_ports import Ports, example_inputs

OPSET = 17
TOLERANCE = 1e-4
BATCHES = (1, 3, 17)
TOKENS = (1, 7, 24, 96)


def write_onnx(module: torch.nn.Module, ports: Ports, path: Path, vocabulary: int) -> None:
    """Exports in fp32 with the named dimensions free; the bytes depend on the weights and versions only."""
    inputs = tuple(torch.from_numpy(value) for value in example_inputs(ports, 2, 9, vocabulary).values())
    axes = {port.name: port.varying() for port in (*ports.inputs, *ports.outputs)}
    torch.backends.mha.set_fastpath_enabled(False)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            inputs,
            str(path),
            input_names=[port.name for port in ports.inputs],
            output_names=[port.name for port in ports.outputs],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    onnx.save(without_origin(onnx.load(path)), path)


def without_origin(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drops notes on where in which file a node was made: they name the machine and change nothing."""
    for part in (model, model.graph, *model.graph.node):
        part.doc_string = ""
        del part.metadata_props[:]
    return model


def open_session(path: Path, optimisation: str = "all", threads: int = 1) -> onnxruntime.InferenceSession:
    """A CPU session; `basic` optimisation is what half-precision files need (the full one has crashed on them)."""
    options = onnxruntime.SessionOptions()
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimisation == "all" else levels.ORT_ENABLE_BASIC
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_torch(module: torch.nn.Module, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The module's outputs as arrays, in the order of its ports."""
    with torch.no_grad():
        outputs = module.eval()(*(torch.from_numpy(value) for value in inputs.values()))
    return [output.numpy() for output in (outputs if isinstance(outputs, tuple) else (outputs,))]


def largest_difference(module: torch.nn.Module, ports: Ports, path: Path, vocabulary: int, longest: int = 96) -> float:
    """Largest absolute difference of ONNX and PyTorch over batches of 1, 3, 17 and several lengths.

    Raises ValueError over the tolerance, or if a shape is not what the ports say.
    """
    session = open_session(path)
    varies = any("tokens" in port.shape for port in ports.inputs)
    worst = 0.0
    for batch in BATCHES:
        for tokens in (tuple(min(length, longest) for length in TOKENS) if varies else (1,)):
            inputs = example_inputs(ports, batch, tokens, vocabulary, seed=1)
            for port, ours, theirs in zip(ports.outputs, run_torch(module, inputs), session.run(None, inputs)):
                expected = tuple(batch if size == "batch" else size for size in port.shape)
                if ours.shape != expected or theirs.shape != expected:
                    raise ValueError(f"{path.name}: {port.name} is {theirs.shape} (PyTorch {ours.shape}), not {expected}")
                worst = max(worst, float(np.abs(ours - theirs).max()))
    if not worst <= TOLERANCE:
        raise ValueError(f"{path.name}: ONNX differs from PyTorch by {worst:.2e}, more than {TOLERANCE}")
    return worst
