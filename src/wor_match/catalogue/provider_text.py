"""Facts that providers write in the text and leave out of the fields.

A home visit with the office as its place, "alleen via trap bereikbaar", "16 t/m
27", "aanmeldstop": real files hold these in prose. The patterns stand in
``knowledge/provider_cues.csv``; a field that is filled wins over the text.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from wor_match.activity import Accessibility, Activity
from wor_match.knowledge import tables

_AGES = re.compile(
    r"\b(\d{2})\s*(?:t/m|tot en met|tot|–|-)\s*(\d{2})\b"
    r"(?!\s*(?:km|uur|u\b|euro|minuten|personen|deelnemers|mensen))"
)
_FROM_AGE = re.compile(
    r"(?:^|\bvoor (?:[\w-]+ )?)[^.]{0,40}?\b(\d{2})\s*(?:\+|-\s*plus|\s?plus)(?! korting)",
    re.IGNORECASE,
)


_YOUNGEST = 10
_SENIOR = 40
"""\"12+\" is more often a price or a number of people than an age."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the text of one activity says beside its fields."""

    visits_home: bool
    provides: tuple[Accessibility, ...]
    lacks: tuple[Accessibility, ...]
    gender: Literal["any", "women", "men"]
    age_min: int | None
    age_max: int | None
    closed: bool
    open_house: bool
    intake_first: bool
    monthly: bool


def facts_of(activity: Activity) -> Facts:
    """Read an activity's title and description."""
    said = {
        fact
        for fact, pattern in _cues()
        if pattern.search(activity.title) or pattern.search(activity.description)
    }
    age_min, age_max = _ages(activity.title) or _ages(activity.description) or (None, None)
    return Facts(
        visits_home=_comes_home(activity, said),
        provides=_named("provides_", said),
        lacks=_named("lacks_", said),
        gender="women" if "women" in said else "men" if "men" in said else "any",
        age_min=age_min,
        age_max=age_max,
        closed="closed" in said,
        open_house="open_house" in said,
        intake_first="intake_first" in said,
        monthly="monthly" in said,
    )


def _comes_home(activity: Activity, said: set[str]) -> bool:
    """Whether the provider comes to the client; a volunteer goes to the home of somebody else."""
    return (
        "visits_home" in said
        and "not_visits_home" not in said
        and activity.category != "volunteering"
    )


def _named(prefix: str, said: set[str]) -> tuple[Accessibility, ...]:
    return tuple(sorted(fact.removeprefix(prefix) for fact in said if fact.startswith(prefix)))  # type: ignore[misc]


def _ages(text: str) -> tuple[int, int | None] | None:
    """``"16 t/m 27"`` → (16, 27); ``"55+"`` → (55, None)."""
    for found in _AGES.finditer(text):
        low, high = int(found[1]), int(found[2])
        if _YOUNGEST <= low < high:
            return low, high
    found_from = _FROM_AGE.search(text)
    return (int(found_from[1]), None) if found_from and int(found_from[1]) >= _SENIOR else None


@cache
def _cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = tables.rows("provider_cues")
    return tuple((row["fact"], re.compile(row["pattern"], re.IGNORECASE)) for row in rows)
