"""What is minimised: contrast, distillation, order of grades."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def cosines_of(left: Tensor, right: Tensor) -> Tensor:
    """`[n, d]`, `[m, d]` unit vectors → `[n, m]` in float32, whatever the towers computed in."""
    with torch.autocast(left.device.type, enabled=False):
        return left.float() @ right.float().T


def info_nce(cosines: Tensor, masked: Tensor, scale: float, weights: Tensor | None = None) -> Tensor:
    """InfoNCE both ways over `cosines [q, d]`, whose positives are the diagonal; columns beyond `q` are negatives only.

    `masked bool [q, d]` marks pairs that are known to be positive as well: they are nobody's negatives. The diagonal
    always counts. Each direction is a cross-entropy; the mean of the two (CLIP). `weights [q]` weigh the positives.
    """
    q = cosines.shape[0]
    diagonal = torch.eye(q, cosines.shape[1], dtype=torch.bool, device=cosines.device)
    logits = (cosines * scale).masked_fill(masked & ~diagonal, -1e4)
    target = torch.arange(q, device=cosines.device)
    rows = F.cross_entropy(logits, target, reduction="none")
    columns = F.cross_entropy(logits[:, :q].T, target, reduction="none")
    losses = (rows + columns) / 2
    return losses.mean() if weights is None else (losses * weights).sum() / weights.sum()


def distillation(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean of 1 − cos between unit vectors `[n, d]`; the teacher gets no gradient (definitions §3.2)."""
    return 1 - (student.float() * teacher.detach().float()).sum(-1).mean()


def graded_pairs(cosines: Tensor, grades: Tensor, groups: Tensor, scale: float) -> Tensor:
    """Logistic loss of every pair of one query with different grades: all `[n]`; pairs of one group are compared."""
    better = (grades[:, None] > grades[None, :]) & (groups[:, None] == groups[None, :])
    margins = (cosines[:, None] - cosines[None, :]) * scale
    return F.softplus(-margins[better]).mean() if bool(better.any()) else cosines.sum() * 0


def cell_cosines(queries: Tensor, vectors: Tensor, choice: str) -> Tensor:
    """`queries [q, d]`, fusion vectors `[v, m, d]` → `[q, v]`: of each cell the largest cosine (Poly-like plan 1), or
    the cosine to the mean as it is served (plan 3)."""
    if choice == "mean":
        mean = vectors.float().mean(1)
        return cosines_of(queries, mean / (mean.square().sum(-1, keepdim=True) + 1e-6).sqrt())
    count, many, width = vectors.shape
    return cosines_of(queries, vectors.reshape(count * many, width)).unflatten(1, (count, many)).amax(-1)
