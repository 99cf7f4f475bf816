"""From scores to a short, varied list.

The order is by score, ties by travel time, then by id. Among the best the list
is built one by one as in maximal marginal relevance (Carbonell & Goldstein 1998):
an activity that is much like one already listed is worth less, so five times the
same walking group does not fill the list. Scores themselves do not change.
"""

import numpy as np
from numpy.typing import NDArray

from wor_match.policy import Ranking

Floats = NDArray[np.floating]

_POOL = 5
"""The list is chosen from this many times its length."""
_ALIKE_FROM = 0.6
"""Cosines below this are different things (bundled model)."""


def in_order(
    score: Floats, minutes: Floats, id_rank: NDArray[np.integer], count: int
) -> NDArray[np.intp]:
    """Positions of the ``count`` best, in order: score, then nearer, then id."""
    if count < len(score):
        threshold = np.partition(score, len(score) - count)[len(score) - count]
        candidates = (score >= threshold).nonzero()[0]
    else:
        candidates = np.arange(len(score))
    far = np.fmin(minutes[candidates], np.inf)  # unknown comes last
    return candidates[np.lexsort((id_rank[candidates], far, -score[candidates]))][:count]


def least_fit(fit: Floats, ranking: Ranking) -> float:
    """How well an activity must fit to be proposed at all, beside what else there is.

    A list is not filled up: what is near and has a place but does not suit is no proposal.
    """
    return max(ranking.min_fit, ranking.min_share_of_best * float(fit.max(initial=0.0)))


def shortlist(
    score: Floats,
    fit: Floats,
    minutes: Floats,
    id_rank: NDArray[np.integer],
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    *,
    limit: int,
    ranking: Ranking,
) -> NDArray[np.intp]:
    """Choose the list: positions into ``score``, in order.

    Parameters
    ----------
    score, fit, minutes, id_rank
        Of the candidates, shape (n,).
    vectors, rows
        All vectors, and the row of each candidate.
    limit
        Most to list. Fewer are listed when the rest falls below :func:`least_fit`.
    """
    fitting = (fit >= least_fit(fit, ranking)).nonzero()[0]
    pool = fitting[in_order(score[fitting], minutes[fitting], id_rank[fitting], limit * _POOL)]
    return pool[_varied(score[pool], vectors[rows[pool]], limit, ranking.diversity)]


def _varied(
    score: Floats, vectors: NDArray[np.float32], limit: int, diversity: float
) -> NDArray[np.intp]:
    """Greedy choice by ``score · (1 - diversity · likeness to the nearest chosen)``."""
    if not diversity or len(score) < 3:  # noqa: PLR2004  (two have only one order)
        return np.arange(min(limit, len(score)))
    likeness = (vectors @ vectors.T - _ALIKE_FROM) / (1 - _ALIKE_FROM)
    left = 1 - diversity * np.minimum(np.maximum(likeness, 0), 1).astype(np.float64)
    score = score.astype(np.float64)
    worth, least, listed = score.copy(), np.ones(len(score)), np.zeros(len(score))
    chosen: list[int] = []
    for _ in range(min(limit, len(score))):
        best = int(worth.argmax())
        chosen.append(best)
        listed[best] = -np.inf
        np.minimum(least, left[best], out=least)
        np.multiply(score, least, out=worth)
        worth += listed
    return np.array(chosen, np.intp)
