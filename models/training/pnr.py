"""PNR, the article's offline target, in the half-tie form (Tencent CBVS-UniCLIP `pos_neg_order`).

Over all pairs of one query with different labels: P = ordered right, N = ordered wrong, T = equal scores;
PNR = (P + T/2) / max(1, N + T/2), with P, N and T summed over all queries before the one division.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pnr:
    """P, N, T of a set of queries and what follows from them."""

    positive: int
    negative: int
    tied: int

    @property
    def pairs(self) -> int:
        return self.positive + self.negative + self.tied

    @property
    def value(self) -> float:
        return (self.positive + self.tied / 2) / max(1.0, self.negative + self.tied / 2)

    @property
    def pair_accuracy(self) -> float:
        """Share of pairs in the right order, ties counting half; nan without pairs."""
        return (self.positive + self.tied / 2) / self.pairs if self.pairs else float("nan")

    def as_dict(self) -> dict[str, float]:
        """The figures as the reports print them, with the counts beside the ratio."""
        figures = {"pnr": self.value, "pairs": self.pairs, "P": self.positive, "N": self.negative, "T": self.tied}
        return {**figures, "pair_accuracy": self.pair_accuracy} if self.pairs else figures

    @staticmethod
    def of(counts: np.ndarray) -> "Pnr":
        """From counts [queries, 3]."""
        positive, negative, tied = (int(count) for count in counts.sum(axis=0))
        return Pnr(positive, negative, tied)


def pair_counts(labels: np.ndarray, scores: np.ndarray) -> tuple[int, int, int]:
    """(P, N, T) of one query; labels and scores [documents]."""
    better = labels[:, None] > labels[None, :]
    positive = int((better & (scores[:, None] > scores[None, :])).sum())
    negative = int((better & (scores[:, None] < scores[None, :])).sum())
    return positive, negative, int(better.sum()) - positive - negative


def query_counts(queries: np.ndarray, labels: np.ndarray, scores: np.ndarray, total: int | None = None) -> np.ndarray:
    """Counts [total, 3] per query number.

    queries [rows] holds numbers from 0; a number without rows counts nothing, so that two scorers over
    different rows still line up for a paired bootstrap. Scores must be finite.
    """
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite: give a missing score a value on purpose")
    counts = np.zeros((total if total is not None else int(queries.max(initial=-1)) + 1, 3), dtype=np.int64)
    order = np.argsort(queries, kind="stable")
    starts = np.flatnonzero(np.diff(queries[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        counts[queries[rows[0]]] = pair_counts(labels[rows], scores[rows])
    return counts
