"""Paired bootstrap over queries: how sure is the difference of two rankings of the same candidates?

Queries are the unit that is drawn again, because the pairs of one query are not independent. PNR is a ratio of
sums, so each draw adds the counts of its queries first and divides then; percentile intervals of 95 %.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

DRAWS = 2000
CHUNK = 100


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % percentile interval."""

    value: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """+1 or -1 if the interval excludes zero, else 0."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    def as_dict(self) -> dict[str, float | int]:
        return {**asdict(self), "sign": self.sign}


def ratios(sums: np.ndarray) -> np.ndarray:
    """Half-tie PNR of count sums [..., 3]."""
    return (sums[..., 0] + sums[..., 2] / 2) / np.maximum(1.0, sums[..., 1] + sums[..., 2] / 2)


def drawn_ratios(counts: list[np.ndarray], draws: int = DRAWS, seed: int = 1) -> np.ndarray:
    """PNRs [draws, rankings] of the same drawn queries for each ranking; counts are [queries, 3] each."""
    random = np.random.default_rng(seed)
    queries = len(counts[0])
    stacked = np.concatenate(counts, axis=1).astype(np.float64)
    results = []
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        weights = random.multinomial(queries, np.full(queries, 1 / queries), size=size)
        results.append(ratios((weights @ stacked).reshape(size, len(counts), 3)))
    return np.concatenate(results)


def interval(counts: np.ndarray, draws: int = DRAWS, seed: int = 1) -> Interval:
    """The PNR of one ranking with its interval."""
    return _percentiles(float(ratios(counts.sum(axis=0))), drawn_ratios([counts], draws, seed)[:, 0])


def paired_difference(ours: np.ndarray, theirs: np.ndarray, draws: int = DRAWS, seed: int = 1) -> Interval:
    """PNR(ours) - PNR(theirs), both [queries, 3] over the same queries in the same order."""
    _same_queries(ours, theirs)
    values = drawn_ratios([ours, theirs], draws, seed)
    return _percentiles(float(ratios(ours.sum(axis=0)) - ratios(theirs.sum(axis=0))), values[:, 0] - values[:, 1])


def relative_difference(ours: np.ndarray, theirs: np.ndarray, draws: int = DRAWS, seed: int = 1) -> Interval:
    """PNR(ours) / PNR(theirs) - 1, as the article states its gains."""
    _same_queries(ours, theirs)
    values = drawn_ratios([ours, theirs], draws, seed)
    return _percentiles(
        float(ratios(ours.sum(axis=0)) / ratios(theirs.sum(axis=0)) - 1), values[:, 0] / values[:, 1] - 1
    )


def _same_queries(ours: np.ndarray, theirs: np.ndarray) -> None:
    if ours.shape != theirs.shape:
        raise ValueError(f"a paired comparison needs the same queries: {ours.shape} and {theirs.shape}")


def _percentiles(value: float, drawn: np.ndarray) -> Interval:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(value, float(low), float(high))
