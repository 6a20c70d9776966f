"""Intervals come from queries drawn together for both rankings."""

import unittest

import numpy as np

from models.training.bootstrap import Interval, interval, paired_difference, relative_difference


def noisy_counts(seed: int, queries: int, right: float) -> np.ndarray:
    random = np.random.default_rng(seed)
    positive = random.binomial(10, right, queries)
    return np.stack([positive, 10 - positive, np.zeros(queries, dtype=int)], axis=1)


class BootstrapTest(unittest.TestCase):
    def test_a_ranking_against_itself_has_no_difference(self) -> None:
        counts = noisy_counts(1, 50, 0.7)
        self.assertEqual(paired_difference(counts, counts), Interval(0.0, 0.0, 0.0))

    def test_the_value_is_the_difference_of_ratios_of_sums(self) -> None:
        ours = np.array([[9, 1, 0], [1, 1, 2]])
        theirs = np.array([[5, 5, 0], [1, 3, 0]])
        self.assertAlmostEqual(paired_difference(ours, theirs).value, 11 / 3 - 6 / 8)
        self.assertAlmostEqual(relative_difference(ours, theirs).value, (11 / 3) / (6 / 8) - 1)

    def test_a_clear_difference_has_a_sign_and_a_small_one_has_none(self) -> None:
        good, bad = noisy_counts(1, 300, 0.8), noisy_counts(2, 300, 0.6)
        self.assertEqual(paired_difference(good, bad).sign, 1)
        self.assertEqual(paired_difference(bad, good).sign, -1)
        self.assertEqual(paired_difference(noisy_counts(3, 20, 0.7), noisy_counts(4, 20, 0.7)).sign, 0)

    def test_pairing_narrows_the_interval(self) -> None:
        base = noisy_counts(5, 200, 0.7)
        better = base.copy()
        better[:, 0] = np.minimum(10, better[:, 0] + 1)
        better[:, 1] = 10 - better[:, 0]
        paired = paired_difference(better, base)
        unpaired = paired_difference(np.roll(better, 1, axis=0), base)
        self.assertLess(paired.high - paired.low, unpaired.high - unpaired.low)

    def test_the_interval_covers_its_value_and_repeats(self) -> None:
        counts = noisy_counts(6, 200, 0.7)
        first = interval(counts)
        self.assertTrue(first.low < first.value < first.high)
        self.assertEqual(first, interval(counts))

    def test_other_queries_are_refused(self) -> None:
        with self.assertRaises(ValueError):
            paired_difference(noisy_counts(1, 3, 0.5), noisy_counts(1, 4, 0.5))


if __name__ == "__main__":
    unittest.main()
