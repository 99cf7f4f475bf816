"""A small pattern language over the words of one sentence.

A pattern is a line of elements, one blank between them::

    wil|zou .. niet meer leven      a word, with other spellings after a bar
    praat* met @hulp                a beginning, a word class of classes.csv
    *stoornis                       an ending
    heel? graag                     an optional word
    ..   ..6                        at most 3 (6) other words, no mark between
    ...  ...9                       at most 6 (9) words or marks
    <topic>                         the words that the rule is about (named group)
    ^  $                            first and last word of the sentence

Patterns are compiled once, and only those whose anchor (a word that must be
there) stands in the sentence are tried.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from wor_match.knowledge import tables
from wor_match.language.tokens import Token

T = TypeVar("T")
_GAP = re.compile(r"^(\.{2,3})(\d*)$")
_SLOT = re.compile(r"^<([a-z]+)(\d*)>$")
_BEGINNING = 3
"""Letters by which patterns with a beginning ("praat*") are found."""
_WORD = r"[^ .,;:()?!/]+"
_ANY = r"[^ ]+"


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """One place where a pattern stands: token positions, end excluded.

    ``words`` are the positions that the pattern itself names, without its gaps.
    """

    row: T
    start: int
    end: int
    words: tuple[int, ...]
    slots: tuple[tuple[str, int, int], ...] = ()

    def slot(self, name: str) -> tuple[int, int] | None:
        """Return the token positions of a named slot."""
        return next(((a, b) for key, a, b in self.slots if key == name), None)


class Line:
    """A sentence as the patterns see it: one string, and where each word starts in it."""

    __slots__ = ("beginnings", "starts", "text", "tokens", "words")

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.text = " " + "".join(f"{t.norm} " for t in tokens)
        self.starts: dict[int, int] = {}
        at = 1
        for position, token in enumerate(tokens):
            self.starts[at] = position
            at += len(token.norm) + 1
        self.starts[at] = len(tokens)
        self.words = {t.norm for t in tokens}
        self.beginnings = {word[:_BEGINNING] for word in self.words}


class Patterns(Generic[T]):
    """A compiled set of patterns, each with the row it came from."""

    def __init__(self, rows: Iterable[tuple[str, T]]) -> None:
        self._exact: dict[str, list[int]] = {}
        self._prefix: dict[str, list[int]] = {}
        self._always: list[int] = []
        self._rows: list[tuple[list[str], T]] = []
        self._rules: dict[int, re.Pattern[str]] = {}  # compiled when first tried
        for pattern, row in rows:
            self._add(pattern, row)
        self._exact_words = frozenset(self._exact)
        self._prefix_words = frozenset(self._prefix)

    def _add(self, pattern: str, row: T) -> None:
        number = len(self._rows)
        elements = pattern.split()
        self._rows.append((elements, row))
        anchors = _anchors(elements)
        if anchors is None:
            self._always.append(number)
            return
        for anchor in anchors:
            if anchor.endswith("*"):
                self._prefix.setdefault(anchor[:_BEGINNING], []).append(number)
            else:
                self._exact.setdefault(anchor, []).append(number)

    def find(self, line: Line) -> list[Hit[T]]:
        """Return every place of every pattern in a sentence, in order of the rows."""
        wanted = set(self._always)
        for word in line.words & self._exact_words:
            wanted.update(self._exact[word])
        for beginning in line.beginnings & self._prefix_words:
            wanted.update(self._prefix[beginning])
        if not wanted:
            return []
        hits: list[Hit[T]] = []
        for number in sorted(wanted):
            elements, row = self._rows[number]
            rule = self._rules.get(number)
            if rule is None:
                rule = self._rules[number] = re.compile(_compile(elements))
            for found in rule.finditer(line.text):
                hit = _hit(line, found, row)
                if hit is not None:
                    hits.append(hit)
        return hits


def _hit(line: Line, found: re.Match[str], row: T) -> Hit[T] | None:
    start, end = _positions(line, found.start(), found.end())
    if end <= start:
        return None
    open_words: set[int] = set()
    for group in range(1, (found.re.groups or 0) + 1):
        if found[group]:
            open_words.update(range(*_positions(line, *found.span(group))))
    words = tuple(at for at in range(start, end) if at not in open_words)
    slots = tuple(
        (name, *_positions(line, *found.span(name)))
        for name, value in found.groupdict().items()
        if value and value.strip()
    )
    return Hit(row, start, end, words, slots)


def _positions(line: Line, start: int, end: int) -> tuple[int, int]:
    first = line.starts.get(start)
    last = line.starts.get(end)
    if first is None or last is None:  # cannot happen: every element eats whole words
        return 0, 0
    return first, last


def _compile(elements: Sequence[str]) -> str:
    return r"(?<= )" + "".join(_element(element) for element in elements)


def _element(element: str) -> str:
    if element == "^":
        return r"(?<=^ )"
    if element == "$":
        return r"(?=(?:[.?!] )*$)"
    gap = _GAP.match(element)
    if gap:
        unit = _WORD if gap[1] == ".." else _ANY
        most = int(gap[2] or (3 if gap[1] == ".." else 6))
        return rf"((?:{unit} ){{0,{most}}}?)"
    slot = _SLOT.match(element)
    if slot:
        return rf"(?P<{slot[1]}>(?:{_WORD} ){{1,{int(slot[2] or 4)}}})"
    optional = element.endswith("?") and len(element) > 1
    body = "|".join(
        _literal(word) for word in _alternatives(element.removesuffix("?") if optional else element)
    )
    return rf"(?:(?:{body}) ){'?' if optional else ''}"


def _alternatives(element: str) -> list[str]:
    # Table words take the same canonical forms as the text ("niets" → "niks").
    words: list[str] = []
    for part in element.split("|"):
        if part.startswith("@"):
            for word in tables.word_class(part[1:]):
                words += _alternatives(word)
        else:
            words.append("_".join(tables.shorthand().get(word, word) for word in part.split("_")))
    return words


def _literal(word: str) -> str:
    before = r"[^ ]*" if word.startswith("*") else ""
    after = r"[^ ]*" if word.endswith("*") and len(word) > 1 else ""
    return before + re.escape(word.strip("*")).replace("_", " ") + after


def _anchors(elements: Sequence[str]) -> list[str] | None:
    """Return the words of the choosiest element that must be there, or None."""
    best: list[str] | None = None
    for element in elements:
        if element in "^$" or _GAP.match(element) or _SLOT.match(element):
            continue
        if element.endswith("?") and len(element) > 1:
            continue
        words = _alternatives(element)
        if any(w.startswith("*") or (w.endswith("*") and len(w) <= _BEGINNING) for w in words):
            continue
        words = [w.split("_")[0] for w in words]
        cost = sum(30 if w in tables.word_set("common") else 1 for w in words)
        if best is None or cost < sum(30 if w in tables.word_set("common") else 1 for w in best):
            best = words
    return best


def example_texts(pattern: str) -> list[str]:
    """Write texts that a pattern must find, together using each of its words once.

    A table row can then be shown, and tested, without an example beside it.
    """
    choices = [_written(element) for element in pattern.split()]
    most = max((len(words) for words in choices), default=0)
    texts = [
        " ".join(words[min(number, len(words) - 1)] for words in choices if words)
        for number in range(most)
    ]
    return list(dict.fromkeys(" ".join(text.split()) for text in texts))


def _written(element: str) -> list[str]:
    if element in ("^", "$") or _GAP.match(element):
        return []
    if _SLOT.match(element):
        return ["iets"]
    bare = element.removesuffix("?") if len(element) > 1 else element
    return [word.strip("*").replace("_", " ") for word in _alternatives(bare)]
