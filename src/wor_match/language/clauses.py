"""Cut a sentence into clauses: the stretch of words over which one "niet" reigns."""

from collections.abc import Sequence
from dataclasses import dataclass

from wor_match.knowledge import tables
from wor_match.language.tokens import Token

_MARKS = frozenset(",;:().?!/=")


@dataclass(frozen=True, slots=True)
class Clause:
    """Token positions ``start`` to ``end`` (excluded) and the word that opens it."""

    start: int
    end: int
    opener: str = ""


def clauses(tokens: Sequence[Token]) -> list[Clause]:
    """Return the clauses of a sentence, marks left out.

    A clause ends at a mark, before a conjunction that opens another statement
    ("maar", "want"), and before "en" where a finite verb follows ("en wil").
    """
    openers = tables.word_set("openers")
    finite = tables.word_set("joins")
    found: list[Clause] = []
    start, opener = 0, ""
    for at, token in enumerate(tokens):
        following = tokens[at + 1].norm if at + 1 < len(tokens) else ""
        mark = not token.word and token.norm in _MARKS
        joins = token.norm in ("en", "of") and at > start and following in finite
        opens = token.norm in openers and at > start and not _means_only(tokens, at)
        if not (mark or joins or opens):
            continue
        if at > start:
            found.append(Clause(start, at, opener))
        start, opener = (at + 1, "") if mark else (at, token.norm)
    if start < len(tokens):
        found.append(Clause(start, len(tokens), opener))
    return found


def _means_only(tokens: Sequence[Token], at: int) -> bool:
    """Whether "maar" is no contrast: "kan maar heel kort", "kom maar op", "laat mij maar"."""
    if tokens[at].norm != "maar" or not tokens[at - 1].word:
        return False
    following = tokens[at + 1].norm if at + 1 < len(tokens) else ""
    before = tokens[at - 1].norm
    return before in ("kom", "laat", "doe", "ga", "mij", "hem", "haar", "nog") or (
        following in tables.word_set("only_maar")
    )
