"""How evenly something is spread: the Gini coefficient with weights."""

import numpy as np
from numpy.typing import ArrayLike


def gini(rates: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the Gini coefficient of ``rates``, each counted ``weights`` times.

    With proposals per free place as rate and free places as weight, 0 means that
    every place was proposed equally often and 1 that a single one got everything.
    It is 1 less twice the area under the Lorenz curve (Gastwirth, The estimation of the
    Lorenz curve and Gini index, Review of Economics and Statistics 54, 1972,
    doi 10.2307/1937992).

    Returns
    -------
    float
        In [0, 1]; 0 where there is nothing to spread.
    """
    rate = np.asarray(rates, np.float64)
    weight = np.ones_like(rate) if weights is None else np.asarray(weights, np.float64)
    counted = weight > 0
    rate, weight = rate[counted], weight[counted]
    amount = rate * weight
    if len(rate) == 0 or amount.sum() == 0:
        return 0.0
    order = np.argsort(rate, kind="stable")
    share = np.concatenate([[0.0], np.cumsum(amount[order]) / amount.sum()])
    width = weight[order] / weight.sum()
    return max(0.0, float(1 - np.sum(width * (share[1:] + share[:-1]))))
