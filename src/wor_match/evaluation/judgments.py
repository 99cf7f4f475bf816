"""Graded judgments of many clients, held sparse, and looked up for whole lists at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.integer]
"""Lists: activity indices, shape (clients, depth), best first; -1 where a list has ended."""

BEST_GRADE = 3.0
"""The highest grade of the contract: a welfare coach would propose this first."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgments:
    """Who judged what, sorted by client and activity.

    A pair that nobody listed has grade 0, after the contract.

    Attributes
    ----------
    client, activity
        Indices of the judged pairs, shape (pairs,).
    grade
        Their grades, shape (pairs,).
    shape
        How many clients and activities there are.
    """

    client: NDArray[np.int64]
    activity: NDArray[np.int64]
    grade: NDArray[np.float64]
    shape: tuple[int, int]

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int, float]], shape: tuple[int, int]) -> Self:
        """Build from (client, activity, grade); pairs must be unique."""
        rows = np.array([*pairs], np.float64).reshape(-1, 3)
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        return cls(rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2], shape)

    def at(self, order: Order) -> NDArray[np.float64]:
        """Return the grades along lists: shape of ``order``, 0 where unjudged or ended."""
        clients, activities = self.shape
        keys = self.client * activities + self.activity
        wanted = np.arange(clients)[:, None] * activities + order
        place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        if not len(keys):
            return np.zeros(order.shape)
        found = (keys[place] == wanted) & (order >= 0)
        return np.where(found, self.grade[place], 0.0)

    def ideal(self, depth: int | None = None) -> NDArray[np.float64]:
        """Return each client's grades from high to low, padded with 0: (clients, depth).

        Without a depth, as deep as the client with the most judgments.
        """
        order = np.lexsort((-self.grade, self.client))
        starts = np.searchsorted(self.client, np.arange(self.shape[0]))
        place = np.arange(len(order)) - starts[self.client[order]]
        deepest = int(place.max(initial=-1)) + 1
        depth = deepest if depth is None else depth
        ideal = np.zeros((self.shape[0], depth))
        kept = place < depth
        ideal[self.client[order][kept], place[kept]] = self.grade[order][kept]
        return ideal

    def order(self, depth: int | None = None) -> NDArray[np.int64]:
        """Return the lists that these judgments themselves would give, best grade first.

        Only grades above 0 are proposed; equal grades keep the catalogue's order.
        """
        rank = np.lexsort((self.activity, -self.grade, self.client))
        rank = rank[self.grade[rank] > 0]
        clients = self.client[rank]
        starts = np.searchsorted(clients, np.arange(self.shape[0]))
        place = np.arange(len(rank)) - starts[clients]
        depth = int(place.max(initial=0)) + 1 if depth is None else depth
        order = np.full((self.shape[0], depth), -1)
        kept = place < depth
        order[clients[kept], place[kept]] = self.activity[rank][kept]
        return order

    def dense(self) -> NDArray[np.float64]:
        """Return the full table (clients, activities); for small sets."""
        table = np.zeros(self.shape)
        table[self.client, self.activity] = self.grade
        return table


def mean(judges: Sequence[Judgments]) -> Judgments:
    """Return the mean of the judges; a pair that a judge did not list counts as that judge's 0."""
    clients, activities = judges[0].shape
    keys = np.concatenate([j.client * activities + j.activity for j in judges])
    unique, inverse = np.unique(keys, return_inverse=True)
    total = np.zeros(len(unique))
    np.add.at(total, inverse, np.concatenate([j.grade for j in judges]))
    return Judgments(
        unique // activities, unique % activities, total / len(judges), (clients, activities)
    )
