"""What a place is worth to somebody else: prices for calls that come one at a time.

A place has a shadow price: how much the best total over a whole batch changes with it
(:mod:`.duals`). Whoever comes alone and takes the best ``value - price`` leaves the
scarce place to somebody who has nothing else near, without knowing who that will be.
In the placement of refugees this reached over 98 % of what hindsight could have done,
against under 90 % for greedy (Ahani, Gölz, Procaccia, Teytelboym, Trapp: Dynamic
placement in refugee resettlement, Operations Research 2024, doi 10.1287/opre.2021.0534).

A price enters the score as a part of its own ("bijna vol"), is bounded, and steers:
it never takes an activity away and never refuses a client. It belongs to an activity
and is the same for every client.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wor_match.errors import InputError
from wor_match.sharing.assign import best_edges
from wor_match.sharing.duals import price_range
from wor_match.sharing.edges import Edges, Ints, Values

_Float = TypeVar("_Float", np.float32, np.float64)

MOST = 0.2
"""The most that a price takes off a score, unless the caller says otherwise."""

SHRINK_PLACES = 0.2
"""A price of ``p`` places counts for ``p / (p + 0.2)``: with one or two places it is partly
chance who wanted them. Measured in ``benchmarks/sharing.py``."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of n activities.

    Attributes
    ----------
    price
        Float64 (n,), 0 or more, in points of the score, not yet bounded.
    raw
        The mean shadow price before shrinking.
    batches
        How many batches it was fitted on.
    most
        The most that :meth:`charge` takes off a score.
    """

    price: Values
    raw: Values
    batches: int
    most: float

    def charge(self, rows: NDArray[np.integer]) -> Values:
        """Return what the price takes off each activity that one client could go to.

        Only differences count: when everything near is scarce, that is no reason to go
        elsewhere. So the cheapest is charged 0 and nothing more than ``most``.

        Parameters
        ----------
        rows
            The client's feasible activities, (n,).

        Returns
        -------
        ndarray
            In [0, most], (n,).
        """
        return charge(self.price[rows], self.most)

    def by_id(self, ids: Sequence[str]) -> dict[str, float]:
        """Return activity id → price where there is one: to keep until the next snapshot.

        Parameters
        ----------
        ids
            Of the activities that it was fitted on, (n,): ``catalogue.ids``.
        """
        pairs = zip(ids, self.price.tolist(), strict=True)
        return {activity: price for activity, price in pairs if price > 0}

    def appeal(self, edges: Edges) -> Values:
        """Return value less charge for each edge, (m,): what a client who comes alone goes by."""
        cheapest = np.full(edges.n_clients, np.inf)
        np.minimum.at(cheapest, edges.clients, self.price[edges.activities])
        charged = self.price[edges.activities] - cheapest[edges.clients]
        return edges.values - np.minimum(charged, self.most)


def charge(prices: NDArray[_Float], most: float) -> NDArray[_Float]:
    """Return what prices take off: only differences count, and nothing more than ``most``."""
    return np.minimum(prices - prices.min(initial=np.inf), prices.dtype.type(most))


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
        Upper bound of a charge.
    shrink_places
        How strongly prices of small groups are shrunk; 0 is not at all.

    Raises
    ------
    InputError
        No batch, or batches over different activities.
    """
    if not batches:
        raise InputError("fit_prices: no batch given")
    sizes = {edges.n_activities for edges, _ in batches}
    if len(sizes) > 1:
        raise InputError(f"fit_prices: batches over {sorted(sizes)} activities; expected the same")
    if most < 0 or shrink_places < 0:
        raise InputError("fit_prices: most and shrink_places must be 0 or more")
    places = [np.asarray(free, np.int64) for _, free in batches]
    shadow = [shadow_prices(edges, free) for (edges, _), free in zip(batches, places, strict=True)]
    raw = np.mean(shadow, axis=0)
    mean_places = np.mean(places, axis=0)
    # Without a place in any batch nothing is known of the price; 0 does not steer away.
    factor = mean_places / np.maximum(mean_places + shrink_places, 1e-9)
    return Prices(raw * factor, raw, len(batches), most)


def shadow_prices(edges: Edges, free: Ints) -> Values:
    """Return the price of a place at each activity, float64 (n_activities,).

    Half-way between what one more place would bring and what one less would cost.
    """
    least, greatest = price_range(edges, free, best_edges(edges, free))
    return (least + greatest) / 2
