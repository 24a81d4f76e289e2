"""Count how many independent trials a set of correlated ones amounts to.

Neighbouring combinations trade almost alike. Trials whose returns are correlated form one cluster, and
the number of clusters stands for the number of independent trials (López de Prado 2018, Advances in
financial machine learning, section 14.7.3; López de Prado & Lewis 2019, Detection of false investment
strategies using unsupervised learning methods).
"""

import numpy as np

from strategies.engine.prices import FloatArray

ALIKE = 0.7
"""Correlation from which two trials count as one: half of the variance is common."""


def count_clusters(returns: FloatArray, *, alike: float = ALIKE) -> int:
    """Return the number of clusters; trials that never move count as one together.

    returns: of each trial over the same bars or sums over blocks of them, shape (trials, blocks).
    The first trial leads a cluster and takes all that are correlated with it; the first of those left
    leads the next one. So the best trial is given first.
    """
    centred = returns - returns.mean(axis=1, keepdims=True)
    lengths = np.sqrt(np.einsum("ij,ij->i", centred, centred))
    moves = lengths > np.finfo(np.float64).eps * np.abs(returns).max(initial=1e-300)
    standard = centred[moves] / lengths[moves, np.newaxis]
    clusters = int(not moves.all())
    while len(standard):
        clusters += 1
        standard = standard[standard @ standard[0] < alike]
    return clusters
