"""Exact solvers for one region: at most one edge for each client, never above the places.

scipy's ``min_weight_full_bipartite_matching`` is the default (LAPJVsp: Jonker and
Volgenant, A shortest augmenting path algorithm for dense and sparse linear
assignment problems, Computing 38, 1987, doi 10.1007/BF02278710). It knows no
capacities, so an activity becomes one column for each place, and every client gets a
column of its own that stands for "no place". OR-Tools' min-cost flow knows
capacities and is faster on large regions.
"""

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wor_match.errors import InputError, MissingExtraError, WorMatchError
from wor_match.sharing.edges import Edges, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Solver = Literal["scipy", "ortools"]


def solve(edges: Edges, free: Ints, worth: Ints, solver: Solver) -> Ints:
    """Return the indices of the edges with the greatest sum of ``worth``.

    Parameters
    ----------
    edges
        One region.
    free
        Places, (n_activities,).
    worth
        What each edge brings, whole numbers of 0 and more, (m,).
    solver
        Which solver; both return a sum that is exactly the greatest.
    """
    if not len(edges):
        return np.empty(0, np.int64)
    if solver == "scipy":
        return _by_matching(edges, free, worth)
    if solver == "ortools":
        return _by_flow(edges, free, worth)
    raise InputError(f"solver: {solver!r} found; expected scipy or ortools")


def most_served(edges: Edges, free: Ints) -> int:
    """Return how many clients can have a place at once (Hopcroft and Karp, 1973)."""
    from scipy.sparse.csgraph import maximum_bipartite_matching

    if not len(edges):
        return 0
    graph, _ = _one_column_a_place(edges, free, np.ones(len(edges), np.int64), none_costs=None)
    return int(np.count_nonzero(maximum_bipartite_matching(graph, perm_type="column") >= 0))


def regions(edges: Edges) -> NDArray[np.int64]:
    """Return the region of each edge, (m,): edges of two regions share no client or activity."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    nodes = edges.n_clients + edges.n_activities
    ones = np.ones(len(edges), np.int8)
    ends = (edges.clients, edges.activities + edges.n_clients)
    graph = coo_matrix((ones, ends), shape=(nodes, nodes))
    _, labels = connected_components(graph, directed=False)
    # Numbered in order of the first edge, so that the numbers depend on nothing else.
    _, first, region = np.unique(labels[edges.clients], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[region]


def _by_matching(edges: Edges, free: Ints, worth: Ints) -> Ints:
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    # Every client takes exactly one column, so a constant may be added: no cost is then 0,
    # which a sparse matrix would drop.
    dearest = int(worth.max()) + 1
    graph, edge_of = _one_column_a_place(edges, free, dearest - worth, none_costs=dearest)
    rows, columns = min_weight_full_bipartite_matching(graph)
    placed = columns < graph.shape[1] - edges.n_clients
    return _edges_at(graph, edge_of, rows[placed], columns[placed])


def _by_flow(edges: Edges, free: Ints, worth: Ints) -> Ints:
    try:
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
    except ImportError as error:
        raise MissingExtraError("ortools", "solvers") from error

    used, activities = np.unique(edges.activities, return_inverse=True)
    people, clients = np.unique(edges.clients, return_inverse=True)
    n, k = len(people), len(used)
    source, sink = n + k, n + k + 1
    tails = np.concatenate([np.full(n, source), clients, n + np.arange(k), [source]])
    heads = np.concatenate([np.arange(n), n + activities, np.full(k, sink), [sink]])
    limits = np.concatenate([np.ones(n + len(edges)), np.minimum(free[used], n), [n]])
    costs = np.concatenate([np.zeros(n), -worth, np.zeros(k + 1)])
    flow: Any = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        *(a.astype(np.int64) for a in (tails, heads, limits, costs))
    )
    flow.set_nodes_supplies(np.array([source, sink]), np.array([n, -n]))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise WorMatchError(f"OR-Tools ended with status {status.name}; use solver='scipy'")
    taken = flow.flows(arcs[n : n + len(edges)])
    return np.flatnonzero(taken)


def _one_column_a_place(
    edges: Edges, free: Ints, cost: Ints, *, none_costs: int | None
) -> tuple["csr_matrix", Ints]:
    """Return clients × places as a sparse matrix, and the edge of each of its entries."""
    from scipy.sparse import csr_matrix

    # More columns than there are clients who could come would never be used.
    asked = np.bincount(edges.activities, minlength=edges.n_activities)
    columns = np.minimum(free, asked)
    first = np.concatenate([[0], np.cumsum(columns)])
    times = columns[edges.activities]
    edge_of = np.repeat(np.arange(len(edges)), times)
    nth = np.arange(len(edge_of)) - np.repeat(np.cumsum(times) - times, times)
    rows, cols = edges.clients[edge_of], first[edges.activities[edge_of]] + nth
    data = cost[edge_of].astype(np.float64)
    width = int(first[-1])
    if none_costs is not None:
        everyone = np.arange(edges.n_clients)
        rows = np.concatenate([rows, everyone])
        cols = np.concatenate([cols, width + everyone])
        data = np.concatenate([data, np.full(edges.n_clients, float(none_costs))])
        edge_of = np.concatenate([edge_of, np.full(edges.n_clients, -1)])
        width += edges.n_clients
    order = np.argsort(rows, kind="stable")  # by client; columns then stand in order already
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=edges.n_clients))])
    graph = csr_matrix((data[order], cols[order], starts), shape=(edges.n_clients, width))
    return graph, edge_of[order]


def _edges_at(graph: "csr_matrix", edge_of: Ints, rows: Ints, columns: Ints) -> Ints:
    """Return the edges behind some entries of the matrix."""
    width = graph.shape[1]
    entries = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr)) * width + graph.indices
    return np.sort(edge_of[np.searchsorted(entries, rows.astype(np.int64) * width + columns)])
