"""A file whose being there means "done" has its name only once it is whole."""

import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np

from models.training.begun_with import refuse_another
from models.training.checkpoint import save_checkpoint
from models.training.config import tiny
from models.training.context import Context
from models.training.evaluate import count_look, write_report
from models.training.features import open_features
from models.training.pixels import cover_pixels
from models.training.train import open_texts
from models.training.whole_files import whole_file, write_json


class Killed(Exception):
    """A kill between the last byte and the name."""


class WholeFilesTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_folder = Path(folder.name)

    def test_what_was_there_stays_until_the_new_one_is_whole(self) -> None:
        path = self.run_folder / "made" / "some.json"
        write_json(path, {"old": True})
        with self.assertRaises(Killed), whole_file(path) as beside:
            beside.write_text('{"half')
            raise Killed
        self.assertEqual(path.read_text(), '{\n "old": true\n}\n')
        write_json(path, {"new": "真"})
        self.assertEqual(path.read_text(encoding="utf-8"), '{\n "new": "真"\n}\n')
        self.assertEqual([of.name for of in path.parent.glob("*.json")], ["some.json"])

    def test_a_kill_before_the_name_leaves_nothing_that_looks_done(self) -> None:
        run = self.run_folder
        (run / "test-looks.json").write_text('{"looks": 1}')
        world = SimpleNamespace(training_texts=lambda _: ["苹果"], videos=[{}, {}])
        has_cover = np.zeros(2, bool)
        context = SimpleNamespace(run=run, world=world, device=None, features=SimpleNamespace(has_cover=has_cover))
        writers = {
            "checkpoints/some.pt": lambda: save_checkpoint(run / "checkpoints" / "some.pt", {"step": 1}),
            "results/some.json": lambda: Context.write_result(context, "some", {}),
            "tokenizer.json": lambda: open_texts(world, run, tiny()),
            "config.json": lambda: refuse_another(run, "config.json", {"seed": 7}),
            "features/covers.npy": lambda: open_features(run / "features", 2),
            "features/pixels.npy": lambda: cover_pixels(context),
            "report-validation.json": lambda: write_report(run, run, "validation"),
        }
        with patch("os.replace", side_effect=Killed), patch("models.training.evaluate.evaluate", return_value={}):
            for name, write in writers.items():
                with self.subTest(name), self.assertRaises(Killed):
                    write()
                self.assertFalse((run / name).exists(), name)
            with self.assertRaises(Killed):
                count_look(run, "test")
        self.assertEqual(count_look(run, "test"), 2)


if __name__ == "__main__":
    unittest.main()
