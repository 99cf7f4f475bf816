"""Days and parts of the day that a sentence names: "di en do", "ma t/m vr", "zaterdagavond"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from wor_match.knowledge import tables
from wor_match.language.tokens import Token

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_SHORT = {"ma": "mo", "di": "tu", "wo": "we", "do": "th", "vr": "fr", "za": "sa", "zo": "su"}
_NAMES = dict(
    zip(
        ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
        DAYS,
        strict=True,
    )
)
_PARTS = {
    "ochtend": "morning",
    "morgen": "morning",
    "middag": "afternoon",
    "avond": "evening",
    "nacht": "night",
}
_LINKED = 3  # words and marks between two times of one group
_LINKS = frozenset(("en", "of", ",", "/", "tm", "plus", "noch", "tot", "-"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A group of times in one sentence: token positions and units."""

    start: int
    end: int
    units: tuple[str, ...]


def mentions_of(tokens: Sequence[Token]) -> list[Mention]:
    """Return the groups of times in a sentence: "di en do", "ma t/m vr", "zaterdagavond"."""
    units = [_units(tokens, at) for at in range(len(tokens))]
    found: list[Mention] = []
    at = 0
    while at < len(units):
        if not units[at]:
            at += 1
            continue
        end, group = at + 1, list(units[at])
        while end < len(units):
            step = end
            days = group[0] in DAYS
            while (
                step < len(units)
                and not units[step]
                and step - end < _LINKED
                and _is_link(tokens, step, days)
            ):
                step += 1
            if step < len(units) and units[step] and _same_kind(units[step], group):
                between = {tokens[i].norm for i in range(end, step)}
                ranged = "tm" in between or "tot" in between or tokens[step].glued
                group += _range(group[-1], units[step][0]) if ranged else units[step]
                end = step + 1
            else:
                break
        found.append(Mention(at, end, tuple(dict.fromkeys(group))))
        at = end
    return found


def _same_kind(units: Sequence[str], group: Sequence[str]) -> bool:
    return (units[0] in DAYS) == (group[0] in DAYS)


def _is_link(tokens: Sequence[Token], at: int, days: bool) -> bool:
    word = tokens[at].norm
    return word in ("en", "of", "de", "op", "/", "plus", "met") or (days and word in _LINKS)


def _range(first: str, last: str) -> list[str]:
    if first in DAYS and last in DAYS and DAYS.index(first) < DAYS.index(last):
        return list(DAYS[DAYS.index(first) : DAYS.index(last) + 1])
    return [last]


def _units(tokens: Sequence[Token], at: int) -> tuple[str, ...]:
    token = tokens[at]
    if not token.word:
        return ()
    if token.raw in _SHORT:
        return (_SHORT[token.raw],) if _is_day(tokens, at) else ()
    if token.norm == "morgen":
        return ("morning",) if at and tokens[at - 1].norm in ("de", "elke", "iedere") else ()
    return _units_of(token.norm)


@lru_cache(maxsize=8192)
def _units_of(word: str) -> tuple[str, ...]:
    """Return the units of a word by itself: "dinsdagmiddag" → ("tu", "afternoon")."""
    if word in _NAMES:
        return (_NAMES[word],)
    unit = _time_words().get(word)
    if unit:
        return (unit,)
    for name, day in _NAMES.items():
        if word.startswith(name):
            rest = word[len(name) :].removesuffix("en").removesuffix("s")
            if rest in _PARTS:
                return (day, _PARTS[rest])
    return ()


@cache
def _time_words() -> dict[str, str]:
    return {row["word"]: row["unit"] for row in tables.rows("time_words")}


def _is_day(tokens: Sequence[Token], at: int) -> bool:
    """Whether "do" or "ma" is a day here: beside another day, or where only a time can stand."""
    for step in (-1, 1):
        near = at + step
        seen = 0
        while 0 <= near < len(tokens) and seen < _LINKED:
            token = tokens[near]
            if token.raw in _SHORT or token.norm in _NAMES:
                return True
            if token.norm not in _LINKS and token.norm not in ("de", "op"):
                break
            near += step
            seen += 1
    before = tokens[at - 1].norm if at else ""
    if before in ("op", "elke", "iedere", "dialyse", "behalve"):
        return tokens[at].raw != "ma"
    alone = before in ("alleen", "enkel", "uitsluitend", "niet", "")
    return alone and tokens[at].raw in ("di", "vr", "za")
