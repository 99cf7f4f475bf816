"""Activities that break one limit only: what an honest short list offers to talk about."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.feasibility.constraints import Constraints
from wor_match.feasibility.reach import Reached, out_of_reach, reached
from wor_match.feasibility.rules import RULES, cost_month
from wor_match.geography.travel import reach_km
from wor_match.policy import Policy

LOOSENABLE = ("reach", "cost", "time", "group", "language")
"""Limits that are a matter of choice. What a body needs, what is not wanted and
whom a group is for are never loosened."""

_MORE_MINUTES, _MINUTE_STEP = 30, 10
_MORE_EUROS, _EURO_STEP = 25, 5


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Rows that break exactly one loosenable limit.

    Attributes
    ----------
    reached
        The rows, measured.
    limit
        Index into ``LOOSENABLE`` of the limit that each breaks, shape (n,).
    amount
        How much more is needed: minutes or euros in steps, 0 for the other limits.
    """

    reached: Reached
    limit: NDArray[np.intp]
    amount: NDArray[np.int64]


def near_misses(catalogue: Catalogue, constraints: Constraints, policy: Policy) -> NearMisses:
    """Find what half an hour more, a few euros more or another time would bring."""
    minutes = constraints.max_minutes + _MORE_MINUTES
    slack = constraints.place.slack_km if constraints.place else 0.0
    wide = replace(
        constraints,
        max_minutes=minutes,
        reach_km=reach_km(minutes, policy.travel.modes[constraints.mode]) + slack,
    )
    found = reached(catalogue, wide, policy)
    broken = {
        code: rule(catalogue, found.rows, constraints, policy) for code, rule in RULES.items()
    }
    broken["reach"] = out_of_reach(catalogue, found, constraints, policy)
    limits = np.stack([broken.pop(code) for code in LOOSENABLE])
    others = np.any(list(broken.values()), axis=0)
    one = np.flatnonzero((limits.sum(axis=0) == 1) & ~others)
    limit = limits[:, one].argmax(axis=0)
    amount = _amounts(catalogue, found[one], limit, constraints, policy)
    within = amount <= np.where(limit == LOOSENABLE.index("cost"), _MORE_EUROS, _MORE_MINUTES)
    return NearMisses(found[one[within]], limit[within], amount[within])


def _amounts(
    catalogue: Catalogue,
    found: Reached,
    limit: NDArray[np.intp],
    constraints: Constraints,
    policy: Policy,
) -> NDArray[np.int64]:
    minutes = _in_steps(found.minutes - constraints.max_minutes, _MINUTE_STEP)
    costs = cost_month(catalogue, found.rows, policy)
    euros = _in_steps(costs - (constraints.max_cost_month or 0.0), _EURO_STEP)
    by_cost = np.where(limit == LOOSENABLE.index("cost"), euros, 0)
    return np.where(limit == LOOSENABLE.index("reach"), minutes, by_cost)


def _in_steps(amount: NDArray[np.floating], step: int) -> NDArray[np.int64]:
    """Round up to whole steps, at least one; unknown is 0."""
    steps = np.ceil(np.nan_to_num(amount) / step)
    return np.where(np.isnan(amount), 0, np.maximum(steps, 1) * step).astype(np.int64)
