"""Constraints with one limit loosened a little: what an honest short list offers to talk about."""

from collections.abc import Iterator
from dataclasses import replace

from wor_match.feasibility.constraints import Constraints
from wor_match.geography.travel import reach_km
from wor_match.policy import Policy

_MORE_MINUTES = (10, 20, 30)
_MORE_EUROS = (5, 10, 25)


def relaxed(constraints: Constraints, policy: Policy) -> Iterator[tuple[str, int, Constraints]]:
    """Yield (limit, amount, constraints), per limit from the smallest change to the largest.

    Only limits that are a matter of choice: what a body needs, what is not
    wanted and whom a group is for are never loosened.
    """
    if constraints.place is not None and not constraints.stays_home:
        slack = constraints.place.slack_km
        for amount in _MORE_MINUTES:
            minutes = constraints.max_minutes + amount
            reach = reach_km(minutes, policy.travel.modes[constraints.mode]) + slack
            yield "reach", amount, replace(constraints, max_minutes=minutes, reach_km=reach)
    if constraints.max_cost_month is not None:
        for amount in _MORE_EUROS:
            yield (
                "cost",
                amount,
                replace(constraints, max_cost_month=constraints.max_cost_month + amount),
            )
    if constraints.free_until is not None:
        yield "time", 0, replace(constraints, free_until=None)
    if constraints.largest_group is not None:
        yield "group", 0, replace(constraints, largest_group=None)
    if constraints.languages:
        yield "language", 0, replace(constraints, languages=frozenset())
