"""Clusters of correlated trials."""

import numpy as np

from strategies.engine.statistics.clusters import count_clusters


def test_copies_with_little_noise_are_one_trial() -> None:
    random = np.random.default_rng(1)
    sources = random.normal(size=(5, 64))
    copies = np.repeat(sources, 20, axis=0) + random.normal(scale=0.2, size=(100, 64))
    assert count_clusters(copies) == 5


def test_unrelated_trials_are_as_many_as_there_are() -> None:
    assert count_clusters(np.random.default_rng(2).normal(size=(30, 200))) == 30


def test_trials_that_never_move_are_one() -> None:
    moving = np.random.default_rng(3).normal(size=(1, 64))
    assert count_clusters(np.concatenate([moving, np.zeros((7, 64))])) == 2
    assert count_clusters(np.empty((0, 64))) == 0
