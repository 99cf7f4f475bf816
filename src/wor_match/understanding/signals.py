"""Words that a person must look at first: plain rules, recall before precision.

A pattern of ``knowledge/signals.csv`` makes a signal. It stays silent inside an
idiom; it asks to be talked about, without withholding anything, where the text
denies it, puts it in the past or says it of somebody else. No diagnosis, no
severity, no score.
"""

import re
from dataclasses import dataclass
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.patterns import Hit, Patterns
from wor_match.understanding.text import Reading, Sentence

_YEAR = re.compile(r"^(?:19[3-9]\d|20[01]\d|202[0-4])$")
_REACH = 5
_DONE_TO = frozenset(("domestic_violence", "sexual_violence", "child_unsafe"))
"""Kinds in which somebody else acts, so that another subject proves nothing."""


@dataclass(frozen=True, slots=True)
class FoundSignal:
    """A kind of signal at token positions of one sentence."""

    kind: str
    acute: bool
    sentence: int
    start: int
    end: int
    rule: str


@cache
def _signals() -> Patterns[tables.Row]:
    return Patterns((row["pattern"], row) for row in tables.rows("signals"))


@cache
def _scope() -> Patterns[tables.Row]:
    return Patterns((row["pattern"], row) for row in tables.rows("signal_scope"))


def find_signals(reading: Reading) -> list[FoundSignal]:
    """Return the signals of a text, each kind once; an acute place goes first."""
    best: dict[str, FoundSignal] = {}
    scopes = [_scope().find(sentence.line) for sentence in reading.sentences]
    for number, sentence in enumerate(reading.sentences):
        scope = scopes[number]
        idioms = [h for h in scope if h.row["effect"] == "idiom"]
        past = _past(sentence, scope)
        # "Nagevraagd: …" and "Blijkt …" often stand in the sentence after.
        nearby = [hit for hits in scopes[number : number + 2] for hit in hits]
        denied = [h for h in nearby if h.row["effect"] == "denied"]
        for hit in _signals().find(sentence.line):
            if any(_share_word(hit, idiom) for idiom in idioms):
                continue
            acute = not (past or denied or _negated(sentence, hit) or _of_another(sentence, hit))
            found = FoundSignal(
                hit.row["kind"], acute, number, hit.start, hit.end, f"signals:{hit.row['id']}"
            )
            known = best.get(found.kind)
            if known is None or (acute and not known.acute):
                best[found.kind] = found
    return sorted(best.values(), key=lambda s: (not s.acute, s.sentence, s.start))


def _share_word(hit: Hit[tables.Row], idiom: Hit[tables.Row]) -> bool:
    return bool(set(hit.words) & set(range(idiom.start, idiom.end)))


def _past(sentence: Sentence, scope: list[Hit[tables.Row]]) -> bool:
    if any(h.row["effect"] == "past" for h in scope):
        return True
    return any(_YEAR.match(t.norm) for t in sentence.tokens)


def _negated(sentence: Sentence, hit: Hit[tables.Row]) -> bool:
    """Whether a negation outside the pattern stands before it in its clause."""
    words = [t.norm for t in sentence.tokens]
    neg = tables.word_set("neg") | {"zonder"}
    if any(words[at] in neg for at in hit.words):
        return False
    clause = sentence.clauses[sentence.clause_of(hit.start)]
    before = words[clause.start : hit.start][-_REACH:]
    joint = max((at for at, w in enumerate(before) if w in ("en", "of", "als")), default=-1)
    return any(w in neg for w in before[joint + 1 :]) or any(
        w in neg
        for at, w in enumerate(words[hit.start : hit.end])
        if hit.start + at not in hit.words
    )


def _of_another(sentence: Sentence, hit: Hit[tables.Row]) -> bool:
    number = sentence.clause_of(hit.start)
    if not sentence.others[number]:
        return False
    clause = sentence.clauses[number]
    words = {t.norm for t in sentence.tokens[clause.start : clause.end]}
    if words & tables.word_set("witness"):
        return False  # "zijn vrouw vond een afscheidsbrief"
    if hit.row["kind"] == "psychosis" and words & tables.word_set("delusion"):
        return False  # "de buren lezen haar gedachten"
    if hit.row["kind"] not in _DONE_TO:
        return True
    if hit.row["kind"] == "child_unsafe":
        return False
    passive = words & {"wordt", "werd", "word"} and any(
        w.startswith("ge") and len(w) > _REACH for w in words
    )
    return bool(passive)
