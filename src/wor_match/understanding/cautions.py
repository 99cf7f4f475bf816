"""Contraindications and matters of timing: labelled warnings, never silent drops."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.patterns import Patterns
from wor_match.understanding.needs import FoundNeed, hits_of, months_since_loss
from wor_match.understanding.text import Reading

Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class FoundCaution:
    """A warning with its text and where it comes from (no place: the whole field)."""

    code: str
    text: str
    reading: Reading
    place: Place | None
    rule: str


@cache
def _words() -> Patterns[tables.Row]:
    return Patterns(
        (part, row)
        for row in tables.rows("cautions")
        for part in tables.parts(row["when"])
        if not part.startswith(("need:", "icpc:")) and part != "death"
    )


@cache
def _conditions() -> dict[str, tuple[str, ...]]:
    """Per caution what besides words brings it up: a need, an ICPC code, a recent death."""
    return {
        row["code"]: tuple(
            part
            for part in tables.parts(row["when"])
            if part == "death" or part.startswith(("need:", "icpc:"))
        )
        for row in tables.rows("cautions")
    }


def find_cautions(
    readings: Sequence[Reading],
    needs: Sequence[FoundNeed],
    codes: Collection[str],
    as_of: dt.date | None,
) -> list[FoundCaution]:
    """Return the warnings that fit what was understood, in the order of the table."""
    found: dict[str, FoundCaution] = {}
    for reading in readings:
        for number, hit in hits_of(reading, _words()):
            found.setdefault(
                hit.row["code"], _caution(hit.row, reading, (number, hit.start, hit.end))
            )
    for row in tables.rows("cautions"):
        if row["code"] not in found:
            for caution in _by_need(row, readings, needs, codes, as_of):
                found[row["code"]] = caution
                break
    return [found[row["code"]] for row in tables.rows("cautions") if row["code"] in found]


def _by_need(
    row: tables.Row,
    readings: Sequence[Reading],
    needs: Sequence[FoundNeed],
    codes: Collection[str],
    as_of: dt.date | None,
) -> Iterator[FoundCaution]:
    for part in _conditions()[row["code"]]:
        if part == "death":
            for reading in readings:
                ago = months_since_loss(reading, as_of)
                if ago and ago[0] < float(row["months"]):
                    yield _caution(row, reading, ago[1])
        elif part.startswith("need:"):
            for need in needs:
                if need.code == part[5:]:
                    yield _caution(row, need.reading, need.place)
        elif part.startswith("icpc:") and part[5:] in codes and readings:
            yield _caution(row, readings[0], None)


def _caution(row: tables.Row, reading: Reading, place: Place | None) -> FoundCaution:
    return FoundCaution(row["code"], row["text_nl"], reading, place, f"cautions:{row['code']}")
