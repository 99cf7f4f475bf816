"""One place for each client, over all clients at once: exact, within the free places.

``total``
    The most value over all clients together.
``fair``
    First as many clients with a place as can be; then the worst-off first: the
    greatest loss of any served client against the own best, made as small as it
    can be within ``tolerance``, region by region; then the most value.
``first_come``
    By time of request, everyone to the own best with a place left.

No rule looks at who somebody is. What counts is the value of each edge (fit and
reach), what else somebody could go to, and, for ``first_come``, the time of the
request. What is equal is decided by keys derived from ids (:mod:`.seeds`), so the
order of the input has no influence.

Values become whole numbers of
:data:`~wor_match.sharing.edges.RESOLUTION`, so that the solvers are exact
and agree: a total lies within ``clients · RESOLUTION / 2`` of the exact optimum.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from wor_match.errors import InputError
from wor_match.sharing.edges import RESOLUTION, Edges, Ints, Values, whole
from wor_match.sharing.gini import gini
from wor_match.sharing.one_by_one import one_by_one
from wor_match.sharing.seeds import Keys, keys_of
from wor_match.sharing.settle import settle
from wor_match.sharing.solvers import Solver, most_served, regions, solve

Objective = Literal["total", "fair", "first_come"]

_JOINED_CLIENTS = 2_000  # small regions are solved together up to this size: a call costs 0.3 ms


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who holds a place where, and how good that is.

    Attributes
    ----------
    activity
        int64 (n_clients,): the activity where a place is held; -1 is none.
    value
        float64 (n_clients,): the value there; 0 is none.
    objective
        The rule that was followed.
    served
        Number of clients with a place.
    total
        Sum of the values.
    optimum
        The greatest sum that these edges and places allow.
    overflow
        Places held beyond what is free. Always 0: it is counted, not assumed.
    worst_tenth
        Mean value of the tenth of the clients with the lowest value, those without a
        place included at 0.
    greatest_loss
        Greatest difference between a served client's own best and what was given.
    gini
        Gini coefficient of the held share of the free places, over the places of all
        activities that have an edge.
    regions
        Number of independent regions that were solved.
    """

    activity: Ints
    value: Values
    objective: Objective
    served: int
    total: float
    optimum: float
    overflow: int
    worst_tenth: float
    greatest_loss: float
    gini: float
    regions: int

    @property
    def unmatched(self) -> Ints:
        """Clients without a place."""
        return np.flatnonzero(self.activity < 0)

    @property
    def regret(self) -> float:
        """Share of the optimum that was not reached, in [0, 1]."""
        return max(0.0, 1 - self.total / self.optimum) if self.optimum > 0 else 0.0


def assign(
    edges: Edges,
    capacity: ArrayLike,
    *,
    objective: Objective = "total",
    seed: int | str = 0,
    client_keys: Keys | None = None,
    activity_keys: Keys | None = None,
    arrival: ArrayLike | None = None,
    tolerance: float = 0.01,
    solver: Solver = "scipy",
) -> Assignment:
    """Hold at most one place for each client and never more than is free.

    Parameters
    ----------
    edges
        Candidate edges with their value.
    capacity
        Free places of each activity, whole numbers (n_activities,).
    objective
        ``"total"``, ``"fair"`` or ``"first_come"``, see the module.
    seed
        Decides ties together with the keys.
    client_keys, activity_keys
        From :func:`~wor_match.sharing.seeds.keys_of` on the ids; left out, the
        numbers serve as ids, and then the result does depend on the numbering.
    arrival
        Time of request for ``first_come``, (n_clients,); left out, all at once.
    tolerance
        For ``fair``: how much greater than needed the greatest loss may be.
    solver
        ``"scipy"``, or ``"ortools"`` (extra ``solvers``).

    Raises
    ------
    InputError
        A capacity below 0, arrays of a wrong length, or an unknown objective.
    MissingExtraError
        ``solver="ortools"`` without OR-Tools.
    """
    free = np.asarray(capacity, np.int64)
    if free.shape != (edges.n_activities,):
        raise InputError(f"capacity: {free.shape} found, ({edges.n_activities},) expected")
    if len(free) and free.min() < 0:
        raise InputError(f"capacity: {free.min()} places at activity {int(free.argmin())}")
    if not 0 < tolerance <= 1:
        raise InputError(f"tolerance: {tolerance} found, a number in (0, 1] expected")
    canonical = _Canonical.of(edges, free, seed, client_keys, activity_keys)
    optimum, regions = _in_regions(canonical.edges, canonical.free, _most_total, solver)
    if objective == "total":
        chosen = optimum
    elif objective == "fair":

        def fair(part: Edges, places: Ints, how: Solver) -> Ints:
            return _fair(part, places, how, tolerance)

        chosen, _ = _in_regions(canonical.edges, canonical.free, fair, solver)
    elif objective == "first_come":
        times = np.zeros(edges.n_clients) if arrival is None else np.asarray(arrival, np.float64)
        if times.shape != (edges.n_clients,):
            raise InputError(f"arrival: {times.shape} found, ({edges.n_clients},) expected")
        order = np.argsort(times[canonical.client_order], kind="stable")
        worth = whole(canonical.edges.values)
        chosen = one_by_one(canonical.edges, canonical.free, order, worth)
    else:
        raise InputError(f"objective: {objective!r} found; expected total, fair or first_come")
    best = float(canonical.edges.values[optimum].sum())
    assignment = _report(canonical.edges, canonical.free, chosen, objective, best, regions)
    return canonical.back(assignment)


def best_edges(edges: Edges, free: Ints, *, solver: Solver = "scipy") -> Ints:
    """Return the indices of the edges with the greatest total value, sorted."""
    return _in_regions(edges, free, _most_total, solver)[0]


@dataclass(frozen=True, slots=True)
class _Canonical:
    """The same problem, numbered by key, so that the solver never sees the input's order."""

    edges: Edges
    free: Ints
    client_order: Ints
    activity_order: Ints

    @classmethod
    def of(
        cls,
        edges: Edges,
        free: Ints,
        seed: int | str,
        client_keys: Keys | None,
        activity_keys: Keys | None,
    ) -> "_Canonical":
        orders = []
        for keys, count in ((client_keys, edges.n_clients), (activity_keys, edges.n_activities)):
            known = keys_of([str(i) for i in range(count)], seed) if keys is None else keys
            if known.shape != (count,):
                raise InputError(f"keys: {known.shape} found, ({count},) expected")
            orders.append(np.argsort(known, kind="stable").astype(np.int64))
        ranks = []
        for order in orders:
            rank = np.empty_like(order)
            rank[order] = np.arange(len(order))
            ranks.append(rank)
        clients, activities = ranks[0][edges.clients], ranks[1][edges.activities]
        by_client = np.lexsort((activities, clients))
        renumbered = Edges(
            clients[by_client],
            activities[by_client],
            edges.values[by_client],
            edges.n_clients,
            edges.n_activities,
        )
        return cls(renumbered, free[orders[1]], orders[0], orders[1])

    def back(self, assignment: Assignment) -> Assignment:
        """Return to the caller's numbers."""
        activity = np.full(len(self.client_order), -1, np.int64)
        value = np.zeros(len(self.client_order))
        found = assignment.activity >= 0
        activity[self.client_order[found]] = self.activity_order[assignment.activity[found]]
        value[self.client_order] = assignment.value
        return replace(assignment, activity=activity, value=value)


def _in_regions(
    edges: Edges, free: Ints, method: Callable[[Edges, Ints, Solver], Ints], solver: Solver
) -> tuple[Ints, int]:
    """Settle what is not contended, split the rest, and return the chosen edges."""
    settled, left, free_left = settle(edges, free)
    chosen = [settled]
    if not len(left):
        return np.sort(settled), 0
    contended = edges.take(left)
    region = regions(contended)
    order = np.argsort(region, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(region))])
    count = len(bounds) - 1
    for first, last in _joined(contended, region, bounds):
        rows = np.sort(order[bounds[first] : bounds[last]])
        part = contended.take(rows)
        people, part_clients = np.unique(part.clients, return_inverse=True)
        used, part_activities = np.unique(part.activities, return_inverse=True)
        small = Edges(part_clients, part_activities, part.values, len(people), len(used))
        chosen.append(left[rows[method(small, free_left[used], solver)]])
    return np.sort(np.concatenate(chosen)), count


def _joined(edges: Edges, region: Ints, bounds: Ints) -> list[tuple[int, int]]:
    """Return runs of regions to solve in one call: small ones together."""
    first_edge = np.concatenate([[True], edges.clients[1:] != edges.clients[:-1]])
    people = np.bincount(region[first_edge], minlength=len(bounds) - 1)
    runs, first, size = [], 0, 0
    for i, more in enumerate(people):
        if size and size + more > _JOINED_CLIENTS:
            runs.append((first, i))
            first, size = i, 0
        size += int(more)
    runs.append((first, len(people)))
    return runs


def _most_total(edges: Edges, free: Ints, solver: Solver) -> Ints:
    return solve(edges, free, whole(edges.values), solver)


def _fair(edges: Edges, free: Ints, solver: Solver, tolerance: float) -> Ints:
    """Most served, then the smallest greatest loss within ``tolerance``, then the most value."""
    chosen = []
    region = regions(edges)
    for i in range(int(region.max()) + 1):
        rows = np.flatnonzero(region == i)
        part = edges.take(rows)
        people, clients = np.unique(part.clients, return_inverse=True)
        small = Edges(clients, part.activities, part.values, len(people), edges.n_activities)
        chosen.append(rows[_fair_region(small, free, solver, tolerance)])
    return np.sort(np.concatenate(chosen))


def _fair_region(edges: Edges, free: Ints, solver: Solver, tolerance: float) -> Ints:
    loss = edges.best()[edges.clients] - edges.values
    step = np.ceil(loss / tolerance - 1e-9).astype(np.int64)
    served = most_served(edges, free)
    low, high = 0, int(step.max())
    while low < high:
        middle = (low + high) // 2
        if most_served(edges.take(step <= middle), free) == served:
            high = middle
        else:
            low = middle + 1
    rows = np.flatnonzero(step <= high)
    worth = whole(edges.values[rows])
    # One more client with a place outweighs any change among the others.
    bonus = (edges.n_clients + 1) * int(1 / RESOLUTION)
    return rows[solve(edges.take(rows), free, worth + bonus, solver)]


def _report(
    edges: Edges, free: Ints, chosen: Ints, objective: Objective, optimum: float, count: int
) -> Assignment:
    activity = np.full(edges.n_clients, -1, np.int64)
    value = np.zeros(edges.n_clients)
    activity[edges.clients[chosen]] = edges.activities[chosen]
    value[edges.clients[chosen]] = edges.values[chosen]
    held = np.bincount(edges.activities[chosen], minlength=edges.n_activities)
    reachable = np.zeros(edges.n_activities, bool)
    reachable[edges.activities] = True
    offered = np.where(reachable, free, 0)
    open_edges = edges.take(free[edges.activities] > 0)
    losses = open_edges.best() - value
    served = activity >= 0
    tenth = max(1, -(-edges.n_clients // 10))
    return Assignment(
        activity=activity,
        value=value,
        objective=objective,
        served=int(served.sum()),
        total=float(edges.values[chosen].sum()),
        optimum=optimum,
        overflow=int(np.maximum(held - free, 0).sum()),
        worst_tenth=float(np.sort(value)[:tenth].mean()) if edges.n_clients else 0.0,
        greatest_loss=float(losses[served].max()) if served.any() else 0.0,
        gini=gini(held / np.maximum(free, 1), offered),
        regions=count,
    )
