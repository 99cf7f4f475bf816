"""What the client wants, does not want, cannot do, and what is not the case.

The unit is the clause. In it stand cues (``knowledge/cues.csv``): words that
say what is felt about something, each with a meaning as it is and a meaning
under "niet". A negation belongs to the nearest cue. The topic is the activity
that the clause names, or else the phrase beside the cue, or else what the
clause before was about ("fietsen? liever niet").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from wor_match.knowledge import tables
from wor_match.language.lexicon import Lexicon
from wor_match.language.topics import parents
from wor_match.understanding.cues import Cue, cues_of, find_cues
from wor_match.understanding.limits import FoundLimit, is_over
from wor_match.understanding.phrases import Part, Phrase, Said, say, topic_phrases
from wor_match.understanding.text import Reading, Sentence

MEANINGS = ("wanted", "not_wanted", "cannot", "absent")
_ACTIVE = MEANINGS[:3]
_ALSO_TOPIC = frozenset(
    (
        "no_groups", "small_group", "no_religion", "no_car", "no_bike", "no_public_transport",
        "no_stairs", "no_long_standing", "no_long_walking", "no_long_sitting",
        "little_dutch", "no_dutch",
    )
)  # fmt: skip
"""Limits whose words are also something not wanted or not possible ("geen groepen")."""
_FRAGMENT = 5
_ONE_PHRASE = 4


def find_said(reading: Reading, limits: Iterable[FoundLimit]) -> list[Said]:
    """Return every phrase of a text that carries one of the four meanings."""
    silent: dict[int, set[int]] = {}
    for limit in limits:
        if limit.code not in _ALSO_TOPIC:
            words = limit.words or range(limit.start, limit.end)
            silent.setdefault(limit.sentence, set()).update(words)
    reader = _Reader()
    for number, sentence in enumerate(reading.sentences):
        if not sentence.question:
            reader.sentence(sentence, number, silent.get(number, set()))
    return _settle(reader.said)


@cache
def _conditions() -> Lexicon:
    return Lexicon(
        (
            (word, row["condition"])
            for row in tables.rows("conditions")
            for word in tables.parts(row["words"])
        ),
        exceptions=tables.word_set("function"),
    )


@dataclass(slots=True)
class _Clause:
    """What stands in one clause: its topics, its conditions, its cues."""

    part: Part
    own: list[Phrase]
    conditions: list[Phrase]
    cues: list[Cue]
    negations: list[int]

    def live(self) -> list[Cue]:
        """Return the cues that say something of an activity; judgements yield to others."""
        found = [c for c in self.cues if c.meaning in _ACTIVE]
        return [c for c in found if not c.judges] or found


class _Reader:
    """Reads clause after clause and remembers what was spoken of."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self._spoken: tuple[Phrase, ...] = ()  # what "dat" and "daar" point back to
        self._spoken_in = -1
        self._meaning = ""  # the last verdict, for "ook niet"
        self._denied = False  # whether the last clause denied a condition
        self._able = False  # whether it was about being able
        self._heading: tuple[str, str] | None = None  # meaning and rule of a list: "hobby's: …"
        self._waiting: list[Phrase] = []  # of clauses without a cue: "bingo, rummikub: bah"

    def sentence(self, sentence: Sentence, number: int, silent: set[int]) -> None:
        """Read one sentence."""
        hits = find_cues(sentence.line)
        topics = [p for p in topic_phrases(sentence.tokens, number) if p.start not in silent]
        conditions = [Phrase(number, a, b) for _, a, b in _conditions().find(sentence.tokens)]
        self._heading = None
        self._waiting = []
        for index in range(len(sentence.clauses)):
            part = Part(sentence, number, index, silent)
            own = [p for p in topics if part.holds(p.start)]
            if sentence.others[index]:
                # "zijn dochter vindt kaarten vreselijk, hij is er verzot op"
                self._remember(own, number, even_nothing=True)
                continue
            inside = [p for p in conditions if part.holds(p.start)]
            cues, negations = cues_of(part, hits)
            self._clause(_Clause(part, own, inside, cues, negations))

    def _clause(self, clause: _Clause) -> None:
        self._deny(clause)
        clause.own = [p for p in clause.own if not _is_condition(p, clause.conditions)]
        live = clause.live()
        if self._rules_out(clause, live):
            return
        if clause.part.about_time() and all(c.meaning != "wanted" for c in live):
            return  # "zondag kerk, dan niet" refuses a time, not the church
        if live:
            self._verdict(clause, live)
        else:
            self._without_cue(clause)

    def _remember(self, phrases: list[Phrase], number: int, *, even_nothing: bool = False) -> None:
        if phrases or even_nothing:
            self._spoken, self._spoken_in = tuple(phrases), number

    # Conditions.

    def _deny(self, clause: _Clause) -> None:
        """Conditions that are not the case."""
        found = [
            say(phrase, "absent", rule)
            for phrase in clause.conditions
            if (rule := _denial(clause, phrase))
        ]
        if (
            not found
            and self._denied
            and not tables.word_set("again").isdisjoint(clause.part.norms())
        ):
            found = [say(p, "absent", "scope:as-before") for p in clause.conditions]
        self._denied = bool(found)
        self.said += found

    def _rules_out(self, clause: _Clause, live: list[Cue]) -> bool:
        """Tell whether a clause is about an illness: "depressie uitgesloten" forbids nothing."""
        about_illness = clause.conditions and not clause.own and live
        if not about_illness or any(c.meaning != "cannot" for c in live):
            return False
        if "uitgesloten" in clause.part.norms():
            self.said += [say(p, "absent", "scope:ruled-out") for p in clause.conditions]
            self._denied = True
        return True

    # Clauses with a verdict.

    def _verdict(self, clause: _Clause, live: list[Cue]) -> None:
        part = clause.part
        targets = self._targets(clause, live)
        for phrase in targets:
            cue = min(live, key=lambda c: phrase.distance(c.words))
            only_body = tables.word_set("body_topics").issuperset(phrase.topics or ("",))
            if cue.meaning != "cannot" and only_body:
                continue  # nobody wishes to stand or to climb stairs as such
            less = cue.meaning == "wanted" and part.rather_not(phrase)
            self.said.append(say(phrase, "not_wanted" if less else cue.meaning, cue.rule))
        if self._waiting and (not clause.own or "ook" in part.norms()[:2]):
            self.said += [say(p, live[0].meaning, live[0].rule) for p in self._waiting]
        self._waiting = []
        self._remember(targets, part.number)
        self._meaning, self._able = live[-1].meaning, False
        # What follows in a list, or after "hobby's:", means the same.
        lists = part.mark_after() == ("," if targets else ":")
        self._heading = (live[-1].meaning, live[-1].rule) if lists else None

    def _targets(self, clause: _Clause, live: list[Cue]) -> list[Phrase]:
        """What the cues of a clause are about."""
        part = clause.part
        taken = {at for cue in live for at in cue.words if cue.row["target"] != "self"}
        free = [p for p in clause.own if not taken.issuperset(range(p.start, p.end))]
        if free:
            return [part.with_head(p) for p in free if not part.after_reason(p.start)]
        anaphor, norms = tables.word_set("anaphor"), part.norms()
        back = list(self._spoken) if part.number - self._spoken_in <= 1 else []
        if back and not anaphor.isdisjoint(norms[:3]):
            return back
        chunk = _open_phrase(part, live, taken)
        if chunk is not None:
            return [chunk]
        return back if part.elliptic(taken) or not anaphor.isdisjoint(norms) else []

    # Clauses without a verdict of their own.

    def _without_cue(self, clause: _Clause) -> None:
        """Read "geen bingo", "zwemmen ook niet", "wandelen wel", or an item of a list."""
        if clause.own:
            verdict = self._fragment(clause)
            said = [
                say(p, *verdict)
                for p in clause.own
                if verdict and not clause.part.after_reason(p.start)
            ]
            if not said and self._heading and clause.part.bare():
                said = [say(p, *self._heading) for p in clause.own]
            self.said += said
            if not said:
                self._waiting += clause.own
            self._remember(clause.own, clause.part.number)
        self._able = any(c.row["negated"] == "cannot" for c in clause.cues)

    def _fragment(self, clause: _Clause) -> tuple[str, str] | None:
        """Return meaning and rule of a fragment, if it has one."""
        words = set(clause.part.norms())
        denied = not clause.cues and any(_can_only_mean(clause, at) for at in clause.negations)
        if denied or words & {"evenmin", "noch"}:
            return self._denied_fragment(words)
        if words & tables.word_set("again") and self._meaning:
            return self._meaning, "scope:as-before"
        if "wel" in words:
            return "wanted", "scope:contrast"
        short = clause.part.end - clause.part.start <= _ONE_PHRASE
        alone = len(clause.part.sentence.clauses) == 1
        return ("wanted", "scope:bare") if short and alone else None

    def _denied_fragment(self, words: set[str]) -> tuple[str, str]:
        if words & tables.word_set("reason"):
            return "cannot", "scope:not-because"
        if self._meaning == "cannot" or self._able or "meer" in words:
            return "cannot", "scope:no-more"
        return "not_wanted", "scope:not"


def _is_condition(phrase: Phrase, conditions: Iterable[Phrase]) -> bool:
    return any(c.start <= phrase.start < c.end for c in conditions)


def _denial(clause: _Clause, phrase: Phrase) -> str:
    """Return the rule by which a condition is denied, or nothing."""
    part = clause.part
    if part.after_reason(phrase.start):
        return ""
    before = [at for at in clause.negations if at < phrase.start][-1:]
    if before and _cut_off(clause, before[0], phrase.start):
        before = []
    after = any(at >= phrase.end for at in clause.negations)
    if before or after or part.answered_no() or is_over(part.sentence, part.index):
        return "scope:denied"
    return next((c.rule for c in clause.cues if c.row["plain"] == "absent"), "")


def _cut_off(clause: _Clause, negation: int, condition: int) -> bool:
    """Whether "wel" or a cue of its own stands between a negation and a condition."""
    if "wel" in [t.norm for t in clause.part.tokens[negation:condition]]:
        return True
    return any(
        negation < at < condition
        for cue in clause.cues
        if cue.row["plain"] in ("wanted", "not_wanted")
        for at in cue.words
    )


def _can_only_mean(clause: _Clause, negation: int) -> bool:
    """Whether a negation without a cue can only mean the phrase: "geen bingo", "zwemmen niet"."""
    part = clause.part
    close = any(
        negation < p.start <= negation + 3 or p.end + 2 >= negation >= p.end for p in clause.own
    )
    strong = part.tokens[negation].norm in ("geen", "noch")
    return close and (strong or part.end - part.start <= _FRAGMENT)


def _open_phrase(part: Part, live: list[Cue], taken: set[int]) -> Phrase | None:
    """The run of content words nearest to a cue: topics are an open class."""
    runs = [r for r in part.runs(taken) if any(_takes(part, cue, r) for cue in live)]
    words = [at for cue in live for at in cue.words]
    return min(runs, key=lambda r: r.distance(words)) if runs else None


def _takes(part: Part, cue: Cue, run: Phrase) -> bool:
    """A strong cue takes any phrase, a weak one only an infinitive right beside it."""
    if cue.row["target"] == "any":
        return True
    beside = run.end in cue.words or run.start - 1 in cue.words
    return beside and part.like_infinitive(run)


def _settle(found: list[Said]) -> list[Said]:
    """One meaning for one place: the last word counts; "absent" stands apart."""
    by_place: dict[tuple[int, int, bool], Said] = {}
    for said in found:
        by_place[said.sentence, said.start, said.meaning == "absent"] = said
    kept = sorted(by_place.values(), key=lambda s: (s.sentence, s.start))
    return [said for said in kept if not _said_better(said, kept)]


def _said_better(said: Said, others: list[Said]) -> bool:
    """Whether a past habit ("zong in een koor") is named again with a clearer cue."""
    if said.rule not in _habits():
        return False
    return any(
        other is not said
        and other.meaning == said.meaning
        and other.rule not in _habits()
        and not _kinds(other.topics).isdisjoint(_kinds(said.topics))
        for other in others
    )


def _kinds(topics: Iterable[str]) -> set[str]:
    return {kind for topic in topics for kind in parents(topic)}


@cache
def _habits() -> frozenset[str]:
    """Rules that conclude a wish from what somebody used to do."""
    return frozenset(
        f"cues:{row['id']}"
        for row in tables.rows("cues")
        if row["target"] == "self" or row["pattern"].startswith(("vroeger", "altijd", "al .. jaar"))
    )
