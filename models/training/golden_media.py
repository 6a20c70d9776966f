"""Pictures and clips of the golden file, drawn here so that nobody else's work travels with a model set.

They cover what decoders do differently: chroma subsampling, alpha, EXIF orientation, grey levels, sizes that do not
divide, pictures smaller and larger than the model's input, B-frames. The same versions of Pillow and PyAV give the
same bytes.
"""

from __future__ import annotations

import math
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

EXIF_ORIENTATION = 0x0112
TURNED_RIGHT = 6
RATE = 12


def draw_images(folder: Path) -> dict[str, int]:
    """Writes the pictures; file name -> largest allowed difference in levels after the resize."""
    folder.mkdir(parents=True, exist_ok=True)
    sunset().save(folder / "sunset.jpg", quality=88)
    shapes().save(folder / "shapes.png")
    waves(256, 256).save(folder / "waves.webp", quality=85, method=4)
    badge().save(folder / "badge.png")
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = TURNED_RIGHT
    sunset().rotate(90, expand=True).save(folder / "turned.jpg", quality=90, exif=exif)
    waves(61, 47).convert("L").save(folder / "grey.png")
    return {"sunset.jpg": 3, "shapes.png": 2, "waves.webp": 4, "badge.png": 2, "turned.jpg": 3, "grey.png": 2}


def draw_clips(folder: Path) -> list[str]:
    """Writes the clips, H.264 in MP4; returns their file names."""
    folder.mkdir(parents=True, exist_ok=True)
    write_clip(folder / "ball.mp4", [ball(number / 36, 128, 128) for number in range(36)])
    write_clip(folder / "scenes.mp4", [scene(number // 10, number % 10, 160, 96) for number in range(31)])
    return ["ball.mp4", "scenes.mp4"]


def sunset() -> Image.Image:
    """A gradient with hard edges on it, 322 x 181."""
    picture = Image.new("RGB", (322, 181))
    draw = ImageDraw.Draw(picture)
    for row in range(181):
        draw.line([(0, row), (321, row)], fill=(255 - row // 2, 120 + row // 3, 60 + row))
    draw.ellipse([120, 40, 200, 120], fill=(255, 236, 120))
    draw.polygon([(0, 180), (90, 90), (180, 180)], fill=(38, 60, 92))
    draw.polygon([(130, 180), (240, 70), (321, 180)], fill=(28, 44, 70))
    return picture


def shapes() -> Image.Image:
    """Thin lines and flat colours, 201 x 260: what a resize without antialiasing gets wrong."""
    picture = Image.new("RGB", (201, 260), (246, 246, 240))
    draw = ImageDraw.Draw(picture)
    for step in range(0, 201, 6):
        draw.line([(step, 0), (200 - step, 259)], fill=(30, 30 + step, 200 - step))
    draw.rectangle([30, 40, 110, 120], fill=(214, 48, 49), outline=(0, 0, 0), width=3)
    draw.ellipse([90, 130, 180, 230], fill=(9, 132, 227), outline=(255, 255, 255), width=5)
    return picture


def waves(width: int, height: int) -> Image.Image:
    """Smooth colours that change faster and faster."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    levels = [127.5 + 127.5 * np.sin(across * across / (3000 + 900 * k) + down / (9 + 4 * k)) for k in range(3)]
    return Image.fromarray(np.stack(levels, axis=-1).round().astype(np.uint8), "RGB")


def badge() -> Image.Image:
    """Every alpha from clear to opaque, 180 x 180."""
    across, down = np.meshgrid(np.arange(180), np.arange(180))
    distance = np.hypot(across - 90, down - 90)
    alpha = np.clip(255 - np.abs(distance - 50) * 5, 0, 255)
    colour = np.stack([across + 40, down + 20, 255 - across, alpha], axis=-1)
    return Image.fromarray(np.clip(colour, 0, 255).astype(np.uint8), "RGBA")


def ball(progress: float, width: int, height: int) -> Image.Image:
    """A ball on its way over a slowly changing sky."""
    picture = Image.new("RGB", (width, height), (90 + int(120 * progress), 150, 210))
    left = int((width - 40) * progress)
    top = int((height - 40) * abs(math.sin(3 * math.pi * progress)))
    ImageDraw.Draw(picture).ellipse([left, top, left + 40, top + 40], fill=(230, 90, 40), outline=(60, 20, 10))
    return picture


def scene(number: int, within: int, width: int, height: int) -> Image.Image:
    """Cuts between flat scenes: the wrong frame is visibly wrong."""
    colours = [(200, 60, 60), (60, 160, 80), (70, 90, 190), (220, 200, 80)]
    picture = Image.new("RGB", (width, height), colours[number % len(colours)])
    ImageDraw.Draw(picture).rectangle([10 + 8 * within, 30, 40 + 8 * within, 70], fill=(250, 250, 250))
    return picture


def write_clip(path: Path, frames: list[Image.Image]) -> None:
    """Frames to H.264 at 12 frames a second, on one thread and without a date, so that bytes repeat."""
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = frames[0].size
        stream.pix_fmt = "yuv420p"
        # Without mbtree: with it, x264 gives one of two files, by what its memory held before.
        stream.options = {"crf": "20", "threads": "1", "bf": "2", "flags": "+bitexact", "x264-params": "mbtree=0"}
        for picture in frames:
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
