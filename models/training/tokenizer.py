"""One token per character: the tokenizer of queries and of all texts of a video."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

PAD, UNK, CLS = 0, 1, 2


def build_tokenizer(texts: Iterable[str], min_count: int) -> Tokenizer:
    """A tokenizer whose vocabulary is the characters of `texts` (of the training split only) seen `min_count` times.

    Lower case; white space is dropped; an unknown character is [UNK]. WordPiece over one-character words,
    because the JavaScript library knows no other model with which a character is a word.
    """
    normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=True)
    counts = Counter(character for text in texts for character in normalizer.normalize_str(text) if not character.isspace())
    known = sorted((c for c, n in counts.items() if n >= min_count), key=lambda c: (-counts[c], c))
    vocabulary = {token: index for index, token in enumerate(["[PAD]", "[UNK]", "[CLS]", *known])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=4))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex("."), "isolated")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", pair="[CLS] $A $B", special_tokens=[("[CLS]", CLS)]
    )
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    return Tokenizer.from_file(str(path))


def encode(tokenizer: Tokenizer, texts: list[str], max_tokens: int) -> np.ndarray:
    """Token ids `int64 [texts, longest]`, [CLS] first, padded with 0, cut off at `max_tokens`."""
    rows = [encoding.ids[:max_tokens] for encoding in tokenizer.encode_batch(texts)]
    ids = np.zeros((len(rows), max((len(row) for row in rows), default=1)), np.int64)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
    return ids
