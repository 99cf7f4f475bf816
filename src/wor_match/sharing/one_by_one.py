"""Clients one after the other: everyone takes what is best for them and still has a place."""

import numpy as np
from numpy.typing import NDArray

from wor_match.sharing.edges import Edges, Ints, Values


def one_by_one(
    edges: Edges, free: Ints, order: Ints, appeal: NDArray[np.number] | None = None
) -> Ints:
    """Return the chosen edges, sorted.

    Parameters
    ----------
    edges
        Sorted by client, as :meth:`Edges.of` leaves them.
    free
        Places, (n_activities,).
    order
        Clients in the order in which they come.
    appeal
        What each edge is judged by, (m,); left out, its value. With prices it is the
        value less the price. Nobody is refused for a low appeal: who can have a place gets one.
        Of two equal edges the first is taken.
    """
    wished_for = edges.values if appeal is None else appeal
    by_wish = np.lexsort((-wished_for, edges.clients))  # stable
    starts = np.searchsorted(edges.clients[by_wish], np.arange(edges.n_clients + 1)).tolist()
    wished, places = edges.activities[by_wish].tolist(), free.tolist()
    chosen = []
    for client in order.tolist():
        for i in range(starts[client], starts[client + 1]):
            if places[wished[i]] > 0:
                places[wished[i]] -= 1
                chosen.append(i)
                break
    return np.sort(by_wish[np.array(chosen, np.int64)])


def value_of(edges: Edges, chosen: Ints) -> Values:
    """Return each client's value under chosen edges, float64 (n_clients,); 0 is none."""
    value = np.zeros(edges.n_clients)
    value[edges.clients[chosen]] = edges.values[chosen]
    return value
