"""Shadow prices of places, read off an assignment that is already the best.

Prices ``p`` and an assignment belong together when everyone is at what is best for
them at these prices (linear programming duality; for markets with one place a
person Shapley and Shubik, The assignment game I, International Journal of Game
Theory 1, 1971, doi 10.1007/BF01753437)::

    p[b] ≥ p[a] + value(c, b) - value(c, a)    for each client c who holds a
    p[b] ≥ value(c, b)                         for each client c without a place
    p[a] ≤ value(c, a)                         for each client c who holds a
    p[a] = 0                                   where a place is left

The least such prices are longest paths from 0 and the greatest ones shortest paths
from the upper bounds: both are found by Bellman and Ford's relaxation, a few dozen
sweeps over the edges. The least price is what one more place would bring, the greatest
what one place less would cost.
"""

import numpy as np

from wor_match.errors import WorMatchError
from wor_match.sharing.edges import RESOLUTION, Edges, Ints, Values, whole


def price_range(edges: Edges, free: Ints, chosen: Ints) -> tuple[Values, Values]:
    """Return the least and the greatest prices, each float64 (n_activities,).

    Parameters
    ----------
    edges, free
        The problem.
    chosen
        Indices of the edges of an assignment with the greatest total.

    Raises
    ------
    WorMatchError
        The assignment is not the best.
    """
    # Whole numbers, as in the solver: no sweep ends early or late by rounding.
    value = whole(edges.values)
    holds = np.full(edges.n_clients, -1, np.int64)
    own = np.zeros(edges.n_clients, np.int64)
    holds[edges.clients[chosen]] = edges.activities[chosen]
    own[edges.clients[chosen]] = value[chosen]
    used = np.bincount(edges.activities[chosen], minlength=edges.n_activities)
    open_edges = np.flatnonzero(free[edges.activities] > 0)
    to = edges.activities[open_edges]
    origin = holds[edges.clients[open_edges]]
    gain = value[open_edges] - own[edges.clients[open_edges]]

    least = np.zeros(edges.n_activities + 1, np.int64)  # the last one is "no place", always 0
    for _ in range(edges.n_activities + 2):
        higher = least.copy()
        np.maximum.at(higher, to, least[origin] + gain)
        if np.array_equal(higher, least):
            break
        least = higher
    else:
        raise WorMatchError("price_range: the assignment given is not the best one")

    bounded = (used >= free) & (free > 0)
    greatest = np.where(bounded, value.max(initial=0), 0)
    np.minimum.at(greatest, edges.activities[chosen], value[chosen])
    held = origin >= 0
    to, origin, gain = to[held], origin[held], gain[held]
    for _ in range(edges.n_activities + 2):
        lower = greatest.copy()
        np.minimum.at(lower, origin, greatest[to] - gain)
        if np.array_equal(lower, greatest):
            break
        greatest = lower
    points = least[:-1].astype(np.float64) * RESOLUTION
    return points, greatest.astype(np.float64) * RESOLUTION
