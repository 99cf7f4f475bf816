"""What must hold for one client: fields and reading together, ready for the rules.

A field that speaks of the same subject wins over the text: a given budget over
"weinig te besteden", given times over "niet 's avonds", a given way of travel
over "geen auto".
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue.columns import ACCESSIBILITY, INTENSITIES, topic_bits
from wor_match.catalogue.schedule import MINUTES_A_DAY, free_time, minute
from wor_match.client import Client, Mode
from wor_match.geography.postcodes import Place, locate
from wor_match.geography.travel import reach_km
from wor_match.knowledge import tables
from wor_match.messy import WEEKDAYS
from wor_match.policy import Policy
from wor_match.understanding.profile import Profile, Topic

Window = tuple[int, int, int]
"""Weekday 0-6, start and end in minutes of the day."""

_ALL_WEEK: tuple[Window, ...] = tuple((day, 0, MINUTES_A_DAY) for day in range(7))
_NEED_OF_LIMIT = {
    "wheelchair": "wheelchair",
    "low_stimulus": "low_stimulus",
    "visual": "visual",
    "no_stairs": "ground_floor",
}
_HOPE_OF_LIMIT = {"hearing": "hearing_loop", "walking_aid": "ground_floor"}
_MODE_OF_LIMIT: dict[str, Mode] = {
    "no_car": "car",
    "no_bike": "bike",
    "no_public_transport": "public_transport",
}
_MODES_BY_HABIT: tuple[Mode, ...] = ("bike", "public_transport", "walk")


@dataclass(frozen=True, slots=True)
class Constraints:
    """One client's limits.

    Attributes
    ----------
    place
        Home, or None where unknown: reach then cannot be tested.
    mode, max_minutes, reach_km
        How far the client goes, and what that is in a straight line, slack of the home included.
    rather_home, rather_alone
        What the text says of staying in and of groups. It takes from the score and is no rule:
        of the training referrals that say "geen groep" or "komt de deur niet uit" a good third
        is rightly answered with a small group or a way out.
    age, gender
        Of the client; None where unknown.
    languages
        Spoken well enough; empty where unknown.
    needs, hopes
        Bits over ``ACCESSIBILITY``: what must be met; what would be good.
    largest_group
        Most people present, or None.
    company
        Only among women or only among men.
    free_until
        See :func:`wor_match.catalogue.schedule.free_time`; None where every time will do.
    max_cost_month
        Euros, or None.
    day
        The reference date, ordinal.
    unwanted, impossible
        Bits over kinds of activity: what the fields refuse, and what the body rules out. What is
        only read in the story stands in the profile for the coach and changes no score: "kan niet
        meer fietsen" is as often a reason to propose a duo bike (measured on the training texts
        and both judged sets).
    max_intensity
        Index into ``INTENSITIES``.
    tried
        Ids of earlier steps that did not go well.
    """

    place: Place | None
    mode: Mode
    max_minutes: float
    reach_km: float
    rather_home: bool
    rather_alone: bool
    age: int | None
    gender: Literal["woman", "man", "other"] | None
    languages: frozenset[str]
    needs: int
    hopes: int
    largest_group: int | None
    company: Literal["women", "men"] | None
    free_until: NDArray[np.int32] | None
    max_cost_month: float | None
    day: int
    unwanted: NDArray[np.uint64]
    impossible: NDArray[np.uint64]
    max_intensity: int
    tried: frozenset[str]


def constraints_of(client: Client, profile: Profile, policy: Policy, as_of: dt.date) -> Constraints:
    """Combine what the fields say with what was read.

    A limit that only the model hears is a question for the coach and rules nothing out: tried as a
    rule, and to take a share of fit, it lowered the ranking of both judged sets and kept out no
    more of what breaks their truth.
    """
    limits = {limit.code for limit in profile.limits if limit.evidence.certainty != "heard"}
    where = client.location
    place = locate(client.postcode, where.lat if where else None, where.lon if where else None)
    mode, max_minutes = _travel(client, limits, policy)
    reach = reach_km(max_minutes, policy.travel.modes[mode]) + (place.slack_km if place else 0.0)
    return Constraints(
        place=place,
        mode=mode,
        max_minutes=max_minutes,
        reach_km=reach,
        rather_home="housebound" in limits,
        rather_alone=bool(limits & {"no_groups", "one_to_one"}),
        age=client.age,
        gender=client.gender,
        languages=frozenset(client.languages),
        needs=_bits(
            {*client.needs, *(need for limit, need in _NEED_OF_LIMIT.items() if limit in limits)}
        ),
        hopes=_bits({need for limit, need in _HOPE_OF_LIMIT.items() if limit in limits}),
        largest_group=_largest_group(client, limits, policy),
        company="women" if "women_only" in limits else "men" if "men_only" in limits else None,
        free_until=_free_until(client, limits),
        max_cost_month=_budget(client, limits, policy),
        day=as_of.toordinal(),
        unwanted=_topics(i for i in profile.not_wanted if i.evidence.certainty == "stated"),
        impossible=_topics(i for i in profile.cannot if i.evidence.rule.startswith("body:")),
        max_intensity=INTENSITIES.index(
            "light" if limits & {"low_effort", "walking_aid"} else "vigorous"
        ),
        tried=frozenset(step.activity_id for step in client.tried if step.outcome != "liked"),
    )


def _topics(items: Iterable[Topic]) -> NDArray[np.uint64]:
    return topic_bits(topic for item in items for topic in item.topics)


def _travel(client: Client, limits: set[str], policy: Policy) -> tuple[Mode, float]:
    if client.travel:
        return client.travel.mode, client.travel.max_minutes
    if "nearby" in limits:
        return "walk", policy.travel.nearby_minutes
    out = {_MODE_OF_LIMIT[code] for code in limits & _MODE_OF_LIMIT.keys()}
    choices = (policy.travel.default_mode, *_MODES_BY_HABIT)
    return next(mode for mode in choices if mode not in out), policy.travel.default_minutes


def _largest_group(client: Client, limits: set[str], policy: Policy) -> int | None:
    return policy.groups.small if "small_group" in client.needs or "small_group" in limits else None


def _budget(client: Client, limits: set[str], policy: Policy) -> float | None:
    if client.max_cost_month is not None:
        return client.max_cost_month
    if "free_only" in limits:
        return 0.0
    return policy.costs.low_budget_month if "low_budget" in limits else None


def _free_until(client: Client, limits: set[str]) -> NDArray[np.int32] | None:
    if client.availability:
        windows: Iterable[Window] = [
            (WEEKDAYS.index(w.weekday), minute(w.start), minute(w.end)) for w in client.availability
        ]
        return free_time(windows)
    rows = [row for row in _time_limits() if row["code"] in limits]
    if not rows:
        return None
    return free_time(_narrowed(rows))


@cache
def _time_limits() -> list[Mapping[str, str]]:
    return [row for row in tables.rows("limits") if row["subject"] == "time"]


def _narrowed(rows: Iterable[Mapping[str, str]]) -> list[Window]:
    """The week with every limit of time applied; ``only`` limits on days add up."""
    rows = list(rows)
    free = np.zeros((7, MINUTES_A_DAY), bool)
    only_days = {d for r in rows if r["mode"] == "only" and not r["start"] for d in _days(r)}
    free[sorted(only_days) or slice(None)] = True
    for row in rows:
        days = _days(row)
        start, end = minute(row["start"] or "00:00"), minute(row["end"] or "24:00")
        if row["mode"] == "forbid":
            free[days, start:end] = False
        elif row["start"]:
            keep = np.zeros(MINUTES_A_DAY, bool)
            keep[start:end] = True
            free &= keep
    return [(day, start, end) for day in range(7) for start, end in _runs(free[day])]


def _days(row: Mapping[str, str]) -> list[int]:
    return [WEEKDAYS.index(day) for day in row["weekdays"].replace(";", " ").split()] or list(
        range(7)
    )


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _bits(needs: Iterable[str]) -> int:
    return sum({1 << ACCESSIBILITY.index(need) for need in needs if need in ACCESSIBILITY})
