"""What the structured fields alone decide about a client and an activity.

This is what a search engine can filter on, and what the truth of a judged set is
held against. It reads no text, and it is written apart from the engine's own rules
on purpose: an engine must not be its own judge.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.activity import Activity, Slot
from wor_match.client import Client, Need, Travel, Window
from wor_match.geography.distance import coordinates, distance_km
from wor_match.geography.postcodes import Place, locate
from wor_match.geography.travel import reach_km
from wor_match.policy import Policy, TravelPolicy

WEEKS_A_MONTH = 4.33
_SLOTS_A_MONTH = {"week": WEEKS_A_MONTH, "fortnight": 2.17, "month": 1.0}
_DAYS_A_MONTH = 365.25 / 12

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Limits:
    """What must hold for one client, from wherever it was read; ``None`` is no limit."""

    age: int | None = None
    gender: str | None = None
    languages: frozenset[str] = frozenset()
    needs: frozenset[Need] = frozenset()
    place: Place | None = None
    travel: Travel | None = None
    availability: tuple[Window, ...] = ()
    max_cost_month: float | None = None
    tried: frozenset[str] = frozenset()


def home(client: Client) -> Place | None:
    """Where a client lives: the point, or else the middle of the postcode area."""
    point = client.location
    return locate(client.postcode, point.lat if point else None, point.lon if point else None)


def stated(client: Client) -> Limits:
    """Return the limits that a client's own fields state."""
    return Limits(
        age=client.age,
        gender=client.gender,
        languages=frozenset(client.languages),
        needs=frozenset(client.needs),
        place=home(client),
        travel=client.travel,
        availability=client.availability,
        max_cost_month=client.max_cost_month,
        tried=frozenset(step.activity_id for step in client.tried),
    )


class Fields:
    """The fields of many activities as columns, with one method that tests a client's limits."""

    def __init__(
        self,
        activities: Sequence[Activity],
        as_of: dt.date,
        travel: TravelPolicy | None = None,
    ) -> None:
        self.activities = tuple(activities)
        self.travel = travel or Policy.default().travel
        self.as_of = as_of
        everywhere = [a.online or a.visits_home for a in activities]
        places = [_place(a) for a in activities]
        self.everywhere = np.array(everywhere, bool)
        self.located = np.array([p is not None for p in places], bool)
        self.points = coordinates(
            np.array([p.lat if p else 52.1 for p in places]),
            np.array([p.lon if p else 5.4 for p in places]),
        ).reshape(-1, 3)
        self.slack = np.array([p.slack_km if p else 0.0 for p in places])
        self.age_min = np.array([_or(a.audience.age_min, -1) for a in activities])
        self.age_max = np.array([_or(a.audience.age_max, 999) for a in activities])
        self.gender = np.array([a.audience.gender for a in activities])
        self.ended = np.array([bool(a.end_date and a.end_date < as_of) for a in activities])
        self.full = np.array([_full(a) for a in activities], bool)
        self.cost = np.array([cost_a_month(a) for a in activities], float)

    def distances(self, place: Place | None) -> NDArray[np.float64]:
        """Kilometres from a home; ``nan`` online, at the client's home, or where unknown."""
        if place is None:
            return np.full(len(self.activities), np.nan)
        km = distance_km(self.points, coordinates(place.lat, place.lon)).astype(np.float64)
        return np.where(self.located & ~self.everywhere, km, np.nan)

    def broken(self, limits: Limits) -> dict[str, Mask]:
        """Return for every rule which activities break it; unknown never breaks a rule.

        Only ``wheelchair`` is held against what an activity states: of the other
        needs the files say too little to tell "no" from "not filled in". A slot must lie
        wholly in a time at which the client can be there.
        """
        none = np.zeros(len(self.activities), bool)
        age, place, travel = limits.age, limits.place, limits.travel
        far = none
        if travel is not None and place is not None:
            most = reach_km(travel.max_minutes, self.travel.modes[travel.mode])
            far = self.distances(place) > most + place.slack_km + self.slack
        return {
            "age": none if age is None else (self.age_min > age) | (self.age_max < age),
            "gender": self.gender == {"woman": "men", "man": "women"}.get(limits.gender or ""),
            "language": self._each(lambda a: not _share(limits.languages, a.audience.languages)),
            "ended": self.ended,
            "full": self.full,
            "wheelchair": none
            if "wheelchair" not in limits.needs
            else self._each(lambda a: not (a.online or "wheelchair" in a.accessibility)),
            "cost": none if limits.max_cost_month is None else self.cost > limits.max_cost_month,
            "reach": far,
            "times": self._each(lambda a: not _in_time(a.schedule, limits.availability)),
            "tried": self._each(lambda a: a.id in limits.tried),
        }

    def possible(self, limits: Limits, rules: Collection[str] | None = None) -> Mask:
        """Return which activities break none of the rules (all of them where None)."""
        broken = self.broken(limits)
        chosen = broken.keys() if rules is None else rules
        fine = np.ones(len(self.activities), bool)
        for rule in chosen:
            fine &= ~broken[rule]
        return fine

    def _each(self, test: Callable[[Activity], bool]) -> Mask:
        return np.array([test(a) for a in self.activities], bool)


def cost_a_month(activity: Activity) -> float:
    """Euros a month after the contract: sessions times slots, a course over its run."""
    cost = activity.cost
    if cost is None or cost.per == "free":
        return 0.0
    if cost.per == "session":
        return cost.amount * sum(_SLOTS_A_MONTH[slot.every] for slot in activity.schedule)
    if cost.per == "course":
        return cost.amount / _months(activity)
    return cost.amount


def _months(activity: Activity) -> float:
    """Return the run of a course, at least a month; without dates what the policy assumes."""
    if activity.start_date and activity.end_date:
        return max(1.0, (activity.end_date - activity.start_date).days / _DAYS_A_MONTH)
    return max(1.0, Policy.default().costs.course_weeks / WEEKS_A_MONTH)


def _full(activity: Activity) -> bool:
    capacity = activity.capacity
    return capacity is not None and 0 < capacity.places <= capacity.enrolled


def _place(activity: Activity) -> Place | None:
    at = activity.location
    return None if at is None else locate(at.postcode, at.lat, at.lon)


def _share(spoken: frozenset[str], offered: Sequence[str]) -> bool:
    return not spoken or not offered or not spoken.isdisjoint(offered)


def _in_time(slots: Sequence[Slot], windows: Sequence[Window]) -> bool:
    """Whether one slot fits; by appointment (no slots) always does."""
    return (
        not slots
        or not windows
        or any(
            slot.weekday == window.weekday and window.start <= slot.start and slot.end <= window.end
            for slot in slots
            for window in windows
        )
    )


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
