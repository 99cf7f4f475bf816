"""How far judges agree: the ceiling of what any engine can reach on their judgments."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from wor_match.errors import InputError
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.judgments import Judgments, Order

Vector = NDArray[np.float64]
Measure = Callable[[Order, Judgments], Vector]


def weighted_kappa(one: Judgments, two: Judgments, *, unlisted: bool = False) -> float:
    """Quadratically weighted kappa of two judges (Cohen, Psychological Bulletin 70(4), 1968).

    Parameters
    ----------
    one, two
        The judges. A pair that only one listed has grade 0 from the other.
    unlisted
        Count the pairs that neither listed, too, as both 0. They are most pairs and
        nobody disputes them, so this kappa is always higher; it is the one that
        gold-dev's README gives.
    """
    from sklearn.metrics import cohen_kappa_score

    counted = np.full(one.shape, unlisted)
    for judge in (one, two):
        counted[judge.client, judge.activity] = True
    # Halves become whole labels; the weights only look at the distance between them.
    grades = [(judge.dense()[counted] * 2).round().astype(int) for judge in (one, two)]
    return float(cohen_kappa_score(*grades, labels=[*range(7)], weights="quadratic"))


def ceiling(judged: JudgedSet) -> Callable[[Measure], Vector]:
    """Return what one judge's lists score under another's judgments, for any measure.

    The vector is the mean over all ordered pairs of judges, client by client.

    Raises
    ------
    InputError
        The set has fewer than two judges.

    Examples
    --------
    >>> ceiling(judged)(metrics.ndcg).mean()  # doctest: +SKIP
    0.98
    """
    if len(judged.judges) <= 1:
        raise InputError(f"{judged.name}: a ceiling needs two judges; found {len(judged.judges)}")

    def score(measure: Measure) -> Vector:
        values = [
            measure(judged.judges[one].order(), judged.judges[other])
            for one, other in permutations(judged.judges, 2)
        ]
        table = np.array(values)
        known = ~np.isnan(table)
        total = np.where(known, table, 0).sum(axis=0)
        count = known.sum(axis=0)
        mean: Vector = np.full(total.shape, np.nan)
        np.divide(total, count, out=mean, where=count > 0)
        return mean

    return score
