"""Limits that the text states: codes of ``knowledge/limits.csv``."""

from dataclasses import dataclass, replace
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.patterns import Hit, Patterns
from wor_match.understanding.text import Reading, Sentence
from wor_match.understanding.times import find_times


@dataclass(frozen=True, slots=True)
class FoundLimit:
    """A limit code at token positions of one sentence, and the rule that found it.

    ``words`` are the positions that the rule itself names.
    """

    code: str
    sentence: int
    start: int
    end: int
    rule: str
    words: tuple[int, ...] = ()


@cache
def _cues() -> Patterns[tables.Row]:
    return Patterns((row["pattern"], row) for row in tables.rows("limit_cues"))


def find_limits(reading: Reading) -> list[FoundLimit]:
    """Return the limits of a text, each code once, where it stands first."""
    found = [FoundLimit(t.code, t.sentence, t.start, t.end, t.rule) for t in find_times(reading)]
    for number, sentence in enumerate(reading.sentences):
        if sentence.question:
            continue
        for hit in _cues().find(sentence.line):
            if _holds(sentence, hit):
                found.append(_limit(hit, number))
    found.sort(key=lambda limit: (limit.sentence, limit.start))
    first: dict[str, FoundLimit] = {}
    for limit in found:
        known = first.setdefault(limit.code, limit)
        if known.sentence == limit.sentence:
            first[limit.code] = replace(known, words=tuple(sorted({*known.words, *limit.words})))
    return _settle(list(first.values()))


def _limit(hit: Hit[tables.Row], number: int) -> FoundLimit:
    return FoundLimit(hit.row["code"], number, hit.start, hit.end, f"limits:{hit.row['id']}", hit.words)


def _holds(sentence: Sentence, hit: Hit[tables.Row]) -> bool:
    """Whether the words speak of the client, now, and are not denied."""
    number = sentence.clause_of(hit.start)
    code = hit.row["code"]
    if is_over(sentence, number):
        return False
    if sentence.others[number] and code not in tables.word_set("of_others"):
        return False
    clause = sentence.clauses[number]
    words = [t.norm for t in sentence.tokens]
    inside = set(words[clause.start : clause.end])
    if code == "housebound" and {"avond", "donker", "nacht"} & inside:
        return False  # "gaat 's avonds de deur niet uit" is about the evening
    if code == "no_religion" and any(clause.start <= m.start < clause.end for m in sentence.times):
        return False  # "zondags kerk, dus niet" is about Sunday
    if code == "not_alone" and "ook" in words[hit.end :]:
        return False  # "niet alleen schilderen maar ook boetseren"
    if any(words[at] in tables.word_set("neg") for at in hit.words):
        return True
    before = words[max(clause.start, hit.start - 3) : hit.start]
    after = words[hit.end : min(clause.end, hit.end + 3)]
    denied = any(w in tables.word_set("neg") for w in before) or any(w in ("nooit", "niet") for w in after[:2])
    return not denied


def is_over(sentence: Sentence, number: int) -> bool:
    """Whether a clause tells what was ("was ooit bang") and a later one that it is no more."""
    words = [t.norm for t in sentence.tokens]
    clause = sentence.clauses[number]
    following = words[clause.end : clause.end + 6]
    if "dat" in following and {"over", "voorbij", "weg"} & set(following):
        return True
    if not tables.word_set("once") & set(words[clause.start : clause.end]):
        return False
    later = words[clause.end :]
    return "nu" in later and ("meer" in later or "weer" in later or "elke" in later or "juist" in later)


def _settle(limits: list[FoundLimit]) -> list[FoundLimit]:
    """Drop the weaker of two codes on one subject."""
    codes = {limit.code for limit in limits}
    drop = {
        weaker
        for stronger, weaker in (
            ("no_dutch", "little_dutch"),
            ("free_only", "low_budget"),
            ("small_group", "no_groups"),
        )
        if stronger in codes and weaker in codes
    }
    return [limit for limit in limits if limit.code not in drop]
