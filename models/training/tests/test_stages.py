"""What the stages learn from: whose pairs are negatives, what reaches which tower."""

import unittest
from unittest.mock import patch

import numpy as np
import torch

from models.training.config import DOMAINS, MODALITIES, ImageConfig, StageConfig
from models.training.evaluation_vectors import VideoVectors, fused_vectors
from models.training.image_head import build_head, head_kind
from models.training.sampling import positive_pairs
from models.training.stages.asking import Asked, joint_losses
from models.training.stages.image_grades import draw_queries
from models.training.stages.material import Material
from models.training.stages.student import KINDS, two_pieces
from models.training.texts import TextTable
from models.training.tokenizer import CLS
from models.training.world import Grades, Samples, Unclicked, World

ROWS = (  # query, video, grade, reason
    (0, 0, 2, "watched"),
    (0, 1, 0, "bounced"),
    (0, 2, 0, "skipped-above"),
    (0, 3, 0, "bounced"),
    (0, 3, 1, "weak-watch"),
    (1, 1, 3, "satisfied"),
    (1, 4, 0, "skipped-above"),
    (1, 4, 0, "bounced"),
)


def world_of(domain: str) -> World:
    query, video, grade, reason = zip(*ROWS)
    samples = Samples(
        np.array(query), np.array(video), np.array(grade, np.float32), np.ones(len(ROWS), np.float32), np.array(reason, object)
    )
    # Video 4 stood below the last click of query 0: no policy labels it.
    unclicked = Unclicked(np.array([0, 0, 1]), np.array([2, 4, 4]))
    return World([{}] * 6, ["a", "b"], np.array(["train"] * 6), {domain: samples}, unclicked, {}, np.arange(2))


class ContentPairsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.pairs = positive_pairs(world_of("content"), "content")
        self.known = self.pairs.is_known(np.arange(2), np.arange(6))

    def test_watched_is_positive_and_satisfied_weighs_more(self) -> None:
        self.assertEqual(list(zip(self.pairs.query, self.pairs.video, self.pairs.weight)), [(0, 0, 1.0), (1, 1, 1.5)])

    def test_only_what_was_left_at_once_by_everybody_is_drawn_as_a_negative(self) -> None:
        self.assertEqual(list(zip(self.pairs.negative_query, self.pairs.negative_video)), [(0, 1), (1, 4)])

    def test_a_video_shown_and_not_clicked_is_no_negative_by_chance(self) -> None:
        self.assertTrue(self.known[0, [2, 4]].all())

    def test_a_bounce_outweighs_that_another_user_did_not_click(self) -> None:
        self.assertFalse(self.known[1, 4])

    def test_other_videos_may_be_negatives(self) -> None:
        self.assertFalse(self.known[0, 5])


class JointLossesTest(unittest.TestCase):
    def test_both_towers_and_the_documents_learn_but_the_teacher_not_from_its_student(self) -> None:
        towers = [torch.nn.functional.normalize(torch.randn(4, 8), dim=1).requires_grad_() for _ in range(3)]
        teacher, student, documents = towers
        losses = joint_losses(Asked(teacher, student), documents, torch.zeros(4, 4, dtype=torch.bool), StageConfig(steps=1))
        torch.autograd.backward(losses["distillation"], retain_graph=True)
        self.assertIsNone(teacher.grad)
        self.assertIsNotNone(student.grad)
        torch.stack(list(losses.values())).sum().backward()
        self.assertTrue(all(float(of.grad.abs().sum()) > 0 for of in towers))


class GradedQueriesTest(unittest.TestCase):
    def test_queries_come_whole(self) -> None:
        query = np.repeat([3, 5, 9], 4)
        rows = draw_queries(Grades(query, query, query, query), 8, np.random.default_rng(1))
        counts = np.unique(query[rows], return_counts=True)[1]
        self.assertEqual(counts.tolist(), [4, 4])


class MaterialTest(unittest.TestCase):
    def test_another_way_to_compute_a_modality_leaves_the_rest_alone(self) -> None:
        whole = Material(np.ones((2, 7, 4), np.float32), np.ones((2, 7), bool), np.zeros((2, 4)), torch.zeros(1), torch.zeros(1))
        changed = whole.with_modality("asr", np.full((2, 4), 2, np.float32), np.array([True, False]))
        place = MODALITIES.index("asr")
        self.assertEqual(changed.modalities[:, place].tolist(), [[2] * 4, [0] * 4])
        self.assertEqual(changed.present[:, place].tolist(), [True, False])
        self.assertTrue((whole.modalities == 1).all() and (changed.modalities[:, :place] == 1).all())


class ColumnsTest(unittest.TestCase):
    """A modality that is added at the end of the list, and that users see before they click."""

    def setUp(self) -> None:
        added = {"MODALITIES": (*MODALITIES, "price"), "DOMAINS": {"perception": (*DOMAINS["perception"], "price")}}
        self.enterContext(patch.multiple("models.training.config", **added))
        self.vectors = np.arange(8, dtype=np.float32).reshape(1, 8, 1).repeat(2, 0)
        self.present = np.array([[False] * 7 + [True], [False] * 4 + [True] * 3 + [False]])

    def test_training_reads_it_by_name(self) -> None:
        material = Material(self.vectors, self.present, np.zeros((2, 1)), torch.zeros(1), torch.zeros(1))
        vectors, present = material.of("perception", np.array([1, 0]), torch.device("cpu"))
        self.assertEqual(vectors[0, :, 0].tolist(), [0, 1, 2, 3, 7])
        self.assertEqual(present.tolist(), [[False] * 5, [False] * 4 + [True]])
        self.assertEqual(material.has_any("perception").tolist(), [True, False])

    def test_evaluation_reads_it_by_name(self) -> None:
        read: list[torch.Tensor] = []

        def fusion(vectors: torch.Tensor, present: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            read.append(vectors)
            return vectors, vectors.mean(1)

        served = fused_vectors(fusion, "perception", VideoVectors(self.vectors, self.present, np.zeros((2, 1))))[1]
        self.assertEqual(read[0][0, :, 0].tolist(), [0, 0, 0, 0, 7])
        self.assertEqual(np.isnan(served[:, 0]).tolist(), [False, True])


class HeadTest(unittest.TestCase):
    def test_weights_tell_their_head(self) -> None:
        for kind in ("mlp", "transformer"):
            self.assertEqual(head_kind(build_head(ImageConfig(kind=kind)).state_dict()), kind)


class PiecesTest(unittest.TestCase):
    """Characters of video v are 100 v + 10 k + 3 and on, k the text's number."""

    def setUp(self) -> None:
        ids = {kind: np.zeros((3, 15), np.int64) for kind in KINDS}
        for k, kind in enumerate(KINDS):
            for video in range(3):
                ids[kind][video, : 1 + 3 * (video + 1)] = [CLS, *(100 * video + 10 * k + 3 + np.arange(3 * (video + 1)))]
        present = {kind: np.array([True, kind == "title", True]) for kind in KINDS}
        self.rows = np.arange(300) % 3
        self.pieces = two_pieces(TextTable(ids, present), self.rows, np.random.default_rng(1))

    def test_are_of_one_video_and_of_texts_that_it_has(self) -> None:
        self.assertEqual(set(self.pieces[:, 0]), {CLS})
        characters = [set(line[line > CLS] - 3) for line in self.pieces]
        self.assertTrue(all({each // 100 for each in found} == {row} for found, row in zip(characters, self.rows)))
        self.assertEqual({each // 10 for found, row in zip(characters, self.rows) if row == 1 for each in found}, {10})
        kinds = {tuple(sorted({each % 100 // 10 for each in found})) for found, row in zip(characters, self.rows) if row == 0}
        self.assertEqual(kinds, {(one, other) for one in range(4) for other in range(one + 1, 4)})

    def test_run_on_in_their_text_and_leave_no_gap(self) -> None:
        for line in self.pieces:
            found = line[line != 0]
            self.assertEqual(len(found), np.count_nonzero(line[: len(found)]))
            self.assertLessEqual(np.count_nonzero(np.diff(found[1:]) != 1), 1)


if __name__ == "__main__":
    unittest.main()
