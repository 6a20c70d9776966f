"""A fusion learns which of its modalities the labels follow."""

import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from models.training.config import StageConfig, tiny
from models.training.model_parts import build_part
from models.training.sampling import Pairs
from models.training.stages.fusing import Lesson, fused_contrast, order, train_fusion, turned
from models.training.stages.material import Material

VIDEOS, TITLE, ASR = 40, 0, 6
STAGE = StageConfig(steps=60, batch=16, lr=3e-3, negatives=8, log_every=60)


def material() -> Material:
    """Every video has a transcript that is its query, and a title that is the query of another video."""
    random = np.random.default_rng(1)
    vectors = random.standard_normal((VIDEOS, 7, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    vectors[:, TITLE] = np.roll(vectors[:, ASR], 1, axis=0)
    present = np.zeros((VIDEOS, 7), bool)
    present[:, [TITLE, ASR]] = True
    queries = torch.from_numpy(vectors[:, ASR].copy())
    return Material(vectors * present[:, :, None], present, vectors[:, 4], queries, queries)


class FusingTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        numbers, none = np.arange(VIDEOS), np.zeros(0, np.int64)
        pairs = Pairs(numbers, numbers, np.ones(VIDEOS, np.float32), numbers * VIDEOS + numbers, VIDEOS, none, none)
        self.context = SimpleNamespace(
            device=torch.device("cpu"),
            config=tiny(),
            checkpoint=lambda name: Path(folder.name) / f"{name}.pt",
            pairs={"content": pairs},
            world=SimpleNamespace(rows_of=lambda *_: numbers),
        )
        self.material = material()

    def right(self, module: torch.nn.Module) -> float:
        """Share of queries whose own video is the nearest to them."""
        with torch.no_grad():
            vector = module.eval()(*self.material.of("content", np.arange(VIDEOS), torch.device("cpu")))[1]
        nearest = (self.material.student @ vector.T).argmax(1).numpy()
        return float((nearest == np.arange(VIDEOS)).mean())

    def test_a_fusion_learns_to_listen(self) -> None:
        module = build_part("content", tiny(), 10)
        self.assertLess(self.right(module), 0.9)
        lesson = Lesson("content", "content", "max", 0.5)
        train_fusion(self.context, "some", STAGE, ("content", module), lesson, lambda: self.material)
        self.assertGreater(self.right(module), 0.95)

    def test_what_was_refused_comes_after_what_answered(self) -> None:
        asked, served = torch.eye(3, 128), torch.cat([torch.eye(3, 128), torch.eye(3, 128)[[0]]])
        places = np.array([1])  # refused for the second query: the video of the first, which it does not resemble
        self.assertLess(float(order(asked[places], served, places, 3, 20.0)), 1e-6)
        self.assertGreater(float(order(asked[places], served.flip(0), places, 3, 20.0)), 0.5)

    def test_a_refused_video_is_drawn_for_its_own_query(self) -> None:
        numbers = np.arange(4)
        pairs = Pairs(numbers, numbers, np.ones(4, np.float32), numbers * 9, 9, np.array([1, 3, 3]), np.array([7, 8, 5]))
        places, videos = pairs.draw_negatives(np.array([3, 0, 1]), np.random.default_rng(0), np.arange(9) != 7)
        self.assertEqual(places.tolist(), [0])
        self.assertIn(videos[0], (8, 5))

    def test_noise_turns_vectors_by_as_much_as_it_says(self) -> None:
        vectors = torch.nn.functional.normalize(torch.randn(2000, 7, 128, generator=torch.Generator().manual_seed(3)), dim=-1)
        cosines = (turned(vectors, 2.0) * vectors).sum(-1)
        self.assertAlmostEqual(float(cosines.mean()), 5**-0.5, places=2)
        self.assertTrue(torch.equal(turned(vectors, 0.0), vectors))

    def test_a_finished_fusion_asks_for_no_material(self) -> None:
        module, lesson = build_part("content", tiny(), 10), Lesson("content", "content", "mean", 0.0)
        for of in (lambda: self.material, lambda: self.fail("asked again")):
            train_fusion(self.context, "some", STAGE, ("content", module), lesson, of)

    def test_the_served_mean_has_its_share_of_the_loss(self) -> None:
        asked, known = torch.eye(4, 128), torch.eye(4, dtype=torch.bool)
        # Of each video one vector answers its query, and the mean does not.
        fused = (torch.stack([asked, -asked], 1), -asked)
        losses = [
            float(fused_contrast(asked, fused, Lesson("content", "content", "max", share), 20.0, known, torch.ones(4)))
            for share in (0.0, 0.5, 1.0)
        ]
        self.assertLess(losses[0], 0.01)
        self.assertAlmostEqual(losses[1], (losses[0] + losses[2]) / 2, places=4)
        self.assertGreater(losses[2], 10)


if __name__ == "__main__":
    unittest.main()
