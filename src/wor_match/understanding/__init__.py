"""What the client's words and fields mean: one Profile, every item with its evidence."""

import datetime as dt

from wor_match.client import Client
from wor_match.understanding.profile import Evidence, Profile, Topic


def understand(client: Client, *, as_of: dt.date | None = None) -> Profile:
    """PLACEHOLDER by the lead so that the core runs; the understanding helper replaces this file."""
    from wor_match.language.topics import find_topics, parents

    def topic(phrase: str, field: str) -> Topic:
        kinds = {k for found in find_topics(phrase) for k in ([found.topic])}
        return Topic(key=f"{field}:{phrase}", phrase=phrase, topics=tuple(sorted(kinds)),
                     evidence=Evidence(field=field, text=phrase, rule="field", certainty="stated"))

    return Profile(
        wishes=tuple(topic(p, "interests") for p in client.interests),
        not_wanted=tuple(topic(p, "dislikes") for p in client.dislikes),
    )
