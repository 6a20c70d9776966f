"""Media that cannot be decoded are named, whatever interrupts the run."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
from PIL import Image

from models.training.features import compute_features, open_features

VIDEOS = 24


class Killed(Exception):
    """A kill, for tests."""


class FeaturesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        broken, good = self.root / "broken.jpg", self.root / "good.png"
        broken.write_text("no picture")
        Image.new("RGB", (8, 8)).save(good)
        covers = [str(self.root / f"{number}.jpg") for number in range(VIDEOS)]
        for number, cover in enumerate(covers):
            Path(cover).symlink_to(broken if number in (1, 20) else good)
        self.world = SimpleNamespace(videos=[{"cover": cover, "clip": None} for cover in covers])

    def compute(self) -> str:
        """What is said."""
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            compute_features(self.world, self.root / "features", 1)
        return said.getvalue()

    def test_a_run_that_was_interrupted_forgets_no_failure(self) -> None:
        with patch("models.training.features.Progress", side_effect=lambda *_, **__: SimpleNamespace(at=interrupt)), self.assertRaises(Killed):
            self.compute()
        self.assertEqual(int((open_features(self.root / "features", VIDEOS).state > 0).sum()), 10)
        for said in (self.compute(), self.compute()):
            self.assertRegex(said, r"2 media cannot be decoded and count as missing .*, first \S+/1\.jpg: ")
        has_cover = open_features(self.root / "features", VIDEOS).has_cover
        self.assertEqual(np.flatnonzero(~has_cover).tolist(), [1, 20])


def interrupt(done: int) -> None:
    if done == 10:
        raise Killed


if __name__ == "__main__":
    unittest.main()
