"""The hard rules: each a vectorised test that tells which rows break it.

A rule answers only from what is known. What is not known breaks no rule; it is
flagged by :func:`unknowns`. Their sentences stand in ``knowledge/reasons.csv``.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wor_match.activity import CATEGORIES
from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import (
    DAYS_PER_MONTH,
    GENDERS,
    OLDEST,
    topic_bits,
)
from wor_match.feasibility.constraints import Constraints
from wor_match.policy import Policy

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
Rule = Callable[[Catalogue, Rows, Constraints, Policy], Mask]

_WOMEN, _MEN = GENDERS.index("women"), GENDERS.index("men")
_CENT = 0.005
_LANGUAGE_LESSON = "taal"


def not_offered(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """A category that this municipality has switched off."""
    if len(set(policy.categories)) == len(CATEGORIES):
        return _none(rows)
    off = np.array([category not in policy.categories for category in CATEGORIES])
    return off[catalogue.columns.category[rows]]


def tried(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """An earlier step that was disliked or dropped."""
    if not constraints.tried:
        return _none(rows)
    return np.isin(rows, catalogue.rows_of(constraints.tried))


def ended(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """The run is over."""
    return catalogue.columns.last_day[rows] < constraints.day


def not_started(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """It starts later than a proposal can wait for."""
    return catalogue.columns.first_day[rows] > constraints.day + policy.ranking.start_within_days


def age(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """Outside the age bounds of the activity."""
    if constraints.age is None:
        return _none(rows)
    columns = catalogue.columns
    return (columns.age_min[rows] > constraints.age) | (columns.age_max[rows] < constraints.age)


def gender(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """For women or men only, and the client is not."""
    column = catalogue.columns.gender[rows]
    match constraints.gender:
        case "woman":
            return column == _MEN
        case "man":
            return column == _WOMEN
        case _:
            return _none(rows)


def company(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """The client wants to be among women (or men) only, and the group is mixed."""
    if constraints.company is None:
        return _none(rows)
    columns = catalogue.columns
    alone = (columns.group_size[rows] == 1) | columns.at_client[rows]
    return (columns.gender[rows] != GENDERS.index(constraints.company)) & ~alone


def language(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """No language in common, unless the language is what is learned there."""
    if not constraints.languages:
        return _none(rows)
    columns = catalogue.columns
    known = list(catalogue.languages[:64])
    spoken = sum(1 << known.index(code) for code in constraints.languages if code in known)
    in_group = columns.languages[rows]
    foreign = (in_group != 0) & (in_group & np.uint64(spoken) == 0)
    others = foreign.nonzero()[0]
    if len(others):
        lesson = topic_bits([_LANGUAGE_LESSON])
        foreign[others] = ~has_topic(columns.topics, rows[others], lesson)
    return foreign


def needs(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """A need that must be met is not: others are listed and it is not, or the text says so."""
    if not constraints.needs | constraints.hopes:
        return _none(rows)
    columns = catalogue.columns
    provided = columns.accessibility[rows]
    lacking = np.where(provided != 0, np.uint8(constraints.needs) & ~provided, np.uint8(0))
    lacking |= np.uint8(constraints.needs | constraints.hopes) & columns.barriers[rows]
    return (lacking != 0) & ~columns.at_client[rows]


def group(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """More people than the client can be among."""
    if constraints.largest_group is None:
        return _none(rows)
    return catalogue.columns.group_size[rows] > constraints.largest_group


def effort(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """Asks more of the body than it can give."""
    return catalogue.columns.intensity[rows] > constraints.max_intensity


def time(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """No slot lies wholly in the client's free time."""
    if constraints.free_until is None:
        return _none(rows)
    fitting = catalogue.weeks.fitting(constraints.free_until)
    return ~fitting[catalogue.columns.schedule[rows]]


def cost(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """Costs more in a month than the client can spend."""
    if constraints.max_cost_month is None:
        return _none(rows)
    return cost_month(catalogue, rows, policy) > constraints.max_cost_month + _CENT


def unwanted(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """It is called after something that the client does not want.

    What stands only in the description may be a side of it ("koffie na afloop"): that takes
    away from the score, and does not exclude.
    """
    return has_topic(catalogue.columns.title_topics, rows, constraints.unwanted)


def impossible(catalogue: Catalogue, rows: Rows, constraints: Constraints, policy: Policy) -> Mask:
    """It is called after something that the client cannot do."""
    return has_topic(catalogue.columns.title_topics, rows, constraints.impossible)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "not_offered": not_offered,
        "tried": tried,
        "ended": ended,
        "not_started": not_started,
        "age": age,
        "gender": gender,
        "company": company,
        "language": language,
        "needs": needs,
        "group": group,
        "effort": effort,
        "time": time,
        "cost": cost,
        "unwanted": unwanted,
        "impossible": impossible,
    }
)
"""In the order in which they are tried; an activity counts under the first that it breaks."""


def _none(rows: NDArray[Any]) -> Mask:
    return np.zeros(len(rows), bool)


def cost_month(catalogue: Catalogue, rows: Rows, policy: Policy) -> NDArray[np.float32]:
    """Euros a month, shape (len(rows),); NaN where unknown.

    A course without dates is spread by policy.
    """
    columns = catalogue.columns
    amount, factor = columns.cost_amount[rows], columns.cost_factor[rows]
    undated = np.float32(1 / max(1.0, policy.costs.course_weeks * 7 / DAYS_PER_MONTH))
    return amount * np.where(np.isnan(factor), undated, factor)


def unsure_need(catalogue: Catalogue, rows: Rows, constraints: Constraints) -> Mask:
    """Tell for which rows it is not known whether a need is met."""
    columns = catalogue.columns
    wanted = np.uint8(constraints.needs | constraints.hopes)
    if not wanted:
        return _none(rows)
    return ((wanted & ~columns.accessibility[rows]) != 0) & ~columns.at_client[rows]


def unknowns(catalogue: Catalogue, rows: Rows, constraints: Constraints) -> dict[str, Mask]:
    """Tell for each row what the coach must still ask, because the file does not say."""
    columns = catalogue.columns
    found = {
        "needs": unsure_need(catalogue, rows, constraints),
        "place": ~columns.placed[rows] & ~columns.online[rows],
    }
    if constraints.age is None:
        found["age"] = (columns.age_min[rows] > 0) | (columns.age_max[rows] < OLDEST)
    if constraints.gender not in {"woman", "man"}:
        found["gender"] = columns.gender[rows] != GENDERS.index("any")
    if constraints.languages - {"nl"}:
        found["language"] = columns.languages[rows] == 0
    if constraints.largest_group is not None:
        found["group"] = columns.group_size[rows] == 0
    if constraints.free_until is not None:
        found["time"] = columns.schedule[rows] < 0
    if constraints.max_cost_month is not None:
        found["cost"] = np.isnan(columns.cost_amount[rows])
    return found


def has_topic(topics: NDArray[np.uint64], rows: Rows, wanted: NDArray[np.uint64]) -> Mask:
    """Tell which rows of topic bits (all, words) share a bit with ``wanted`` (words,)."""
    found = _none(rows)
    for word in wanted.nonzero()[0]:
        found |= (topics[rows, word] & wanted[word]) != 0
    return found
