"""Every scorer of the report: modalities, fusions, stages, arms, and what a plain search would do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .config import DOMAINS, MODALITIES, STAGES
from .evaluation_slices import Split
from .evaluation_vectors import VideoVectors, fused_vectors, text_vectors, video_vectors
from .features import Features
from .run_models import Run
from .texts import TextTable
from .world import World

Scores = dict[str, np.ndarray]
ASR_VARIANTS = ("asr_first", "asr_all")
TOWER_ARMS = {"arm_no_grades": ("image_clicks", "cover"), "arm_frames_mean": ("image_grades", "frames")}


class Scorers:
    """Fills `scores` [rows] by name; nan says that a scorer has nothing to go by."""

    def __init__(self, run: Run, world: World, texts: TextTable, features: Features, split: Split) -> None:
        self.run, self.world, self.texts, self.features, self.split = run, world, texts, features, split
        states = run.until("fusion_content")
        self.modules = {name: run.module(name, state) for name, state in states.items()}
        self.videos = video_vectors(self.modules, texts, features, split.video_numbers)
        self.student, self.teacher = (self.asked(self.modules[tower]) for tower in ("student", "teacher"))
        self.scores: Scores = {}

    def asked(self, tower) -> np.ndarray:
        return text_vectors(tower, self.texts, "query", self.split.query_numbers)

    def cosines(self, vectors: np.ndarray, present: np.ndarray | None = None, queries: np.ndarray | None = None) -> np.ndarray:
        """[rows] from vectors [videos, 128], or the largest of [videos, m, 128]."""
        asked = (self.student if queries is None else queries)[self.split.rows.queries]
        given = vectors[self.split.rows.videos]
        equation = "rd,rmd->rm" if given.ndim == 3 else "rd,rd->r"
        values = np.einsum(equation, asked, given)
        values = values.max(axis=1) if values.ndim == 2 else values
        if present is not None:
            values = np.where(present[self.split.rows.videos], values, np.nan)
        return values.astype(np.float64)

    def fused(self, domain: str, videos: VideoVectors, queries: np.ndarray | None = None) -> np.ndarray:
        """Scores of a domain's served vector."""
        return self.cosines(fused_vectors(self.modules[domain], domain, videos)[1], queries=queries)

    def all(self) -> Scores:
        self.add_modalities()
        self.add_fusions()
        self.add_without()
        self.add_asr_variants()
        self.add_stages()
        self.add_arms()
        return self.scores

    def add_modalities(self) -> None:
        for name in MODALITIES:
            self.scores[name] = self.cosines(*self.videos.of(name))
            self.scores[f"{name}_teacher"] = self.cosines(*self.videos.of(name), queries=self.teacher)
        self.scores["frames_mean"] = self.cosines(self.videos.frames_mean, self.videos.of("frames")[1])
        for name, domain in (("mean", "content"), ("mean_perception", "perception")):
            self.scores[name] = known_mean([self.scores[modality] for modality in DOMAINS[domain]])
        self.scores["characters"] = self.characters()

    def add_fusions(self) -> None:
        for domain in DOMAINS:
            many, served = fused_vectors(self.modules[domain], domain, self.videos)
            self.scores[domain] = self.cosines(served)
            self.scores[f"{domain}_max"] = self.cosines(many)
            self.scores[f"{domain}_teacher"] = self.cosines(served, queries=self.teacher)

    def add_without(self) -> None:
        """A fusion as if every video lacked one modality, and as if it had only that one."""
        for domain, names in DOMAINS.items():
            for name in names:
                others = tuple(other for other in MODALITIES if other != name)
                self.scores[f"{domain}_without_{name}"] = self.fused(domain, self.videos.only(others))
                self.scores[f"{domain}_only_{name}"] = self.fused(domain, self.videos.only((name,)))

    def add_asr_variants(self) -> None:
        for field in ASR_VARIANTS:
            videos = self.with_asr(field)
            self.scores[field] = self.cosines(*videos.of("asr"))
            self.scores[f"content_{field}"] = self.fused("content", videos)

    def with_asr(self, field: str) -> VideoVectors:
        """The videos with another extract of their transcripts."""
        numbers = self.split.video_numbers
        vectors = text_vectors(self.modules["teacher"], self.texts, field, numbers)
        return self.videos.with_modality("asr", vectors, self.texts.present[field][numbers])

    def add_stages(self) -> None:
        """Each stage's own picture or text vectors with the text towers of that stage: `cover@image_clicks`."""
        for stage in STAGES[: STAGES.index("frames") + 1]:
            if self.run.states(stage):
                states = self.run.until(stage)
                modules = {name: self.run.module(name, state) for name, state in states.items() if self.known(name)}
                asked = self.asked(modules["student"])
                videos = video_vectors(modules, self.texts, self.features, self.split.video_numbers)
                for name in ("title", "cover", "frames", "asr"):
                    if videos.of(name)[1].any():
                        self.scores[f"{name}@{stage}"] = self.cosines(*videos.of(name), queries=asked)

    def add_arms(self) -> None:
        """Modules that were trained only to be compared: `arm:content_mean`; and the towers that learn from pixels."""
        for name, module in self.arms():
            domain = next((domain for domain in DOMAINS if name.startswith(domain)), None)
            if domain is not None:
                served = fused_vectors(module, domain, self.read_by(name))[1]
                self.scores[f"arm:{name}"] = self.cosines(served, queries=self.asked_of(name))
        for arm, (before, modality) in TOWER_ARMS.items():
            self.add_tower_arm(arm, before, modality)
        path = self.run.folder / "vectors" / "vit.npz"
        if path.exists():
            kept = np.load(path)
            places = np.searchsorted(kept["rows"], self.split.video_numbers)
            for arm in ("vit_mae", "vit_scratch"):
                self.scores[arm] = self.cosines(kept[arm][places], self.videos.of("cover")[1])

    def read_by(self, arm: str) -> VideoVectors:
        """The videos as a compared fusion was trained to read them."""
        field = arm.removeprefix("content_")
        if field in ASR_VARIANTS:
            return self.with_asr(field)
        if field == "frames_mean":
            return self.videos.with_modality("frames", self.videos.frames_mean, self.videos.of("frames")[1])
        return self.videos

    def asked_of(self, arm: str) -> np.ndarray | None:
        """Queries of the tower that a compared fusion was trained with; None: the student that serves."""
        if arm != "content_early_student":
            return None
        return self.asked(self.run.module("student", self.run.states("text")["student"]))

    def add_tower_arm(self, arm: str, before: str, modality: str) -> None:
        """Towers that went on from a stage without what is compared: `cover@arm_no_grades`."""
        trained = self.run.states(arm)
        if not trained:
            return
        states = {**self.run.until(before), **trained}
        modules = {name: self.run.module(name, state) for name, state in states.items() if name != "temporal"}
        videos = video_vectors(modules, self.texts, self.features, self.split.video_numbers)
        self.scores[f"{modality}@{arm}"] = self.cosines(*videos.of(modality), queries=self.asked(modules["student"]))

    def arms(self) -> Iterator[tuple[str, object]]:
        for path in sorted((self.run.folder / "checkpoints").glob("arm*.pt")):
            for name, state in self.run.states(path.stem).items():
                if self.known(name):
                    yield name, self.run.module(name, state)

    @staticmethod
    def known(name: str) -> bool:
        return name.startswith(("teacher", "student", "head", "temporal", *DOMAINS))

    def characters(self) -> np.ndarray:
        """Share of a query's characters that the title holds: what matching by text gives."""
        asked = [set(self.world.queries[number].lower()) - {" "} for number in self.split.query_numbers]
        titles = [self.world.videos[number]["title"] for number in self.split.video_numbers]
        shown = [None if title is None else set(title.lower()) for title in titles]
        pairs = zip(self.split.rows.queries, self.split.rows.videos)
        return np.array(
            [
                np.nan if shown[video] is None else len(asked[query] & shown[video]) / max(1, len(asked[query]))
                for query, video in pairs
            ]
        )


def known_mean(scores: list[np.ndarray]) -> np.ndarray:
    """The mean of the scores that are there, row by row; nan where none is."""
    stacked = np.stack(scores)
    known = ~np.isnan(stacked)
    sums = np.where(known, stacked, 0).sum(axis=0)
    return np.where(known.any(axis=0), sums / np.maximum(1, known.sum(axis=0)), np.nan)
