"""What needs no solver: clients whose own best is not contended."""

import numpy as np

from wor_match.sharing.edges import Edges, Ints, whole


def settle(edges: Edges, free: Ints) -> tuple[Ints, Ints, Ints]:
    """Give their own best to clients whose best is not contended.

    An activity with as many places as clients who could come can never be full, so a
    client whose best it is takes it: no solution gets worse by that, for any objective.
    Their other edges disappear, which may free the next.

    Returns
    -------
    chosen, left, free
        Chosen edges, edges that are still open, and the places that are left.
    """
    left = np.flatnonzero(free[edges.activities] > 0)
    places = free.copy()
    chosen: list[Ints] = []
    worth = whole(edges.values)
    best = np.zeros(edges.n_clients, np.int64)
    np.maximum.at(best, edges.clients[left], worth[left])
    while len(left):
        asked = np.bincount(edges.activities[left], minlength=edges.n_activities)
        open_edge = left[
            (asked[edges.activities[left]] <= places[edges.activities[left]])
            & (worth[left] == best[edges.clients[left]])
        ]
        if not len(open_edge):
            break
        people, first = np.unique(edges.clients[open_edge], return_index=True)
        taken = open_edge[first]
        chosen.append(taken)
        places -= np.bincount(edges.activities[taken], minlength=edges.n_activities)
        done = np.zeros(edges.n_clients, bool)
        done[people] = True
        left = left[~done[edges.clients[left]]]
    return np.concatenate([np.empty(0, np.int64), *chosen]), left, places
