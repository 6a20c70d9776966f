"""From files to pixels, as the product does it: any difference here is a difference between training and serving."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageOps

SIZE = 112
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
FRAMES = 8


def to_rgb(image: Image.Image) -> Image.Image:
    """Turned by its EXIF orientation, alpha over white, RGB of 8 bits; colour profiles are ignored."""
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):  # Pillow's own conversion cuts levels off at 255
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def squash(image: Image.Image) -> np.ndarray:
    """`uint8 [112, 112, 3]`: bicubic, both sides to 112 whatever the aspect (Chinese-CLIP's preprocessing: no crop)."""
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BICUBIC), np.uint8)


def load_cover(path: Path | str) -> np.ndarray:
    """A cover's pixels, `uint8 [112, 112, 3]`."""
    with Image.open(path) as image:
        return squash(to_rgb(image))


def frame_times(duration: float, count: int = FRAMES) -> list[float]:
    """The middles of `count` equal parts of `duration` seconds."""
    return [duration * (index + 0.5) / count for index in range(count)]


def quarter_turns(frame: av.VideoFrame) -> int:
    """How often a frame must be turned left by 90° to stand upright; mirrored and skewed ones are taken as they are."""
    matrix = next((np.frombuffer(data, np.int32) for data in frame.side_data if data.type.name == "DISPLAYMATRIX"), None)
    if matrix is None:
        return 0
    across, down = (int(np.sign(value)) for value in matrix[:2])
    upright = matrix[0] == matrix[4] and matrix[1] == -matrix[3] and 0 in matrix[:2]
    return {(1, 0): 0, (0, -1): 1, (-1, 0): 2, (0, 1): 3}[across, down] if upright and (across or down) else 0


def upright(frame: av.VideoFrame) -> np.ndarray:
    """A frame's pixels, `uint8 [112, 112, 3]`, turned as a phone's recording asks for."""
    return np.rot90(squash(frame.to_image()), quarter_turns(frame))


def seconds_of(container: av.container.InputContainer, spans: list[tuple[int, int]]) -> float:
    """What the clip says, else from its first frame to the end of the last: live recordings say nothing."""
    stream = container.streams.video[0]
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is not None:
        return float(container.duration) / av.time_base
    return float((max(end for _, end in spans) - min(start for start, _ in spans)) * stream.time_base)


def load_frames(path: Path | str) -> np.ndarray:
    """`uint8 [8, 112, 112, 3]`: the frames shown at the middles of 8 equal parts of the clip."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        decoded, spans = [], []
        for packet in container.demux(stream):
            if packet.pts is not None:
                spans.append((packet.pts, packet.pts + (packet.duration or 0)))
            decoded += [(float(frame.pts * stream.time_base), frame) for frame in packet.decode()]
        start = decoded[0][0]
        chosen, index = [], 0
        for time in frame_times(seconds_of(container, spans)):
            while index + 1 < len(decoded) and decoded[index + 1][0] - start <= time + 1e-6:
                index += 1
            chosen.append(upright(decoded[index][1]))
        return np.stack(chosen)


def normalise(pixels: np.ndarray) -> np.ndarray:
    """`uint8 [n, 112, 112, 3]` → `float32 [n, 3, 112, 112]`, ImageNet's mean and deviation."""
    scaled = (pixels.astype(np.float32) / 255.0 - np.asarray(MEAN, np.float32)) / np.asarray(STD, np.float32)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))
