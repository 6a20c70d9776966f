"""A set's model card: what it is, what it is for, how good, and what it cannot do."""

from __future__ import annotations

from typing import Any

from .report_tables import figure, percent

TEXT = """# {set} {version}

Small encoders of video search queries and videos, trained on Kinora's synthetic world to run every part of it offline. Figures and plots: [report/README.md](report/README.md).

- **For**: development, tests, demonstrations and benchmarks of Kinora; a pattern for sets of real data.
- **Not for**: real search. It knows some hundreds of concepts, drawn as emoji artwork, named in Chinese; it has never seen a photograph of them, nor a real transcript.

## Models

One space of {dim} dimensions; vectors have length 1.

{models}

The picture stem is EfficientNet-lite0, pretrained on ImageNet (Apache-2.0), frozen; everything else was trained from nothing. The query model is the student of the document model, trained together with it. Preprocessing, token limits, the order of modalities and sha256 of the models, the tokenizer and `golden.json` stand in `manifest.json`; inputs and outputs that a runtime must reproduce, in `golden.json`.

## How good

PNR on held-out artwork, held-out pairs of concepts among it, test split, student queries (1 is chance; 95 % intervals):

| | content truth | perceived truth |
| --- | --- | --- |
| content fusion | {content_content} | {content_perceived} |
| perception fusion | {perception_content} | {perception_perceived} |
| plain mean of all cosines | {mean_content} | {mean_perceived} |
| characters shared by query and title | {characters_content} | {characters_perceived} |

{claims} {pair_claims} A claim holds if its interval excludes zero; the student's, if its queries lose at most 3 % against the teacher's: they differ by {student}.

## Limits

- Keywords that share no character with the training words of what they mean are unknown: such queries are ranked by chance (PNR {sharing_none}).
- All of it is synthetic: clicks and watches follow the world's own model of users, and the labels the project's policies.
- Texts are read character by character, up to the limits of `manifest.json`; pictures at 112 × 112 pixels, clips as eight frames.
- Trained with seed {seed}; another seed gives other figures. Intervals are over queries, not over trainings: the report has two fusions that differ in their draws alone.
"""


def card(report: dict[str, Any], manifest: dict[str, Any]) -> str:
    scores = report["scores"]["held_out"]
    shown = {
        f"{scorer}_{truth}": figure(scores[truth][scorer])
        for scorer in ("content", "perception", "mean", "characters")
        for truth in ("content", "perceived")
    }
    claims = [claim for claim in report["claims"] if claim["population"] == "held_out"]
    models = [f"- `{name}` ({model['bytes'] / 1e6:.1f} MB): {ports(model['inputs'])} → {ports(model['outputs'])}" for name, model in manifest["models"].items()]
    return TEXT.format(
        **{key: manifest[key] for key in ("set", "version", "dim")},
        models="\n".join(models),
        **shown,
        claims=held(claims, "held-out artwork"),
        pair_claims=held(report["pair_claims"], "queries for held-out pairs"),
        student=apart(claims[-1]),
        sharing_none=figure(report["slices"]["keywords_sharing_none"]["content"]["content"]),
        seed=manifest["provenance"]["seed"],
    )


def held(claims: list[dict[str, Any]], where: str) -> str:
    failed = [claim["name"] for claim in claims if not claim["holds"]]
    but = f", all but: {'; '.join(failed)}" if failed else ""
    return f"{len(claims) - len(failed)} of {len(claims)} claims hold on {where}{but}."


def apart(student: dict[str, Any]) -> str:
    """By how much student queries do better than teacher queries, or worse."""
    if not student["made"]:
        return "an amount that could not be measured"
    return percent(student["relative"])


def ports(described: list[dict[str, Any]]) -> str:
    return ", ".join(f"{port['name']} {port['type']} [{', '.join(map(str, port['shape']))}]" for port in described)
