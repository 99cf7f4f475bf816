"""Limits that the text states: codes of ``knowledge/limits.csv``."""

from dataclasses import dataclass, replace
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.patterns import Hit, Patterns
from wor_match.understanding.text import Reading, Sentence
from wor_match.understanding.times import find_times

_DENIAL = 3  # how many words before it a "geen" denies a limit


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
    found += [
        _limit(hit, number)
        for number, sentence in enumerate(reading.sentences)
        if not sentence.question
        for hit in _cues().find(sentence.line)
        if _holds(sentence, hit)
    ]
    found.sort(key=lambda limit: (limit.sentence, limit.start))
    first: dict[str, FoundLimit] = {}
    for limit in found:
        known = first.setdefault(limit.code, limit)
        if known.sentence == limit.sentence:
            first[limit.code] = replace(known, words=tuple(sorted({*known.words, *limit.words})))
    return settle(list(first.values()))


def _limit(hit: Hit[tables.Row], number: int) -> FoundLimit:
    return FoundLimit(
        hit.row["code"], number, hit.start, hit.end, f"limits:{hit.row['id']}", hit.words
    )


def _holds(sentence: Sentence, hit: Hit[tables.Row]) -> bool:
    """Whether the words speak of the client, now, and are not denied."""
    number = sentence.clause_of(hit.start)
    of_another = sentence.others[number] and hit.row["code"] not in tables.word_set("of_others")
    if of_another or is_over(sentence, number) or _about_more(sentence, hit, number):
        return False
    words, neg = [t.norm for t in sentence.tokens], tables.word_set("neg")
    if any(words[at] in neg for at in hit.words):
        return True  # the rule has its own "niet"
    clause = sentence.clauses[number]
    before = words[max(clause.start, hit.start - _DENIAL) : hit.start]
    after = words[hit.end : min(clause.end, hit.end + 2)]
    return neg.isdisjoint(before) and {"nooit", "niet"}.isdisjoint(after)


def _about_more(sentence: Sentence, hit: Hit[tables.Row], number: int) -> bool:
    """Whether the clause says why it is another limit after all."""
    code, clause = hit.row["code"], sentence.clauses[number]
    times = [m for m in sentence.times if clause.start <= m.start < clause.end]
    if code == "housebound":  # "gaat 's avonds de deur niet uit" is about the evening
        return any({"evening", "night", "dark"}.intersection(m.units) for m in times)
    if code == "no_religion":  # "zondags kerk, dus niet" is about Sunday
        return bool(times)
    if code == "not_alone":  # "niet alleen schilderen maar ook boetseren"
        return "ook" in [t.norm for t in sentence.tokens[hit.end :]]
    return False


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
    return "nu" in later and (
        "meer" in later or "weer" in later or "elke" in later or "juist" in later
    )


def settle(limits: list[FoundLimit]) -> list[FoundLimit]:
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
