"""A snapshot as columns: one NumPy array per fact, one row per activity.

Unknown has a value of its own in every column, so that "not known" never reads
as "no". Rows come in blocks by how a client reaches them (:class:`Access`), and
inside a block in geographic order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wor_match.activity import CATEGORIES, Activity
from wor_match.catalogue.provider_text import Facts, facts_of
from wor_match.catalogue.schedule import sessions_per_month
from wor_match.geography.distance import coordinates
from wor_match.geography.postcodes import Place, locate
from wor_match.knowledge import tables
from wor_match.language.topics import find_topics, parents

Array = NDArray[Any]

DAYS_PER_MONTH = 30.44
NO_DAY = 0
LAST_DAY = np.iinfo(np.int32).max
OLDEST = 200
ACCESSIBILITY = ("wheelchair", "low_stimulus", "hearing_loop", "visual", "ground_floor")
INTENSITIES = ("none", "light", "moderate", "vigorous")
WORD_BITS = 64
GENDERS = ("any", "women", "men")


class Access(IntEnum):
    """How client and activity come together."""

    TRAVEL = 0
    HOME = 1
    ANYWHERE = 2
    """Online, or at a place that nobody wrote down."""


TRAVEL, HOME = int(Access.TRAVEL), int(Access.HOME)
"""To compare columns with: NumPy is slow to compare with a member of an enum."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The facts of ``n`` activities, in row order.

    Attributes
    ----------
    id_rank
        Rank of the id in the sorted list of ids: the last tie-breaker.
    access, placed, online, at_client
        :class:`Access`; whether there is a point; whether it can be followed online; whether
        nobody has to travel.
    lat, lon, xyz, slack_km
        Degrees, local km (n, 3), and how coarse the point is.
    category, provider
        Index into ``CATEGORIES`` and a number per provider.
    age_min, age_max, gender
        Years (0 and 200 where there is no bound); index into ``GENDERS``.
    languages
        Bits over ``Catalogue.languages``; 0 = unknown.
    accessibility, barriers
        Bits over ``ACCESSIBILITY``: what is provided (0 = nothing is known); what the text says
        is not.
    schedule
        Index into the catalogue's table of weeks; -1 = by appointment.
    cost_amount, cost_factor
        Euros, and what to multiply by for a month; NaN = unknown.
    first_day, last_day
        Ordinal days of the run; 0 and a far day where open.
    counted, places, enrolled, waiting, counted_day
        Whether the figures mean something; the figures; the day they are from (0 = unknown).
    closed, open_house, intake_first
        The text says: nobody is taken in for now; walk in; get acquainted first.
    group_size, intensity
        People (0 = unknown); index into ``INTENSITIES`` (-1 = unknown).
    topics, title_topics
            Bits over :func:`topic_numbers` in words of 64: what is done there; what the title says.
    """

    id_rank: Array
    access: Array
    placed: Array
    online: Array
    at_client: Array
    lat: Array
    lon: Array
    xyz: Array
    slack_km: Array
    category: Array
    provider: Array
    age_min: Array
    age_max: Array
    gender: Array
    languages: Array
    accessibility: Array
    barriers: Array
    schedule: Array
    cost_amount: Array
    cost_factor: Array
    first_day: Array
    last_day: Array
    counted: Array
    places: Array
    enrolled: Array
    waiting: Array
    counted_day: Array
    closed: Array
    open_house: Array
    intake_first: Array
    group_size: Array
    intensity: Array
    topics: Array
    title_topics: Array

    def __len__(self) -> int:
        return len(self.id_rank)

    def take(self, rows: NDArray[np.intp]) -> "Columns":
        """Return the columns of some rows, in that order."""
        return Columns(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@cache
def topic_numbers() -> dict[str, int]:
    """Number of every kind of activity in ``knowledge/topics.csv``."""
    return {row["topic"]: number for number, row in enumerate(tables.rows("topics"))}


def topic_bits(topics: Iterable[str]) -> NDArray[np.uint64]:
    """Pack kinds of activity into bits over :func:`topic_numbers`, in words of 64."""
    numbers = topic_numbers()
    bits = np.zeros(-(-len(numbers) // WORD_BITS), np.uint64)
    for topic in topics:
        word, bit = divmod(numbers[topic], WORD_BITS)
        bits[word] |= np.uint64(1) << np.uint64(bit)
    return bits


class Numbers(dict[Any, int]):
    """Gives every new key the next number."""

    def __missing__(self, key: Any) -> int:
        number = self[key] = len(self)
        return number


@dataclass(slots=True)
class Numbering:
    """What the blocks of one snapshot number together."""

    languages: Numbers = field(default_factory=Numbers)
    schedules: Numbers = field(default_factory=Numbers)
    providers: Numbers = field(default_factory=Numbers)


def columns_of(activities: Sequence[Activity], numbering: Numbering) -> Columns:
    """Turn activities into columns, in the given order; ``id_rank`` is left 0.

    ``numbering`` is carried on from block to block of the same snapshot.
    """
    facts = [facts_of(activity) for activity in activities]
    places = [_place(activity) for activity in activities]
    capacities = [activity.capacity for activity in activities]
    title_topics = [_topics(activity.title) for activity in activities]
    pairs = list(zip(activities, facts, strict=True))

    def column(dtype: Any, values: Iterable[Any]) -> Array:
        return np.fromiter(values, dtype, len(activities))

    lat = column(np.float64, (p.lat if p else np.nan for p in places))
    lon = column(np.float64, (p.lon if p else np.nan for p in places))
    access = column(np.int8, map(_access, activities, facts, places))
    online = column(bool, (a.online for a in activities))
    return Columns(
        id_rank=np.zeros(len(activities), np.int32),
        access=access,
        placed=~np.isnan(lat),
        online=online,
        at_client=online | (access == Access.HOME),
        lat=lat.astype(np.float32),
        lon=lon.astype(np.float32),
        xyz=coordinates(np.nan_to_num(lat), np.nan_to_num(lon)).reshape(-1, 3),
        slack_km=column(np.float32, (p.slack_km if p else 0.0 for p in places)),
        category=column(np.int8, (CATEGORIES.index(a.category) for a in activities)),
        provider=column(np.int32, (numbering.providers[a.provider.casefold()] for a in activities)),
        age_min=column(np.int16, (_first(a.audience.age_min, f.age_min, 0) for a, f in pairs)),
        age_max=column(np.int16, (_first(a.audience.age_max, f.age_max, OLDEST) for a, f in pairs)),
        gender=column(np.int8, map(_gender, activities, facts)),
        languages=column(np.uint64, (_language_bits(a, numbering.languages) for a in activities)),
        accessibility=column(np.uint8, (_provisions(a, f) for a, f in pairs)),
        barriers=column(np.uint8, (_bits(f.lacks) for f in facts)),
        schedule=column(
            np.int32, (numbering.schedules[a.schedule] if a.schedule else -1 for a in activities)
        ),
        cost_amount=column(np.float32, (a.cost.amount if a.cost else np.nan for a in activities)),
        cost_factor=column(np.float32, map(_cost_factor, activities, facts)),
        first_day=column(
            np.int32, (a.start_date.toordinal() if a.start_date else NO_DAY for a in activities)
        ),
        last_day=column(
            np.int32, (a.end_date.toordinal() if a.end_date else LAST_DAY for a in activities)
        ),
        counted=column(
            bool, (c is not None and bool(c.places or c.enrolled or c.waiting) for c in capacities)
        ),
        places=column(np.int32, (c.places if c else 0 for c in capacities)),
        enrolled=column(np.int32, (c.enrolled if c else 0 for c in capacities)),
        waiting=column(np.int32, (c.waiting if c else 0 for c in capacities)),
        counted_day=column(np.int32, map(_counted_day, activities)),
        closed=column(bool, (f.closed for f in facts)),
        open_house=column(bool, (f.open_house for f in facts)),
        intake_first=column(bool, (f.intake_first for f in facts)),
        group_size=column(np.int16, (min(a.group_size or 0, 32_000) for a in activities)),
        intensity=column(
            np.int8, (INTENSITIES.index(a.intensity) if a.intensity else -1 for a in activities)
        ),
        topics=_stacked(
            topic_bits(topics | _topics(a.description))
            for a, topics in zip(activities, title_topics, strict=True)
        ),
        title_topics=_stacked(map(topic_bits, title_topics)),
    )


def joined(blocks: Sequence[Columns]) -> Columns:
    """Put the columns of several blocks one after the other."""
    return Columns(
        **{f.name: np.concatenate([getattr(b, f.name) for b in blocks]) for f in fields(Columns)}
    )


def ranks(ids: Sequence[str]) -> NDArray[np.int32]:
    """Rank of each id in the sorted list of ids."""
    result = np.empty(len(ids), np.int32)
    result[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids), dtype=np.int32)
    return result


def _topics(text: str) -> frozenset[str]:
    """What a text names, with everything that it is a kind of."""
    return frozenset(
        kind for found in find_topics(text, side="activity") for kind in parents(found.topic)
    )


def _stacked(rows: Iterable[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.stack([topic_bits(()), *rows])[1:]


def _language_bits(activity: Activity, numbers: Numbers) -> int:
    """Bits of the group's languages; past 64 languages the rest count as unknown."""
    return sum(
        {1 << numbers[code] for code in activity.audience.languages if numbers[code] < WORD_BITS}
    )


def _place(activity: Activity) -> Place | None:
    where = activity.location
    return locate(where.postcode, where.lat, where.lon) if where else None


def _access(activity: Activity, facts: Facts, place: Place | None) -> Access:
    if activity.online or place is None:
        return Access.ANYWHERE
    return Access.HOME if activity.visits_home or facts.visits_home else Access.TRAVEL


def _first(field: int | None, text: int | None, otherwise: int) -> int:
    return next((value for value in (field, text) if value is not None), otherwise)


def _gender(activity: Activity, facts: Facts) -> int:
    said = activity.audience.gender
    return GENDERS.index(facts.gender if said == "any" else said)


def _provisions(activity: Activity, facts: Facts) -> int:
    """What is provided; where a wheelchair comes in there are no stairs on the way."""
    provided = {*activity.accessibility, *facts.provides} - set(facts.lacks)
    return _bits(provided | ({"ground_floor"} if "wheelchair" in provided else set()))


def _bits(names: Iterable[str]) -> int:
    return sum({1 << ACCESSIBILITY.index(name) for name in names})


def _cost_factor(activity: Activity, facts: Facts) -> float:
    if activity.cost is None:
        return np.nan
    match activity.cost.per:
        case "free" | "month":
            return 1.0
        case "session":
            sessions = sessions_per_month(activity.schedule, monthly=facts.monthly)
            return max(1.0, sessions * min(1.0, _months(activity)))
        case "course":
            months = _months(activity)
            return 1 / max(1.0, months) if np.isfinite(months) else np.nan


def _months(activity: Activity) -> float:
    """Length of the run; infinite where it has no dates."""
    if activity.start_date is None or activity.end_date is None:
        return np.inf
    return ((activity.end_date - activity.start_date).days + 1) / DAYS_PER_MONTH


def _counted_day(activity: Activity) -> int:
    capacity = activity.capacity
    day = (capacity.updated_at if capacity else None) or activity.updated_at
    return day.toordinal() if day else NO_DAY
