"""The sentences of ``knowledge/reasons.csv``: short, plain, one idea each."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from wor_match.knowledge import tables
from wor_match.result import Match, Sentence


@cache
def _table() -> Mapping[str, tuple[str, str]]:
    return {row["code"]: (row["nl"], row["en"]) for row in tables.rows("reasons")}


@cache
def _fixed(code: str) -> Sentence:
    dutch, english = _table()[code]
    return Sentence(code=code, nl=dutch, en=english)


def sentence(
    code: str, nl: Mapping[str, Any] | None = None, en: Mapping[str, Any] | None = None
) -> Sentence:
    """Return the sentence of a code, its gaps filled (``en`` as ``nl`` where left out)."""
    if nl is None:
        return _fixed(code)
    dutch, english = _table()[code]
    return Sentence(code=code, nl=dutch.format(**nl), en=english.format(**(en or nl)))


@cache
def _for_all() -> frozenset[str]:
    return frozenset(row["code"] for row in tables.rows("reasons") if row["audience"] == "all")


def shareable(match: Match) -> tuple[Sentence, ...]:
    """Return what may stand in a letter to the client or a message to the provider.

    Practical things only: the way there, places and waits, and what must still be asked. Why an
    activity suits somebody tells of complaints and stays with the coach. The column ``audience``
    of ``knowledge/reasons.csv`` decides.

    Examples
    --------
    >>> from wor_match.result import MatchResult
    >>> def letter(result: MatchResult) -> list[str]:
    ...     return [str(said) for match in result for said in shareable(match)]
    """
    return tuple(s for s in (*match.reasons, *match.unknown) if s.code in _for_all())
