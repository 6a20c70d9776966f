"""Every hyperparameter of a training run. `full()` is the shipped recipe, `tiny()` proves the pipeline in two minutes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

# The order of modalities everywhere: vectors, masks, ONNX inputs, manifest.
MODALITIES = ("title", "account", "cover", "cover_text", "frames", "frame_text", "asr")
DOMAINS = {"perception": ("title", "account", "cover", "cover_text"), "content": MODALITIES}
# Tokens of a text, [CLS] included: what is longer is cut off. As models/text-budgets.ts, by which texts are prepared.
MAX_TOKENS = {"query": 24, "title": 32, "account": 16, "cover_text": 24, "frame_text": 48, "asr": 96}


def columns_of(domain: str) -> list[int]:
    """Where a domain's modalities stand in arrays of all of them; a fusion takes them in this order."""
    return [MODALITIES.index(name) for name in DOMAINS[domain]]


@dataclass(frozen=True)
class TowerConfig:
    """A text tower: transformer and, beside it, a weighted bag of characters."""

    width: int  # of characters and of the transformer
    layers: int
    heads: int = 4
    ffn: int = 0  # 0: twice the width
    dim: int = 128  # of the vector
    positions: int = 96  # the longest text, in tokens
    init_out: float = 0.01  # of the transformer's output, so that a tower begins as a bag of characters


@dataclass(frozen=True)
class ImageConfig:
    """The trained head over the frozen stem's features (`[16, 320]` for a 112-pixel picture)."""

    kind: str = "mlp"  # "mlp" or "transformer": stages/image_pretrain.py compares both
    size: int = 112
    tokens: int = 16
    channels: int = 320
    lifted: int = 768  # channels of a token before pooling, MLP head
    hidden: int = 256
    layers: int = 2  # transformer head
    width: int = 192
    dim: int = 128
    dropout: float = 0.1
    # Deviation of the noise on features in training, in parts of a channel's deviation.
    noise: float = 0.15


@dataclass(frozen=True)
class TemporalConfig:
    """The transformer over a clip's frames (definitions: CLIP4Clip seqTransf)."""

    frames: int = 8
    layers: int = 2
    heads: int = 4
    ffn: int = 256
    dim: int = 128


@dataclass(frozen=True)
class FusionConfig:
    """The Fusion Transformer of a domain."""

    vectors: int = 5  # fusion tokens, of which serving takes the mean
    layers: int = 2
    heads: int = 4
    ffn: int = 256
    dim: int = 128
    modality_dropout: float = 0.2
    choice: str = "max"  # training: "max" cosine of a query-video cell (Poly-like) or "mean"
    # The served mean's share of the loss. With the largest cosine alone, serving the mean lost a fifth of PNR.
    served: float = 0.5
    # Perception: length of the noise on vectors of modalities, in parts of theirs. The towers know the clicked titles
    # by heart; without noise the fusion trusts titles as new ones do not deserve, and serves worse than a plain mean.
    # Content is trained without: it leans on frames, of which the towers have learned nothing by heart.
    noise: float = 2.0
    # Content: weight of "watched before clicked-and-left, for the same query". Without it bounces hardly count.
    refused: float = 1.0


@dataclass(frozen=True)
class StageConfig:
    """What each stage has: how many steps of which size, and how the optimiser goes."""

    steps: int
    batch: int = 192
    lr: float = 2e-3
    text_lr: float = 0.15  # the text towers' share of the learning rate, in stages after text
    head_lr: float = 1.0  # the image head's share, in stages that go on training it
    weight_decay: float = 0.05
    warmup: float = 0.04  # share of the steps; then a cosine down to zero
    clip: float = 1.0  # of the gradient's norm
    scale: float = 20.0  # of cosines in InfoNCE (an inverse temperature)
    distill: float = 2.0  # weight of 1 - cos(student, teacher)
    negatives: int = 0  # hard negatives of a step, beside the in-batch ones
    checkpoint_every: int = 200
    log_every: int = 50


@dataclass(frozen=True)
class TrainingConfig:
    """A whole run."""

    seed: int = 8
    threads: int = 2
    character_drop: float = 0.08  # share of characters that become [UNK] in training
    teacher: TowerConfig = field(default_factory=lambda: TowerConfig(width=96, layers=3))
    student: TowerConfig = field(default_factory=lambda: TowerConfig(width=96, layers=2))
    image: ImageConfig = field(default_factory=ImageConfig)
    temporal: TemporalConfig = field(default_factory=TemporalConfig)
    fusion: FusionConfig = field(default_factory=FusionConfig)
    min_character_count: int = 2  # rarer characters of the training texts are [UNK]
    decode_workers: int = 2
    stages: dict[str, StageConfig] = field(default_factory=dict)
    arms: bool = True  # also train the arms that are compared and not shipped

    def stage(self, name: str) -> StageConfig:
        return self.stages[name]

    def as_dict(self) -> dict[str, Any]:
        """For provenance and for refusing to resume with another recipe."""
        return asdict(self)


# In the order in which they run: text first, the image tower against it, then frames, then what fuses them.
STAGES = (
    "text",
    "image_pretrain",
    "image_clicks",
    "image_grades",
    "frames",
    "student",
    "fusion_perception",
    "fusion_content",
    "arms",
)


def full() -> TrainingConfig:
    """The recipe of the shipped set: about three quarters of an hour on two CPU cores, pictures' features apart."""
    return TrainingConfig(
        stages={
            "text": StageConfig(steps=1600),
            "image_pretrain": StageConfig(steps=500, batch=256, lr=1e-3, weight_decay=0.1),
            # The transformer head has the MLP head's time: a step of it takes half as long again.
            "image_pretrain_transformer": StageConfig(steps=335, batch=256, lr=1e-3, weight_decay=0.1),
            "image_clicks": StageConfig(steps=700, batch=256, lr=1e-3, weight_decay=0.1),
            "image_grades": StageConfig(steps=150, batch=256, lr=2e-4, weight_decay=0.1),
            "frames": StageConfig(steps=500, batch=128, lr=5e-4, weight_decay=0.05, head_lr=0.2),
            "student": StageConfig(steps=1200, batch=384, lr=1e-3),
            "fusion_perception": StageConfig(steps=300, batch=256, lr=1e-3, negatives=160, log_every=100),
            "fusion_content": StageConfig(steps=300, batch=256, lr=1e-3, negatives=160, log_every=100),
            "arms": StageConfig(steps=300, batch=256, lr=1e-3, negatives=160, log_every=200),
            # The comparison of mae_stage.py.
            "mae": StageConfig(steps=700, batch=128, lr=1e-3, weight_decay=0.05, log_every=100),
            "vit_mae": StageConfig(steps=280, batch=128, lr=5e-4, weight_decay=0.1),
            "vit_scratch": StageConfig(steps=280, batch=128, lr=5e-4, weight_decay=0.1),
        }
    )


def tiny() -> TrainingConfig:
    """The same pipeline, far too short to learn much: for tests."""
    recipe = full()
    short = {"text": 60, "frames": 20, "arms": 20, "mae": 10, "vit_mae": 5, "vit_scratch": 5}
    stages = {
        name: replace(stage, steps=short.get(name, 20), batch=64, checkpoint_every=10, log_every=20, negatives=stage.negatives // 4)
        for name, stage in recipe.stages.items()
    }
    return replace(recipe, stages=stages)
