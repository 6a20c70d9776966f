"""PNR of vectors against the truth of a split: how stages judge themselves (validation) while a run goes on."""

from __future__ import annotations

import numpy as np

from .context import Context
from .pnr import Pnr, query_counts
from .world import Grades


def scores_of(grades: Grades, queries: np.ndarray, query_vectors: np.ndarray, rows: np.ndarray, vectors: np.ndarray, has: np.ndarray) -> np.ndarray:
    """Cosine of each graded row; a video without the vector gets the mean of its query's others."""
    q = np.searchsorted(queries, grades.query)
    v = np.searchsorted(rows, grades.video)
    scores = (query_vectors[q] * vectors[v]).sum(1).astype(np.float64)
    return fill_missing(scores, has[v], grades.query)


def fill_missing(scores: np.ndarray, has: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Scores in which those not had are the mean of the query's others."""
    _, group = np.unique(query, return_inverse=True)
    total = np.bincount(group, np.where(has, scores, 0.0))
    count = np.bincount(group, has)
    return np.where(has, scores, (total / np.maximum(1, count))[group])


def pnr(grades: Grades, scores: np.ndarray) -> dict[str, float]:
    """PNR of scores on both truths."""
    _, group = np.unique(grades.query, return_inverse=True)
    return {
        truth: round(Pnr.of(query_counts(group, grades.labels(truth), scores)).value, 4)
        for truth in ("content", "perceived")
    }


def judge(ctx: Context, query_vectors: np.ndarray, queries: np.ndarray, rows: np.ndarray, vectors: np.ndarray, has: np.ndarray, split: str = "validation") -> dict[str, float]:
    """PNR of one vector a video on a split's truths. `rows` and `queries` are sorted and hold all of the split."""
    grades = ctx.world.grades[split]
    return pnr(grades, scores_of(grades, queries, query_vectors, rows, vectors, has))
