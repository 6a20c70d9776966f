"""Pictures of a set's report: small PNGs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # no display needed
from matplotlib import pyplot as plt  # noqa: E402
from PIL import Image  # noqa: E402

from .report_tables import POPULATIONS, SCORERS, SLICES, Record  # noqa: E402

DPI = 80
LARGEST = 100_000
SHOWN = ("content", "perception", "mean", "characters", "title", "account", "cover", "cover_text", "frames", "frame_text", "asr")


def draw_all(report: Record, results: dict[str, Record], run: Path, out: Path) -> list[str]:
    """Writes every picture into `out`; returns their names."""
    plt.rcParams.update({"font.size": 9, "axes.grid": True, "grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False})
    drawn = {
        "scores.png": draw_scores(report),
        "slices.png": draw_slices(report),
        "missing.png": draw_missing(report),
        "losses.png": draw_losses(results),
    }
    for name, picture in drawn.items():
        picture.savefig(out / name, dpi=DPI, bbox_inches="tight", metadata={"Software": None})
        plt.close(picture)
        save_small(Image.open(out / name), out / name)
    if (run / "results" / "mae.png").exists():
        save_small(Image.open(run / "results" / "mae.png"), out / "mae.png")
        drawn["mae.png"] = None
    return list(drawn)


def save_small(picture: Image.Image, path: Path) -> None:
    """With a palette, and smaller until it has at most 100 KB."""
    picture = picture.convert("RGB")
    while True:
        picture.quantize(128).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
        picture = picture.resize((picture.width * 4 // 5, picture.height * 4 // 5), Image.Resampling.LANCZOS)


def bars(axes: Any, records: list[Record | None], place: float, width: float, label: str) -> None:
    """Bars with intervals, one a row from above; a slice with too few pairs has none."""
    for row, record in enumerate(records):
        if record and record["pairs"] and not record.get("too_few_pairs"):
            spread = [[max(0.0, record["pnr"] - record["low"])], [max(0.0, record["high"] - record["pnr"])]]
            color = f"C{round(place / width)}"
            axes.barh(row + place, record["pnr"], width * 0.9, xerr=spread, color=color, label=label, error_kw={"lw": 0.8})
            label = "_nolegend_"


def draw_scores(report: Record) -> Any:
    """PNR of every scorer on both truths, by what was held out."""
    picture, columns = plt.subplots(1, 2, figsize=(10, 5), sharey=True)
    for axes, truth in zip(columns, ("content", "perceived")):
        for place, (population, title) in enumerate(list(POPULATIONS.items())[:2]):
            bars(axes, [report["scores"][population][truth][name] for name in SHOWN], place * 0.4, 0.4, title)
        axes.set_title(f"PNR on {truth} truth")
        axes.axvline(1, color="grey", lw=0.8)
        axes.set_yticks([row + 0.2 for row in range(len(SHOWN))], [SCORERS[name] for name in SHOWN])
    columns[0].invert_yaxis()
    columns[1].legend(loc="lower right")
    return picture


def draw_slices(report: Record) -> Any:
    """Both fusions and the plain mean on content truth, by slice."""
    picture, axes = plt.subplots(figsize=(8, 7))
    names = list(SLICES)
    for place, scorer in enumerate(("content", "perception", "mean")):
        bars(axes, [report["slices"][name]["content"][scorer] for name in names], place * 0.27, 0.27, SCORERS[scorer])
    axes.set_yticks([row + 0.27 for row in range(len(names))], [SLICES[name] for name in names])
    axes.axvline(1, color="grey", lw=0.8)
    axes.invert_yaxis()
    axes.set_title("PNR on content truth")
    axes.legend()
    return picture


def draw_missing(report: Record) -> Any:
    """Each fusion with all modalities, without one, and with that one alone."""
    picture, axes = plt.subplots(figsize=(8, 5))
    for place, key in enumerate(("all", "without", "alone")):
        bars(axes, [of[key] for of in report["missing"]], place * 0.27, 0.27, {"all": "all", "without": "without it", "alone": "alone"}[key])
    names = [f"{of['domain']}: {of['modality'].replace('_', ' ')}" for of in report["missing"]]
    axes.set_yticks([row + 0.27 for row in range(len(names))], names)
    axes.axvline(1, color="grey", lw=0.8)
    axes.invert_yaxis()
    axes.set_title("PNR of each fusion on its own truth, on videos that have the modality")
    axes.legend()
    return picture


def draw_losses(results: dict[str, Record]) -> Any:
    """Loss by step of every stage."""
    curves = {name: of["losses"] for name, of in results.items() if isinstance(of["losses"], list) and of["losses"]}
    for of in results.values():
        if isinstance(of["losses"], dict):
            curves.update(of["losses"])
    columns = 4
    rows = -(-len(curves) // columns)
    picture, axes = plt.subplots(rows, columns, figsize=(11, 2.2 * rows), squeeze=False)
    for place, axis in enumerate(axes.flat):
        axis.set_visible(place < len(curves))
    for axis, (name, losses) in zip(axes.flat, curves.items()):
        axis.plot([step for step, _ in losses], [loss for _, loss in losses])
        axis.set_title(f"{name}: loss by step")
    picture.tight_layout()
    return picture
