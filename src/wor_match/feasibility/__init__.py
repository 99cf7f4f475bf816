"""The hard rules: which activities are possible for this client, and why the others are not."""

from dataclasses import dataclass

import numpy as np

from wor_match.catalogue import Catalogue
from wor_match.feasibility.constraints import Constraints, constraints_of
from wor_match.feasibility.reach import Reached, measured, out_of_reach, reached
from wor_match.feasibility.rules import RULES, cost_month, unknowns, unsure_need
from wor_match.geography.travel import Router
from wor_match.policy import Policy

__all__ = [
    "RULES", "Constraints", "Feasible", "Reached", "broken_rules", "constraints_of", "cost_month",
    "feasible", "measured", "unknowns", "unsure_need",
]  # fmt: skip

REACH = "reach"


@dataclass(frozen=True, slots=True)
class Feasible:
    """The rows that break no rule, and how many fell to each rule."""

    reached: Reached
    excluded: dict[str, int]


def feasible(
    catalogue: Catalogue, constraints: Constraints, policy: Policy, router: Router | None = None
) -> Feasible:
    """Apply every rule; each takes only what the rules before it left."""
    found = reached(catalogue, constraints, policy, router)
    excluded = {REACH: len(catalogue) - len(found.rows)}
    positions, rows = np.arange(len(found.rows)), found.rows
    for code, rule in RULES.items():
        broken = rule(catalogue, rows, constraints, policy)
        excluded[code] = int(np.count_nonzero(broken))
        if excluded[code]:
            kept = (~broken).nonzero()[0]
            positions, rows = positions[kept], rows[kept]
    return Feasible(found[positions], {code: count for code, count in excluded.items() if count})


def broken_rules(
    catalogue: Catalogue, row: int, constraints: Constraints, policy: Policy
) -> list[str]:
    """Return every rule that one activity breaks, in the order of the rules."""
    rows = np.array([row])
    codes = (
        [REACH]
        if out_of_reach(
            catalogue, measured(catalogue, rows, constraints, policy), constraints, policy
        )[0]
        else []
    )
    return codes + [
        code for code, rule in RULES.items() if rule(catalogue, rows, constraints, policy)[0]
    ]
