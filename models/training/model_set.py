"""The seven models of a set together: what is exported, and what gives a video its vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from torch import nn

from .config import DOMAINS, MAX_TOKENS, MODALITIES, TrainingConfig
from .onnx_files import run_torch
from .onnx_ports import DIM
from .preprocess import load_cover, load_frames, normalise
from .tokenizer import encode


@dataclass(frozen=True)
class VideoVectors:
    """One vector for each modality that is there [128], and the served vector of each domain [128]."""

    modalities: dict[str, np.ndarray | None]
    perception: np.ndarray
    content: np.ndarray


@dataclass(frozen=True)
class ModelSet:
    """Modules in evaluation mode by the names of the manifest, with their tokenizer and recipe."""

    modules: Mapping[str, nn.Module]
    tokenizer: Tokenizer
    config: TrainingConfig

    @property
    def vocabulary(self) -> int:
        return self.tokenizer.get_vocab_size()

    def ids(self, kind: str, text: str) -> np.ndarray:
        """Token ids int64 [1, tokens] of a text, cut off as its kind demands."""
        return encode(self.tokenizer, [text], MAX_TOKENS[kind])

    def text(self, kind: str, text: str | None, model: str = "document") -> np.ndarray | None:
        """Vector [128] of a text; None for a text without a single token, which counts as missing."""
        ids = self.ids(kind, text or "")
        return run_torch(self.modules[model], {"ids": ids})[0][0] if ids.shape[1] > 1 else None

    def query(self, text: str, model: str = "query") -> np.ndarray:
        """Vector [128] of a query, from the student that serves unless told otherwise."""
        return run_torch(self.modules[model], {"ids": self.ids("query", text)})[0][0]

    def pictures(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 [n, 112, 112, 3] -> vectors [n, 128]."""
        features = run_torch(self.modules["stem"], {"pixels": normalise(pixels)})[0]
        return run_torch(self.modules["image"], {"features": features})[0]

    def cover(self, path: Path | None) -> np.ndarray | None:
        return None if path is None else self.pictures(load_cover(path)[None])[0]

    def clip(self, path: Path | None) -> np.ndarray | None:
        """Vector [128] of a clip's eight frames."""
        if path is None:
            return None
        vectors = self.pictures(load_frames(path))[None]
        return run_torch(self.modules["frames"], {"vectors": vectors, "present": np.ones((1, 8), dtype=bool)})[0][0]

    def fuse(self, domain: str, modalities: Mapping[str, np.ndarray | None]) -> np.ndarray:
        """The served vector [128] of a domain, from what of its modalities is there."""
        parts = [modalities[name] for name in DOMAINS[domain]]
        embeddings = np.stack([np.zeros(DIM, dtype=np.float32) if part is None else part for part in parts])
        present = np.array([part is not None for part in parts])
        return run_torch(self.modules[domain], {"embeddings": embeddings[None], "present": present[None]})[1][0]

    def video(self, texts: Mapping[str, str | None], cover: Path | None, clip: Path | None) -> VideoVectors:
        """All vectors of one video, end to end from its texts and files."""
        pictures = {"cover": lambda: self.cover(cover), "frames": lambda: self.clip(clip)}
        modalities = {
            name: pictures[name]() if name in pictures else self.text(name, texts.get(name)) for name in MODALITIES
        }
        return VideoVectors(modalities, self.fuse("perception", modalities), self.fuse("content", modalities))
