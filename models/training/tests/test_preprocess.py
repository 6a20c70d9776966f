"""Pictures and frames as the models see them: what Pillow and FFmpeg would do otherwise if nobody asked."""

import struct
import tempfile
import unittest
from pathlib import Path

import av
import numpy as np
from PIL import Image

from models.training.golden_media import scene, write_clip
from models.training.preprocess import load_frames, squash, to_rgb

TURNS = {(1, 0, 0, 1): 0, (0, -1, 1, 0): 1, (-1, 0, 0, -1): 2, (0, 1, -1, 0): 3, (-1, 0, 0, 1): 0, (1, 1, -1, 1): 0}


def with_matrix(clip: bytes, turn: tuple[int, ...]) -> bytes:
    """The clip with another display matrix in its track header."""
    at = clip.index(b"tkhd") + 44
    a, b, c, d = (value << 16 for value in turn)
    return clip[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + clip[at + 36 :]


def record_live(clip: Path, live: Path) -> None:
    """The same packets in a file that is written before anybody knows how long it will be."""
    with av.open(str(clip)) as source, av.open(str(live), "w", format="matroska", options={"live": "1"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)


class PreprocessTest(unittest.TestCase):
    def test_sixteen_bits_keep_their_upper_half(self) -> None:
        grey = Image.fromarray(np.array([[0, 255, 256, 65535]], np.uint16))
        self.assertEqual(np.asarray(to_rgb(grey))[0, :, 0].tolist(), [0, 0, 1, 255])

    def test_alpha_lies_on_white(self) -> None:
        clear = Image.new("RGBA", (2, 2), (255, 0, 0, 0))
        self.assertEqual(to_rgb(clear).getpixel((0, 0)), (255, 255, 255))

    def test_a_picture_is_squashed_whatever_its_aspect(self) -> None:
        self.assertEqual(squash(Image.new("RGB", (300, 20))).shape, (112, 112, 3))

    def test_frames_stand_upright(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            write_clip(path, [scene(number // 10, number % 10, 160, 96) for number in range(31)])
            clip, lying = path.read_bytes(), load_frames(path)
            for matrix, turns in TURNS.items():
                path.write_bytes(with_matrix(clip, matrix))
                np.testing.assert_array_equal(load_frames(path), np.rot90(lying, turns, (1, 2)), str(matrix))

    def test_a_live_recording_shows_the_frames_of_a_clip_that_says_how_long_it_is(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            clip, live = Path(folder) / "clip.mp4", Path(folder) / "live.mkv"
            write_clip(clip, [scene(number // 10, number % 10, 160, 96) for number in range(31)])
            record_live(clip, live)
            np.testing.assert_array_equal(load_frames(live), load_frames(clip))


if __name__ == "__main__":
    unittest.main()
