"""What a set must show, and each stage's gain beside the article's direction: lists of comparisons to make."""

from __future__ import annotations

from dataclasses import dataclass

from .config import DOMAINS, MODALITIES


@dataclass(frozen=True)
class Comparison:
    """`ours` against `theirs` on one truth; `article` is what the article says of it (definitions §1), if anything."""

    name: str
    ours: str
    theirs: str
    truth: str
    article: str | None = None
    mask: str = "all"


def claims() -> list[Comparison]:
    """All must hold, with intervals that exclude zero, on held-out artwork, on which all held-out pairs are drawn."""
    single = [Comparison(f"content fusion beats {name}", "content", name, "content") for name in MODALITIES]
    others = [
        Comparison("content fusion beats perception fusion", "content", "perception", "content"),
        Comparison("content fusion beats the plain mean of cosines", "content", "mean", "content"),
        Comparison("content fusion beats character matching", "content", "characters", "content"),
    ]
    perceived = [
        Comparison(f"perception fusion beats {name}", "perception", name, "perceived") for name in DOMAINS["perception"]
    ]
    return [
        *single,
        *others,
        *perceived,
        Comparison("perception fusion beats content fusion", "perception", "content", "perceived"),
        Comparison("perception fusion beats character matching", "perception", "characters", "perceived"),
    ]


def student_claim() -> Comparison:
    """Holds if the relative difference is no lower than -3 %."""
    return Comparison("content fusion: student queries against teacher queries", "content", "content_teacher", "content")


def gains() -> list[Comparison]:
    """Reported with sign and interval; none is required to be a gain."""
    both = ("content", "perceived")
    clicks = "cover@image_clicks"
    stages = [
        comparison
        for truth in both
        for comparison in (
            Comparison("MAE before the contrast (ViT on pixels)", "vit_mae", "vit_scratch", truth, "MAE in the domain: PNR +39 % on covers"),
            Comparison("ViT with MAE against frozen stem and head", "vit_mae", "cover", truth, "ResNet to ViT with MAE: PNR +34 %"),
            Comparison("query-cover contrast from clicks", clicks, "cover@image_pretrain", truth, "all cover stages: PNR +12.6 % over zero shot"),
            Comparison("human grades for covers", "cover@image_grades", clicks, truth, "part of the +12.6 %"),
            Comparison("human grades against as many more steps of clicks", "cover@image_grades", "cover@arm_no_grades", truth),
            Comparison("cover after frames training", "cover@frames", "cover@image_grades", truth),
            Comparison("titles after image training", "title@image_grades", "title@text", truth),
        )
    ]
    return [
        *stages,
        Comparison("temporal transformer", "frames", "frames_mean", "content", "frames by VideoCLIP: PNR +42.3 % (with all its parts)"),
        Comparison("temporal transformer, queries for a change", "frames", "frames_mean", "content", None, "query_change"),
        Comparison("temporal transformer against frames trained as a mean", "frames", "frames@arm_frames_mean", "content"),
        Comparison("serving the mean against the largest", "content", "content_max", "content", "-0.15 %"),
        Comparison("serving the mean against the largest", "perception", "perception_max", "perceived", "-0.15 %"),
        Comparison("training by the largest alone against the mean alone", "arm:content_max", "arm:content_mean", "content", "plan 1 +0.6 % over Poly-encoder, plan 3 below"),
        *trained_apart(),
        Comparison("the same recipe and steps, other draws: what chance does in training", "content", "arm:content_same", "content"),
        Comparison("perception fusion against the plain mean of its cosines", "perception", "mean_perception", "perceived"),
        Comparison("noise on modalities while perception fusion learns", "perception", "arm:perception_no_noise", "perceived"),
        Comparison("key sentences against first sentences, read only", "content", "content_asr_first", "content", "LLM over greedy +4 %"),
        Comparison("key sentences against all text, cut off, read only", "content", "content_asr_all", "content", "LLM over greedy +4 %"),
        Comparison("key sentences against first sentences, ASR alone", "asr", "asr_first", "content"),
        Comparison("key sentences against all text, ASR alone", "asr", "asr_all", "content"),
    ]


def trained_apart() -> list[Comparison]:
    """Fusions of stages/arms.py, each against the one that learned as the shipped one did for as many steps."""
    against = {
        "content_max": ("training by the largest and the served mean against the largest alone", None),
        "content_mean": ("training by the largest and the served mean against the mean alone", None),
        "content_clicks": ("watch labels against click labels, all modalities", "content from clicks refined by watches"),
        "perception_watches": ("content modalities against perception modalities, watch labels", "fusion far above single modalities"),
        "content_early_student": ("student kept in the image training", "joint distillation loses less (2.22 % and 1.03 %)"),
        "content_asr_first": ("key sentences against first sentences", "LLM over greedy +4 %"),
        "content_asr_all": ("key sentences against all text, cut off", "LLM over greedy +4 %"),
        "content_frames_mean": ("temporal transformer, in the fusion", None),
    }
    return [
        Comparison(name, "arm:content_same", f"arm:{arm}", "content", article) for arm, (name, article) in against.items()
    ]
