"""Days and parts of the day: which are excluded, which are the only ones.

One small grammar for all of them: a time, and what is said of it in the same
clause, or in the next one where that points back ("dan", "die dagen").
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from wor_match.knowledge import tables
from wor_match.language.times import DAYS, Mention
from wor_match.understanding.text import Reading, Sentence

_NEAR = 4
_REACH = 6
_TAIL = 2
_BACK = frozenset(("dan", "die", "daarop", "beide", "deze"))


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A limit code, where it stands, and the rule that decided."""

    code: str
    sentence: int
    start: int
    end: int
    rule: str


def find_times(reading: Reading) -> list[TimeLimit]:
    """Return the time limits of a text."""
    found = [
        TimeLimit(code, number, mention.start, mention.end, rule)
        for number, sentence in enumerate(reading.sentences)
        if not sentence.question
        for mention in sentence.times
        for code, rule in _limits_of(sentence, mention)
    ]
    codes = {limit.code for limit in found}
    # "Alleen dinsdag" makes a "niet dinsdag" of the same text a misreading.
    return [
        limit
        for limit in found
        if f"only_{limit.code.removeprefix('not_')}" not in codes - {limit.code}
    ]


def _limits_of(sentence: Sentence, mention: Mention) -> Iterator[tuple[str, str]]:
    said = _Said(sentence, mention)
    for verdict, rule, holds in _RULES:
        if holds(said):
            for code in _codes(mention.units, verdict):
                yield code, f"time:{rule}"
            return


class _Said:
    """The words around one mention of a time."""

    def __init__(self, sentence: Sentence, mention: Mention) -> None:
        self._sentence = sentence
        self._home = sentence.clause_of(mention.end - 1)
        words = [t.norm for t in sentence.tokens]
        clause = sentence.clauses[self._home]
        opening = sentence.clauses[sentence.clause_of(mention.start)].start
        self.units = mention.units
        self.opener = clause.opener
        self.before = words[opening : mention.start]
        self.after = words[mention.end : clause.end]
        self.near = self.before[-_NEAR:]
        self.around = self.before + self.after

    @cached_property
    def rest(self) -> list[str]:
        """Words of the clauses after this one, up to the next that names a time."""
        words: list[str] = []
        for clause in self._sentence.clauses[self._home + 1 :]:
            if any(clause.start <= m.start < clause.end for m in self._sentence.times):
                if words:
                    break
                continue
            words += [t.norm for t in self._sentence.tokens[clause.start : clause.end]]
        return words

    @cached_property
    def excluded(self) -> bool:
        """Whether a word like "niet" reaches the time."""
        return _any_of("time_not", self.before[-_REACH:] + self.after)

    def of_another(self) -> bool:
        """Whether it is somebody else's time, that nothing points back to."""
        if not self._sentence.others[self._home]:
            return False
        following = self._sentence.clauses[self._home + 1 : self._home + 2]
        words = [t.norm for c in following for t in self._sentence.tokens[c.start : c.end]][:3]
        return _BACK.isdisjoint(words)

    def not_meant(self) -> bool:
        """Whether "niet alleen 's avonds" or "niets mooier dan een middag" limits nothing."""
        more = "niet" in self.near and "alleen" in self.near
        if more and self.near.index("niet") < self.near.index("alleen"):
            return True
        return "dan" in self.before and _any_of("comparative", self.before)

    def restricted(self) -> bool:
        """Whether "alleen" stands before the time, or right behind it."""
        behind = (
            self.after[:1] and len(self.after) <= _TAIL and _any_of("time_only", self.after[:1])
        )
        if not (behind or _any_of("time_only", self.near)):
            return False
        return not _any_of("time_not", self.after[:3])

    def busy(self) -> bool:
        """Whether the time is taken: dialysis, work, minding the grandchildren."""
        stems = tables.word_class("time_busy")
        taken = any(word.startswith(stems) for word in self.around)
        if not taken or _any_of("time_free", self.around):
            return False
        return self.units[0] in DAYS or self.units[0] == "weekend" or self.opener == "want"


def _any_of(name: str, words: list[str]) -> bool:
    return not tables.word_set(name).isdisjoint(words)


_Rule = tuple[str, str, Callable[[_Said], bool]]
_RULES: tuple[_Rule, ...] = (
    ("", "of-another", _Said.of_another),
    ("not", "except", lambda s: "behalve" in s.near),
    ("only", "nothing-but", lambda s: "buiten" in s.near and s.excluded),
    ("not", "except", lambda s: "buiten" in s.near and not _any_of("time_not", s.after)),
    ("", "not-meant", _Said.not_meant),
    ("only", "weekdays", lambda s: s.units == DAYS[:5] and _any_of("time_free", s.around)),
    ("not", "for-others", lambda s: s.after[:2] in (["is", "voor"], ["zijn", "voor"])),
    ("not", "for-others", lambda s: s.after[:1] == ["bij"]),
    ("only", "the-only", lambda s: "enige" in s.around or "anders" in s.after),
    ("only", "only", _Said.restricted),
    (
        "only",
        "rest-not",
        lambda s: not s.excluded and _any_of("time_rest", s.rest) and "alles" not in s.rest,
    ),
    ("only", "then-only", lambda s: s.rest[:1] == ["alleen"]),
    ("only", "then-only", lambda s: "dan" in s.rest and _any_of("time_only", s.rest)),
    ("only", "then-only", lambda s: "anders" in s.rest and "niet" in s.rest),
    ("not", "not", lambda s: s.excluded),
    ("not", "then-not", lambda s: _any_of("time_not", s.rest) and not _BACK.isdisjoint(s.rest)),
    ("not", "busy", _Said.busy),
)
"""Verdict, name and test, in order; the first that holds decides."""


def _codes(units: tuple[str, ...], verdict: str) -> list[str]:
    days = [u for u in units if u in DAYS]
    parts = [u for u in units if u not in DAYS]
    codes = [code for part in parts if (code := _PART_CODES.get((part, verdict)))]
    if verdict == "only":
        if tuple(days) == DAYS[:5]:
            return ["only_weekdays", *codes]
        weekend = ["only_weekend"] if set(days) == {"sa", "su"} else []
        return [f"only_{day}" for day in days] + weekend + codes
    if verdict == "not":
        # "Niet op dinsdagavond" excludes neither every Tuesday nor every evening.
        return [] if days and parts else [f"not_{day}" for day in days] + codes
    return []


_PART_CODES = {
    ("morning", "not"): "not_morning", ("morning", "only"): "only_morning",
    ("afternoon", "not"): "not_afternoon", ("afternoon", "only"): "only_afternoon",
    ("evening", "not"): "not_evening", ("evening", "only"): "only_evening",
    ("daytime", "only"): "only_daytime", ("weekend", "only"): "only_weekend",
    ("weekend", "not"): "not_weekend", ("weekdays", "only"): "only_weekdays",
    ("dark", "not"): "not_dark",
}  # fmt: skip
