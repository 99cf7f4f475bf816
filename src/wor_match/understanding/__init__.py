"""From what was written about a client to one profile that a coach can check.

``understand`` is the only door. It is pure: same client, same profile; no
catalogue, no model, no clock.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeVar

from wor_match.client import Client
from wor_match.knowledge import tables
from wor_match.understanding import needs as needs_of
from wor_match.understanding.cautions import find_cautions
from wor_match.understanding.fields import limits_in_fields, overruled, stated_phrases, text_of
from wor_match.understanding.heard import (
    Heard,
    limits_and_heard,
    said_and_heard,
    signals_and_heard,
)
from wor_match.understanding.limits import FoundLimit, find_limits
from wor_match.understanding.phrases import Said
from wor_match.understanding.profile import (
    Caution,
    Certainty,
    Evidence,
    Limit,
    Profile,
    Signal,
    SupportDomain,
    Topic,
    WeightedCode,
)
from wor_match.understanding.scope import find_said
from wor_match.understanding.signals import FoundSignal, find_signals
from wor_match.understanding.text import Reading, read

__all__ = ["Profile", "understand"]

Place = tuple[int, int, int]
_Keyed = TypeVar("_Keyed", Topic, Limit, WeightedCode, SupportDomain, Caution)
_PREFIX = {"wanted": "wish", "not_wanted": "not_wanted", "cannot": "cannot", "absent": "absent"}


def understand(
    client: Client, *, as_of: dt.date | None = None, heard: Heard | None = None
) -> Profile:
    """Read one client.

    Parameters
    ----------
    client
        What was written, with the structured fields.
    as_of
        The day of reading, for how long ago something is ("in augustus
        overleden"). Without it nothing is concluded from dates.
    heard
        What a model makes of the referral; without it the rules read alone.

    Returns
    -------
    Profile
        What was understood, every item with the words it was read from.
    """
    referral = read("referral", client.referral)
    fields = [read("complaints", text) for text in client.complaints]
    goals = [read("goals", text) for text in client.goals]
    read_limits = find_limits(referral)
    said = find_said(referral, read_limits)
    signals = find_signals(referral)
    if heard is not None:
        said = said_and_heard(referral, said, heard)
        read_limits = limits_and_heard(referral, read_limits, heard)
        signals = signals_and_heard(referral, signals, heard)
    denied = [(s.sentence, s.start, s.end) for s in said if s.meaning == "absent"]

    kept = frozenset(client.corrections)
    # What the coach corrected may not lead to further conclusions either.
    limits = [x for x in _limits(client, referral, read_limits) if x.key not in kept]
    topics = _topics(client, referral, said)
    topics += _impossible((x for x in limits if x.evidence.certainty != "heard"), topics)
    topics += _implied(referral, topics)
    found = [n for text in fields for n in needs_of.find_needs(text, (), field=True)]
    found += needs_of.find_needs(referral, denied, field=False)
    found += [n for text in goals for n in needs_of.find_needs(text, (), field=False)]
    needs = [n for n in needs_of.heaviest(found) if f"need:{n.code}" not in kept]
    codes = needs_of.icpc_codes([client.referral, *client.complaints])
    found_signals = [(referral, signal) for signal in signals]
    found_signals += [(text, s) for text in (*fields, *goals) for s in find_signals(text)]
    cautions = find_cautions([referral, *fields], needs, codes, as_of)
    return Profile(
        wishes=_kept((t for m, t in topics if m == "wanted"), kept),
        not_wanted=_kept((t for m, t in topics if m == "not_wanted"), kept),
        cannot=_kept((t for m, t in topics if m == "cannot"), kept),
        absent=_kept((t for m, t in topics if m == "absent"), kept),
        limits=_kept(limits, kept),
        needs=_kept((_weighted("need", n.code, n.weight, n) for n in needs), kept),
        elements=_kept(
            (
                _weighted("element", code, w, n)
                for code, (w, n) in needs_of.elements_of(needs).items()
            ),
            kept,
        ),
        support=_kept(_support([referral, *fields, *goals]), kept),
        signals=tuple(_signals(found_signals)),
        cautions=_kept(
            (
                Caution(
                    key=f"caution:{c.code}",
                    code=c.code,
                    text=c.text,
                    evidence=_evidence(c.reading, c.place, c.rule, "inferred"),
                )
                for c in cautions
            ),
            kept,
        ),
    )


def _kept(items: Iterable[_Keyed], corrections: frozenset[str]) -> tuple[_Keyed, ...]:
    """Drop what the coach corrected, and what has the same key as an item before it."""
    first: dict[str, _Keyed] = {}
    for item in items:
        if item.key not in corrections:
            first.setdefault(item.key, item)
    return tuple(first.values())


def _certainty(rule: str) -> Certainty:
    return "heard" if rule.startswith("model:") else "read"


def _evidence(reading: Reading, place: Place | None, rule: str, certainty: Certainty) -> Evidence:
    if place is None:
        return Evidence(field=reading.field, text=reading.text, rule=rule, certainty=certainty)
    text, start, end = text_of(reading, place)
    if reading.field != "referral":
        # Other fields are lists: the entry itself is the evidence.
        return Evidence(field=reading.field, text=reading.text, rule=rule, certainty=certainty)
    return Evidence(
        field=reading.field, text=text, start=start, end=end, rule=rule, certainty=certainty
    )


def _key(prefix: str, phrase: str) -> str:
    return f"{prefix}:{' '.join(phrase.casefold().split())}"


def _topics(client: Client, referral: Reading, said: Iterable[Said]) -> list[tuple[str, Topic]]:
    """What is wanted, not wanted, impossible or not the case: the fields first, then the text."""
    found: list[tuple[str, Topic]] = []
    for item in stated_phrases(client):
        evidence = Evidence(
            field=item.field, text=item.phrase, rule=f"field:{item.field}", certainty="stated"
        )
        key = _key(_PREFIX[item.meaning], item.phrase)
        found.append(
            (
                item.meaning,
                Topic(key=key, phrase=item.phrase, topics=item.topics, evidence=evidence),
            )
        )
    refused = {topic for meaning, t in found if meaning == "not_wanted" for topic in t.topics}
    asked = {topic for meaning, t in found if meaning == "wanted" for topic in t.topics}
    for reading in said:
        opposite = (
            refused
            if reading.meaning == "wanted"
            else asked
            if reading.meaning == "not_wanted"
            else set()
        )
        if reading.topics and opposite.issuperset(reading.topics):
            continue  # the field says the opposite of the text, and the field wins
        place = (reading.sentence, reading.start, reading.end)
        evidence = _evidence(referral, place, reading.rule, _certainty(reading.rule))
        key = _key(_PREFIX[reading.meaning], evidence.text)
        topic = Topic(key=key, phrase=evidence.text, topics=reading.topics, evidence=evidence)
        found.append((reading.meaning, topic))
    return found


def _limits(client: Client, referral: Reading, read_limits: Iterable[FoundLimit]) -> list[Limit]:
    found = [
        Limit(
            key=f"limit:{code}",
            code=code,
            evidence=Evidence(field=field, text=phrase, rule=rule, certainty="stated"),
        )
        for code, field, phrase, rule in limits_in_fields(client)
    ]
    silent = overruled(client)
    for limit in read_limits:
        if limit.code not in silent:
            place = (limit.sentence, limit.start, limit.end)
            evidence = _evidence(referral, place, limit.rule, _certainty(limit.rule))
            found.append(Limit(key=f"limit:{limit.code}", code=limit.code, evidence=evidence))
    return found


@cache
def _body() -> dict[str, tables.Row]:
    return {row["limit"]: row for row in tables.rows("body")}


@cache
def _routes() -> dict[str, tables.Row]:
    return {row["kind"]: row for row in tables.rows("routes")}


def _impossible(
    limits: Iterable[Limit], topics: Iterable[tuple[str, Topic]]
) -> list[tuple[str, Topic]]:
    """Kinds of activity that a limit of the body rules out, unless they are asked for."""
    asked = {topic for meaning, t in topics if meaning == "wanted" for topic in t.topics}
    table = _body()
    found = []
    for limit in limits:
        row = table.get(limit.code)
        kinds = tuple(t for t in tables.parts(row["topics"]) if t not in asked) if row else ()
        if row and kinds:
            evidence = limit.evidence.model_copy(
                update={"rule": f"body:{row['id']}", "certainty": "inferred"}
            )
            topic = Topic(
                key=f"cannot:{row['id']}",
                phrase=limit.evidence.text,
                topics=kinds,
                evidence=evidence,
            )
            found.append(("cannot", topic))
    return found


def _implied(referral: Reading, topics: Iterable[tuple[str, Topic]]) -> list[tuple[str, Topic]]:
    """Wishes that a former trade suggests; never what the client refused."""
    against = {
        t for meaning, item in topics if meaning in ("not_wanted", "cannot") for t in item.topics
    }
    found = []
    for place, kinds in needs_of.find_trades(referral):
        left = tuple(kind for kind in kinds if kind not in against)
        if left:
            where = (place.sentence, place.start, place.end)
            evidence = _evidence(referral, where, place.rule, "inferred")
            topic = Topic(
                key=f"wish:trade:{place.code}", phrase=evidence.text, topics=left, evidence=evidence
            )
            found.append(("wanted", topic))
    return found


def _weighted(prefix: str, code: str, weight: float, need: needs_of.FoundNeed) -> WeightedCode:
    certainty: Certainty = "inferred"
    evidence = _evidence(need.reading, need.place, need.rule, certainty)
    return WeightedCode(key=f"{prefix}:{code}", code=code, weight=weight, evidence=evidence)


def _support(readings: Iterable[Reading]) -> Iterator[SupportDomain]:
    for reading in readings:
        for place in needs_of.find_support(reading):
            evidence = _evidence(
                reading, (place.sentence, place.start, place.end), place.rule, "read"
            )
            yield SupportDomain(key=f"support:{place.code}", code=place.code, evidence=evidence)


def _signals(signals: Iterable[tuple[Reading, FoundSignal]]) -> Iterator[Signal]:
    routes = _routes()
    first: dict[str, Signal] = {}
    for reading, found in signals:
        route = routes[found.kind]
        place = (found.sentence, found.start, found.end)
        signal = Signal.model_validate(
            {
                "kind": found.kind,
                "acute": found.acute,
                "prompt": route["prompt_nl"],
                "route": route["route_nl"],
                "evidence": _evidence(reading, place, found.rule, _certainty(found.rule)),
            }
        )
        known = first.get(found.kind)
        if known is None or (signal.acute and not known.acute):
            first[found.kind] = signal
    return iter(sorted(first.values(), key=lambda s: not s.acute))
