"""The cues of a clause (``knowledge/cues.csv``) and the negations that fall to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.patterns import Hit, Line, Patterns
from wor_match.understanding.phrases import Part

_JUDGEMENTS = ("@joy", "@nope")
"""Bare judgements ("heerlijk"), which yield to every other cue."""
_ALONE = 2


@dataclass(slots=True)
class Cue:
    """A cue at token positions, with how often it is denied.

    ``undone`` tells that a first denial is itself denied: "niet dat hij niet wil".
    """

    words: tuple[int, ...]
    row: tables.Row
    negations: int = 0
    undone: bool = False

    @property
    def rule(self) -> str:
        """Name of the table row."""
        return f"cues:{self.row['id']}"

    @property
    def meaning(self) -> str:
        """What it says here. "Nooit gekund en nooit gewild" denies only once."""
        denied = self.negations > 0 and not (self.undone and self.negations > 1)
        return self.row["negated"] if denied else self.row["plain"]

    @property
    def judges(self) -> bool:
        """Whether it is a bare judgement."""
        return self.row["pattern"] in _JUDGEMENTS


@cache
def _patterns() -> Patterns[tables.Row]:
    return Patterns((row["pattern"], row) for row in tables.rows("cues"))


def find_cues(line: Line) -> list[Hit[tables.Row]]:
    """Return every place in a sentence where a cue may stand."""
    return _patterns().find(line)


def cues_of(part: Part, hits: Iterable[Hit[tables.Row]]) -> tuple[list[Cue], list[int]]:
    """Return the cues of a clause with their negations, and every free negation.

    Where two cues share a word, the one with more words of its own stays.
    """
    inside = [h for h in hits if part.start <= h.start and h.end <= part.end]
    inside = [h for h in inside if not _colours(h, part)]
    inside.sort(key=lambda h: (-len(h.words), h.end - h.start, h.start))
    taken: set[int] = set()
    cues: list[Cue] = []
    for hit in inside:
        if taken.isdisjoint(hit.words):
            taken.update(hit.words)
            cues.append(Cue(hit.words, hit.row))
    cues.sort(key=lambda c: c.words)
    negations = _negations(part, taken)
    _share(part, negations, cues)
    return cues, negations


def _colours(hit: Hit[tables.Row], part: Part) -> bool:
    """Whether a bare judgement only colours the next word: "fijn handwerk lukt niet"."""
    if hit.row["pattern"] not in _JUDGEMENTS:
        return False
    inside = part.start < hit.start and hit.end < part.end
    return inside or (hit.start == part.start and part.end - part.start > _ALONE)


def _negations(part: Part, taken: set[int]) -> list[int]:
    """Negations that are no part of a cue or limit, nor of "niet alleen … maar ook"."""
    neg = tables.word_set("neg")
    words = [t.norm for t in part.tokens]
    found = []
    for at in range(part.start, part.end):
        if words[at] not in neg or at in taken or at in part.silent:
            continue
        following = words[at + 1] if at + 1 < len(words) else ""
        if (
            words[at] == "niet"
            and following in ("alleen", "slechts", "enkel")
            and "ook" in words[at:]
        ):
            continue
        found.append(at)
    return found


def _share(part: Part, negations: Iterable[int], cues: list[Cue]) -> None:
    """Give each negation to the nearest cue that it can deny."""
    words = [t.norm for t in part.tokens]
    for at in negations:
        near = [cue for cue in cues if _can_deny(words, at, cue)]
        if near:
            min(near, key=lambda c: min(abs(at - w) for w in c.words)).negations += 1
    if words[part.end : part.end + 2] == ["?", "integendeel"]:
        for cue in cues:
            cue.negations += 1  # "hekel aan breien? integendeel"
    opening = " ".join(words[part.start : part.start + 6])
    if opening.startswith("niet dat") or "niet zo dat" in opening or "niet waar dat" in opening:
        for cue in cues:
            cue.undone = True


def _can_deny(words: list[str], at: int, cue: Cue) -> bool:
    if not (cue.row["negated"] or cue.row["plain"]):
        return False
    if words[at] == "geen" and cue.judges:
        return False
    if cue.words[0] < at < cue.words[-1] and words[cue.words[0]] in tables.word_set("neg"):
        return False  # "nooit gekund en nooit gewild": the cue has its own
    return "en" not in words[cue.words[-1] + 1 : at]
