"""A stage that is stopped goes on as if it had not been."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

from models.training.config import StageConfig, tiny
from models.training.loop import train_steps

STAGE = StageConfig(steps=11, lr=0.05, checkpoint_every=3, log_every=4)


class Stopped(Exception):
    """A kill, for tests."""


class LoopTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def run_stage(self, run: str, stop_at: int | None = None, seed: int = 7):
        """Trains a small module with noise of both kinds; raises Stopped in the step with that number."""
        torch.manual_seed(1)
        module = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.Linear(4, 1))
        steps = 0

        def step(random: np.random.Generator):
            nonlocal steps
            if steps == stop_at:
                raise Stopped
            steps += 1
            inputs = torch.from_numpy(random.standard_normal((8, 4)).astype(np.float32))
            return {"loss": (module(inputs) - inputs.sum(1, keepdim=True)).square().mean()}

        device = torch.device("cpu")
        config = replace(tiny(), seed=seed)
        context = SimpleNamespace(device=device, config=config, checkpoint=lambda name: self.root / run / f"{name}.pt")
        trained = train_steps(context, "some", STAGE, {"module": (module, 1.0)}, step)
        return trained, module, steps

    def test_a_stopped_stage_ends_like_one_that_was_not(self) -> None:
        whole, expected, _ = self.run_stage("whole")
        with self.assertRaises(Stopped):
            self.run_stage("stopped", stop_at=8)
        resumed, module, steps = self.run_stage("stopped")
        self.assertEqual(steps, STAGE.steps - 6)
        self.assertEqual(resumed.losses, whole.losses)
        for name, value in expected.state_dict().items():
            self.assertTrue(torch.equal(value, module.state_dict()[name]), name)

    def test_a_finished_stage_is_loaded(self) -> None:
        _, expected, _ = self.run_stage("whole")
        _, module, steps = self.run_stage("whole")
        self.assertEqual(steps, 0)
        self.assertTrue(torch.equal(expected[0].weight, module[0].weight))

    def test_another_recipe_is_refused(self) -> None:
        self.run_stage("whole")
        with self.assertRaisesRegex(ValueError, "another recipe"):
            self.run_stage("whole", seed=8)


if __name__ == "__main__":
    unittest.main()
