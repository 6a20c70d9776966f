"""From a run's checkpoints to its report, its comparison of picture towers and its model set."""

import json
import re
import tempfile
import unittest
from pathlib import Path

import numpy as np

from models.training.evaluate import write_report
from models.training.export import export_set, trained_set
from models.training.golden_models import decoded
from models.training.half import write_half
from models.training.mae_stage import run_mae
from models.training.manifest import sha256
from models.training.onnx_files import open_session
from models.training.report import write_set_report
from models.training.run_models import open_run
from models.training.tests.fake_world import write_run, write_world


class AfterTrainingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        root = Path(cls.folder.name)
        cls.world, cls.run_folder, cls.zoo = root / "world", root / "run", root / "zoo" / "some-set" / "3"
        write_world(cls.world, cls.run_folder)
        cls.context = write_run(cls.world, cls.run_folder)
        run_mae(cls.context)
        cls.report = write_report(cls.run_folder, cls.world, "test", draws=50)
        write_report(cls.run_folder, cls.world, "validation", draws=20)
        export_set(trained_set(open_run(cls.run_folder)), cls.zoo, {"seed": 7}, say=lambda _: None)
        write_set_report(cls.run_folder, cls.zoo)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def test_the_report_has_every_claim_in_every_population(self) -> None:
        populations = {claim["population"] for claim in self.report["claims"]}
        self.assertEqual(populations, {"held_out", "seen", "all"})
        self.assertTrue(all("holds" in claim for claim in self.report["claims"]))
        pairs = [claim["name"] for claim in self.report["pair_claims"] if claim["made"]]
        self.assertEqual(pairs, [claim["name"] for claim in self.report["claims"] if claim["population"] == "held_out"])

    def test_a_title_that_names_what_is_promised_shares_characters_with_the_query(self) -> None:
        scores = self.report["scores"]["all"]["perceived"]
        self.assertGreater(scores["characters"]["pnr"], scores["account"]["pnr"])

    def test_looks_at_the_test_split_are_counted(self) -> None:
        self.assertEqual(json.loads((self.run_folder / "test-looks.json").read_text())["looks"], self.report["test_looks"])
        again = write_report(self.run_folder, self.world, "test", draws=10)
        self.assertEqual(again["test_looks"], self.report["test_looks"] + 1)

    def test_gains_without_their_scorer_say_so(self) -> None:
        made = {gain["name"]: gain["made"] for gain in self.report["gains"]}
        self.assertTrue(made["MAE before the contrast (ViT on pixels)"])
        self.assertFalse(made["watch labels against click labels, all modalities"])

    def test_the_set_agrees_with_its_manifest_and_golden_file(self) -> None:
        manifest = json.loads((self.zoo / "manifest.json").read_text())
        golden = json.loads((self.zoo / "golden.json").read_text())
        self.assertEqual((manifest["set"], manifest["version"]), ("some-set", "3"))
        for name, model in manifest["models"].items():
            self.assertEqual(sha256(self.zoo / model["file"]), model["sha256"])
            case = golden["models"][name]
            inputs = {port: decoded(value) for port, value in case["inputs"].items()}
            outputs = open_session(self.zoo / model["file"]).run(list(case["outputs"]), inputs)
            for output, expected in zip(outputs, case["outputs"].values()):
                np.testing.assert_allclose(output, decoded(expected), atol=manifest["golden"]["tolerance"])

    def test_half_precision_stays_near(self) -> None:
        cosines = write_half(self.zoo, self.zoo.with_name("3-half"))
        self.assertGreaterEqual(min(cosines.values()), 0.999)

    def test_exporting_again_gives_the_same_bytes(self) -> None:
        again = self.zoo.parents[1] / "again" / "some-set" / "3"
        export_set(trained_set(open_run(self.run_folder)), again, {"seed": 7}, say=lambda _: None)
        for path in self.zoo.rglob("*"):
            if path.is_file() and "report" not in path.parts and path.name != "card.md":
                self.assertEqual(sha256(path), sha256(again / path.relative_to(self.zoo)), path.name)

    def test_reconstructions_are_drawn(self) -> None:
        self.assertTrue((self.run_folder / "results" / "mae.png").exists())

    def test_a_set_has_a_report_with_small_pictures_and_a_card(self) -> None:
        text = (self.zoo / "report" / "README.md").read_text()
        for claim in self.report["claims"]:
            self.assertIn(f"| {claim['name']} |", text)
        pictures = sorted((self.zoo / "report").glob("*.png"))
        self.assertEqual({path.name for path in pictures}, set(re.findall(r"\((\w+\.png)\)", text)))
        self.assertTrue(all(path.stat().st_size <= 100_000 for path in pictures))
        self.assertIn("# some-set 3", (self.zoo / "card.md").read_text())


if __name__ == "__main__":
    unittest.main()
