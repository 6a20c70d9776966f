"""golden.json: what a runtime must reproduce, from single models to whole videos, with the files it needs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from .config import MAX_TOKENS
from .golden_media import draw_clips, draw_images
from .golden_models import encoded, golden_model
from .model_set import ModelSet
from .onnx_ports import Ports
from .preprocess import load_cover, load_frames

FOLDER = "golden"
CLIP_LEVELS = 6
TEXTS = (
    ("query", "苹果"),
    ("query", "先开门后下雨"),
    ("query", "iPhone 15 Pro Max 测评"),
    ("query", "  空格 \t和\n换行　全角　 "),
    ("query", "emoji 🍎🐉👨‍👩‍👧 和符号 ★→℃"),
    ("query", ""),
    ("query", "龘𠮷𪚥 生僻字"),
    ("query", "ÀÉî Straße ＡＢＣ１２３ ﬁ"),
    ("title", "红苹果怎么切好看?三种摆盘方法,第二种最简单!"),
    ("title", "「标点」…——“引号”、【括号】~!@#$%^&*()_+"),
    ("account", "小王爱做饭"),
    ("cover_text", "超好看 赶快收藏"),
    ("frame_text", "第一步 洗净 第二步 切开 第三步 摆盘 " * 6),
    ("asr", "大家好,今天我们来说一说苹果,苹果是一种常见的水果。" * 8),
)
VIDEOS = (
    {
        "texts": {
            "title": "红苹果怎么切好看?三种摆盘方法",
            "account": "小王爱做饭",
            "cover_text": "超好看",
            "frame_text": "第一步 洗净 第二步 切开",
            "asr": "今天我们来切苹果。先把苹果洗净,再切成小块。",
        },
        "cover": "sunset.jpg",
        "clip": "ball.mp4",
    },
    {
        "texts": {"title": "海边的日落,看完心情很好", "account": None, "cover_text": None, "frame_text": None, "asr": None},
        "cover": "badge.png",
        "clip": "scenes.mp4",
    },
    {
        "texts": {"title": "", "account": "旅行的猫", "cover_text": None, "frame_text": None, "asr": "猫在屋顶上睡觉。"},
        "cover": None,
        "clip": None,
    },
)
QUERIES = ("苹果", "日落", "猫在睡觉")


def write_golden(models: ModelSet, ports: dict[str, Ports], out: Path, file: str = "golden.json") -> None:
    """Draws the media into out/golden and writes out/golden.json; the models' files must be there already."""
    media = out / FOLDER
    levels = draw_images(media)
    clips = draw_clips(media)
    record = {
        "models": {name: golden_model(str(out / f"{name}.onnx"), ports[name], models.vocabulary) for name in ports},
        "texts": [
            {"text": text, "kind": kind, "max_tokens": MAX_TOKENS[kind], "ids": models.ids(kind, text)[0].tolist()}
            for kind, text in TEXTS
        ],
        "images": [golden_image(media, name, allowed) for name, allowed in levels.items()],
        "clips": [golden_clip(media, name) for name in clips],
        "vectors": {
            "queries": [{"text": text, "vector": encoded(models.query(text))} for text in QUERIES],
            "videos": [golden_video(models, media, video) for video in VIDEOS],
        },
    }
    (out / file).write_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def golden_image(media: Path, name: str, allowed: int) -> dict[str, object]:
    """The picture's name, and the name of its 112 x 112 pixels as the models see them, before normalisation."""
    return {
        "file": f"{FOLDER}/{name}",
        "pixels": save_pixels(media, f"{Path(name).stem}.pixels.png", load_cover(media / name)),
        "max_level_difference": allowed,
    }


def golden_clip(media: Path, name: str) -> dict[str, object]:
    """The clip's name and its eight frames' pixels in order of time."""
    frames = load_frames(media / name)
    pixels = [save_pixels(media, f"{Path(name).stem}.{index}.png", frame) for index, frame in enumerate(frames)]
    return {"file": f"{FOLDER}/{name}", "pixels": pixels, "max_level_difference": CLIP_LEVELS}


def golden_video(models: ModelSet, media: Path, video: dict) -> dict[str, object]:
    """A video's texts and files, and every vector of it."""
    files = {kind: video[kind] and f"{FOLDER}/{video[kind]}" for kind in ("cover", "clip")}
    paths = {kind: media / video[kind] if video[kind] else None for kind in files}
    vectors = models.video(video["texts"], paths["cover"], paths["clip"])
    modalities = {name: None if vector is None else encoded(vector) for name, vector in vectors.modalities.items()}
    fused = {"perception": encoded(vectors.perception), "content": encoded(vectors.content)}
    return {**video["texts"], **files, "modalities": modalities, **fused}


def save_pixels(media: Path, name: str, pixels: np.ndarray) -> str:
    """Writes uint8 [112, 112, 3] without loss; returns its path from the set's folder."""
    Image.fromarray(pixels).save(media / name, optimize=True)
    return f"{FOLDER}/{name}"
