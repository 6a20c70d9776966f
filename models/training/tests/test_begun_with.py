"""A run goes on with the code, recipe and inputs that it was begun with, or not at all."""

import json
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from models.training.begun_with import code, inputs
from models.training.config import tiny
from models.training.tests.fake_world import write_world
from models.training.train import open_context


def temp_folder(test: unittest.TestCase) -> Path:
    return Path(test.enterContext(tempfile.TemporaryDirectory()))


class BegunWithTest(unittest.TestCase):
    def setUp(self) -> None:
        self.root = temp_folder(self)
        self.world, self.run_folder = self.root / "world", self.root / "run"
        write_world(self.world, self.run_folder, media=False)
        self.enterContext(patch("models.training.train.compute_features"))

    def open(self, **recipe: object) -> None:
        open_context(self.world, self.run_folder, replace(tiny(), **recipe))

    def test_the_same_goes_on(self) -> None:
        self.open()
        self.open()

    def test_another_recipe_is_refused(self) -> None:
        self.open()
        with self.assertRaisesRegex(ValueError, "config.json: seed changed.*--run"):
            self.open(seed=tiny().seed + 1)

    def test_other_code_is_refused_by_name(self) -> None:
        self.open()
        other = {**code(), "stages/frames.py": "of another weight"}
        with patch("models.training.train.code", return_value=other), self.assertRaisesRegex(ValueError, "code.json: stages/frames.py changed"):
            self.open()

    def test_other_key_sentences_are_refused(self) -> None:
        self.open()
        prepared = self.run_folder / "prepared" / "videos.jsonl"
        prepared.write_text(prepared.read_text(encoding="utf-8").replace("今天说", "说"), encoding="utf-8")
        with self.assertRaisesRegex(ValueError, "world.json: videos_sha256 changed"):
            self.open()

    def test_other_labels_are_refused(self) -> None:
        self.open()
        for name in ("samples", "unclicked"):
            prepared = self.run_folder / "prepared" / f"{name}.jsonl"
            before = prepared.read_text(encoding="utf-8")
            prepared.write_text(before + "\n", encoding="utf-8")
            with self.subTest(name), self.assertRaisesRegex(ValueError, f"world.json: {name}_sha256 changed"):
                self.open()
            prepared.write_text(before, encoding="utf-8")

    def test_a_run_from_before_there_were_records_is_refused(self) -> None:
        self.open()
        (self.run_folder / "code.json").unlink()
        with self.assertRaisesRegex(ValueError, "code.json is missing"):
            self.open()

    def test_a_run_that_was_killed_before_its_last_record_goes_on(self) -> None:
        self.open()
        for name in ("tokenizer.json", "world.json"):
            (self.run_folder / name).unlink()
        self.open()
        self.assertIn("grades_sha256", json.loads((self.run_folder / "world.json").read_text()))

    def test_the_same_world_elsewhere_is_the_same(self) -> None:
        prepared = self.run_folder / "prepared" / "videos.jsonl"
        videos = prepared.read_text(encoding="utf-8").replace('"cover": null', f'"cover": "{self.world}/a.jpg"')
        prepared.write_text(videos, encoding="utf-8")
        here = inputs(self.world, self.run_folder)
        moved = self.world.rename(self.root / "elsewhere")
        prepared.write_text(videos.replace(str(self.world), str(moved)), encoding="utf-8")
        self.assertEqual(inputs(moved, self.run_folder), here)


class CodeTest(unittest.TestCase):
    def test_a_source_that_shapes_numbers_counts_and_one_that_reads_them_does_not(self) -> None:
        folder = temp_folder(self)
        for name in ("loop.py", "stages/frames.py", "evaluate.py", "report_card.py", "tests/test_loop.py", ".venv/lib/torch.py", "requirements.txt"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("FRAME_WEIGHT = 0.5")
        with patch("models.training.begun_with.HERE", folder):
            before = code()
            (folder / "stages" / "frames.py").write_text("FRAME_WEIGHT = 0.4")
            after = code()
        self.assertEqual(set(before), {"loop.py", "stages/frames.py", "requirements.txt"})
        self.assertEqual([name for name in before if before[name] != after[name]], ["stages/frames.py"])

    def test_all_that_training_imports_counts(self) -> None:
        program = "import sys, models.training.train; print(*(m for m in sys.modules if m.startswith('models.training.')))"
        said = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True).stdout
        modules = [name.removeprefix("models.training.").replace(".", "/") for name in said.split()]
        names = {f"{name}.py" for name in modules if name != "stages"}
        self.assertIn("stages/frames.py", names)
        self.assertEqual(names - set(code()), set())


if __name__ == "__main__":
    unittest.main()
