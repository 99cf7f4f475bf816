"""Why one activity is proposed: sentences from the parts that made its score.

A reason is given only for a part that adds at least ``_WORTH_SAYING`` of the
score, so nothing is said that did not count.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from math import isfinite, isnan

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import Access
from wor_match.embedding.needs import NEEDS
from wor_match.explanation.sentences import sentence
from wor_match.feasibility import Constraints, unknowns
from wor_match.knowledge import tables
from wor_match.prepared import Prepared
from wor_match.result import Sentence
from wor_match.scoring import PARTS, Scores, Shown
from wor_match.sharing.wait import CLOSED, FUTURE, INTAKE_FIRST, OPEN_HOUSE, PLACE, WAIT

_WORTH_SAYING = 0.05
_ANSWERED = 0.4
_SHOWN_WORDS = 3
_STALE_DAYS = 365
_MONTHS_NL = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


def reasons(
    catalogue: Catalogue, client: Prepared, constraints: Constraints, one: Shown
) -> list[Sentence]:
    """Return the reasons for one activity, in the order of a conversation."""
    least = max(1.0, _WORTH_SAYING * sum(one.points))
    counted = {name for name, points in zip(PARTS, one.points, strict=True) if abs(points) >= least}
    said = []
    if "wishes" in counted and one.wish_answered >= _ANSWERED:
        said.append(sentence("reason.wish", {"wish": client.wishes[one.wish]}))
    if "needs" in counted:
        dutch, english = _need_labels()[NEEDS[one.need]]
        said.append(sentence("reason.need", {"need": dutch}, {"need": english}))
    if "words" in counted:
        said += _words(client, one)
    if "story" in counted:
        said.append(sentence("reason.story"))
    if "unwanted" in counted:
        said.append(sentence("reason.unwanted"))
    return [*said, *_way(catalogue, constraints, one), *_places(catalogue, one)]


def open_questions(
    catalogue: Catalogue, constraints: Constraints, scores: Scores, positions: NDArray[np.intp]
) -> list[list[Sentence]]:
    """Return for each of some positions what the file does not say and the coach must ask."""
    rows = scores.reached.rows[positions]
    seen = catalogue.columns.counted_day[rows]
    waits = scores.places.waits
    open_house = waits.state[rows] == OPEN_HOUSE
    masks = {
        **unknowns(catalogue, rows, constraints),
        "capacity": np.isnan(waits.expected[rows]) & ~open_house,
        "old": (seen > 0) & (constraints.day - seen > _STALE_DAYS),
    }
    return [
        [sentence(f"unknown.{code}") for code, mask in masks.items() if mask[number]]
        for number in range(len(positions))
    ]


@cache
def _need_labels() -> dict[str, tuple[str, str]]:
    return {row["need"]: (row["label_nl"], row["label_en"]) for row in tables.rows("needs")}


def _words(client: Prepared, one: Shown) -> Iterator[Sentence]:
    """The words of wishes and interests that occur; other words count, but say nothing aloud."""
    words = [client.word_of[stem] for stem in one.shared[:_SHOWN_WORDS]]
    if words:
        yield sentence("reason.words", {"words": ", ".join(words)})


def _way(catalogue: Catalogue, constraints: Constraints, one: Shown) -> Iterator[Sentence]:
    if catalogue.columns.online[one.row]:
        yield sentence("reason.online")
    elif catalogue.columns.access[one.row] == Access.HOME:
        yield sentence("reason.home")
    elif not isnan(one.minutes):
        mode = sentence(f"mode.{constraints.mode}")
        about = max(1, round(one.minutes))
        code = "reason.near" if about > 1 else "reason.very_near"
        yield sentence(
            code, {"minutes": about, "mode": mode.nl}, {"minutes": about, "mode": mode.en}
        )


def _places(catalogue: Catalogue, one: Shown) -> Iterator[Sentence]:
    if one.state in _PLAIN_STATES:
        yield sentence(_PLAIN_STATES[one.state])
    elif one.state == WAIT and isfinite(one.wait):
        yield sentence("reason.wait", {"weeks": max(1, round(one.wait))})
    elif one.state == FUTURE:
        day = dt.date.fromordinal(int(catalogue.columns.first_day[one.row]))
        nl = f"{day.day} {_MONTHS_NL[day.month - 1]}"
        yield sentence("reason.future", {"date": nl}, {"date": f"{day:%B} {day.day}"})


_PLAIN_STATES = {
    PLACE: "reason.place",
    OPEN_HOUSE: "reason.open_house",
    INTAKE_FIRST: "reason.intake",
    CLOSED: "reason.closed",
}
