"""What the client wants, does not want, cannot do, and what is not the case.

The unit is the clause. In it stand cues (``knowledge/cues.csv``): words that
say what is felt about something, each with a meaning as it is and a meaning
under "niet". A negation belongs to the nearest cue, two of them cancel out. The
topic is the activity that the clause names, or else the phrase beside the cue,
or else what the clause before was about ("fietsen? liever niet").
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.lexicon import Lexicon
from wor_match.language.patterns import Hit, Patterns
from wor_match.language.tokens import Token
from wor_match.language.topics import find_in_tokens, parents
from wor_match.understanding.limits import FoundLimit, is_over
from wor_match.understanding.text import Reading, Sentence

_ALSO_TOPIC = frozenset(
    (
        "no_groups", "small_group", "no_religion", "no_car", "no_bike", "no_public_transport",
        "no_stairs", "no_long_standing", "no_long_walking", "no_long_sitting",
        "little_dutch", "no_dutch",
    )
)  # fmt: skip
"""Limits whose words are also something not wanted or not possible ("geen groepen")."""
_SHORT_WORD = 3
_NEAR = 8
_LIST_ITEM = 5
MEANINGS = ("wanted", "not_wanted", "cannot", "absent")


@dataclass(frozen=True, slots=True)
class Said:
    """One phrase with its meaning: token positions of one sentence."""

    meaning: str
    sentence: int
    start: int
    end: int
    topics: tuple[str, ...]
    rule: str


@dataclass(slots=True)
class _Phrase:
    sentence: int
    start: int
    end: int
    topics: tuple[str, ...] = ()
    condition: bool = False


def _say(phrase: _Phrase, meaning: str, rule: str) -> Said:
    return Said(meaning, phrase.sentence, phrase.start, phrase.end, phrase.topics, rule)


@dataclass(slots=True)
class _Cue:
    words: tuple[int, ...]
    row: tables.Row
    negations: int = 0
    undone: bool = False

    @property
    def meaning(self) -> str:
        """What it says here. "Nooit gekund en nooit gewild" denies once; "niet dat hij niet wil" not at all."""
        denied = self.negations > 0 and not (self.undone and self.negations > 1)
        return self.row["negated"] if denied else self.row["plain"]


@cache
def _cues() -> Patterns[tables.Row]:
    return Patterns((row["pattern"], row) for row in tables.rows("cues"))


@cache
def _conditions() -> Lexicon:
    return Lexicon(
        ((word, row["condition"]) for row in tables.rows("conditions") for word in tables.parts(row["words"])),
        exceptions=tables.word_set("function"),
    )


def find_said(reading: Reading, limits: Iterable[FoundLimit]) -> list[Said]:
    """Return every phrase of a text that carries one of the four meanings."""
    found: list[Said] = []
    silent: dict[int, set[int]] = {}
    for limit in limits:
        if limit.code not in _ALSO_TOPIC:
            silent.setdefault(limit.sentence, set()).update(limit.words or range(limit.start, limit.end))
    state = _State()
    for number, sentence in enumerate(reading.sentences):
        found += _sentence(sentence, number, silent.get(number, set()), state)
    return _settle(found)


@dataclass(slots=True)
class _State:
    """What was spoken of before, for what points back."""

    phrases: tuple[_Phrase, ...] = ()
    sentence: int = -1
    meaning: str = ""
    denied: bool = False
    able: bool = False
    heading: tuple[str, str] | None = None


def _sentence(
    sentence: Sentence, number: int, silent: set[int], state: _State
) -> list[Said]:
    if sentence.question:
        return []
    tokens = sentence.tokens
    hits = _cues().find(sentence.line)
    topics = [p for p in _topic_phrases(tokens, number) if p.start not in silent]
    conditions = [_Phrase(number, a, b, (), True) for _, a, b in _conditions().find(tokens)]
    times = {at for m in sentence.times for at in range(m.start, m.end)}
    found: list[Said] = []
    state.heading = None
    waiting: list[_Phrase] = []  # phrases of clauses without a cue: "bingo, rummikub: bah"
    for index, clause in enumerate(sentence.clauses):
        own = [p for p in topics if clause.start <= p.start < clause.end]
        if sentence.others[index]:
            # "zijn dochter vindt kaarten vreselijk, hij is er verzot op"
            state.phrases, state.sentence = tuple(own), number
            continue
        part = _Part(sentence, index, times, silent)
        states = [p for p in conditions if clause.start <= p.start < clause.end]
        cues = _resolve(hits, clause.start, clause.end)
        negations = [
            at for at in _negations(sentence, clause.start, clause.end, cues) if at not in silent
        ]
        absent = _absent(part, states, cues, negations)
        if not absent and state.denied and set(part.norms()) & tables.word_set("again"):
            absent = [_say(p, "absent", "scope:as-before") for p in states]
        state.denied = bool(absent)
        found += absent
        _share(negations, cues, [t.norm for t in tokens])
        _undo(sentence, clause.start, cues)
        live = [c for c in cues if c.meaning in ("wanted", "not_wanted", "cannot")]
        # A bare judgement yields to any other cue: "mist het verschrikkelijk".
        live = [c for c in live if c.row["pattern"] not in ("@joy", "@nope")] or live
        own = [p for p in own if not any(s.start <= p.start < s.end for s in states)]
        if states and not own and live and all(c.meaning == "cannot" for c in live):
            # "Depressie uitgesloten" forbids nothing.
            if "uitgesloten" in part.norms():
                found += [_say(p, "absent", "scope:ruled-out") for p in states]
                state.denied = True
            continue
        if part.about_time(times) and all(c.meaning != "wanted" for c in live):
            continue  # "zondag kerk, dan niet" refuses a time, not the church
        targets = _targets(part, own, live, state, number)
        if not live:
            said = _without_cue(part, own, cues, negations, state)
            if not said and own and state.heading and part.bare():
                said = [_say(p, *state.heading) for p in own]
            found += said
            if own and not said:
                waiting += own
            if own:
                state.phrases, state.sentence = tuple(own), number
            state.able = any(c.row["negated"] == "cannot" for c in cues)
            continue
        for phrase in targets:
            cue = _nearest(phrase, live)
            if cue.meaning != "cannot" and tables.word_set("body_topics").issuperset(phrase.topics or ("",)):
                continue  # nobody wishes to stand or to climb stairs as such
            less = cue.meaning == "wanted" and _rather(sentence, phrase)
            found.append(_say(phrase, "not_wanted" if less else cue.meaning, f"cues:{cue.row['id']}"))
        if waiting and (not own or "ook" in part.norms()[:2]):
            cue = live[0]
            for phrase in waiting:
                found.append(_say(phrase, cue.meaning, f"cues:{cue.row['id']}"))
        waiting = []
        if targets:
            state.phrases, state.sentence = tuple(targets), number
        state.meaning, state.able = live[-1].meaning, False
        # What follows in a list, or after "hobby's:", means the same.
        ahead = tokens[clause.end].norm if clause.end < len(tokens) else ""
        lists = ahead == ":" if not targets else ahead == ","
        state.heading = (live[-1].meaning, f"cues:{live[-1].row['id']}") if lists else None
    return found


@dataclass(slots=True)
class _Part:
    """A clause with what may not serve as its topic."""

    sentence: Sentence
    index: int
    times: set[int]
    covered: set[int]

    @property
    def start(self) -> int:
        return self.sentence.clauses[self.index].start

    @property
    def end(self) -> int:
        return self.sentence.clauses[self.index].end

    def norms(self) -> list[str]:
        return [t.norm for t in self.sentence.tokens[self.start : self.end]]

    def after_reason(self, position: int) -> bool:
        """Whether it is why, not what: after a word like "door", with no verb in between."""
        reasons, verbs = tables.word_set("reason"), tables.word_set("verbs")
        ends = verbs | tables.word_set("neg") | tables.word_set("pron") | {"te"}
        why = False
        for token in self.sentence.tokens[self.start : position]:
            why = token.norm in reasons or (why and token.norm not in ends)
        return why

    def with_head(self, phrase: _Phrase) -> _Phrase:
        """Take in what a known word belongs to: "ijsjes scheppen in het winkeltje"."""
        tokens, stop = self.sentence.tokens, tables.word_set("stop") | tables.word_set("neg")
        at = phrase.start
        while at > self.start and tokens[at - 1].norm in tables.word_set("small"):
            at -= 1
        if at == self.start or tokens[at - 1].norm not in tables.word_set("inside"):
            return phrase
        start = at - 1
        while start > self.start and _is_content(tokens[start - 1], stop):
            start -= 1
        return replace(phrase, start=start) if start < at - 1 else phrase

    def elliptic(self, taken: set[int]) -> bool:
        """Whether the clause names nothing itself, so that it must speak of what went before."""
        stop = tables.word_set("stop")
        return all(
            at in taken or not token.word or token.norm in stop or len(token.norm) < _SHORT_WORD
            for at, token in enumerate(self.sentence.tokens[self.start : self.end], self.start)
            if at not in self.covered
        ) and not any(self.start <= at < self.end for at in self.covered)

    def about_time(self, times: set[int]) -> bool:
        """Whether a day or part of the day stands in the clause."""
        return any(self.start <= at < self.end for at in times)

    def bare(self) -> bool:
        """Whether it holds no verb of its own, like an item of a list."""
        verbs = tables.word_set("verbs") | tables.word_set("pron")
        return self.end - self.start <= _LIST_ITEM and not verbs & set(self.norms())

    def answered_no(self) -> bool:
        """ "Eenzaam? Nee hoor." """
        following = [t.norm for t in self.sentence.tokens[self.end : self.end + 2]]
        return following in (["?", "nee"], ["?", "nooit"], ["?", "welnee"], ["?", "niet"])


def _topic_phrases(tokens: list[Token], number: int) -> list[_Phrase]:
    """Known activities of a sentence, those that touch or share words as one phrase."""
    phrases: list[_Phrase] = []
    for topic, start, end in find_in_tokens(tokens):
        last = phrases[-1] if phrases else None
        if last and start < last.end:
            last.end = max(last.end, end)
            last.topics = tuple(dict.fromkeys((*last.topics, topic)))
        elif last and start == last.end and tokens[start].word and tokens[start - 1].word:
            last.end = end
            last.topics = tuple(dict.fromkeys((*last.topics, topic)))
        elif last and _is_addition(tokens, last.end, start):
            last.end = end  # "koffie drinken met de buren" is about coffee
        else:
            phrases.append(_Phrase(number, start, end, (topic,)))
    return _without_carriers(tokens, phrases)


def _same_clause(tokens: list[Token], one: _Phrase, other: _Phrase) -> bool:
    first, last = sorted((one, other), key=lambda p: p.start)
    return all(t.word and t.norm not in ("en", "of", "maar") for t in tokens[first.end : last.start])


def _is_content(token: Token, stop: frozenset[str]) -> bool:
    return token.word and len(token.norm) > _SHORT_WORD and token.norm not in stop


def _rather(sentence: Sentence, phrase: _Phrase) -> bool:
    """Whether a phrase is the second one of "liever … dan …"."""
    words = [t.norm for t in sentence.tokens[: phrase.start]]
    return "dan" in words[-3:] and "liever" in words


def _is_addition(tokens: list[Token], start: int, end: int) -> bool:
    """Whether only a preposition and articles stand between: what follows belongs to what went before."""
    between = [t.norm for t in tokens[start:end]]
    if between[:1] in (["doen"], ["maken"]):
        between = between[1:]
    small = tables.word_set("poss") | {"de", "het", "een", "deze", "die"}
    return bool(between) and between[0] in tables.word_set("prep") and all(w in small for w in between[1:])


def _without_carriers(tokens: list[Token], phrases: list[_Phrase]) -> list[_Phrase]:
    """Drop a verb that only carries another phrase: "gedichten wil zij schrijven"."""
    carriers = tables.word_set("carrier")
    kept = []
    for phrase in phrases:
        alone = phrase.end - phrase.start == 1 and tokens[phrase.start].norm in carriers
        others = [p for p in phrases if p is not phrase and abs(p.start - phrase.start) < _NEAR]
        if not (alone and any(_same_clause(tokens, p, phrase) for p in others)):
            kept.append(phrase)
    return kept


def _resolve(hits: list[Hit[tables.Row]], start: int, end: int) -> list[_Cue]:
    """Cues of one clause; where two share a word the one with more words of its own stays."""
    inside = [h for h in hits if start <= h.start and h.end <= end and not _attributive(h, start, end)]
    inside.sort(key=lambda h: (-len(h.words), h.end - h.start, h.start))
    taken: set[int] = set()
    chosen: list[_Cue] = []
    for hit in inside:
        if taken.isdisjoint(hit.words):
            taken.update(hit.words)
            chosen.append(_Cue(hit.words, hit.row))
    chosen.sort(key=lambda c: c.words)
    return chosen


def _attributive(hit: Hit[tables.Row], start: int, end: int) -> bool:
    """Whether a bare judgement only colours the next word: "fijn handwerk lukt niet"."""
    return hit.row["pattern"] in ("@joy", "@nope") and start < hit.start and hit.end < end or (
        hit.row["pattern"] in ("@joy", "@nope") and hit.start == start and end - start > 2
    )


def _negations(sentence: Sentence, start: int, end: int, cues: list[_Cue]) -> list[int]:
    """Positions of free negations: not part of a cue, not "niet alleen … maar ook"."""
    neg = tables.word_set("neg")
    words = [t.norm for t in sentence.tokens]
    taken = {at for cue in cues for at in cue.words}
    found = []
    for at in range(start, end):
        if words[at] not in neg or at in taken:
            continue
        following = words[at + 1] if at + 1 < len(words) else ""
        if words[at] == "niet" and following in ("alleen", "slechts", "enkel") and "ook" in words[at:]:
            continue
        found.append(at)
    return found


def _share(negations: list[int], cues: list[_Cue], words: list[str]) -> None:
    """Give each negation to the nearest cue that has a meaning under it, "en" in between bars the way."""
    for at in negations:
        near = [
            c
            for c in cues
            if (c.row["negated"] or c.row["plain"])
            and not (c.words[0] < at < c.words[-1] and words[c.words[0]] in tables.word_set("neg"))
            and not (words[at] == "geen" and c.row["pattern"] in ("@joy", "@nope"))
            and not any(c.words[-1] < i < at for i, w in enumerate(words[:at]) if w == "en")
        ]
        if near:
            min(near, key=lambda c: min(abs(at - w) for w in c.words)).negations += 1


def _undo(sentence: Sentence, start: int, cues: list[_Cue]) -> None:
    """ "Niet dat hij niet wil", "het is niet zo dat …": what follows is denied twice."""
    text = " ".join(t.norm for t in sentence.tokens[start : start + 6])
    if text.startswith("niet dat") or "niet zo dat" in text or "niet waar dat" in text:
        for cue in cues:
            cue.undone = True


def _absent(
    part: _Part, states: list[_Phrase], cues: list[_Cue], negations: list[int]
) -> list[Said]:
    """Conditions that are denied: by a negation before or right after them, or by a cue."""
    found = []
    deniers = [c for c in cues if c.row["plain"] == "absent"]
    for phrase in states:
        before = [at for at in negations if at < phrase.start]
        after = [at for at in negations if at >= phrase.end]
        words = [t.norm for t in part.sentence.tokens]
        if before and "wel" in words[before[-1] : phrase.start]:
            before = []
        if before and any(before[-1] < w < phrase.start for c in cues for w in c.words if c.row["plain"] in ("wanted", "not_wanted")):
            before = []
        if part.after_reason(phrase.start):
            continue
        if part.answered_no() or is_over(part.sentence, part.index):
            before = [part.start]
        rule = "scope:denied" if before or after else (f"cues:{deniers[0].row['id']}" if deniers else "")
        if rule:
            found.append(_say(phrase, "absent", rule))
    return found


def _targets(part: _Part, own: list[_Phrase], live: list[_Cue], state: _State, number: int) -> list[_Phrase]:
    """What the live cues of a clause are about."""
    if not live:
        return []
    taken = {at for cue in live for at in cue.words if cue.row["target"] != "self"}
    free = [p for p in own if not set(range(p.start, p.end)) <= taken]
    inside = [p for p in free if not part.after_reason(p.start)]
    if free and not inside:
        return []
    if inside:
        return [part.with_head(p) for p in inside]
    anaphor = tables.word_set("anaphor")
    norms = part.norms()
    back = state.phrases if number - state.sentence <= 1 else ()
    if back and any(w in anaphor for w in norms[:3]):
        return list(back)
    chunk = _open_chunk(part, live, taken, number)
    if chunk is not None:
        return [chunk]
    return list(back) if part.elliptic(taken) or any(w in anaphor for w in norms) else []


def _open_chunk(part: _Part, live: list[_Cue], taken: set[int], number: int) -> _Phrase | None:
    """The run of content words nearest to a cue."""
    if any(t.word and t.norm in tables.word_set("reason") for t in part.sentence.tokens[part.start : part.start + 1]):
        return None
    stop = tables.word_set("stop") | tables.word_set("relative") | tables.word_set("neg") | tables.word_set("subj")
    tokens = part.sentence.tokens
    runs: list[_Phrase] = []
    for at in range(part.start, part.end):
        token = tokens[at]
        if token.norm in tables.word_set("reason"):
            break
        content = (
            token.word
            and token.norm not in stop
            and at not in taken
            and at not in part.times
            and at not in part.covered
            and not token.norm[:1].isdigit()
        )
        if not content:
            continue
        if runs and runs[-1].end == at:
            runs[-1].end = at + 1
        elif runs and _is_addition(tokens, runs[-1].end, at):
            runs[-1].end = at + 1
        else:
            runs.append(_Phrase(number, at, at + 1))
    if not runs:
        return None
    runs = [r for r in runs if any(_may_be_topic(part, r, cue) for cue in live)]
    if not runs:
        return None
    words = [w for cue in live for w in cue.words]
    return min(runs, key=lambda r: min(min(abs(w - r.start), abs(w - r.end + 1)) for w in words))


def _may_be_topic(part: _Part, run: _Phrase, cue: _Cue) -> bool:
    """A strong cue takes any phrase, a weak one only an infinitive right beside it."""
    if cue.row["target"] == "any":
        return True
    last = part.sentence.tokens[run.end - 1].norm
    beside = run.end in cue.words or run.start - 1 in cue.words
    return beside and len(last) > 5 and last.endswith("en")


def _without_cue(
    part: _Part, own: list[_Phrase], cues: list[_Cue], negations: list[int], state: _State
) -> list[Said]:
    """A clause without a verdict of its own: "geen bingo", "zwemmen ook niet", "wandelen wel"."""
    norms = part.norms()
    if not own:
        return []
    free = [at for at in negations if not cues]
    again = bool(set(norms) & tables.word_set("again"))
    meaning, rule = "", ""
    free = [at for at in free if _bare(part, at, own)]
    if free or "evenmin" in norms or "noch" in norms:
        reason = any(w in tables.word_set("reason") for w in norms)
        if reason or state.meaning == "cannot" or state.able or "meer" in norms:
            meaning, rule = "cannot", "scope:not-because" if reason else "scope:no-more"
        else:
            meaning, rule = "not_wanted", "scope:not"
    elif again and state.meaning:
        meaning, rule = state.meaning, "scope:as-before"
    elif "wel" in norms:
        meaning, rule = "wanted", "scope:contrast"
    elif len(norms) <= 4 and len(part.sentence.clauses) == 1:
        meaning, rule = "wanted", "scope:bare"
    if not meaning:
        return []
    return [_say(p, meaning, rule) for p in own if not part.after_reason(p.start)]


def _bare(part: _Part, negation: int, own: list[_Phrase]) -> bool:
    """Whether a negation without a cue can only mean the phrase: "geen bingo", "zwemmen niet"."""
    word = part.sentence.tokens[negation].norm
    close = any(negation < p.start <= negation + 3 or p.end + 2 >= negation >= p.end for p in own)
    return close and (word in ("geen", "noch") or part.end - part.start <= 5)


def _nearest(phrase: _Phrase, cues: list[_Cue]) -> _Cue:
    return min(cues, key=lambda c: min(min(abs(w - phrase.start), abs(w - phrase.end + 1)) for w in c.words))


def _settle(found: list[Said]) -> list[Said]:
    """One meaning for one place: the last word counts, except that "absent" stands apart."""
    by_place: dict[tuple[int, int, bool], Said] = {}
    for said in found:
        by_place[(said.sentence, said.start, said.meaning == "absent")] = said
    kept = sorted(by_place.values(), key=lambda s: (s.sentence, s.start))
    return [said for said in kept if not _said_better(said, kept)]


def _said_better(said: Said, others: list[Said]) -> bool:
    """Whether a past habit ("zong in een koor") is named again with a clearer cue ("mist het zingen")."""
    if said.rule not in _habits():
        return False
    return any(
        other is not said
        and other.meaning == said.meaning
        and other.rule not in _habits()
        and _kin(other.topics) & _kin(said.topics)
        for other in others
    )


def _kin(topics: Iterable[str]) -> set[str]:
    return {kind for topic in topics for kind in parents(topic)}


@cache
def _habits() -> frozenset[str]:
    """Rules that conclude a wish from what somebody used to do."""
    return frozenset(
        f"cues:{row['id']}"
        for row in tables.rows("cues")
        if row["target"] == "self" or row["pattern"].startswith(("vroeger", "altijd", "al .. jaar"))
    )
