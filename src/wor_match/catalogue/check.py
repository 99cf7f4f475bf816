"""What the keeper of a catalogue should look at: old, ended, contradictory or doubled entries."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from wor_match.activity import Activity
from wor_match.catalogue.provider_text import facts_of
from wor_match.geography.distance import coordinates, distance_km
from wor_match.geography.postcodes import locate

Kind = Literal[
    "ended", "no_place", "wrong_place", "no_capacity", "old", "contradiction", "duplicate"
]

_OLD = dt.timedelta(days=365)
_ALIKE = 92
_FAR_FROM_POSTCODE_KM = 5.0
_DAYS = {
    "mo": "maandag", "tu": "dinsdag", "we": "woensdag", "th": "donderdag",
    "fr": "vrijdag", "sa": "zaterdag", "su": "zondag",
}  # fmt: skip


class Finding(NamedTuple):
    """One thing to look at."""

    kind: Kind
    activity_id: str
    message: str


def findings(activities: Sequence[Activity], as_of: dt.date) -> list[Finding]:
    """Return everything that deserves a look, activity by activity, duplicates last."""
    found = [finding for activity in activities for finding in _of_one(activity, as_of)]
    return found + list(_duplicates(activities))


def _of_one(activity: Activity, as_of: dt.date) -> Iterator[Finding]:
    if activity.end_date and activity.end_date < as_of:
        yield Finding("ended", activity.id, f"ended on {activity.end_date}")
    if activity.updated_at and as_of - activity.updated_at > _OLD:
        yield Finding("old", activity.id, f"last checked on {activity.updated_at}")
    capacity = activity.capacity
    if capacity is None or not (capacity.places or capacity.enrolled or capacity.waiting):
        yield Finding("no_capacity", activity.id, "nobody knows how many places there are")
    yield from _place(activity)
    yield from (Finding("contradiction", activity.id, text) for text in _contradictions(activity))


def _place(activity: Activity) -> Iterator[Finding]:
    where = activity.location
    if activity.online:
        return
    if where is None or (where.postcode is None and where.lat is None):
        yield Finding("no_place", activity.id, "neither online nor at a place")
        return
    area = locate(where.postcode)
    if where.postcode and area is None:
        yield Finding("wrong_place", activity.id, f"postcode {where.postcode} does not exist")
    elif area and where.lat is not None and where.lon is not None:
        km = float(
            distance_km(coordinates([where.lat], [where.lon]), coordinates(area.lat, area.lon))[0]
        )
        if km > _FAR_FROM_POSTCODE_KM + area.slack_km:
            yield Finding(
                "wrong_place",
                activity.id,
                f"the point lies {km:.0f} km from postcode {where.postcode}",
            )


def _contradictions(activity: Activity) -> Iterator[str]:
    """Where text and fields tell different things; both are kept."""
    facts, audience = facts_of(activity), activity.audience
    for lacking in facts.lacks:
        if lacking in activity.accessibility:
            yield f"the text says there is no {lacking}, the field says there is"
    if facts.gender not in ("any", audience.gender):
        yield f"the text says {facts.gender} only, the field says {audience.gender}"
    if (
        facts.age_min is not None
        and audience.age_min is not None
        and facts.age_min != audience.age_min
    ):
        yield f"the text says from {facts.age_min}, the field from {audience.age_min}"
    if facts.closed and activity.capacity and activity.capacity.enrolled < activity.capacity.places:
        yield "the text says closed or full, the field has places"
    text = f"{activity.title} {activity.description}".casefold()
    if (
        activity.cost
        and activity.cost.amount
        and re.search(r"\bgratis\b|\bkost(?:en)? niets\b", text)
    ):
        yield f"the text says free, the field {activity.cost.amount:.2f} euro"
    named = {code for code, day in _DAYS.items() if re.search(rf"\b{day}", text)}
    scheduled = {slot.weekday for slot in activity.schedule}
    if named and scheduled and not named & scheduled:
        said, held = ", ".join(sorted(named)), ", ".join(sorted(scheduled))
        yield f"the text names {said}, the schedule {held}"


def _duplicates(activities: Sequence[Activity]) -> Iterator[Finding]:
    """Pairs with nearly the same words; the later one is named."""
    texts = [f"{a.title} {a.description}".casefold() for a in activities]
    block = 500
    for start in range(0, len(texts), block):
        alike = process.cdist(
            texts[start : start + block],
            texts,
            scorer=fuzz.ratio,
            score_cutoff=_ALIKE,
            dtype=np.uint8,
        )
        for i, j in np.argwhere(alike):
            first, second = int(i) + start, int(j)
            if first < second:
                yield Finding(
                    "duplicate",
                    activities[second].id,
                    f"much like {activities[first].id} ({alike[i, j]} %)",
                )
