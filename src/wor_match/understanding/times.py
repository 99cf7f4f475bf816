"""Days and parts of the day: which are excluded, which are the only ones.

One small grammar for all of them: a time, and in the same clause (or in the one
that follows and points back: "dan", "die dagen") what is said of it.
"""

from dataclasses import dataclass

from wor_match.knowledge import tables
from wor_match.understanding.text import Reading, Sentence

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_SHORT = {"ma": "mo", "di": "tu", "wo": "we", "do": "th", "vr": "fr", "za": "sa", "zo": "su"}
_NAMES = {"maandag": "mo", "dinsdag": "tu", "woensdag": "we", "donderdag": "th", "vrijdag": "fr", "zaterdag": "sa", "zondag": "su"}  # fmt: skip
_PARTS = {"ochtend": "morning", "morgen": "morning", "middag": "afternoon", "avond": "evening", "nacht": "night"}
_LINKS = frozenset(("en", "of", ",", "/", "tm", "plus", "noch", "tot", "-"))
_BACK = frozenset(("dan", "die", "daarop", "beide", "deze"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A group of times in one sentence: token positions and units."""

    start: int
    end: int
    units: tuple[str, ...]


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
        mentions = mentions_of(sentence)
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


def mentions_of(sentence: Sentence) -> list[Mention]:
    """Return the groups of times in a sentence: "di en do", "ma t/m vr", "zaterdagavond"."""
    units = [_units(sentence, at) for at in range(len(sentence.tokens))]
    found: list[Mention] = []
    at = 0
    while at < len(units):
        if not units[at]:
            at += 1
            continue
        end, group = at + 1, list(units[at])
        while end < len(units):
            step = end
            days = group[0] in _DAYS
            while step < len(units) and not units[step] and step - end < 2 and _is_link(sentence, step, days):
                step += 1
            if step < len(units) and units[step] and _same_kind(units[step], group):
                between = {sentence.tokens[i].norm for i in range(end, step)}
                ranged = "tm" in between or "tot" in between or sentence.tokens[step].glued
                group += _range(group[-1], units[step][0]) if ranged else units[step]
                end = step + 1
            else:
                break
        found.append(Mention(at, end, tuple(dict.fromkeys(group))))
        at = end
    return found


def _same_kind(units: list[str], group: list[str]) -> bool:
    return (units[0] in _DAYS) == (group[0] in _DAYS)


def _is_link(sentence: Sentence, at: int, days: bool) -> bool:
    word = sentence.tokens[at].norm
    return word in ("en", "of", "de", "op", "/", "plus") or (days and word in _LINKS)


def _range(first: str, last: str) -> list[str]:
    if first in _DAYS and last in _DAYS and _DAYS.index(first) < _DAYS.index(last):
        return list(_DAYS[_DAYS.index(first) : _DAYS.index(last) + 1])
    return [last]


def _units(sentence: Sentence, at: int) -> list[str]:
    token = sentence.tokens[at]
    if not token.word:
        return []
    if token.norm in _NAMES and (token.raw not in _SHORT or _is_day(sentence, at)):
        return [_NAMES[token.norm]]
    if token.raw in _SHORT:
        return [_SHORT[token.raw]] if _is_day(sentence, at) else []
    unit = _time_words().get(token.norm)
    if unit:
        if token.norm == "morgen" and not (at and sentence.tokens[at - 1].norm in ("de", "elke", "iedere")):
            return []
        return [unit]
    for name, day in _NAMES.items():
        if token.norm.startswith(name):
            rest = token.norm[len(name) :].removesuffix("en").removesuffix("s")
            if rest in _PARTS:
                return [day, _PARTS[rest]]
    return []


def _time_words() -> dict[str, str]:
    return {row["word"]: row["unit"] for row in tables.rows("time_words")}


def _is_day(sentence: Sentence, at: int) -> bool:
    """Whether "do" or "ma" is a day here: beside another day, or where only a time can stand."""
    tokens = sentence.tokens
    for step in (-1, 1):
        near = at + step
        seen = 0
        while 0 <= near < len(tokens) and seen < 3:
            token = tokens[near]
            if token.raw in _SHORT or token.norm in _NAMES:
                return True
            if token.norm not in _LINKS and token.norm not in ("de", "op"):
                break
            near += step
            seen += 1
    before = tokens[at - 1].norm if at else ""
    return tokens[at].raw != "ma" and before in ("op", "elke", "iedere", "dialyse", "behalve") or (
        tokens[at].raw in ("di", "vr", "za") and before in ("alleen", "enkel", "uitsluitend", "niet", "")
    )


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
    excluded = any(w in not_ for w in before[-6:] + after)
    restricts = any(w in only for w in near) or (after[:1] and after[0] in only and len(after) <= 2)
    if "buiten" in near and excluded:
        return "only", "time:nothing-but"
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
        if mention.units[0] in _DAYS or mention.units[0] == "weekend" or clause.opener == "want":
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
    days = [u for u in units if u in _DAYS]
    parts = [u for u in units if u not in _DAYS]
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
