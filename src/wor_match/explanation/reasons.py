"""Why one activity is proposed: sentences from the parts that made its score.

A reason is given only for a part that adds at least ``_WORTH_SAYING`` of the
score, so nothing is said that did not count.
"""

import datetime as dt
from functools import cache, lru_cache
from math import isfinite, isnan

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import HOME
from wor_match.client import Mode
from wor_match.embedding.needs import NEEDS
from wor_match.explanation.sentences import sentence
from wor_match.feasibility import Constraints, unknowns
from wor_match.knowledge import tables
from wor_match.prepared import Prepared
from wor_match.result import Sentence
from wor_match.scoring import PARTS, RESOLUTION, Scores, Shown
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
    least = max(1 / RESOLUTION, _WORTH_SAYING * one.score)
    story, wishes, needs, words, unwanted, *_ = one.points
    spread, price = one.points[-2:] if len(one.points) == len(PARTS) else (0.0, 0.0)
    said = []
    if wishes >= least and one.wish_answered >= _ANSWERED:
        said.append(sentence("reason.wish", {"wish": client.wishes[one.wish]}))
    if needs >= least:
        said.append(_need(one.need))
    if words >= least:
        said += _words(client, one)
    if story >= least:
        said.append(sentence("reason.story"))
    if -unwanted >= least:
        said.append(sentence("reason.unwanted"))
    said += _way(constraints.mode, one)
    said += _places(catalogue, one)
    if -price >= least:
        said.append(sentence("reason.price"))
    if -spread >= least:
        said.append(sentence("reason.spread"))
    return said


def open_questions(
    catalogue: Catalogue, constraints: Constraints, scores: Scores, positions: NDArray[np.intp]
) -> list[list[Sentence]]:
    """Return for each of some positions what the file does not say and the coach must ask."""
    rows = scores.reached.rows[positions]
    seen = catalogue.columns.counted_day[rows]
    waits = scores.places.waits
    open_house = waits.state[rows] == OPEN_HOUSE
    found = {
        **unknowns(catalogue, rows, constraints),
        "capacity": np.isnan(waits.expected[rows]) & ~open_house,
        "old": (seen > 0) & (constraints.day - seen > _STALE_DAYS),
    }
    questions: list[list[Sentence]] = [[] for _ in positions]
    for code, mask in found.items():
        for position in mask.nonzero()[0].tolist():
            questions[position].append(sentence(f"unknown.{code}"))
    return questions


@cache
def _need(number: int) -> Sentence:
    labels = {row["need"]: row for row in tables.rows("needs")}[NEEDS[number]]
    return sentence("reason.need", {"need": labels["label_nl"]}, {"need": labels["label_en"]})


def _words(client: Prepared, one: Shown) -> list[Sentence]:
    """The words of wishes and interests that occur; other words count, but say nothing aloud."""
    words = [client.word_of[stem] for stem in one.shared[:_SHOWN_WORDS]]
    return [sentence("reason.words", {"words": ", ".join(words)})] if words else []


def _way(mode: Mode, one: Shown) -> list[Sentence]:
    if one.online:
        return [sentence("reason.online")]
    if one.access == HOME:
        return [sentence("reason.home")]
    return [] if isnan(one.minutes) else [_near(max(1, round(one.minutes)), mode)]


@lru_cache(maxsize=1024)
def _near(minutes: int, mode: Mode) -> Sentence:
    by = sentence(f"mode.{mode}")
    code = "reason.near" if minutes > 1 else "reason.very_near"
    return sentence(code, {"minutes": minutes, "mode": by.nl}, {"minutes": minutes, "mode": by.en})


def _places(catalogue: Catalogue, one: Shown) -> list[Sentence]:
    if one.state in _PLAIN_STATES:
        return [sentence(_PLAIN_STATES[one.state])]
    if one.state == WAIT and isfinite(one.wait):
        return [_wait(max(1, round(one.wait)))]
    if one.state == FUTURE:
        return [_future(int(catalogue.columns.first_day[one.row]))]
    return []


@lru_cache(maxsize=1024)
def _wait(weeks: int) -> Sentence:
    return sentence("reason.wait", {"weeks": weeks})


@lru_cache(maxsize=1024)
def _future(ordinal: int) -> Sentence:
    day = dt.date.fromordinal(ordinal)
    nl = f"{day.day} {_MONTHS_NL[day.month - 1]}"
    return sentence("reason.future", {"date": nl}, {"date": f"{day:%B} {day.day}"})


_PLAIN_STATES = {
    PLACE: "reason.place",
    OPEN_HOUSE: "reason.open_house",
    INTAKE_FIRST: "reason.intake",
    CLOSED: "reason.closed",
}
