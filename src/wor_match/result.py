"""What comes out of ``match()``: a short list with its reasons, and what was left out."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from wor_match.activity import Activity
from wor_match.errors import InputError
from wor_match.understanding.profile import Profile, Signal

PartName = Literal[
    "story", "wishes", "needs", "words", "unwanted", "unsure",
    "distance", "capacity", "spread", "price",
]  # fmt: skip
WaitState = Literal["unknown", "place", "wait", "open_house", "future", "closed", "intake_first"]
Status = Literal["matched", "lower", "waiting", "excluded"]


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its code, in Dutch and English; ``str()`` gives the Dutch one."""

    code: str
    nl: str
    en: str

    def __str__(self) -> str:
        return self.nl

    def text(self, language: Literal["nl", "en"]) -> str:
        """Return the sentence in one of the two languages."""
        return self.nl if language == "nl" else self.en


# Not frozen: a result makes many of these, and most of what a frozen one costs is the freezing.
@dataclass(slots=True)
class Part:
    """One part of a score: ``points`` is what it adds (or takes); all points sum to the score."""

    name: PartName
    value: float
    points: float


# Not frozen: a result makes many of these, and most of what a frozen one costs is the freezing.
@dataclass(slots=True)
class Wait:
    """How long until there is a place, in weeks; ``None`` where nobody knows."""

    state: WaitState
    low: float | None
    high: float | None


class Match(_Out):
    """One activity proposed to one client.

    Attributes
    ----------
    activity
        The activity, as in the snapshot.
    route
        ``support`` for practical help that the story asks for (money, housing, …),
        which stands next to the activities; otherwise ``activity``.
    score, fit, distance, capacity
        Each in [0, 1]; ``score`` is the weighted sum of the other three.
    parts
        What makes up the score, largest first.
    km, minutes
        Straight-line distance and travel time one way, or None where unknown.
    wait, cost_month
        Expected wait; euros a month, or None where unknown.
    reasons
        Why it is proposed, from the parts of the score.
    unknown
        What the file does not say and the coach must ask.
    """

    activity: Activity
    rank: int
    route: Literal["activity", "support"]
    score: float
    fit: float
    distance: float
    capacity: float
    parts: tuple[Part, ...]
    km: float | None
    minutes: float | None
    wait: Wait
    cost_month: float | None
    reasons: tuple[Sentence, ...]
    unknown: tuple[Sentence, ...]


class Relaxation(_Out):
    """The smallest change of one limit that gives more choice."""

    limit: str
    count: int
    sentence: Sentence


class Explanation(_Out):
    """Why one activity is where it is, or why it is not there at all."""

    activity: Activity
    status: Status
    rank: int | None
    score: float | None
    parts: tuple[Part, ...]
    sentences: tuple[Sentence, ...]


class Provenance(_Out):
    """What this result was made from: the same again gives the same result."""

    version: str
    catalogue: str
    fingerprint: str
    model: str
    policy: str


class MatchResult(_Out):
    """The answer for one client; iterating gives the matches.

    Attributes
    ----------
    matches
        Proposals in order. Empty while ``withheld``.
    waiting
        The best that fit and are full for longer than the policy accepts; at most
        ``policy.ranking.most_waiting``.
    excluded
        How many activities fell away, by the first rule that each broke.
    attention
        Signals that a person must look at first.
    withheld
        True where an acute signal keeps the list back until the caller passes
        ``acknowledge_attention=True``; ``acknowledged`` records that this was done.
    profile
        What was understood, and from which words.
    relaxations
        With few or no results: the nearest changes that give more.
    held
        Id of the activity for which this call holds a place, in a call for many clients.
    """

    client_id: str
    as_of: dt.date
    matches: tuple[Match, ...]
    waiting: tuple[Match, ...]
    excluded: dict[str, int]
    attention: tuple[Signal, ...]
    withheld: bool
    acknowledged: bool
    profile: Profile
    relaxations: tuple[Relaxation, ...]
    held: str | None = None
    provenance: Provenance

    _explainer: Callable[[str], Explanation] | None = PrivateAttr(default=None)

    def __iter__(self) -> Iterator[Match]:  # type: ignore[override]
        return iter(self.matches)

    def __len__(self) -> int:
        return len(self.matches)

    def __getitem__(self, index: int) -> Match:
        return self.matches[index]

    def explain(self, activity_id: str) -> Explanation:
        """Say why an activity is where it is, or why it is not in the list.

        Raises
        ------
        InputError
            There is no such activity, the list is withheld, or this result was
            read back from JSON and no longer knows its catalogue.
        """
        if self.withheld:
            raise InputError("the list is withheld: look at result.attention first")
        if self._explainer is None:
            raise InputError("a result that was read back cannot explain; call match() again")
        return self._explainer(activity_id)

    def with_explainer(self, explainer: Callable[[str], Explanation]) -> "MatchResult":
        """Attach what :meth:`explain` calls."""
        self._explainer = explainer
        return self
