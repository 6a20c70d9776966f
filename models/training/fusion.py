"""The Fusion Transformer: modality vectors in, five fusion vectors out, their mean served."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import MASKED, TransformerLayer, unit
from .config import FusionConfig


class Fusion(nn.Module):
    """`embeddings [b, m, 128]`, `present bool [b, m]` → `vectors [b, 5, 128]` (normalised), `vector [b, 128]`.

    Tokens are a linear map of each modality plus its type embedding, and five fusion tokens. A fusion vector is the
    output of its token plus a weighted sum of the *inputs*, so that an untrained fusion is a mean of the modalities
    and training can only have to improve on that strong baseline. The weights depend on what the modalities say.
    """

    def __init__(self, config: FusionConfig, modalities: int) -> None:
        super().__init__()
        d, self.count = config.dim, config.vectors
        self.dropout = config.modality_dropout
        self.lift = nn.ModuleList(nn.Linear(d, d) for _ in range(modalities))
        self.types = nn.Parameter(torch.randn(modalities, d) * 0.02)
        self.tokens = nn.Parameter(torch.randn(config.vectors, d) * 0.02)
        self.layers = nn.ModuleList(TransformerLayer(d, config.heads, config.ffn) for _ in range(config.layers))
        self.norm = nn.LayerNorm(d)
        self.out = nn.Linear(d, d)
        self.prior = nn.Parameter(torch.randn(config.vectors, modalities) * 0.1)
        self.weigh = nn.Linear(d, config.vectors)
        for part in (self.out, self.weigh):
            nn.init.normal_(part.weight, std=0.002)
            nn.init.zeros_(part.bias)

    def forward(self, embeddings: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        if self.training:
            present = drop_modalities(present, self.dropout)
        m, d = embeddings.shape[1], embeddings.shape[2]
        lifted = torch.stack([lift(embeddings[:, i]) for i, lift in enumerate(self.lift)], 1) * d**0.5
        tokens = self.tokens.unsqueeze(0).expand(embeddings.shape[0], -1, -1)
        x = torch.cat([tokens, lifted + self.types], 1)
        keep = torch.cat([torch.ones_like(x[:, : self.count, 0], dtype=torch.bool), present], 1)
        for layer in self.layers:
            x = layer(x, keep)
        x = self.norm(x)
        logits = self.weigh(x[:, self.count :]).transpose(1, 2) + self.prior
        weights = logits.masked_fill(~present.unsqueeze(1), MASKED).softmax(-1)
        inputs = torch.where(present.unsqueeze(-1), embeddings, torch.zeros_like(embeddings))
        vectors = unit(weights @ inputs + self.out(x[:, : self.count]))
        return vectors, unit(vectors.mean(1))


def drop_modalities(present: Tensor, share: float) -> Tensor:
    """Each modality goes with probability `share`; a video that would be left with none keeps all of its own."""
    kept = present & (torch.rand(present.shape, device=present.device) >= share)
    return torch.where(kept.any(-1, keepdim=True), kept, present)
