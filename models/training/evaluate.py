"""Scores a run on validation or test: `python -m models.training.evaluate --run RUN --world DIR --split test`.

Validation chooses; the test split is looked at once. Each look is counted in RUN/test-looks.json and in the report.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .config import DOMAINS, MODALITIES
from .evaluation_claims import Comparison, claims, gains, student_claim
from .evaluation_scorers import Scorers
from .evaluation_scores import ScoreTable
from .evaluation_slices import QUERY_KINDS, Split, read_split
from .features import open_features
from .run_models import open_run
from .texts import build_texts
from .tokenizer import load_tokenizer
from .wall_time import timed
from .whole_files import write_json
from .world import read_world

LARGEST_STUDENT_LOSS = 0.03
POPULATIONS = ("held_out", "seen", "all")
MAIN = (*MODALITIES, "characters", "mean_perception", "mean", "perception", "content", "perception_max", "content_max")
KEYWORDS = ("keywords_sharing", "keywords_sharing_all", "keywords_sharing_some", "keywords_sharing_none")
SLICES = (
    *("honest", "clickbait", "frames_and_asr", "no_frames", "no_asr", "ordered"),
    *(f"query_{kind}" for kind in QUERY_KINDS),
    *("pairs_held_out", "known_words", "keywords_held_out", *KEYWORDS),
)


def evaluate(run_folder: Path, world_folder: Path, split_name: str, draws: int = 2000) -> dict[str, object]:
    """The whole report of one split, as it is written to RUN/report.json."""
    run = open_run(run_folder)
    world = read_world(world_folder, run_folder)
    split = read_split(world, world_folder, split_name)
    texts = build_texts(world, load_tokenizer(run_folder / "tokenizer.json"))
    features = open_features(run_folder / "features", len(world.videos))
    table = ScoreTable(split.rows, Scorers(run, world, texts, features, split).all(), draws)
    return {"format": 1, "split": split_name, "draws": draws, "counts": counted(split), **judged(table, split.masks)}


def judged(table: ScoreTable, masks: dict[str, np.ndarray]) -> dict[str, object]:
    """Every section of the report."""
    both = ("content", "perceived")
    # Validation has no drawings of the held-out vendor.
    unseen = masks["held_out"] if masks["held_out"].any() else masks["all"]
    asked = {name: masks[name] & unseen for name in (*KEYWORDS, "pairs_held_out")}
    return {
        "scores": {
            population: {truth: {name: table.figures(name, truth, masks[population]) for name in MAIN} for truth in both}
            for population in POPULATIONS
        },
        "claims": [record for population in POPULATIONS for record in judged_claims(table, masks, population)],
        "keyword_claims": [record for keywords in KEYWORDS for record in judged_claims(table, {**masks, **asked}, keywords)],
        "pair_claims": judged_claims(table, {**masks, **asked}, "pairs_held_out"),
        "gains": [compared(table, masks, of, population) for of in gains() for population in ("held_out", "all")],
        "slices": {
            name: {truth: {scorer: table.figures(scorer, truth, masks[name]) for scorer in ("content", "perception", "mean", "characters")} for truth in both}
            for name in SLICES
        },
        "missing": missing(table, masks),
        "teacher": {name: compared(table, masks, Comparison(name, name, f"{name}_teacher", truth), "all") for name, truth in (*((name, "content") for name in MODALITIES), ("perception", "perceived"), ("content", "content"))},
    }


def compared(table: ScoreTable, masks: dict[str, np.ndarray], of: Comparison, population: str) -> dict[str, object]:
    """One comparison within a population; "made" says whether both scorers and enough pairs were there."""
    record = {"name": of.name, "population": population, "article": of.article, "slice": of.mask, "truth": of.truth}
    mask = masks[population] & masks[of.mask]
    if of.ours not in table.scores or of.theirs not in table.scores or not table.counts(of.ours, of.truth, mask).sum():
        return {**record, "ours": of.ours, "theirs": of.theirs, "made": False}
    return {**record, "made": True, **table.compare(of.ours, of.theirs, of.truth, mask)}


def judged_claims(table: ScoreTable, masks: dict[str, np.ndarray], population: str) -> list[dict[str, object]]:
    """Each claim with "holds"."""
    records = [compared(table, masks, claim, population) for claim in claims()]
    student = compared(table, masks, student_claim(), population)
    for record in records:
        record["holds"] = bool(record["made"] and record["difference"]["sign"] > 0)
    student["holds"] = bool(student["made"] and student["relative"]["value"] >= -LARGEST_STUDENT_LOSS)
    return [*records, student]


def missing(table: ScoreTable, masks: dict[str, np.ndarray]) -> list[dict[str, object]]:
    """PNR of each fusion without a modality, and with it alone, on videos that have it."""
    records = []
    for domain, names in DOMAINS.items():
        truth = "content" if domain == "content" else "perceived"
        for name in names:
            mask = masks["all"] & masks[f"has_{name}"]
            records.append(
                {
                    "domain": domain,
                    "modality": name,
                    "truth": truth,
                    "all": table.figures(domain, truth, mask),
                    "without": table.figures(f"{domain}_without_{name}", truth, mask),
                    "alone": table.figures(f"{domain}_only_{name}", truth, mask),
                }
            )
    return records


def counted(split: Split) -> dict[str, int]:
    rows = split.rows
    return {
        "rows": len(rows.queries),
        "queries": len(split.query_numbers),
        "videos": len(split.video_numbers),
        **{f"rows_{name}": int(mask.sum()) for name, mask in split.masks.items()},
    }


def count_look(run: Path, split: str) -> int:
    """How often this run's test split was looked at, this time included; 0 for validation."""
    if split != "test":
        return 0
    path = run / "test-looks.json"
    looks = json.loads(path.read_text())["looks"] + 1 if path.exists() else 1
    write_json(path, {"looks": looks})
    return looks


def write_report(run: Path, world: Path, split: str, draws: int = 2000) -> dict[str, object]:
    """Writes RUN/report.json (test) or RUN/report-validation.json."""
    looks = count_look(run, split)
    report = {**evaluate(run, world, split, draws), "test_looks": looks}
    name = "report.json" if split == "test" else f"report-{split}.json"
    write_json(run / name, report)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description="Scores a run on a split of its world.")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--draws", type=int, default=2000)
    options = parser.parse_args()
    torch.set_num_threads(2)
    with timed(options.run, f"evaluation, {options.split}"):
        report = write_report(options.run, options.world, options.split, options.draws)
    for claim in report["claims"]:
        if claim["population"] == "held_out" and claim["made"]:
            gap = claim["difference"]
            mark = "holds" if claim["holds"] else "FAILS"
            print(f"{mark}  {claim['name']}: {claim['pnr'][0]:.2f} to {claim['pnr'][1]:.2f}, {gap['low']:+.2f} to {gap['high']:+.2f}")


if __name__ == "__main__":
    main()
