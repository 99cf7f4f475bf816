"""What the model hears in a text, beside what the rules read.

Rules know turns of phrase; the model was taught by many writers and knows how people say such
things otherwise. So each completes the other: a phrase or limit that the model hears clearly is
added, one that it holds for most unlikely is left out. Signals are only ever added.

The three thresholds were chosen on texts that the model was not taught (``msk`` and the suites that
the rules were developed on), with an eye on the judged sets; ``benchmarks/reading.py`` measures
them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wor_match.language.topics import find_in_tokens
from wor_match.understanding.limits import FoundLimit, settle
from wor_match.understanding.phrases import Said
from wor_match.understanding.signals import FoundSignal
from wor_match.understanding.text import Reading

MEANINGS = ("wanted", "not_wanted", "cannot", "absent")
"""What can be said of a word, in the order of ``Heard.said``."""
NOW, TOLD = "now", "told"

SURE = 0.7
"""From this probability on the model adds what no rule read."""
UNLIKELY = 0.01
"""Below this probability it takes away what a rule read."""
SIGNAL = 0.5
"""From this probability on it adds a signal: a missed one costs more than a false one."""


class HeardLabel(NamedTuple):
    """A limit or a kind of signal that may stand in a text.

    ``code`` is a code of ``knowledge/limits.csv``, or a kind of ``knowledge/routes.csv`` after
    ``now:`` (it may be so now) or ``told:`` (denied, past or of somebody else). ``at`` is the
    character where it is heard best.
    """

    code: str
    probability: float
    at: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model makes of one text.

    Attributes
    ----------
    pieces
        Where each piece of a word stands in the text, int (p, 2).
    said
        Probability that each of ``MEANINGS`` is said of each piece, (p, 4).
    labels
        One per limit and per kind of signal.
    """

    pieces: NDArray[np.intp]
    said: NDArray[np.float32]
    labels: tuple[HeardLabel, ...]


def said_and_heard(reading: Reading, said: Sequence[Said], heard: Heard) -> list[Said]:
    """Combine the phrases of the rules with those that the model hears."""
    kept = [s for s in said if _probability(reading, s, heard) >= UNLIKELY]
    for number, meaning in enumerate(MEANINGS):
        taken = [(s.sentence, s.start, s.end) for s in kept if s.meaning == meaning]
        for sentence, start, end in _phrases(reading, heard, number):
            if not any(n == sentence and a < end and start < b for n, a, b in taken):
                tokens = reading.sentences[sentence].tokens[start:end]
                topics = tuple(dict.fromkeys(topic for topic, _, _ in find_in_tokens(tokens)))
                kept.append(Said(meaning, sentence, start, end, topics, f"model:{meaning}"))
    return kept


def limits_and_heard(
    reading: Reading, limits: Sequence[FoundLimit], heard: Heard
) -> list[FoundLimit]:
    """Combine the limits of the rules with those that the model hears."""
    doubtful = {label.code for label in heard.labels if label.probability < UNLIKELY}
    kept = [limit for limit in limits if limit.code not in doubtful]
    known = {limit.code for limit in kept}
    new = [
        FoundLimit(code, *place, f"model:{code}")
        for code, place in _clear(reading, heard, "", SURE)
        if code not in known
    ]
    # What a rule read stays, whatever else is heard on the same subject.
    return [*kept, *(limit for limit in settle([*kept, *new]) if limit in new)]


def signals_and_heard(
    reading: Reading, signals: Sequence[FoundSignal], heard: Heard
) -> list[FoundSignal]:
    """Add the signals that the model hears to those of the rules, of which none is lost."""
    found = list(signals)
    for prefix, acute in ((NOW, True), (TOLD, False)):
        known = {signal.kind for signal in found if signal.acute or not acute}
        found += [
            FoundSignal(kind, acute, *place, f"model:{kind}")
            for kind, place in _clear(reading, heard, prefix, SIGNAL)
            if kind not in known
        ]
    return found


def _clear(
    reading: Reading, heard: Heard, prefix: str, least: float
) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """What is heard clearly, with the clause in which it is heard best."""
    for label in heard.labels:
        head, _, code = label.code.rpartition(":")
        if (
            head == prefix
            and label.probability >= least
            and (place := _clause_at(reading, label.at))
        ):
            yield code, place


def _clause_at(reading: Reading, at: int) -> tuple[int, int, int] | None:
    """The clause nearest to a character, as sentence and token positions; None without words."""
    clauses = (
        (min(abs(token.start - at) for token in sentence.tokens[clause.start : clause.end]), place)
        for number, sentence in enumerate(reading.sentences)
        for clause in sentence.clauses
        if clause.start < clause.end
        for place in [(number, clause.start, clause.end)]
    )
    return min(clauses, default=(0, None))[1]


def _probability(reading: Reading, said: Said, heard: Heard) -> float:
    tokens = reading.sentences[said.sentence].tokens[said.start : said.end]
    _, start, end = reading.words(tokens[0], tokens[-1])
    inside = (heard.pieces[:, 0] < end) & (heard.pieces[:, 1] > start)
    return float(heard.said[inside, MEANINGS.index(said.meaning)].max(initial=0.0))


def _phrases(reading: Reading, heard: Heard, meaning: int) -> Iterator[tuple[int, int, int]]:
    """Runs of words of which the model hears one meaning: sentence and token positions."""
    sure = heard.pieces[heard.said[:, meaning] >= SURE]
    for number, sentence in enumerate(reading.sentences):
        run: list[int] = []
        for position, token in enumerate(sentence.tokens):
            heard_here = ((sure[:, 0] < token.end) & (sure[:, 1] > token.start)).any()
            if token.word and heard_here:
                run.append(position)
            elif run:
                yield number, run[0], run[-1] + 1
                run = []
        if run:
            yield number, run[0], run[-1] + 1
