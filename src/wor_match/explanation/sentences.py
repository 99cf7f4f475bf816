"""The sentences of ``knowledge/reasons.csv``: short, plain, one idea each."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from wor_match.knowledge import tables
from wor_match.result import Sentence


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
