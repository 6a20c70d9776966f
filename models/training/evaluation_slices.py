"""Which graded rows belong to which slice: masks over rows, from the world's truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .config import MODALITIES
from .evaluation_scores import Rows
from .world import World, read_lines


@dataclass(frozen=True)
class Split:
    """One split's graded rows; `rows` counts queries and videos from 0, these say which of the world they are."""

    rows: Rows
    query_numbers: np.ndarray
    video_numbers: np.ndarray
    masks: dict[str, np.ndarray]


def read_split(world: World, folder: Path, split: str) -> Split:
    """Rows of validation or test with their slices."""
    grades = world.grades[split]
    queries, query_of = np.unique(grades.query, return_inverse=True)
    videos, video_of = np.unique(grades.video, return_inverse=True)
    truth = {video["video_id"]: video for video in read_lines(folder / "truth" / "videos.jsonl")}
    asked = {query["text"]: query for query in read_lines(folder / "truth" / "queries.jsonl")}
    shown = [truth[world.videos[number]["video_id"]] for number in videos]
    texts = [asked[world.queries[number]] for number in queries]
    held_out = np.array([video["slice"] == "held-out" for video in shown], bool)
    lists = np.unique(2 * query_of + held_out[video_of], return_inverse=True)[1]
    rows = Rows(query_of, lists, video_of, grades.perceived, grades.content)
    return Split(rows, queries, videos, {**video_masks(rows, shown), **query_masks(rows, texts)})


def video_masks(rows: Rows, videos: list[dict]) -> dict[str, np.ndarray]:
    """Both videos of a pair must be in the slice."""
    chosen = {
        "all": [True for _ in videos],
        "held_out": [video["slice"] == "held-out" for video in videos],
        "seen": [video["slice"] == "seen" for video in videos],
        "honest": [not video["clickbait"] for video in videos],
        "clickbait": [video["clickbait"] for video in videos],
        "frames_and_asr": [not {"frames", "asr"} & set(video["missing"]) for video in videos],
        "no_frames": ["frames" in video["missing"] for video in videos],
        "no_asr": ["asr" in video["missing"] for video in videos],
        "ordered": [video["order"] is not None for video in videos],
    }
    chosen.update({f"has_{name}": [name not in video["missing"] for video in videos] for name in MODALITIES})
    return {name: np.array(kept, bool)[rows.videos] for name, kept in chosen.items()}


def query_masks(rows: Rows, queries: list[dict]) -> dict[str, np.ndarray]:
    """Rows of some kinds of queries."""
    chosen = {f"query_{kind}": [query["kind"] == kind for query in queries] for kind in QUERY_KINDS}
    chosen["pairs_held_out"] = [query["held_out"] == "pair" for query in queries]
    keyword = [query["held_out"] == "keyword" for query in queries]
    chosen["keywords_held_out"] = keyword
    chosen["known_words"] = [not held_out for held_out in keyword]
    shared = [query["shared_characters"] if held_out else None for query, held_out in zip(queries, keyword)]
    chosen["keywords_sharing"] = [how in ("all", "some") for how in shared]
    for which in ("all", "some", "none"):
        chosen[f"keywords_sharing_{which}"] = [how == which for how in shared]
    return {name: np.array(kept, bool)[rows.queries] for name, kept in chosen.items()}


QUERY_KINDS = ("name", "keyword", "synonym", "pair", "change")
