"""The structured fields: what a coach filled in counts as stated."""

from collections.abc import Iterator
from dataclasses import dataclass

from wor_match.client import Client
from wor_match.language.topics import find_topics
from wor_match.understanding.limits import FoundLimit, find_limits
from wor_match.understanding.scope import find_said
from wor_match.understanding.text import Reading, read

LIMIT_OF_NEED = {
    "wheelchair": "wheelchair",
    "low_stimulus": "low_stimulus",
    "hearing_loop": "hearing",
    "visual": "visual",
    "ground_floor": "no_stairs",
    "small_group": "small_group",
}
_REFUSED = ("{}", "geen {}", "niet {}", "houdt niet van {}")
"""How a bare dislike ("grote groepen", "'s avonds") is put into words that the limits know."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A phrase of a field with its meaning and the kinds of activity that it names."""

    meaning: str
    field: str
    phrase: str
    topics: tuple[str, ...]


def stated_phrases(client: Client) -> Iterator[Stated]:
    """Yield what interests, dislikes and goals say."""
    for phrase in client.interests:
        yield Stated(_meaning(phrase, "wanted"), "interests", phrase, topics_in(phrase))
    for phrase in client.dislikes:
        yield Stated("not_wanted", "dislikes", phrase, topics_in(phrase))
    for phrase in client.goals:
        yield Stated(_meaning(phrase, "wanted"), "goals", phrase, topics_in(phrase))


def _meaning(phrase: str, otherwise: str) -> str:
    """A field may say itself that something is not wanted: "geen sport"."""
    reading = read("", phrase)
    said = find_said(reading, find_limits(reading))
    return (
        said[0].meaning if said and all(s.meaning == said[0].meaning for s in said) else otherwise
    )


def topics_in(phrase: str) -> tuple[str, ...]:
    """Return the kinds of activity that a phrase names, each once."""
    return tuple(dict.fromkeys(found.topic for found in find_topics(phrase)))


def limits_in_fields(client: Client) -> Iterator[tuple[str, str, str, str]]:
    """Yield (code, field, phrase, rule) for every limit that a field states."""
    for need in client.needs:
        yield LIMIT_OF_NEED[need], "needs", need, f"field:needs:{need}"
    for phrase in client.dislikes:
        codes: dict[str, FoundLimit] = {}
        for form in _REFUSED:
            for limit in find_limits(read("dislikes", form.format(phrase))):
                codes.setdefault(limit.code, limit)
        for code, limit in codes.items():
            yield code, "dislikes", phrase, limit.rule
    for field, phrases in (("goals", client.goals), ("interests", client.interests)):
        for phrase in phrases:
            for limit in find_limits(read(field, phrase)):
                yield limit.code, field, phrase, limit.rule


def overruled(client: Client) -> set[str]:
    """Return the limit codes that a field speaks of, so that the text may not."""
    codes: set[str] = set()
    if client.max_cost_month is not None:
        codes |= {"free_only", "low_budget"}
    if client.travel is not None:
        codes |= {"nearby", "housebound"} if client.travel.max_minutes else set()
        codes |= {
            "car": {"no_car"},
            "bike": {"no_bike"},
            "public_transport": {"no_public_transport"},
        }.get(client.travel.mode, set())
    if "nl" in client.languages:
        codes.add("no_dutch")
    return codes


def text_of(reading: Reading, place: tuple[int, int, int]) -> tuple[str, int, int]:
    """Return the words at token positions of a sentence, with their offsets."""
    sentence, start, end = place
    tokens = reading.sentences[sentence].tokens
    return reading.words(tokens[start], tokens[end - 1])
