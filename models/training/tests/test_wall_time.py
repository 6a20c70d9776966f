"""The time of a run is that of all its parts."""

import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from models.training.wall_time import seconds_of, timed


class WallTimeTest(unittest.TestCase):
    def test_an_interrupted_step_counts_with_what_went_before(self) -> None:
        run = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.assertEqual(seconds_of(run), {})
        with patch("time.monotonic", side_effect=[0, 5, 10, 12.5, 20, 21]):
            with timed(run, "stages"):
                pass
            with self.assertRaises(KeyboardInterrupt), timed(run, "stages"):
                raise KeyboardInterrupt
            with timed(run, "export"):
                pass
        self.assertEqual(seconds_of(run), {"stages": 7.5, "export": 1})


if __name__ == "__main__":
    unittest.main()
