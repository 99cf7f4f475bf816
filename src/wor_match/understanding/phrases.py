"""The phrases of a clause that something may be said of, and the clause itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from wor_match.knowledge import tables
from wor_match.language.tokens import Token
from wor_match.language.topics import find_in_tokens
from wor_match.understanding.text import Sentence

_SHORT_WORD = 3
_NEAR = 8
_LIST_ITEM = 5
_LONG_WORD = 5


@dataclass(slots=True)
class Phrase:
    """Token positions of one sentence, with the kinds of activity that are named there."""

    sentence: int
    start: int
    end: int
    topics: tuple[str, ...] = ()

    def distance(self, positions: Sequence[int]) -> int:
        """Return how many words lie between this and the nearest of some positions."""
        return min(min(abs(at - self.start), abs(at - self.end + 1)) for at in positions)


class Said(NamedTuple):
    """One phrase with its meaning: token positions of one sentence."""

    meaning: str
    sentence: int
    start: int
    end: int
    topics: tuple[str, ...]
    rule: str


def say(phrase: Phrase, meaning: str, rule: str) -> Said:
    """Give a phrase its meaning."""
    return Said(meaning, phrase.sentence, phrase.start, phrase.end, phrase.topics, rule)


@dataclass(slots=True)
class Part:
    """One clause while it is read.

    ``silent`` are the positions that a limit already speaks for.
    """

    sentence: Sentence
    number: int
    index: int
    silent: set[int]

    @property
    def start(self) -> int:
        """First token of the clause."""
        return self.sentence.clauses[self.index].start

    @property
    def end(self) -> int:
        """Token past the clause."""
        return self.sentence.clauses[self.index].end

    @property
    def tokens(self) -> list[Token]:
        """Tokens of the whole sentence; positions count from its start."""
        return self.sentence.tokens

    def norms(self) -> list[str]:
        """Return the words of the clause."""
        return [t.norm for t in self.tokens[self.start : self.end]]

    def holds(self, position: int) -> bool:
        """Whether a token stands in the clause."""
        return self.start <= position < self.end

    def mark_after(self) -> str:
        """Return the mark that ends the clause, or nothing."""
        return self.tokens[self.end].norm if self.end < len(self.tokens) else ""

    def after_reason(self, position: int) -> bool:
        """Whether it is why, not what: after a word like "door", with no verb in between."""
        reasons = tables.word_set("reason")
        ends = tables.word_set("ends_reason")
        why = False
        for token in self.tokens[self.start : position]:
            why = token.norm in reasons or (why and token.norm not in ends)
        return why

    def with_head(self, phrase: Phrase) -> Phrase:
        """Take in what a known word belongs to: "ijsjes scheppen in het winkeltje"."""
        at = phrase.start
        while at > self.start and self.tokens[at - 1].norm in tables.word_set("small"):
            at -= 1
        if at == self.start or self.tokens[at - 1].norm not in tables.word_set("inside"):
            return phrase
        start = at - 1
        while start > self.start and _is_content(self.tokens[start - 1]):
            start -= 1
        return replace(phrase, start=start) if start < at - 1 else phrase

    def elliptic(self, taken: set[int]) -> bool:
        """Whether the clause names nothing itself, so that it must speak of what went before."""
        if any(self.holds(at) for at in self.silent):
            return False
        return all(
            at in taken or not token.word or not _is_content(token, _SHORT_WORD - 1)
            for at, token in enumerate(self.tokens[self.start : self.end], self.start)
        )

    def about_time(self) -> bool:
        """Whether a day or part of the day stands in the clause."""
        return any(self.holds(m.start) or self.holds(m.end - 1) for m in self.sentence.times)

    def bare(self) -> bool:
        """Whether it holds no verb of its own, like an item of a list."""
        verbs = tables.word_set("verbs") | tables.word_set("pron")
        return self.end - self.start <= _LIST_ITEM and verbs.isdisjoint(self.norms())

    def answered_no(self) -> bool:
        """Whether a question is denied: "Eenzaam? Nee hoor."."""
        following = [t.norm for t in self.tokens[self.end : self.end + 2]]
        return following[:1] == ["?"] and following[1:] != [] and following[1] in ("nee", "nooit")

    def rather_not(self, phrase: Phrase) -> bool:
        """Whether a phrase is the second one of "liever … dan …"."""
        words = [t.norm for t in self.tokens[: phrase.start]]
        return "dan" in words[-3:] and "liever" in words

    def runs(self, taken: set[int]) -> list[Phrase]:
        """Return the runs of content words that nothing else speaks for, up to a reason."""
        times = {at for m in self.sentence.times for at in range(m.start, m.end)}
        runs: list[Phrase] = []
        for at in range(self.start, self.end):
            token = self.tokens[at]
            if token.norm in tables.word_set("reason"):
                break
            if at in taken or at in times or at in self.silent or not _may_name(token):
                continue
            if runs and (runs[-1].end == at or is_addition(self.tokens, runs[-1].end, at)):
                runs[-1].end = at + 1
            else:
                runs.append(Phrase(self.number, at, at + 1))
        return runs

    def like_infinitive(self, phrase: Phrase) -> bool:
        """Whether a phrase ends in a word that looks like an infinitive."""
        last = self.tokens[phrase.end - 1].norm
        return len(last) > _LONG_WORD and last.endswith("en")


def topic_phrases(tokens: Sequence[Token], number: int) -> list[Phrase]:
    """Return the known activities of a sentence, those that belong together as one phrase."""
    phrases: list[Phrase] = []
    for topic, start, end in find_in_tokens(tokens):
        last = phrases[-1] if phrases else None
        beside = last is not None and start == last.end and tokens[start].word
        if last and (start < last.end or beside):
            last.end = max(last.end, end)
            last.topics = tuple(dict.fromkeys((*last.topics, topic)))
        elif last and is_addition(tokens, last.end, start):
            last.end = end  # "koffie drinken met de buren" is about coffee
        else:
            phrases.append(Phrase(number, start, end, (topic,)))
    return _without_carriers(tokens, phrases)


def is_addition(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether what follows belongs to what went before: only "in de", "met een" stands between."""
    between = [t.norm for t in tokens[start:end]]
    if between[:1] in (["doen"], ["maken"]):
        between = between[1:]
    small = tables.word_set("article")
    return between[:1] != [] and between[0] in tables.word_set("prep") and small >= set(between[1:])


def _without_carriers(tokens: Sequence[Token], phrases: list[Phrase]) -> list[Phrase]:
    """Drop a verb that only carries another phrase: "gedichten wil zij schrijven"."""
    carriers = tables.word_set("carrier")
    kept = []
    for phrase in phrases:
        alone = phrase.end - phrase.start == 1 and tokens[phrase.start].norm in carriers
        others = [p for p in phrases if p is not phrase and abs(p.start - phrase.start) < _NEAR]
        if not (alone and any(_same_clause(tokens, p, phrase) for p in others)):
            kept.append(phrase)
    return kept


def _same_clause(tokens: Sequence[Token], one: Phrase, other: Phrase) -> bool:
    first, last = sorted((one, other), key=lambda p: p.start)
    between = tokens[first.end : last.start]
    return all(t.word and t.norm not in ("en", "of", "maar") for t in between)


def _is_content(token: Token, longer_than: int = _SHORT_WORD) -> bool:
    small = tables.word_set("stop") | tables.word_set("neg")
    return token.word and len(token.norm) > longer_than and token.norm not in small


def _may_name(token: Token) -> bool:
    """Whether a word can be (part of) what somebody wants or refuses."""
    return (
        token.word
        and not token.norm[:1].isdigit()
        and token.norm not in tables.word_set("nameless")
    )
