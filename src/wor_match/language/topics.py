"""Find which kinds of activity a text names, by the words of ``knowledge/topics.csv``."""

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from wor_match.knowledge import tables
from wor_match.language.lexicon import Lexicon
from wor_match.language.tokens import Token, tokenise

Side = Literal["client", "activity"]


class Found(NamedTuple):
    """A kind of activity and the characters that name it."""

    topic: str
    start: int
    end: int


@cache
def _lexicon(side: Side) -> Lexicon:
    columns = ("client_words",) if side == "client" else ("client_words", "activity_words")
    return Lexicon(
        (
            (word, row["topic"])
            for row in tables.rows("topics")
            for column in columns
            for word in tables.parts(row[column])
        ),
        exceptions=(row["word"] for row in tables.rows("topic_exceptions")),
    )


def topics_of_word(word: str, side: Side = "client") -> tuple[str, ...]:
    """Return the topics that one folded word names."""
    return _lexicon(side).of_word(word)


def find_in_tokens(tokens: Sequence[Token], side: Side = "client") -> list[tuple[str, int, int]]:
    """Return (topic, first token, past the last token) in a list of tokens."""
    return _lexicon(side).find(tokens)


def find_topics(text: str, side: Side = "client") -> list[Found]:
    """Return the kinds of activity that a text names, with their offsets.

    Parameters
    ----------
    text
        Any Dutch text.
    side
        ``"client"`` for what a client or referrer wrote, ``"activity"`` for the
        text of a provider, where more words tell what is done.

    Examples
    --------
    >>> [found.topic for found in find_topics("Zat jaren in een seniorenkoor")]
    ['ouderen', 'zingen']
    """
    tokens = tokenise(text)
    return [
        Found(topic, tokens[first].start, tokens[last - 1].end)
        for topic, first, last in _lexicon(side).find(tokens)
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
