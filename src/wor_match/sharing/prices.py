"""What a place is worth to somebody else: prices for calls that come one at a time.

A place has a shadow price: how much the best total over a whole batch falls when it
is gone. Whoever comes alone and takes the best ``value - price`` leaves the scarce place
to somebody who has nothing else near, without knowing who that will be. In the placement
of refugees this reached over 98 % of what hindsight could have done, against under 90 % for
greedy (Ahani, Gölz, Procaccia, Teytelboym, Trapp: Dynamic placement in refugee
resettlement, Operations Research 2024, doi 10.1287/opre.2021.0534).

A price enters the score as a part of its own ("bijna vol"), is bounded, and steers:
it never takes an activity away and never refuses a client. It belongs to an activity
and is the same for every client.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wor_match.errors import InputError, WorMatchError
from wor_match.sharing.edges import Edges, Ints, Values
from wor_match.sharing.settle import settle
from wor_match.sharing.solvers import regions

MOST = 0.2
"""The most that a price takes off a score, unless the caller says otherwise."""

SHRINK_PLACES = 0.8
"""A price of ``p`` places counts for ``p / (p + 0.8)``: with one or two places it is mostly
chance who wanted them. 0.8 gives the factor 0.6 that served best at 1.2 places on average
(anchors of this project: 2,000 activities, 5 seeds)."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of n activities.

    Attributes
    ----------
    price
        Float64 (n,), in [0, most], as score points.
    raw
        The mean shadow price before shrinking and bounding.
    batches
        How many batches it was fitted on.
    """

    price: Values
    raw: Values
    batches: int


def fit_prices(
    batches: Sequence[tuple[Edges, ArrayLike]],
    *,
    most: float = MOST,
    shrink_places: float = SHRINK_PLACES,
) -> Prices:
    """Fit prices on past or simulated batches over the same activities.

    Parameters
    ----------
    batches
        Pairs of candidate edges and free places, for instance of the last three months.
    most
        Upper bound of a price.
    shrink_places
        How strongly prices of small groups are shrunk; 0 is not at all.
    """
    if not batches:
        raise InputError("fit_prices: no batch given")
    sizes = {edges.n_activities for edges, _ in batches}
    if len(sizes) > 1:
        raise InputError(f"fit_prices: batches over {sorted(sizes)} activities; expected the same")
    if not most >= 0 or not shrink_places >= 0:
        raise InputError("fit_prices: most and shrink_places must be 0 or more")
    places = [np.asarray(free, np.int64) for _, free in batches]
    shadow = [shadow_prices(edges, free) for (edges, _), free in zip(batches, places, strict=True)]
    raw = np.mean(shadow, axis=0)
    mean_places = np.mean(places, axis=0)
    factor = mean_places / np.maximum(mean_places + shrink_places, 1e-9)
    # An activity without any place then may have one now: its price is unknown, not 0 for sure,
    # and counts as 0, so that it is not avoided.
    return Prices(np.minimum(raw * factor, most), raw, len(batches))


def shadow_prices(edges: Edges, free: Ints) -> Values:
    """Return the dual price of a place at each activity, float64 (n_activities,).

    The duals of the linear program "most total value, one place a client, no more than is
    free", by HiGHS. Where nobody has to give way the price is 0.
    """
    price = np.zeros(edges.n_activities)
    _, left, places = settle(edges, free)
    if not len(left):
        return price
    region = regions(edges.take(left))
    for number in range(int(region.max()) + 1):
        part = edges.take(left[region == number])
        used, activities = np.unique(part.activities, return_inverse=True)
        people, clients = np.unique(part.clients, return_inverse=True)
        small = Edges(clients, activities, part.values, len(people), len(used))
        price[used] = _duals(small, places[used])
    return price


def _duals(edges: Edges, free: Ints) -> Values:
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    count = np.arange(len(edges))
    rows = np.concatenate([edges.clients, edges.n_clients + edges.activities])
    shape = (edges.n_clients + edges.n_activities, len(edges))
    limits = csr_matrix((np.ones(2 * len(edges)), (rows, np.tile(count, 2))), shape=shape)
    bounds = np.concatenate([np.ones(edges.n_clients), free.astype(np.float64)])
    solved = linprog(-edges.values, A_ub=limits, b_ub=bounds, method="highs")
    if solved.status != 0:
        raise WorMatchError(f"fit_prices: HiGHS ended without an optimum: {solved.message}")
    duals = -np.asarray(solved.ineqlin.marginals, np.float64)[edges.n_clients :]
    return np.maximum(duals, 0.0)
