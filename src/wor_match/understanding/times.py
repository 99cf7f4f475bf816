"""Days and parts of the day: which are excluded, which are the only ones.

One small grammar for all of them: a time, and in the same clause (or in the one
that follows and points back: "dan", "die dagen") what is said of it.
"""

from dataclasses import dataclass

from wor_match.knowledge import tables
from wor_match.language.times import DAYS, Mention
from wor_match.understanding.text import Reading, Sentence

_BACK = frozenset(("dan", "die", "daarop", "beide", "deze"))


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A limit code, where it stands, and the cue that decided."""

    code: str
    sentence: int
    start: int
    end: int
    rule: str


def find_times(reading: Reading) -> list[TimeLimit]:
    """Return the time limits of a text."""
    found: list[TimeLimit] = []
    for number, sentence in enumerate(reading.sentences):
        if sentence.question:
            continue
        mentions = sentence.times
        verdicts = [_verdict(sentence, mention, mentions, reading, number) for mention in mentions]
        for mention, (verdict, rule) in zip(mentions, verdicts, strict=True):
            for code in _codes(mention.units, verdict):
                found.append(TimeLimit(code, number, mention.start, mention.end, rule))
    codes = {limit.code for limit in found}
    kept = [limit for limit in found if not _contradicted(limit.code, codes)]
    return kept


def _contradicted(code: str, codes: set[str]) -> bool:
    """ "alleen dinsdag" makes "niet dinsdag" from the same text a misreading."""
    return code.startswith("not_") and f"only_{code[4:]}" in codes


def _verdict(
    sentence: Sentence, mention: Mention, mentions: list[Mention], reading: Reading, number: int
) -> tuple[str, str]:
    """Return "only", "not" or "" for one group of times, and the rule that said so."""
    home = sentence.clause_of(mention.end - 1)
    words = [t.norm for t in sentence.tokens]
    clause = sentence.clauses[home]
    opening = sentence.clauses[sentence.clause_of(mention.start)].start
    if sentence.others[home] and not _points_back(sentence, home + 1):
        return "", ""
    only, not_, free = tables.word_set("time_only"), tables.word_set("time_not"), tables.word_set("time_free")
    before = words[opening : mention.start]
    after = words[mention.end : clause.end]
    near = before[-4:]
    if "school" in mention.units:
        return "only", "time:school"
    if "behalve" in near or "buiten" in near and not any(w in not_ for w in after):
        return "not", "time:except"
    if near and "niet" in near and "alleen" in near and near.index("niet") < near.index("alleen"):
        return "", ""
    if tables.word_set("comparative") & set(before) and "dan" in before:
        return "", ""  # "niets mooier dan een middag vissen"
    excluded = any(w in not_ for w in before[-6:] + after)
    restricts = any(w in only for w in near) or (after[:1] and after[0] in only and len(after) <= 2)
    if "buiten" in near and excluded:
        return "only", "time:nothing-but"
    if mention.units == DAYS[:5] and any(w in free for w in before + after):
        return "only", "time:weekdays"
    if after[:2] in (["is", "voor"], ["zijn", "voor"]) or after[:1] == ["bij"]:
        return "not", "time:for-others"
    if "enige" in before + after or "anders" in after:
        return "only", "time:the-only"
    if restricts and not (excluded and _after_not(after, not_)):
        return "only", "time:only"
    rest = _following(sentence, home, mentions)
    if any(w in tables.word_set("time_rest") for w in rest) and not any(w in ("alles", "altijd") for w in rest):
        if not excluded:
            return "only", "time:rest-not"
    if rest[:1] == ["alleen"] or ("dan" in rest and any(w in only for w in rest)) or ("anders" in rest and "niet" in rest):
        return "only", "time:then-only"
    if excluded:
        return "not", "time:not"
    if any(w in not_ for w in rest) and any(w in _BACK for w in rest):
        return "not", "time:then-not"
    busy = any(_busy(w) for w in before + after)
    if busy and not any(w in free for w in before + after):
        if mention.units[0] in DAYS or mention.units[0] == "weekend" or clause.opener == "want":
            return "not", "time:busy"
    return "", ""


def _after_not(after: list[str], not_: frozenset[str]) -> bool:
    return any(w in not_ for w in after[:3])


def _busy(word: str) -> bool:
    return any(word.startswith(stem) for stem in tables.word_class("time_busy"))


def _points_back(sentence: Sentence, clause: int) -> bool:
    if clause >= len(sentence.clauses):
        return False
    part = sentence.clauses[clause]
    return any(t.norm in _BACK for t in sentence.tokens[part.start : part.end][:3])


def _following(sentence: Sentence, home: int, mentions: list[Mention]) -> list[str]:
    """Words of the clauses after this one that name no time of their own."""
    words: list[str] = []
    for clause in sentence.clauses[home + 1 :]:
        if any(clause.start <= m.start < clause.end for m in mentions):
            if words:
                break
            continue
        words += [t.norm for t in sentence.tokens[clause.start : clause.end]]
    return words


def _codes(units: tuple[str, ...], verdict: str) -> list[str]:
    if not verdict:
        return []
    days = [u for u in units if u in DAYS]
    parts = [u for u in units if u not in DAYS]
    codes: list[str] = []
    if verdict == "only":
        if set(days) == {"mo", "tu", "we", "th", "fr"}:
            codes.append("only_weekdays")
        else:
            codes += [f"only_{day}" for day in days]
            if set(days) == {"sa", "su"}:
                codes.append("only_weekend")
    elif not parts:
        codes += [f"not_{day}" for day in days]
    for part in parts:
        code = _PART_CODES.get((part, verdict))
        if code and not (days and verdict == "not"):
            codes.append(code)
    return codes


_PART_CODES = {
    ("morning", "not"): "not_morning", ("morning", "only"): "only_morning",
    ("afternoon", "not"): "not_afternoon", ("afternoon", "only"): "only_afternoon",
    ("evening", "not"): "not_evening", ("evening", "only"): "only_evening",
    ("daytime", "only"): "only_daytime", ("weekend", "only"): "only_weekend",
    ("weekend", "not"): "not_weekend", ("weekdays", "only"): "only_weekdays",
    ("dark", "not"): "not_dark",
}  # fmt: skip
