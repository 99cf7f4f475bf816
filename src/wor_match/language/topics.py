"""Find which kinds of activity a text names.

The words stand in ``knowledge/topics.csv``. A word is looked up as it is, as a
form of a known word, and as a compound that begins or ends with one
("koffieochtend", "seniorenkoor"). Each distinct word is worked out once.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from wor_match.knowledge import tables
from wor_match.language.stems import base, forms
from wor_match.language.tokens import Token, fold, tokenise

Side = Literal["client", "activity"]


class Found(NamedTuple):
    """A kind of activity and the characters that name it."""

    topic: str
    start: int
    end: int


class _Index:
    """The words of one side of the table, ready to be looked up."""

    def __init__(self, side: Side) -> None:
        self.words: dict[str, tuple[str, ...]] = {}
        self.exact: dict[str, tuple[str, ...]] = {}
        self.beginnings: dict[str, tuple[str, ...]] = {}
        self.endings: dict[str, tuple[str, ...]] = {}
        self.phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.exceptions = frozenset(fold(row["word"]) for row in tables.rows("topic_exceptions"))
        for row in tables.rows("topics"):
            cells = [row["client_words"]] + [row["activity_words"]] * (side == "activity")
            for cell in cells:
                for word in tables.parts(cell):
                    self._add(word, row["topic"])
        for phrases in self.phrases.values():
            phrases.sort(key=lambda item: -len(item[0]))

    def _add(self, word: str, topic: str) -> None:
        plain = [t.norm for t in tokenise(word.strip("*="))]
        if len(plain) > 1:
            self.phrases.setdefault(plain[0], []).append((tuple(plain), topic))
        elif word.startswith("="):
            _append(self.exact, plain[0], topic)
        elif word.startswith("*"):
            _append(self.endings, plain[0], topic)
            _append(self.endings, base(plain[0]), topic)
        elif word.endswith("*"):
            _append(self.beginnings, plain[0], topic)
        else:
            _append(self.words, plain[0], topic)
            _append(self.words, base(plain[0]), topic)


def _append(table: dict[str, tuple[str, ...]], key: str, topic: str) -> None:
    if topic not in table.get(key, ()):
        table[key] = (*table.get(key, ()), topic)


@cache
def _index(side: Side) -> _Index:
    return _Index(side)


@lru_cache(maxsize=131072)
def topics_of_word(word: str, side: Side = "client") -> tuple[str, ...]:
    """Return the topics that one folded word names."""
    index = _index(side)
    if word in index.exact:
        return index.exact[word]
    if word in index.exceptions:
        return ()
    found: list[str] = []
    for form in forms(word):
        if form in index.words:
            found += index.words[form]
            break
    found += _by_part(word, index)
    return tuple(dict.fromkeys(found))


def _by_part(word: str, index: _Index) -> Iterator[str]:
    """Topics by the longest known beginning, and by the longest known ending."""
    for size in range(len(word), 3, -1):
        if word[:size] in index.beginnings:
            yield from index.beginnings[word[:size]]
            break
    for form in forms(word):
        for start in range(len(form) - 3):
            if form[start:] in index.endings:
                yield from index.endings[form[start:]]
                return


def find_in_tokens(tokens: list[Token], side: Side = "client") -> list[tuple[str, int, int]]:
    """Return (topic, first token, past the last token); longest phrase first at each place."""
    index = _index(side)
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if not token.word:
            at += 1
            continue
        size = 1
        matched = False
        for phrase, topic in index.phrases.get(token.norm, ()):
            length = len(phrase)
            if matched and length < size:
                break
            if all(
                at + i < len(tokens) and tokens[at + i].norm == phrase[i] for i in range(1, length)
            ):
                found.append((topic, at, at + length))
                size, matched = length, True
        if not matched:
            for topic in topics_of_word(token.norm, side):
                found.append((topic, at, at + 1))
        at += size
    return found


def find_topics(text: str, side: Side = "client") -> list[Found]:
    """Return the kinds of activity that a text names, with their offsets.

    Parameters
    ----------
    text
        Any Dutch text.
    side
        ``"client"`` for what a client or referrer wrote, ``"activity"`` for the
        text of a provider, where more words tell what is done.
    """
    tokens = tokenise(text)
    return [
        Found(topic, tokens[first].start, tokens[last - 1].end)
        for topic, first, last in find_in_tokens(tokens, side)
    ]


@cache
def parents(topic: str) -> frozenset[str]:
    """Return a topic with everything that it is a kind of."""
    table = {row["topic"]: tables.parts(row["parents"]) for row in tables.rows("topics")}
    found: set[str] = set()
    waiting = [topic]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += table.get(current, [])
    return frozenset(found)


@cache
def demands() -> dict[str, frozenset[str]]:
    """Return what each topic asks of the body."""
    return {row["topic"]: frozenset(tables.parts(row["demands"])) for row in tables.rows("topics")}
