"""How training draws pairs of query and video from the labelled log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .world import Samples, Unclicked, World

POSITIVE_GRADE = {"perception": 1, "content": 2}


@dataclass(frozen=True)
class Pairs:
    """Positive pairs of one domain, drawn by query and then by video, and the negatives that its policy vouches for."""

    query: np.ndarray  # [pairs], sorted
    video: np.ndarray
    weight: np.ndarray
    known: np.ndarray  # sorted keys query * videos + video that are never negatives
    videos: int
    negative_query: np.ndarray  # [negatives], sorted
    negative_video: np.ndarray

    def draw(self, count: int, random: np.random.Generator, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Queries, videos and weights of `count` pairs whose video is usable (`bool [videos]`).

        Queries come by the root of their count of positives, so that the head does not fill every batch.
        """
        rows = np.flatnonzero(usable[self.video])
        if not len(rows):
            raise ValueError("no positive pair of the log has a video with the modality to be trained: the world is too small")
        _, inverse, counts = np.unique(self.query[rows], return_inverse=True, return_counts=True)
        share = 1 / np.sqrt(counts[inverse])
        chosen = rows[random.choice(len(rows), count, p=share / share.sum())]
        return self.query[chosen], self.video[chosen], self.weight[chosen]

    def is_known(self, queries: np.ndarray, videos: np.ndarray) -> np.ndarray:
        """`bool [queries, videos]`: pairs that must not serve as negatives."""
        keys = queries[:, None] * self.videos + videos[None, :]
        place = np.searchsorted(self.known, keys).clip(max=len(self.known) - 1)
        return self.known[place] == keys

    def draw_negatives(self, queries: np.ndarray, random: np.random.Generator, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One video that the log says does not answer it, for each query that has such a one: places in `queries`, videos."""
        low = np.searchsorted(self.negative_query, queries)
        high = np.searchsorted(self.negative_query, queries, "right")
        places = np.flatnonzero(high > low)
        if not len(places):
            return places, np.zeros(0, np.int64)
        videos = self.negative_video[random.integers(low[places], high[places])]
        return places[usable[videos]], videos[usable[videos]]


def positive_pairs(world: World, domain: str) -> Pairs:
    """Perception: clicked against skipped. Content: watched (grade 2 and 3) against clicked and left at once.

    What was shown and clicked by nobody is never a negative of content, nor by chance in a batch: a third of those above a
    click do hold what was asked for. It is one if somebody else clicked it for the same query and left at once.
    """
    samples = world.samples[domain]
    positive = samples.where(samples.grade >= POSITIVE_GRADE[domain])
    order = np.argsort(positive.query, kind="stable")
    positive = positive.where(order)
    negative = samples.where(samples.reason == ("skipped-above" if domain == "perception" else "bounced"))
    negative = negative.where(np.argsort(negative.query, kind="stable"))
    # Whatever anybody clicked is no negative of perception; whatever was watched a little is none of content.
    known = samples.where(samples.grade >= 1)
    clash = _keys(negative, world)
    kept = ~np.isin(clash, np.unique(_keys(known, world)))
    unsure = _keys(world.unclicked, world) if domain == "content" else np.zeros(0, np.int64)
    never = np.setdiff1d(np.concatenate([_keys(known, world), unsure]), clash[kept])
    weight = positive.weight * (1 + 0.5 * (positive.grade >= 3))
    return Pairs(
        positive.query,
        positive.video,
        weight.astype(np.float32),
        never,
        len(world.videos),
        negative.query[kept],
        negative.video[kept],
    )


def _keys(samples: Samples | Unclicked, world: World) -> np.ndarray:
    return samples.query * len(world.videos) + samples.video


def same(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """`bool [left, right]`: equal numbers."""
    return left[:, None] == right[None, :]
