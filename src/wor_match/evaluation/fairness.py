"""Whether a list is the same for everybody, and for whom lists are worse.

Two questions, two answers:

* *Counterfactuals* (Kusner et al., NeurIPS 2017, in the plain form of an audit): one thing about
  a client is changed that must not matter, and the list must not change, unless a restriction
  of an activity or a wish of the client says so. What only one of the two may join is left out
  of both lists before they are compared.
* *Groups*: figures per group of clients, where groups with fewer than ``least`` clients are
  suppressed. A difference between groups is a question to ask, not yet an answer: their wishes
  and their neighbourhoods differ too.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wor_match.client import Client
from wor_match.evaluation import metrics
from wor_match.evaluation.engine import Answers, Engine
from wor_match.evaluation.significance import Interval, interval
from wor_match.evaluation.truth import distances_km
from wor_match.geography.postcodes import locate
from wor_match.matching import match
from wor_match.policy import Policy
from wor_match.prepared import Prepared
from wor_match.result import MatchResult

Vector = NDArray[np.float64]

SMALL_CELL = 10
"""Groups of fewer clients are not shown (``docs/evaluate-your-own.md``)."""

TOP = 10

_WOMAN_MAN = {
    "mevrouw": "meneer", "mevr": "dhr", "mw": "dhr", "mevr.": "dhr.", "mw.": "dhr.", "vrouw": "man",
    "dame": "heer", "meisje": "jongen", "moeder": "vader", "oma": "opa", "dochter": "zoon",
    "weduwe": "weduwnaar", "zij": "hij", "ze": "hij", "haar": "zijn",
    "alleenstaande moeder": "alleenstaande vader", "vr": "man", "vr.": "man", "zus": "broer",
}  # fmt: skip
_MAN_WOMAN = {
    "meneer": "mevrouw", "dhr": "mw", "dhr.": "mw.", "de heer": "mevrouw", "man": "vrouw",
    "heer": "dame", "jongen": "meisje", "vader": "moeder", "opa": "oma", "zoon": "dochter",
    "weduwnaar": "weduwe", "hij": "zij", "hem": "haar", "zijn": "haar", "broer": "zus",
    "jongeman": "jonge vrouw",
}  # fmt: skip
_ORIGINS = (("Nederlandse", "Marokkaanse"), ("Nederlandse", "Surinaamse"), ("Friese", "Poolse"))
_NAMES = (
    ("Jan de Vries", "Fatima el Amrani"),
    ("Sjoerd Hofstra", "Agnieszka Kowalska"),
    ("Jan de Vries", "Li Wei"),
)
_AGE_WORDS = (
    (re.compile(r"\b(?:oudere|bejaarde|hoogbejaarde|oude)\b", re.IGNORECASE), ""),
    (re.compile(r"\b(?:jonge|jeugdige)\b", re.IGNORECASE), ""),
    # "74 jr", "74-jarige", "(74)": the age stands in its own field.
    (re.compile(r"\b\d{2}[ -]?(?:jr|jaar|jarige|j)\b\.?|\(\d{2}\)", re.IGNORECASE), ""),
)


Pair = tuple[Client, Client]


@dataclass(frozen=True, slots=True)
class Swap:
    """One thing that must not matter.

    Attributes
    ----------
    name
        For the table.
    versions
        Returns one client in the two forms to compare, or None where there is nothing to change.
    """

    name: str
    versions: Callable[[Client], Pair | None]


@dataclass(frozen=True, slots=True)
class Swapped:
    """What one swap did to one client's list.

    Attributes
    ----------
    client, swap
        Which.
    overlap
        Share of the first ten that both lists hold, of those that both may join.
    same
        Whether the two lists are equal, in the same order.
    entered, left
        Ids of activities that came in or went out.
    """

    client: str
    swap: str
    overlap: float
    same: bool
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SwapSummary:
    """One swap over all clients: how many it could be done to, how many lists it changed."""

    swap: str
    clients: int
    changed: int
    overlap: float


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Figures of one group; None where the group is too small to show."""

    group: str
    clients: int | None
    options: Interval | None
    kilometres: Interval | None
    ndcg: Interval | None
    nothing_fits: Interval | None


def gender(client: Client) -> Pair | None:
    """Change the field and the words: "mw" becomes "dhr", "zij" becomes "hij"."""
    other = {"woman": "man", "man": "woman"}.get(client.gender or "")
    if other is None:
        return None
    words = _WOMAN_MAN if client.gender == "woman" else _MAN_WOMAN
    text = _worded(client.referral, words)
    return client, client.model_copy(update={"gender": other, "referral": text})


def age_words(client: Client) -> Pair | None:
    """Take words for age out of the text; the field stays, so restrictions stay."""
    text = client.referral
    for pattern, put in _AGE_WORDS:
        text = pattern.sub(put, text)
    return None if text == client.referral else (client, _with_text(client, text))


def origin(one: str, other: str) -> Callable[[Client], Pair | None]:
    """Say at the end where the client's family comes from."""
    return lambda client: _two_texts(
        client, *(f"{client.referral} Van {word} afkomst." for word in (one, other))
    )


def called(one: str, other: str) -> Callable[[Client], Pair | None]:
    """Put a name before the text."""
    return lambda client: _two_texts(
        client, *(f"Betreft {name}. {client.referral}" for name in (one, other))
    )


def postcode(client: Client) -> Pair | None:
    """Give another postcode at the very same point: a postcode says who lives there."""
    place = client.location or locate(client.postcode)
    if place is None or client.postcode is None:
        return None
    fields = client.model_dump() | {"location": {"lat": place.lat, "lon": place.lon}}
    here, there = (Client.model_validate(fields | {"postcode": code}) for code in ("1071", "1102"))
    return here, there


SWAPS: tuple[Swap, ...] = (
    Swap("gender", gender),
    Swap("age words", age_words),
    *(Swap(f"origin: {one} or {other}", origin(one, other)) for one, other in _ORIGINS),
    *(Swap(f"name: {one} or {other}", called(one, other)) for one, other in _NAMES),
    Swap("postcode, same point", postcode),
)


def counterfactuals(
    engine: Engine, swaps: Sequence[Swap] = SWAPS, *, policy: Policy | None = None
) -> list[Swapped]:
    """Match every client in both forms of each swap, and compare the first ten.

    Only what both forms of the client may join is compared: a group for
    women leaves a man's list rightly, and what stands below it then moves up.
    """
    found = []
    for client, ready in zip(engine.judged.clients, engine.clients, strict=True):
        for swap in swaps:
            pair = swap.versions(client)
            if pair is not None:
                versions = [ready if version is client else version for version in pair]
                results = [_long_list(engine, version, policy) for version in versions]
                found.append(_compared(client.id, swap.name, *results))
    return found


def summarised(found: Sequence[Swapped]) -> list[SwapSummary]:
    """Count per swap how many lists changed."""
    names = dict.fromkeys(one.swap for one in found)
    summaries = []
    for name in names:
        own = [one for one in found if one.swap == name]
        overlap = float(np.mean([one.overlap for one in own]))
        summaries.append(SwapSummary(name, len(own), sum(not o.same for o in own), overlap))
    return summaries


def groups(
    engine: Engine,
    answers: Answers,
    of: Mapping[str, Sequence[bool]],
    *,
    least: int = SMALL_CELL,
) -> list[GroupFigures]:
    """Return figures per group; a group of fewer than ``least`` clients is suppressed.

    Parameters
    ----------
    engine, answers
        From :class:`wor_match.evaluation.engine.Engine`.
    of
        Name of a group → for every client whether it belongs to it. Groups may overlap.
    least
        Smallest group that is shown. A group that nearly all belong to is suppressed as
        well, because the few others could be worked out from it.
    """
    order = answers.order
    options = _options(answers.results, len(engine.catalogue))
    km = metrics.distance_burden(order, distances_km(engine.judged)).median
    ndcg = metrics.ndcg(order, engine.judged.judgments)
    nothing = (order[:, 0] < 0).astype(np.float64)
    table = []
    for name, members in of.items():
        mask = np.asarray(members, bool)
        n, others = int(mask.sum()), int((~mask).sum())
        if n < least or 0 < others < least:
            table.append(GroupFigures(name, None, None, None, None, None))
            continue
        shown = [interval(vector[mask]) for vector in (options, km, ndcg, nothing)]
        table.append(GroupFigures(name, n, *shown))
    return table


def usual_groups(engine: Engine) -> dict[str, list[bool]]:
    """Return the groups that the fields of clients allow: gender, age, travel, language, budget."""
    clients = engine.judged.clients
    tests: dict[str, Callable[[Client], bool]] = {
        "all": lambda _: True,
        "women": lambda c: c.gender == "woman",
        "men": lambda c: c.gender == "man",
        "under 40": lambda c: c.age is not None and c.age < _YOUNG,
        "40 to 64": lambda c: c.age is not None and _YOUNG <= c.age < _OLD,
        "65 and over": lambda c: c.age is not None and c.age >= _OLD,
        "on foot": lambda c: c.travel is not None and c.travel.mode == "walk",
        "by bike": lambda c: c.travel is not None and c.travel.mode == "bike",
        "speaks no Dutch": lambda c: bool(c.languages) and "nl" not in c.languages,
        "budget up to 15 euros": lambda c: (
            c.max_cost_month is not None and c.max_cost_month <= _LITTLE
        ),
        "has a need that must be met": lambda c: bool(c.needs),
    }
    return {name: [test(c) for c in clients] for name, test in tests.items()}


_YOUNG, _OLD, _LITTLE = 40, 65, 15.0


def _long_list(engine: Engine, client: Client | Prepared, policy: Policy | None) -> MatchResult:
    """Match with room below the tenth, for what one of the two may not join."""
    return match(
        client,
        engine.catalogue,
        limit=3 * TOP,
        policy=policy,
        as_of=engine.judged.as_of,
        acknowledge_attention=True,
    )


def _with_text(client: Client, text: str) -> Client:
    return client.model_copy(update={"referral": text})


def _two_texts(client: Client, one: str, other: str) -> Pair | None:
    if not client.referral:
        return None
    return _with_text(client, one), _with_text(client, other)


def _compared(client: str, swap: str, base: MatchResult, other: MatchResult) -> Swapped:
    lists = [[m.activity.id for m in result] for result in (base, other)]
    shut = [
        {id_ for id_ in one if result.explain(id_).status == "excluded"}
        for one, result in zip(lists, (other, base), strict=True)
    ]
    before, after = (
        [id_ for id_ in one if id_ not in out][:TOP] for one, out in zip(lists, shut, strict=True)
    )
    longest = max(len(before), len(after), 1)
    both = set(before) & set(after)
    return Swapped(
        client=client,
        swap=swap,
        overlap=len(both) / longest if before or after else 1.0,
        same=before == after,
        entered=tuple(id_ for id_ in after if id_ not in both),
        left=tuple(id_ for id_ in before if id_ not in both),
    )


def _options(results: Sequence[MatchResult], activities: int) -> Vector:
    """How many activities no rule excludes, per client."""
    return np.array([activities - sum(r.excluded.values()) for r in results], np.float64)


def _worded(text: str, words: Mapping[str, str]) -> str:
    """Replace whole words, longest first, keeping a capital."""
    order = sorted(words, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, order)) + r")(?!\w)", re.IGNORECASE)

    def put(found: Any) -> str:
        word = words[found[1].casefold()]
        return word[:1].upper() + word[1:] if found[1][:1].isupper() else word

    return pattern.sub(put, text)
