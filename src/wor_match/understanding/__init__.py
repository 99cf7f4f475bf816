"""From what was written about a client to one profile that a coach can check.

``understand`` is the only door. It is pure: same client, same profile; no
catalogue, no model, no clock.
"""

import datetime as dt
from collections.abc import Iterable

from wor_match.client import Client
from wor_match.understanding.limits import FoundLimit, find_limits
from wor_match.understanding.profile import Evidence, Limit, Profile, Topic
from wor_match.understanding.scope import Said, find_said
from wor_match.understanding.text import Reading, read

__all__ = ["Profile", "understand"]


def understand(client: Client, *, as_of: dt.date | None = None) -> Profile:
    """Read one client.

    Parameters
    ----------
    client
        What was written, with the structured fields.
    as_of
        The day of reading, for how long ago something is ("in augustus
        overleden"). Without it nothing is concluded from dates.

    Returns
    -------
    Profile
        What was understood, every item with the words it was read from.
    """
    reading = read("referral", client.referral)
    limits = find_limits(reading)
    said = find_said(reading, limits)
    return Profile(
        wishes=tuple(_topics(reading, said, "wanted", "wish")),
        not_wanted=tuple(_topics(reading, said, "not_wanted", "not_wanted")),
        cannot=tuple(_topics(reading, said, "cannot", "cannot")),
        absent=tuple(_topics(reading, said, "absent", "absent")),
        limits=tuple(_limit(reading, limit) for limit in limits),
    )


def _topics(reading: Reading, said: Iterable[Said], meaning: str, prefix: str) -> Iterable[Topic]:
    for item in said:
        if item.meaning == meaning:
            evidence = _evidence(reading, item.sentence, item.start, item.end, item.rule)
            key = f"{prefix}:{' '.join(evidence.text.casefold().split())}"
            yield Topic(key=key, phrase=evidence.text, topics=item.topics, evidence=evidence)


def _limit(reading: Reading, limit: FoundLimit) -> Limit:
    evidence = _evidence(reading, limit.sentence, limit.start, limit.end, limit.rule)
    return Limit(key=f"limit:{limit.code}", code=limit.code, evidence=evidence)


def _evidence(reading: Reading, sentence: int, start: int, end: int, rule: str) -> Evidence:
    tokens = reading.sentences[sentence].tokens
    text, first, last = reading.words(tokens[start], tokens[end - 1])
    return Evidence(field=reading.field, text=text, start=first, end=last, rule=rule, certainty="read")
