"""The PNR of the project is the half-tie form, whatever the order of the rows."""

import unittest

import numpy as np

from models.training.pnr import Pnr, query_counts

QUERIES = np.array([0, 0, 0, 1, 1, 1, 2])
LABELS = np.array([2, 1, 0, 1, 0, 1, 2])
SCORES = np.array([0.9, 0.9, 0.1, 0.3, 0.5, 0.5, 0.4])


class PnrTest(unittest.TestCase):
    def test_hand_vector(self) -> None:
        result = Pnr.of(query_counts(QUERIES, LABELS, SCORES))
        self.assertEqual((result.positive, result.negative, result.tied), (2, 1, 2))
        self.assertEqual(result.value, 1.5)
        self.assertEqual(result.pair_accuracy, 0.6)

    def test_counts_stay_with_their_query(self) -> None:
        order = np.array([6, 3, 0, 5, 2, 4, 1])
        counts = query_counts(QUERIES[order], LABELS[order], SCORES[order], total=5)
        self.assertEqual(counts.tolist(), [[2, 0, 1], [0, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]])

    def test_all_right_divides_by_one(self) -> None:
        counts = query_counts(np.array([0, 0, 0]), np.array([2, 1, 0]), np.array([3.0, 2.0, 1.0]))
        self.assertEqual(Pnr.of(counts).value, 3.0)

    def test_no_rows(self) -> None:
        result = Pnr.of(query_counts(np.array([], dtype=int), np.array([]), np.array([]), total=2))
        self.assertEqual(result.value, 0.0)
        self.assertNotIn("pair_accuracy", result.as_dict())

    def test_scores_that_are_no_numbers(self) -> None:
        with self.assertRaises(ValueError):
            query_counts(np.array([0, 0]), np.array([1, 0]), np.array([np.nan, 0.5]))


if __name__ == "__main__":
    unittest.main()
