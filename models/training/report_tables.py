"""Sections of a set's report in Markdown, from the figures of evaluate.py and of the stages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .config import MODALITIES

Record = dict[str, Any]
SCORERS = {
    "content": "content fusion",
    "perception": "perception fusion",
    "content_max": "content fusion, largest of five",
    "perception_max": "perception fusion, largest of five",
    "mean": "plain mean of all cosines",
    "mean_perception": "plain mean of perception's cosines",
    "characters": "characters shared by query and title",
    **{name: name.replace("_", " ") for name in MODALITIES},
}
SIGNS = {1: "gain", 0: "none shown", -1: "loss"}
POPULATIONS = {"held_out": "held-out artwork", "seen": "known artwork", "all": "all"}
SLICES = {
    "honest": "honest videos",
    "clickbait": "clickbait videos",
    "frames_and_asr": "with frames and speech",
    "no_frames": "without frames",
    "no_asr": "without speech",
    "ordered": "videos with a change over time",
    "query_name": "queries: names",
    "query_keyword": "queries: keywords",
    "query_synonym": "queries: synonyms",
    "query_pair": "queries: two concepts",
    "query_change": "queries: a change",
    "pairs_held_out": "- of concepts that no video of training holds together",
    "known_words": "words of the training log",
    "keywords_held_out": "keywords held out",
    "keywords_sharing": "- sharing characters with training words",
    "keywords_sharing_all": "- sharing all of theirs",
    "keywords_sharing_some": "- sharing some of theirs",
    "keywords_sharing_none": "- sharing none (nothing could know them)",
}


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [list(heads), *([str(cell) for cell in row] for row in rows)]
    drawn = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([drawn[0], "| " + " | ".join("---" for _ in lines[0]) + " |", *drawn[1:]]) + "\n"


def figure(record: Record | None) -> str:
    """A PNR with its interval."""
    if not record or not record["pairs"]:
        return "–"
    if record.get("too_few_pairs"):
        return f"({record['pnr']:.2f}, {record['pairs']} pairs)"
    return f"{record['pnr']:.2f} ({record['low']:.2f}–{record['high']:.2f})"


def percent(interval: Record) -> str:
    return f"{interval['value']:+.1%} ({interval['low']:+.1%} to {interval['high']:+.1%})"


def claims(report: Record, population: str) -> str:
    return claimed([claim for claim in report["claims"] if claim["population"] == population])


def pair_claims(report: Record) -> str:
    return claimed(report["pair_claims"])


def claimed(records: list[Record]) -> str:
    rows = [[of["name"], of["truth"], *compared(of), "yes" if of["holds"] else "**no**"] for of in records]
    return table(["claim", "truth", "PNR", "against", "relative difference", "holds"], rows)


def compared(record: Record) -> list[str]:
    """Both PNRs and the relative difference; dashes for what could not be compared."""
    if not record["made"]:
        return ["–", "–", "not compared"]
    return [f"{record['pnr'][0]:.2f}", f"{record['pnr'][1]:.2f}", percent(record["relative"])]


def gains(report: Record, population: str) -> str:
    rows = [
        [of["name"], of["truth"], *compared(of), SIGNS[of["relative"]["sign"]] if of["made"] else "–", of["article"] or "says nothing"]
        for of in report["gains"]
        if of["population"] == population
    ]
    return table(["what", "truth", "PNR with", "without", "relative difference", "sign", "the article"], rows)


def scores(report: Record, population: str) -> str:
    both = report["scores"][population]
    rows = [[title, figure(both["content"][name]), figure(both["perceived"][name])] for name, title in SCORERS.items()]
    return table(["scorer", "content truth", "perceived truth"], rows)


def slices(report: Record) -> str:
    rows = []
    for name, title in SLICES.items():
        of = report["slices"][name]
        content = [figure(of["content"][scorer]) for scorer in ("content", "perception", "mean", "characters")]
        rows.append([title, *content, figure(of["perceived"]["perception"])])
    heads = ["slice", "content fusion", "perception fusion", "plain mean", "characters", "perception fusion on perceived truth"]
    return table(heads, rows)


def keywords(report: Record) -> str:
    """Claims on held-out keywords: all on those that share characters, else the main ones and those that do not hold."""
    main = ("plain mean of cosines", "character matching", "perception fusion", "content fusion")
    rows = [
        [SLICES[claim["population"]].removeprefix("- "), claim["name"], *compared(claim), "yes" if claim["holds"] else "**no**"]
        for claim in report["keyword_claims"]
        if claim["population"] == "keywords_sharing" or claim["name"].endswith(main) or not claim["holds"]
    ]
    return table(["held-out keywords", "claim", "PNR", "against", "relative difference", "holds"], rows)


def missing(report: Record) -> str:
    rows = [
        [of["domain"], of["modality"], figure(of["all"]), figure(of["without"]), figure(of["alone"])] for of in report["missing"]
    ]
    return table(["fusion", "modality", "with all", "without it", "with it alone"], rows)


def teacher(report: Record) -> str:
    rows = [[SCORERS[name], of["truth"], *compared(of)] for name, of in report["teacher"].items()]
    return table(["vector", "truth", "student's queries", "teacher's queries", "student against teacher"], rows)


def stages(results: dict[str, Record]) -> str:
    """Each stage's time and PNR on the validation split."""
    rows = []
    for stage, of in results.items():
        seconds = of["seconds"] if isinstance(of["seconds"], (int, float)) else sum(of["seconds"].values())
        for place, (what, pnr) in enumerate(of["validation"].items()):
            first = [stage, f"{seconds / 60:.1f}"] if place == 0 else ["", ""]
            rows.append([*first, what, f"{pnr['content']:.2f}", f"{pnr['perceived']:.2f}"])
    return table(["stage", "minutes", "vector", "content truth", "perceived truth"], rows)
