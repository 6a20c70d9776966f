"""What training reads: the prepared videos and samples of a run, and the world's truth (to judge, and as human grades)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Samples:
    """Labelled impressions of one domain, over train videos only; arrays [rows], queries and videos as numbers."""

    query: np.ndarray
    video: np.ndarray
    grade: np.ndarray
    weight: np.ndarray
    reason: np.ndarray  # of str

    def where(self, keep: np.ndarray) -> "Samples":
        return Samples(self.query[keep], self.video[keep], self.grade[keep], self.weight[keep], self.reason[keep])


@dataclass(frozen=True)
class Unclicked:
    """What training's searches showed and nobody clicked there; arrays [rows]."""

    query: np.ndarray
    video: np.ndarray


@dataclass(frozen=True)
class Grades:
    """Truth of one split's query-video candidates; arrays [rows]."""

    query: np.ndarray
    video: np.ndarray
    perceived: np.ndarray
    content: np.ndarray

    def labels(self, truth: str) -> np.ndarray:
        return self.perceived if truth == "perceived" else self.content


@dataclass(frozen=True)
class World:
    """Videos and queries have the numbers of their rows here, everywhere in training."""

    videos: list[dict[str, Any]]  # rows of prepared/videos.jsonl
    queries: list[str]  # texts: of samples and of graded rows
    split: np.ndarray  # [videos] of str
    samples: dict[str, Samples]  # by domain
    unclicked: Unclicked
    grades: dict[str, Grades]  # by split
    train_queries: np.ndarray  # numbers of the queries that occur in samples

    def rows_of(self, *splits: str) -> np.ndarray:
        """Numbers of the videos of these splits."""
        return np.flatnonzero(np.isin(self.split, splits))

    def texts(self, field: str) -> list[str | None]:
        return [video.get(field) or None for video in self.videos]

    def training_texts(self, fields: tuple[str, ...]) -> list[str]:
        """All texts from which a vocabulary may be made: of train videos, and queries of the training log."""
        rows = self.rows_of("train")
        texts = [self.videos[row].get(field) or "" for row in rows for field in fields]
        return texts + [self.queries[query] for query in self.train_queries]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_world(world: Path, run: Path) -> World:
    """Reads `world`/truth and `run`/prepared."""
    videos = read_lines(run / "prepared" / "videos.jsonl")
    number = {video["video_id"]: row for row, video in enumerate(videos)}
    truth = {query["query_id"]: query["text"] for query in read_lines(world / "truth" / "queries.jsonl")}
    queries: dict[str, int] = {}
    samples = _read_samples(run / "prepared" / "samples.jsonl", number, queries)
    unclicked = _read_unclicked(run / "prepared" / "unclicked.jsonl", number, queries)
    logged = np.arange(len(queries))
    grades = _read_grades(world / "truth" / "grades.tsv", number, truth, queries)
    split = np.array([video["split"] for video in videos])
    for domain, rows in samples.items():
        if not (split[rows.video] == "train").all():
            raise ValueError(f"{domain} samples hold videos outside the train split")
    return World(videos, list(queries), split, samples, unclicked, grades, logged)


def _read_samples(path: Path, number: dict[str, int], queries: dict[str, int]) -> dict[str, Samples]:
    columns: dict[str, list[tuple[int, int, float, float, str]]] = {"perception": [], "content": []}
    for row in read_lines(path):
        if row["grade"] is None or row["video_id"] not in number:
            continue
        query = queries.setdefault(row["query"], len(queries))
        columns[row["domain"]].append((query, number[row["video_id"]], row["grade"], row["weight"], row["reason"]))
    return {
        domain: Samples(
            np.array([row[0] for row in rows], np.int64),
            np.array([row[1] for row in rows], np.int64),
            np.array([row[2] for row in rows], np.float32),
            np.array([row[3] for row in rows], np.float32),
            np.array([row[4] for row in rows], object),
        )
        for domain, rows in columns.items()
    }


def _read_unclicked(path: Path, number: dict[str, int], queries: dict[str, int]) -> Unclicked:
    """Of queries that have samples: only they are trained."""
    known = [row for row in read_lines(path) if row["query"] in queries]
    pairs = {(queries[row["query"]], number[video]) for row in known for video in row["video_ids"] if video in number}
    return Unclicked(*np.array(sorted(pairs), np.int64).reshape(-1, 2).T)


def _read_grades(
    path: Path, number: dict[str, int], truth: dict[str, str], queries: dict[str, int]
) -> dict[str, Grades]:
    rows: dict[str, list[tuple[int, int, int, int]]] = {split: [] for split in SPLITS}
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            split, query_id, video_id, perceived, content = line.rstrip("\n").split("\t")
            query = queries.setdefault(truth[query_id], len(queries))
            rows[split].append((query, number[video_id], int(perceived), int(content)))
    return {
        split: Grades(*(np.array(column, np.int64) for column in (zip(*listed) if listed else ([], [], [], []))))
        for split, listed in rows.items()
    }
