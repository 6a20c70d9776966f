"""Scores of graded query-video rows, and PNR of any slice of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .bootstrap import interval, paired_difference, relative_difference
from .pnr import Pnr, query_counts

SMALLEST_SLICE = 50


@dataclass(frozen=True)
class Rows:
    """Graded candidates of one split; all arrays [rows], queries, lists and videos as numbers from 0.

    A query has a list of candidates for each slice of videos; only within a list were they drawn together, and only
    there are they compared.
    """

    queries: np.ndarray
    lists: np.ndarray
    videos: np.ndarray
    perceived: np.ndarray
    content: np.ndarray

    def labels(self, truth: str) -> np.ndarray:
        return self.perceived if truth == "perceived" else self.content


@dataclass(frozen=True)
class ScoreTable:
    """Scores [rows] of several scorers over the same rows; nan where a scorer has nothing to go by."""

    rows: Rows
    scores: Mapping[str, np.ndarray]
    draws: int = 2000

    def counts(self, scorer: str, truth: str, mask: np.ndarray | None = None) -> np.ndarray:
        """Counts [queries, 3]. A missing score takes the mean of its list's others: neither reward nor fine."""
        keep = np.ones(len(self.rows.queries), dtype=bool) if mask is None else mask
        lists = self.rows.lists[keep]
        scores = neutral(lists, self.scores[scorer][keep])
        listed = query_counts(lists, self.rows.labels(truth)[keep], scores)
        counts = np.zeros((int(self.rows.queries.max(initial=-1)) + 1, 3), dtype=np.int64)
        query_of = np.zeros(len(listed), dtype=np.int64)
        query_of[lists] = self.rows.queries[keep]
        np.add.at(counts, query_of, listed)
        return counts

    def figures(self, scorer: str, truth: str, mask: np.ndarray | None = None) -> dict[str, object]:
        """PNR, its interval and its counts."""
        counts = self.counts(scorer, truth, mask)
        result = Pnr.of(counts)
        if result.pairs < SMALLEST_SLICE:
            return {**result.as_dict(), "too_few_pairs": True}
        spread = interval(counts, self.draws)
        return {**result.as_dict(), "low": spread.low, "high": spread.high}

    def compare(self, ours: str, theirs: str, truth: str, mask: np.ndarray | None = None) -> dict[str, object]:
        """`ours` against `theirs` on the same rows: both PNRs, difference and relative difference with intervals."""
        mine, other = self.counts(ours, truth, mask), self.counts(theirs, truth, mask)
        return {
            "ours": ours,
            "theirs": theirs,
            "truth": truth,
            "pnr": [Pnr.of(mine).value, Pnr.of(other).value],
            "pairs": Pnr.of(mine).pairs,
            "difference": paired_difference(mine, other, self.draws).as_dict(),
            "relative": relative_difference(mine, other, self.draws).as_dict(),
        }


def neutral(lists: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Fills nan with the mean of the list's known scores, or 0 if it has none."""
    missing = np.isnan(scores)
    if not missing.any():
        return scores
    sums = np.bincount(lists, np.where(missing, 0.0, scores))
    known = np.bincount(lists, ~missing)
    means = between(lists, scores, sums / np.maximum(known, 1))
    return np.where(missing, means[lists], scores)


def between(lists: np.ndarray, scores: np.ndarray, means: np.ndarray) -> np.ndarray:
    """The mean of equal numbers may be rounded past them, and then it would not tie with them."""
    lowest, highest = np.full(len(means), np.inf), np.full(len(means), -np.inf)
    np.fmin.at(lowest, lists, scores)
    np.fmax.at(highest, lists, scores)
    return np.where(highest >= lowest, np.clip(means, lowest, highest), means)
