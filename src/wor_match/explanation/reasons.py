"""Why one activity is proposed: sentences from the parts that made its score.

A reason is given only for a part that adds at least ``_WORTH_SAYING`` of the
score, so nothing is said that did not count.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cache

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
from wor_match.scoring import PARTS, Scores
from wor_match.sharing.wait import CLOSED, FUTURE, INTAKE_FIRST, OPEN_HOUSE, PLACE, WAIT

_WORTH_SAYING = 0.05
_SHOWN_WORDS = 3
_STALE_DAYS = 365
_MONTHS_NL = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


def reasons(
    catalogue: Catalogue, client: Prepared, constraints: Constraints, scores: Scores, at: int
) -> list[Sentence]:
    """Return the reasons for the activity at position ``at``, in the order of a conversation."""
    row = int(scores.reached.rows[at])
    points = scores.points[:, at]
    least = _WORTH_SAYING * points.sum()
    counted = {
        name for name, value in zip(PARTS, points, strict=True) if abs(value) >= max(1, least)
    }
    said = [
        *(_wish(client, scores, at) if "wishes" in counted else ()),
        *(_need(catalogue, client, row) if "needs" in counted else ()),
        *(_words(catalogue, client, scores, row) if "words" in counted else ()),
    ]
    if "story" in counted:
        said.append(sentence("reason.story"))
    if "unwanted" in counted:
        said.append(sentence("reason.unwanted"))
    return [*said, *_way(catalogue, constraints, scores, at), *_places(catalogue, scores, at)]


def open_questions(
    catalogue: Catalogue, constraints: Constraints, scores: Scores, positions: NDArray[np.intp]
) -> list[list[Sentence]]:
    """Return for each of some positions what the file does not say and the coach must ask."""
    rows = scores.reached.rows[positions]
    seen = catalogue.columns.counted_day[rows]
    open_house = scores.waits.state[positions] == OPEN_HOUSE
    masks = {
        **unknowns(catalogue, rows, constraints),
        "capacity": np.isnan(scores.waits.expected[positions]) & ~open_house,
        "old": (seen > 0) & (constraints.day - seen > _STALE_DAYS),
    }
    return [
        [sentence(f"unknown.{code}") for code, mask in masks.items() if mask[number]]
        for number in range(len(positions))
    ]


def _wish(client: Prepared, scores: Scores, at: int) -> Iterator[Sentence]:
    evidence = scores.parts.by_wish[at]
    number = int(np.argmax(evidence))
    if evidence[number] > 0:
        yield sentence("reason.wish", {"wish": client.wishes[number]})


def _need(catalogue: Catalogue, client: Prepared, row: int) -> Iterator[Sentence]:
    answers = catalogue.answers(client.encoder)
    if answers is None:
        return
    need = NEEDS[int(np.argmax(answers[row] * client.needs))]
    dutch, english = _need_labels()[need]
    yield sentence("reason.need", {"need": dutch}, {"need": english})


@cache
def _need_labels() -> dict[str, tuple[str, str]]:
    return {row["need"]: (row["label_nl"], row["label_en"]) for row in tables.rows("needs")}


def _words(catalogue: Catalogue, client: Prepared, scores: Scores, row: int) -> Iterator[Sentence]:
    shared = catalogue.words.shared(row, scores.parts.word_weights, _SHOWN_WORDS)
    words = [client.word_of[stem] for stem in shared if stem in client.word_of]
    if words:
        yield sentence("reason.words", {"words": ", ".join(words)})


def _way(
    catalogue: Catalogue, constraints: Constraints, scores: Scores, at: int
) -> Iterator[Sentence]:
    row, minutes = int(scores.reached.rows[at]), scores.reached.minutes[at]
    if catalogue.columns.online[row]:
        yield sentence("reason.online")
    elif catalogue.columns.access[row] == Access.HOME:
        yield sentence("reason.home")
    elif not np.isnan(minutes):
        mode = sentence(f"mode.{constraints.mode}")
        about = max(1, round(float(minutes)))
        yield sentence(
            "reason.near", {"minutes": about, "mode": mode.nl}, {"minutes": about, "mode": mode.en}
        )


def _places(catalogue: Catalogue, scores: Scores, at: int) -> Iterator[Sentence]:
    waits = scores.waits
    match int(waits.state[at]):
        case state if state == PLACE:
            yield sentence("reason.place")
        case state if state == OPEN_HOUSE:
            yield sentence("reason.open_house")
        case state if state == INTAKE_FIRST:
            yield sentence("reason.intake")
        case state if state == CLOSED:
            yield sentence("reason.closed")
        case state if state == WAIT and np.isfinite(waits.expected[at]):
            yield sentence("reason.wait", {"weeks": max(1, round(float(waits.expected[at])))})
        case state if state == FUTURE:
            day = dt.date.fromordinal(int(catalogue.columns.first_day[scores.reached.rows[at]]))
            nl = f"{day.day} {_MONTHS_NL[day.month - 1]}"
            yield sentence("reason.future", {"date": nl}, {"date": f"{day:%B} {day.day}"})
