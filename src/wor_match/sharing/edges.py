"""Candidate edges: which client could go to which activity, and what that is worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wor_match.errors import InputError

Ints = NDArray[np.int64]
Values = NDArray[np.float64]

RESOLUTION = 1e-6
"""The smallest difference in value that the solvers see."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges between clients and activities, both numbered from 0.

    Attributes
    ----------
    clients, activities
        int64 (m,): the two ends. A pair stands in it once.
    values
        float64 (m,) in [0, 1]: the score of that client with that activity.
    n_clients, n_activities
        How many there are on each side, with those that have no edge.
    """

    clients: Ints
    activities: Ints
    values: Values
    n_clients: int
    n_activities: int

    @classmethod
    def of(
        cls,
        clients: ArrayLike,
        activities: ArrayLike,
        values: ArrayLike,
        n_clients: int,
        n_activities: int,
    ) -> Self:
        """Check the arrays and sort them by client, then activity.

        Raises
        ------
        InputError
            A number out of range, a value that is not in [0, 1], or a pair twice.
        """
        ends = [np.asarray(a, np.int64).ravel() for a in (clients, activities)]
        worth = np.asarray(values, np.float64).ravel()
        if not len(ends[0]) == len(ends[1]) == len(worth):
            raise InputError("edges: clients, activities and values must have the same length")
        for name, end, count in zip(
            ("client", "activity"), ends, (n_clients, n_activities), strict=True
        ):
            wrong = np.flatnonzero((end < 0) | (end >= count))
            if len(wrong):
                raise InputError(
                    f"edge {wrong[0]}: {name} {end[wrong[0]]} is not in 0..{count - 1}"
                )
        wrong = np.flatnonzero(~((worth >= 0) & (worth <= 1)))
        if len(wrong):
            raise InputError(f"edge {wrong[0]}: value {worth[wrong[0]]} is not in [0, 1]")
        pair = ends[0] * n_activities + ends[1]
        order = np.argsort(pair, kind="stable")
        twice = np.flatnonzero(pair[order][1:] == pair[order][:-1])
        if len(twice):
            client, activity = ends[0][order][twice[0]], ends[1][order][twice[0]]
            raise InputError(f"edges: client {client} with activity {activity} stands in it twice")
        return cls(ends[0][order], ends[1][order], worth[order], n_clients, n_activities)

    @classmethod
    def joined(cls, parts: Iterable[Self], n_clients: int, n_activities: int) -> Self:
        """Join parts of one numbering; of a pair that stands in more parts the first is kept."""
        listed = list(parts)
        clients = np.concatenate([p.clients for p in listed] or [np.empty(0, np.int64)])
        activities = np.concatenate([p.activities for p in listed] or [np.empty(0, np.int64)])
        values = np.concatenate([p.values for p in listed] or [np.empty(0, np.float64)])
        _, first = np.unique(clients * n_activities + activities, return_index=True)
        return cls.of(clients[first], activities[first], values[first], n_clients, n_activities)

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: Ints | NDArray[np.bool_]) -> "Edges":
        """Return some edges, by index or by mask; both sides keep their numbers."""
        return Edges(
            self.clients[rows],
            self.activities[rows],
            self.values[rows],
            self.n_clients,
            self.n_activities,
        )

    def best(self) -> Values:
        """Return each client's best value, float64 (n_clients,); 0 without an edge."""
        best = np.zeros(self.n_clients)
        np.maximum.at(best, self.clients, self.values)
        return best


def whole(values: Values) -> Ints:
    """Return values as whole numbers of :data:`RESOLUTION`."""
    return np.rint(values / RESOLUTION).astype(np.int64)
