"""What goes into and comes out of the seven models of a set: names, types, shapes, and inputs to try them with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .config import DOMAINS

DIM = 128
SIZE = 112
FRAMES = 8
FUSIONS = 5


@dataclass(frozen=True)
class Port:
    """One input or output; a dimension that varies is its name, "batch" or "tokens"."""

    name: str
    type: str
    shape: tuple[str | int, ...]

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "type": self.type, "shape": list(self.shape)}

    def varying(self) -> dict[int, str]:
        return {axis: size for axis, size in enumerate(self.shape) if isinstance(size, str)}


@dataclass(frozen=True)
class Ports:
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]


VECTOR = Port("vector", "float32", ("batch", DIM))
IDS = Port("ids", "int64", ("batch", "tokens"))


def fusion(modalities: int) -> Ports:
    """A fusion: modality vectors and which are there -> m fusion vectors and the served mean."""
    embeddings = Port("embeddings", "float32", ("batch", modalities, DIM))
    present = Port("present", "bool", ("batch", modalities))
    return Ports((embeddings, present), (Port("vectors", "float32", ("batch", FUSIONS, DIM)), VECTOR))


def model_ports(features: tuple[int, ...]) -> dict[str, Ports]:
    """The seven models in the order of a set; `features` is what the stem gives for one picture."""
    pixels = Port("pixels", "float32", ("batch", 3, SIZE, SIZE))
    stem = Port("features", "float32", ("batch", *features))
    frames = (Port("vectors", "float32", ("batch", FRAMES, DIM)), Port("present", "bool", ("batch", FRAMES)))
    return {
        "stem": Ports((pixels,), (stem,)),
        "image": Ports((stem,), (VECTOR,)),
        "frames": Ports(frames, (VECTOR,)),
        "query": Ports((IDS,), (VECTOR,)),
        "document": Ports((IDS,), (VECTOR,)),
        "perception": fusion(len(DOMAINS["perception"])),
        "content": fusion(len(DOMAINS["content"])),
    }


def example_inputs(ports: Ports, batch: int, tokens: int, vocabulary: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Random inputs of one size: padded ids, unit vectors, masks with at least one true."""
    random = np.random.default_rng([seed, batch, tokens])
    return {port.name: _example(port, batch, tokens, vocabulary, random) for port in ports.inputs}


def _example(port: Port, batch: int, tokens: int, vocabulary: int, random: np.random.Generator) -> np.ndarray:
    shape = tuple({"batch": batch, "tokens": tokens}.get(size, size) for size in port.shape)
    if port.type == "int64":
        ids = random.integers(1, vocabulary, size=shape)
        lengths = random.integers(1, tokens + 1, size=(batch, 1))
        lengths[0] = tokens
        return np.where(np.arange(tokens)[None, :] < lengths, ids, 0)
    if port.type == "bool":
        present = random.random(shape) < 0.7
        present[np.arange(batch), random.integers(0, shape[1], batch)] = True
        return present
    values = random.standard_normal(shape).astype(np.float32)
    if port.name in ("vectors", "embeddings"):
        values /= np.linalg.norm(values, axis=-1, keepdims=True)
    return values
