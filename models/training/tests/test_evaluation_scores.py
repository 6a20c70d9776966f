"""Only candidates that were drawn together are compared, and a query's lists are drawn again together."""

import unittest

import numpy as np

from models.training.evaluation_scores import Rows, ScoreTable, neutral

# Query 0 has two lists, query 1 one.
QUERIES = np.array([0, 0, 0, 0, 1, 1])
LISTS = np.array([0, 1, 0, 1, 2, 2])
GRADES = np.array([2, 1, 0, 0, 0, 2])


def table(scores: list[float]) -> ScoreTable:
    rows = Rows(QUERIES, LISTS, np.arange(6), GRADES, GRADES)
    return ScoreTable(rows, {"some": np.array(scores)})


class ScoreTableTest(unittest.TestCase):
    def test_pairs_of_two_lists_are_no_pairs(self) -> None:
        counts = table([0.4, 0.9, 0.3, 0.8, 0.5, 0.1]).counts("some", "content")
        self.assertEqual(counts.tolist(), [[2, 0, 0], [0, 1, 0]])

    def test_a_mask_may_leave_a_query_without_rows(self) -> None:
        counts = table([0.4, 0.9, 0.3, 0.8, 0.5, 0.1]).counts("some", "content", QUERIES == 1)
        self.assertEqual(counts.tolist(), [[0, 0, 0], [0, 1, 0]])

    def test_a_missing_score_takes_the_mean_of_its_list(self) -> None:
        counts = table([0.4, 0.9, 0.3, np.nan, np.nan, 0.1]).counts("some", "content")
        self.assertEqual(counts.tolist(), [[1, 0, 1], [0, 0, 1]])

    def test_a_missing_score_ties_with_equal_ones(self) -> None:
        equal = np.array([0.2, 0.2, 0.2, np.nan])
        self.assertEqual(neutral(np.zeros(4, int), equal).tolist(), [0.2] * 4)


if __name__ == "__main__":
    unittest.main()
