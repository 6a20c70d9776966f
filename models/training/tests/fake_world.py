"""A world and a run of a few drawn videos, with modules that nobody trained: enough to try what comes after training."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.training.config import STAGES, TrainingConfig, tiny
from models.training.context import Context
from models.training.features import compute_features
from models.training.golden_media import ball, write_clip
from models.training.model_parts import build_parts
from models.training.sampling import positive_pairs
from models.training.texts import build_texts
from models.training.tokenizer import build_tokenizer
from models.training.world import read_world

NAMES = ("苹果", "小猫", "下雨", "汽车", "月亮", "火山")
TRAINS = {
    "text": ("teacher", "student"),
    "image_pretrain": ("head", "teacher", "student"),
    "image_clicks": ("head", "teacher", "student"),
    "frames": ("head", "temporal"),
    "fusion_perception": ("perception",),
    "fusion_content": ("content",),
}


def write_lines(path: Path, records: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


def write_world(world: Path, run: Path, count: int = 40, media: bool = True) -> None:
    """Truth, prepared videos and samples; concept k has colour k and name k."""
    random = np.random.default_rng(3)
    prepared, truth, samples, grades = [], [], [], ["split\tquery_id\tvideo_id\tperceived\tcontent"]
    (world / "media").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        concept, shown = int(random.integers(len(NAMES))), int(random.integers(len(NAMES)))
        split = ("train", "train", "validation", "test")[number % 4]
        name, cover, clip = f"v{number}", world / "media" / f"{number}.jpg", world / "media" / f"{number}.mp4"
        if media:
            Image.new("RGB", (64, 48), (40 * shown, 255 - 40 * shown, 128)).save(cover)
            if number % 3:
                write_clip(clip, [ball(step / 8, 64, 64) for step in range(8)])
        asr = None if number % 5 == 0 else f"今天说{NAMES[concept]}的事"
        texts = {"title": f"{NAMES[shown]}大全", "account": "小王", "cover_text": NAMES[shown] if number % 2 else None, "frame_text": NAMES[concept], "asr": asr}
        files = {"cover": str(cover) if media else None, "clip": str(clip) if media and number % 3 else None}
        prepared.append({"video_id": name, "split": split, **texts, "asr_first": asr, "asr_all": asr, **files})
        gone = [*([] if number % 2 else ["cover_text"]), *([] if asr else ["asr"]), *([] if number % 3 else ["frames"])]
        slice_of = "held-out" if number % 8 > 3 else "seen"
        truth.append({"video_id": name, "split": split, "slice": slice_of, "clickbait": concept != shown, "missing": gone, "order": None})
        for query, asked in enumerate(NAMES):
            grades.append(f"{split}\tq{query}\t{name}\t{2 * (query == shown)}\t{2 * (query == concept)}")
            if split != "train":
                continue
            for domain, good in (("perception", query == shown), ("content", query == concept)):
                reason = "clicked" if good else "skipped-above" if domain == "perception" else "bounced"
                samples.append({"query": asked, "video_id": name, "domain": domain, "grade": 2 if good else 0, "weight": 1, "reason": reason, "position": 1})
    queries = [
        {"query_id": f"q{query}", "text": name, "kind": "name", "concepts": [], "held_out": {0: "keyword", 1: "pair"}.get(query), "shared_characters": "some" if query == 0 else None, "weight": 1}
        for query, name in enumerate(NAMES)
    ]
    write_lines(run / "prepared" / "videos.jsonl", prepared)
    write_lines(run / "prepared" / "samples.jsonl", samples)
    write_lines(run / "prepared" / "unclicked.jsonl", [])
    write_lines(world / "truth" / "videos.jsonl", truth)
    write_lines(world / "truth" / "queries.jsonl", queries)
    (world / "truth" / "grades.tsv").write_text("\n".join(grades) + "\n", encoding="utf-8")


def write_run(world: Path, run: Path) -> Context:
    """Tokenizer, features, recipe, and a checkpoint of every stage with modules as they begin."""
    config: TrainingConfig = replace(tiny(), decode_workers=1)
    read = read_world(world, run)
    tokenizer = build_tokenizer(read.training_texts(("title", "account", "frame_text", "asr")), 1)
    tokenizer.save(str(run / "tokenizer.json"))
    (run / "config.json").write_text(json.dumps(config.as_dict()))
    (run / "world.json").write_text(json.dumps({"made": None}))
    features = compute_features(read, run / "features", 1)
    modules = build_parts(config, tokenizer.get_vocab_size())
    pairs = {domain: positive_pairs(read, domain) for domain in ("perception", "content")}
    texts = build_texts(read, tokenizer)
    context = Context(run, config, read, texts, features, pairs, modules, torch.device("cpu"))
    (run / "checkpoints").mkdir(exist_ok=True)
    for stage in STAGES:
        models = {name: modules[name].state_dict() for name in TRAINS.get(stage, ())}
        if models:
            torch.save({"step": 0, "done": True, "models": models}, context.checkpoint(stage))
    return context
