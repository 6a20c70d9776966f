"""How a stage's modules do on the validation split, by the truth."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ..context import Context
from ..embed import embed_covers, embed_frames, embed_texts, judged_queries, pool_frames
from ..judge import judge

Figures = dict[str, float]


class Validation:
    """Judges vectors of validation videos by PNR; vectors of queries are computed once."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.rows = ctx.world.rows_of("validation")
        self.queries = judged_queries(ctx, "validation")

    @cached_property
    def student(self) -> np.ndarray:
        return embed_texts(self.ctx, self.ctx.modules["student"], "query", self.queries)

    @cached_property
    def teacher(self) -> np.ndarray:
        return embed_texts(self.ctx, self.ctx.modules["teacher"], "query", self.queries)

    def by_tower(self, name: str, vectors: np.ndarray, has: np.ndarray) -> dict[str, Figures]:
        """PNR of one vector a video [rows, 128], asked by the student and by the teacher."""
        return {
            name: judge(self.ctx, self.student, self.queries, self.rows, vectors, has),
            f"{name}_teacher": judge(self.ctx, self.teacher, self.queries, self.rows, vectors, has),
        }

    def text(self, name: str) -> dict[str, Figures]:
        vectors = embed_texts(self.ctx, self.ctx.modules["teacher"], name, self.rows)
        return self.by_tower(name, vectors, self.ctx.texts.present[name][self.rows])

    def cover(self) -> dict[str, Figures]:
        vectors = embed_covers(self.ctx, self.ctx.modules["head"], self.rows)
        return self.by_tower("cover", vectors, self.ctx.features.has_cover[self.rows])

    def frames(self) -> dict[str, Figures]:
        """With the temporal transformer, and as the plain masked mean of the same frames."""
        frames = embed_frames(self.ctx, self.ctx.modules["head"], self.rows)
        has = self.ctx.features.has_frames[self.rows]
        pooled = pool_frames(self.ctx, frames, self.ctx.modules["temporal"])
        return {**self.by_tower("frames", pooled, has), **self.by_tower("frames_mean", pool_frames(self.ctx, frames, None), has)}
