"""The comparison of picture towers: a ViT on pixels, with and without MAE pretraining, against stem and head.

The article's covers went from ResNet to a ViT pretrained with MAE on its own covers (§2.3.2.1). Here the ViT is first
pretrained on the world's train covers, then trained by the same contrasts as the image head (title-cover, and
query-cover from clicks) against the same text towers, which stay as they are. A ViT that was not pretrained has the
same steps. Shipped is what wins; a ViT would have to win clearly, because the stem serves covers and frames already.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .context import Context
from .embed import embed_covers, embed_texts, judged_queries
from .judge import judge
from .loop import Trained, train_steps
from .losses import cosines_of, info_nce
from .mae import Mae
from .pixels import CoverPixels, cover_pixels, warped
from .sampling import same
from .vit import Vit, VitConfig
from .whole_files import whole_file

SHOWN = 6
ARMS = ("vit_mae", "vit_scratch")


def run_mae(ctx: Context) -> None:
    """Trains mae, vit_mae and vit_scratch, writes results/mae.json, mae.png, vectors of the graded covers."""
    pixels = cover_pixels(ctx)
    trained: dict[str, Trained] = {}
    torch.manual_seed(ctx.config.seed)
    mae = Mae(VitConfig()).to(ctx.device)
    trained["mae"] = train_steps(ctx, "mae", ctx.config.stage("mae"), {"mae": (mae, 1.0)}, mae_step(ctx, mae, pixels))
    judged = {"stem_head": judge_cover(ctx, embed_covers(ctx, ctx.modules["head"], graded(ctx)))}
    towers = {arm: start_vit(ctx, mae if arm == "vit_mae" else None) for arm in ARMS}
    words = Words.of(ctx)
    vectors = {}
    for arm, vit in towers.items():
        trained[arm] = train_steps(ctx, arm, ctx.config.stage(arm), {"vit": (vit, 1.0)}, contrast_step(ctx, vit, pixels, words))
        vectors[arm] = vit_vectors(vit, pixels, graded(ctx))
        judged[arm] = judge_cover(ctx, vectors[arm])
    with whole_file(ctx.run / "vectors" / "vit.npz") as beside, beside.open("wb") as file:
        np.savez(file, rows=graded(ctx), **vectors)
    draw_reconstructions(mae, pixels, ctx, ctx.run / "results" / "mae.png")
    losses = {name: of.losses for name, of in trained.items()}
    seconds = {name: round(of.seconds, 1) for name, of in trained.items()}
    winner = max(judged, key=lambda name: judged[name]["perceived"])
    ctx.write_result("mae", {"validation": judged, "losses": losses, "seconds": seconds, "winner": winner})


class Words:
    """Frozen vectors of all titles and training queries."""

    def __init__(self, titles: Tensor, teacher: Tensor, student: Tensor) -> None:
        self.titles, self.teacher, self.student = titles, teacher, student

    @staticmethod
    def of(ctx: Context) -> "Words":
        rows, queries = np.arange(len(ctx.world.videos)), np.arange(len(ctx.world.queries))
        titles = embed_texts(ctx, ctx.modules["teacher"], "title", rows)
        parts = [embed_texts(ctx, ctx.modules[tower], "query", queries) for tower in ("teacher", "student")]
        return Words(*(torch.from_numpy(part).to(ctx.device) for part in (titles, *parts)))


def start_vit(ctx: Context, mae: Mae | None) -> Vit:
    torch.manual_seed(ctx.config.seed + 1)
    vit = Vit(VitConfig()).to(ctx.device)
    if mae is not None:
        vit.load_state_dict(mae.encoder.state_dict())
    return vit


def mae_step(ctx: Context, mae: Mae, pixels: CoverPixels):
    rows, batch = pixels.rows(ctx.world.rows_of("train")), ctx.config.stage("mae").batch

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        return {"pixels": mae(warped(pixels.take(random.choice(rows, batch))))[0]}

    return step


def contrast_step(ctx: Context, vit: Vit, pixels: CoverPixels, words: Words):
    stage, pairs = ctx.config.stage("vit_mae"), ctx.pairs["perception"]
    usable = pixels.has & ctx.texts.present["title"]

    def step(random: np.random.Generator) -> dict[str, Tensor]:
        queries, videos, weights = pairs.draw(stage.batch, random, usable)
        covers = vit(warped(pixels.take(videos)))
        masks = (same(videos, videos), pairs.is_known(queries, videos), weights)
        again, known, weight = (torch.from_numpy(array).to(ctx.device) for array in masks)
        titles = info_nce(cosines_of(words.titles[videos], covers), again, stage.scale)
        asked = [info_nce(cosines_of(of[queries], covers), known, stage.scale, weight) for of in (words.teacher, words.student)]
        return {"title": titles, "teacher": asked[0], "student": asked[1]}

    return step


def graded(ctx: Context) -> np.ndarray:
    """Numbers of the validation and test videos, sorted."""
    return ctx.world.rows_of("validation", "test")


@torch.inference_mode()
def vit_vectors(vit: Vit, pixels: CoverPixels, rows: np.ndarray) -> np.ndarray:
    """[rows, 128] of covers; zero where there is none."""
    vit.eval()
    parts = [vit(pixels.take(rows[start : start + 128])).cpu().numpy() for start in range(0, len(rows), 128)]
    return np.concatenate(parts) * pixels.has[rows, None]


def judge_cover(ctx: Context, vectors: np.ndarray) -> dict[str, float]:
    """PNR on validation of one cover vector a video, with the student's queries."""
    queries = judged_queries(ctx, "validation")
    asked = embed_texts(ctx, ctx.modules["student"], "query", queries)
    return judge(ctx, asked, queries, graded(ctx), vectors, ctx.features.has_cover[graded(ctx)])


@torch.inference_mode()
def draw_reconstructions(mae: Mae, pixels: CoverPixels, ctx: Context, path: Path) -> None:
    """A picture of validation covers: as they are, with three of four patches hidden, and as MAE fills them in."""
    rows = pixels.rows(ctx.world.rows_of("validation"))[:SHOWN]
    shown = pixels.take(rows)
    holed, filled = mae.eval().reconstruct(shown, torch.Generator().manual_seed(ctx.config.seed))
    columns = torch.cat([torch.cat(list(part), 2) for part in (shown, holed, filled)], 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.levels(columns)).save(path)
