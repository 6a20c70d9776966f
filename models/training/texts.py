"""All texts of a world as token ids, ready to be drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .config import MAX_TOKENS
from .tokenizer import CLS, PAD, UNK, encode
from .world import World

FIELDS = {
    "title": "title",
    "account": "account",
    "cover_text": "cover_text",
    "frame_text": "frame_text",
    "asr": "asr",
    "asr_first": "asr",
    "asr_all": "asr",
}


@dataclass(frozen=True)
class TextTable:
    """Ids `[rows, longest]` of queries and of each text field of the videos; a missing text is only [CLS]."""

    ids: dict[str, np.ndarray]
    present: dict[str, np.ndarray]

    def take(self, kind: str, rows: np.ndarray) -> np.ndarray:
        """The ids of some rows, cut to the longest of them."""
        ids = self.ids[kind][rows]
        return ids[:, : max(1, int((ids != PAD).sum(1).max(initial=1)))]


def build_texts(world: World, tokenizer: Tokenizer) -> TextTable:
    """Encodes every text of the world once."""
    ids = {"query": encode(tokenizer, world.queries, MAX_TOKENS["query"])}
    present = {"query": np.ones(len(world.queries), bool)}
    for field, limit in FIELDS.items():
        texts = world.texts(field)
        ids[field] = encode(tokenizer, [text or "" for text in texts], MAX_TOKENS[limit])
        present[field] = np.array([text is not None for text in texts])
    return TextTable(ids, present)


def drop_characters(ids: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    """Training noise: each character becomes [UNK] with probability `share`; [CLS] and padding stay."""
    hit = (random.random(ids.shape) < share) & (ids != PAD) & (ids != CLS)
    return np.where(hit, UNK, ids)


def to_tensor(ids: np.ndarray, device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(ids)).to(device)
