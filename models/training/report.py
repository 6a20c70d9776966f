"""Writes a set's report and card: `python -m models.training.report --run RUN --set SET_DIR`.

Into SET_DIR/report: README.md with plots; SET_DIR/card.md. All figures are those of RUN/report.json (the test split, looked
at once), RUN/report-validation.json and RUN/results; nothing is measured here.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from . import report_tables as tables
from .config import STAGES
from .export import check_size
from .report_card import card
from .report_plots import draw_all

ORDER = (*STAGES, "mae")
TEXT = """# Report of {set} {version}

Made by `npm run train`. World: {made}. Test split: {queries} queries, {videos} videos, {rows} graded pairs, looked at {looks}. Validation chooses.

PNR is the article's target in the half-tie form (definition in `models/training/pnr.py`): pairs of one query in the right order against pairs in the wrong one, summed over queries; 1 is chance. Intervals are 95 % by a paired bootstrap over queries ({draws} draws). Two truths: what title, cover, account and cover text promise (*perceived*), and what the video holds (*content*). Queries are embedded by the student that serves, unless it says teacher.

## What must show

On held-out artwork: videos drawn by a vendor that training never saw, those with held-out pairs of concepts among them. A claim holds if the interval of the difference excludes zero; the student's, if it loses at most 3 %.

{claims}

On queries for a held-out pair, within held-out artwork: no video of training holds both concepts.

{pair_claims}

On all of the test split:

{claims_all}

## PNR of every scorer

![PNR of every scorer](scores.png)

Held-out artwork:

{scores_held_out}

Artwork that training has seen, other videos:

{scores_seen}

## Gains, stage by stage, beside the article

A gain is reported, not required. "Sign" says what the interval shows. Arms learn as the shipped fusion does but for the one thing that is compared, for as many steps as their counterpart (`models/training/stages/arms.py`). Intervals say how sure a difference is for these vectors and other queries; they know nothing of what another training would have given, which the line of the same recipe with other draws shows.

{gains}

The same on held-out artwork alone:

{gains_held_out}

## Slices

By honest and clickbait videos, coverage of frames and speech, kind of query, and held-out keywords by the characters that they share with training words. On content truth unless it says otherwise.

![PNR by slice](slices.png)

{slices}

Claims on held-out keywords, within held-out artwork: no search of training asks for one, and none of its texts says one.

{keywords}

## Missing modalities

Each fusion on its own truth, on the videos that have the modality: with all they have, without that one, and with that one alone.

![PNR without a modality and with it alone](missing.png)

{missing}

## Student and teacher

{teacher}

## Stages: time, and PNR on the validation split

{stages}

![Loss curves](losses.png)

The picture tower that learns from pixels (a comparison; it does not ship unless it wins, and {mae_winner} won on validation). Above: covers of the validation split; middle: three of four patches hidden; below: as the masked autoencoder fills them in.

![Masked reconstructions](mae.png)
"""


def write_set_report(run: Path, folder: Path) -> None:
    """Writes SET/report and SET/card.md; raises ValueError if the set is too large with them."""
    report, results = read_json(run / "report.json"), read_results(run)
    out = folder / "report"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    draw_all(report, results, run, out)
    (out / "README.md").write_text(markdown(report, results, run, folder), encoding="utf-8")
    for name in ("report.json", "report-validation.json"):
        (out / name).write_text(json.dumps(rounded(read_json(run / name)), ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(card(report, read_json(folder / "manifest.json")), encoding="utf-8")
    check_size(folder)


def markdown(report: dict[str, Any], results: dict[str, Any], run: Path, folder: Path) -> str:
    made = read_json(run / "world.json")["made"]
    counts = report["counts"]
    return TEXT.format(
        set=folder.parent.name,
        version=folder.name,
        made=world_command(made) if made else "not named",
        draws=report["draws"],
        looks="once" if report["test_looks"] == 1 else f"{report['test_looks']} times",
        **{name: counts[name] for name in ("queries", "videos", "rows")},
        claims=tables.claims(report, "held_out"),
        pair_claims=tables.pair_claims(report),
        claims_all=tables.claims(report, "all"),
        **{f"scores_{name}": tables.scores(report, name) for name in ("held_out", "seen")},
        gains=tables.gains(report, "all"),
        gains_held_out=tables.gains(report, "held_out"),
        slices=tables.slices(report),
        keywords=tables.keywords(report),
        missing=tables.missing(report),
        teacher=tables.teacher(report),
        stages=tables.stages(results),
        mae_winner=results["mae"]["winner"].replace("_", " ") if "mae" in results else "nothing",
    )


def world_command(made: dict[str, Any]) -> str:
    """What makes the same world again."""
    sizes = " ".join(f"--{name} {made[name]}" for name in ("videos", "requests", "seed"))
    return f"`npm run world -- --out DIR {sizes}`"


def read_results(run: Path) -> dict[str, Any]:
    """Figures of the stages in the order in which they ran."""
    paths = {name: run / "results" / f"{name}.json" for name in ORDER}
    return {name: read_json(path) for name, path in paths.items() if path.exists()}


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def rounded(value: Any) -> Any:
    """Four digits are more than the intervals bear."""
    if isinstance(value, dict):
        return {key: rounded(of) for key, of in value.items()}
    if isinstance(value, list):
        return [rounded(of) for of in value]
    return round(value, 4) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the report and the card of an exported set.")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--set", type=Path, required=True)
    options = parser.parse_args()
    write_set_report(options.run, options.set)


if __name__ == "__main__":
    main()
