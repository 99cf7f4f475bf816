"""From complaints to needs, from needs to working elements, support and cautions."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.patterns import Hit, Patterns
from wor_match.understanding.text import Reading

_ICPC = re.compile(r"(?<![A-Z0-9])[A-Z]\d{2}(?:\.\d{1,2})?(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_READ = 0.8
"""Weight of a complaint that the free text names, against 1 for one in its own field."""


@dataclass(frozen=True, slots=True)
class FoundNeed:
    """A need with its weight and the words (or the field) that showed it."""

    code: str
    weight: float
    reading: Reading
    place: tuple[int, int, int] | None
    rule: str


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A code (support domain, trade) at token positions of one sentence."""

    code: str
    sentence: int
    start: int
    end: int
    rule: str


@cache
def _complaints() -> Patterns[tables.Row]:
    return Patterns(
        (word, row) for row in tables.rows("complaints") for word in tables.parts(row["words"])
    )


@cache
def _support() -> Patterns[tables.Row]:
    return Patterns(
        (word, row) for row in tables.rows("support") for word in tables.parts(row["patterns"])
    )


@cache
def _trades() -> Patterns[tables.Row]:
    return Patterns(
        (word, row) for row in tables.rows("trades") for word in tables.parts(row["words"])
    )


@cache
def _codes() -> Mapping[str, tuple[tables.Row, ...]]:
    """Every ICPC code or chapter of the complaints table → its rows."""
    found: dict[str, list[tables.Row]] = {}
    for row in tables.rows("complaints"):
        for cell in tables.parts(row["icpc"]):
            for code in _spread(cell.removesuffix(".*")):
                found.setdefault(code, []).append(row)
    return {code: tuple(rows) for code, rows in found.items()}


def _spread(cell: str) -> list[str]:
    """Write a range out: "L88-L91" is four codes, "W*" the whole chapter."""
    first, _, last = cell.partition("-")
    if not last:
        return [first.rstrip("*")]
    return [f"{first[0]}{number:02d}" for number in range(int(first[1:]), int(last[1:]) + 1)]


def find_needs(
    reading: Reading, absent: Iterable[tuple[int, int, int]], *, field: bool
) -> list[FoundNeed]:
    """Return the needs that a text or complaint field shows.

    Parameters
    ----------
    reading
        The text.
    absent
        (sentence, start, end) of what the text says is not the case.
    field
        Whether the text is a complaint field, so that its words count in full.
    """
    found: list[FoundNeed] = []
    denied = list(absent)
    for number, sentence in enumerate(reading.sentences):
        for hit in _complaints().find(sentence.line):
            if any(n == number and hit.start < end and start < hit.end for n, start, end in denied):
                continue
            of_other = sentence.others[sentence.clause_of(hit.start)]
            if of_other and hit.row["complaint"] not in (
                "caregiver",
                "grief",
                "safety",
                "parenting",
            ):
                continue
            rule = f"complaints:{hit.row['complaint']}"
            for code, weight in _needs_of_complaint()[hit.row["complaint"]].items():
                scaled = weight if field else weight * _READ
                found.append(FoundNeed(code, scaled, reading, (number, hit.start, hit.end), rule))
    for match in _ICPC.finditer(reading.text):
        for row in _rows_of(match.group()):
            for code, weight in _needs_of_complaint()[row["complaint"]].items():
                found.append(
                    FoundNeed(
                        code,
                        weight,
                        reading,
                        None,
                        f"complaints:{row['complaint']}:{match.group()}",
                    )
                )
    return found


def _rows_of(code: str) -> tuple[tables.Row, ...]:
    table = _codes()
    return table.get(code) or table.get(code[:3]) or table.get(code[:1], ())


def icpc_codes(texts: Iterable[str]) -> set[str]:
    """Return the ICPC codes that stand in some texts, without their subcodes."""
    return {match.group()[:3] for text in texts for match in _ICPC.finditer(text)}


def heaviest(needs: Iterable[FoundNeed]) -> list[FoundNeed]:
    """Keep the place with the most weight for each need, the heaviest need first."""
    best: dict[str, FoundNeed] = {}
    for need in needs:
        if need.code not in best or need.weight > best[need.code].weight:
            best[need.code] = need
    return sorted(best.values(), key=lambda n: (-n.weight, n.code))


@cache
def _elements() -> Mapping[str, Mapping[str, float]]:
    return {row["need"]: tables.weighted(row["elements"]) for row in tables.rows("needs")}


@cache
def _needs_of_complaint() -> Mapping[str, Mapping[str, float]]:
    return {row["complaint"]: tables.weighted(row["needs"]) for row in tables.rows("complaints")}


@cache
def _topics_of_trade() -> Mapping[str, tuple[str, ...]]:
    return {row["trade"]: tuple(tables.parts(row["topics"])) for row in tables.rows("trades")}


def elements_of(needs: Iterable[FoundNeed]) -> dict[str, tuple[float, FoundNeed]]:
    """Return the working elements that the needs ask for, with the need that asks most."""
    table = _elements()
    best: dict[str, tuple[float, FoundNeed]] = {}
    for need in needs:
        for element, weight in table[need.code].items():
            product = round(weight * need.weight, 4)
            if element not in best or product > best[element][0]:
                best[element] = (product, need)
    return dict(sorted(best.items(), key=lambda item: (-item[1][0], item[0])))


def find_support(reading: Reading) -> list[FoundPlace]:
    """Return the domains of practical support that a text asks for."""
    return _places(reading, _support(), "domain", "support")


def find_trades(reading: Reading) -> list[tuple[FoundPlace, tuple[str, ...]]]:
    """Return the trades that the client had, with the kinds of activity near to them."""
    topics = _topics_of_trade()
    return [(place, topics[place.code]) for place in _places(reading, _trades(), "trade", "trades")]


def _places(
    reading: Reading, patterns: Patterns[tables.Row], column: str, table: str
) -> list[FoundPlace]:
    first: dict[str, FoundPlace] = {}
    for number, sentence in enumerate(reading.sentences):
        for hit in patterns.find(sentence.line):
            if sentence.others[sentence.clause_of(hit.start)]:
                continue
            before = sentence.tokens[hit.start - 1].norm if hit.start else ""
            if table == "trades" and before in ("de", "haar", "zijn", "mijn", "onze", "uw"):
                continue  # "haar juf" is somebody else
            code = hit.row[column]
            first.setdefault(code, FoundPlace(code, number, hit.start, hit.end, f"{table}:{code}"))
    return list(first.values())


_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip
_UNITS = {
    "dag": 1 / 30, "dagen": 1 / 30, "week": 0.25, "weken": 0.25,
    "maand": 1, "maanden": 1, "jaar": 12, "jaren": 12,
}  # fmt: skip
_SMALL = {
    "een": 1,
    "twee": 2,
    "drie": 3,
    "vier": 4,
    "vijf": 5,
    "zes": 6,
    "acht": 8,
    "paar": 2,
    "half": 0.5,
}
_REACH = 6
_JUNE = 6  # the middle of a year whose month is not told


def months_since_loss(
    reading: Reading, as_of: dt.date | None
) -> tuple[float, tuple[int, int, int]] | None:
    """Return how many months ago the text puts a death, and where it says so.

    "in augustus overleden" is counted to the latest August before ``as_of``, a
    year that is named to that year; "drie weken geleden" needs no date.
    """
    for number, sentence in enumerate(reading.sentences):
        words = [t.norm for t in sentence.tokens]
        at = next((i for i, w in enumerate(words) if w in tables.word_set("loss")), None)
        if at is None:
            continue
        months = _months_told(words, at)
        if months is None and as_of:
            months = _months_by_calendar(words, as_of)
        if months is not None:
            return months, (number, at, at + 1)
    return None


def _months_told(words: list[str], at: int) -> float | None:
    """Return months that a sentence tells: "drie weken geleden", "onlangs"."""
    if not tables.word_set("recent").isdisjoint(words[max(0, at - 4) : at + 3]):
        return 1.0
    for i, word in enumerate(words[1:], 1):
        if word not in _UNITS or abs(i - at) > _REACH:
            continue
        before = words[i - 1]
        count = float(before) if before.isdecimal() else _SMALL.get(before)
        if before in ("vorige", "afgelopen"):
            count = 1
        if count is not None:
            return count * _UNITS[word]
    return None


def _months_by_calendar(words: list[str], as_of: dt.date) -> float | None:
    """Return months since a named month or year, a bare month being the latest one."""
    month = next((_MONTHS.index(w) + 1 for w in words if w in _MONTHS), None)
    year = next((int(w) for w in words if _YEAR.fullmatch(w)), None)
    if month is None and year is None:
        return None
    if year is None:
        year = as_of.year if month and month <= as_of.month else as_of.year - 1
    return max(0.0, (as_of.year - year) * 12 + as_of.month - (month or _JUNE))


def hits_of(reading: Reading, patterns: Patterns[tables.Row]) -> list[tuple[int, Hit[tables.Row]]]:
    """Return every hit that is said of the client, with its sentence."""
    return [
        (number, hit)
        for number, sentence in enumerate(reading.sentences)
        for hit in patterns.find(sentence.line)
        if not sentence.others[sentence.clause_of(hit.start)]
    ]
