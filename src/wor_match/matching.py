"""``match()``: one road from a client to a short list.

client ─► understand ─► feasible ─► score ─► rank ─► explain ─► MatchResult
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, cast, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from wor_match.catalogue import Catalogue
from wor_match.client import TEXT_FIELDS, Client
from wor_match.errors import InputError, faults_of
from wor_match.explanation import open_questions, reasons, sentence
from wor_match.feasibility import (
    Constraints,
    Feasible,
    broken_rules,
    constraints_of,
    cost_month,
    feasible,
)
from wor_match.feasibility.near_misses import LOOSENABLE, near_misses
from wor_match.geography.travel import Router
from wor_match.knowledge.tables import own_tables
from wor_match.policy import Policy
from wor_match.prepared import Prepared, prepare
from wor_match.ranking import least_fit, shortlist
from wor_match.result import (
    Explanation,
    Match,
    MatchResult,
    Part,
    PartName,
    Provenance,
    Relaxation,
    Sentence,
    Status,
    Wait,
)
from wor_match.scoring import (
    PARTS,
    Scores,
    Shown,
    score,
    shown,
)
from wor_match.sharing.wait import STATES
from wor_match.version import VERSION

if TYPE_CHECKING:
    from wor_match.sharing.many import ClientFault
    from wor_match.sharing.steering import Steering

_NAMES = cast("tuple[PartName, ...]", PARTS)

AnyClient = Client | Prepared | Mapping[str, Any] | str


@overload
def match(  # type: ignore[overload-overlap]  # a str is JSON here, never a sequence of clients
    client: AnyClient,
    catalogue: Catalogue,
    *,
    limit: int = ...,
    policy: Policy | None = ...,
    as_of: dt.date | None = ...,
    acknowledge_attention: bool = ...,
    router: Router | None = ...,
    steering: "Steering | None" = ...,
) -> MatchResult: ...


@overload
def match(
    client: Sequence[AnyClient],
    catalogue: Catalogue,
    *,
    limit: int = ...,
    policy: Policy | None = ...,
    as_of: dt.date | None = ...,
    acknowledge_attention: bool = ...,
    executor: Executor | None = ...,
) -> "list[MatchResult | ClientFault]": ...


def match(
    client: AnyClient | Sequence[AnyClient],
    catalogue: Catalogue,
    *,
    limit: int = 10,
    policy: Policy | None = None,
    as_of: dt.date | None = None,
    acknowledge_attention: bool = False,
    executor: Executor | None = None,
    router: Router | None = None,
    steering: "Steering | None" = None,
) -> "MatchResult | list[MatchResult | ClientFault]":
    """Rank the activities of a snapshot for one client, or for many who share its places.

    Parameters
    ----------
    client
        A :class:`~wor_match.Client`, the same as a dict or as JSON, or a client
        that :func:`~wor_match.prepare` read before. A list of those gives a list of results
        in which no place is held twice (``result.held``); who cannot be read is answered by a
        :class:`~wor_match.sharing.many.ClientFault`. For more options see
        :func:`~wor_match.sharing.many.match_many`.
    catalogue
        The snapshot.
    limit
        Most proposals to return. There may be fewer: the list is not filled up.
    policy
        What the municipality has set; by default ``Policy.default()``.
    as_of
        Date for seasons and waits; by default today.
    acknowledge_attention
        Give the list although an acute signal stands in ``result.attention``.
    executor
        With many clients: where the work runs, any :class:`concurrent.futures.Executor`.
    router
        With one client: real travel times in place of the estimate.
    steering
        With one client: what was proposed lately, and prices of scarce places
        (:class:`~wor_match.sharing.steering.Steering`).

    Raises
    ------
    InputError
        The client has unknown or impossible fields, ``limit`` is below 1, or ``steering`` was
        made for another snapshot.
    """
    if limit < 1:
        raise InputError(f"limit: found {limit}; expected at least 1")
    policy = policy or Policy.default()
    as_of = as_of or dt.date.today()
    if isinstance(client, Sequence) and not isinstance(client, str):
        from wor_match.sharing.many import match_many

        for name, given in (("router", router), ("steering", steering)):
            if given is not None:
                raise InputError(f"{name}: found one; expected none with many clients")
        return list(
            match_many(
                client,
                catalogue,
                limit=limit,
                policy=policy,
                as_of=as_of,
                acknowledge_attention=acknowledge_attention,
                executor=executor,
            )
        )
    if steering is not None and steering.fingerprint != catalogue.fingerprint:
        raise InputError("steering: found one of another snapshot; make it anew with Steering.of")
    prepared = (
        client
        if isinstance(client, Prepared)
        else prepare(client_of(client), catalogue.model, as_of=as_of)
    )
    road = Road(prepared, catalogue, policy, as_of, limit, router, steering)
    return road.result(acknowledge_attention=acknowledge_attention)


def client_of(client: Client | Mapping[str, Any] | str, *, source: str = "client") -> Client:
    """Validate a client given as a model, a dict or JSON.

    Raises
    ------
    InputError
        Names every wrong field; never shows the client's texts.
    """
    try:
        if isinstance(client, str):
            return Client.model_validate(json.loads(client))
        return client if isinstance(client, Client) else Client.model_validate(dict(client))
    except ValidationError as error:
        faults = "; ".join(str(fault) for fault in faults_of(error, 0, hide_values=TEXT_FIELDS))
        raise InputError(f"{source}: {faults}") from None
    except ValueError as error:
        raise InputError(f"{source}: not JSON: {error}") from None


@dataclass(frozen=True)
class Road:
    """The stations between one client and the result, each worked out once."""

    client: Prepared
    catalogue: Catalogue
    policy: Policy
    as_of: dt.date
    limit: int
    router: Router | None = None
    steering: "Steering | None" = None

    @cached_property
    def constraints(self) -> Constraints:
        """What must hold for this client."""
        return constraints_of(self.client.client, self.client.profile, self.policy, self.as_of)

    @cached_property
    def feasible(self) -> Feasible:
        """The rows that break no rule."""
        return feasible(self.catalogue, self.constraints, self.policy, self.router)

    @cached_property
    def scores(self) -> Scores:
        """Their scores."""
        return score(
            self.catalogue,
            self.feasible.reached,
            self.client,
            self.constraints,
            self.policy,
            self.steering,
        )

    @cached_property
    def listed(self) -> NDArray[np.intp]:
        """Positions of the proposals, in order."""
        return self._shortlist((~self.scores.too_long).nonzero()[0], self.limit)

    @cached_property
    def waiting(self) -> NDArray[np.intp]:
        """Positions of what fits but is full, in order."""
        most = min(self.limit, self.policy.ranking.most_waiting)
        return self._shortlist(self.scores.too_long.nonzero()[0], most)

    def _shortlist(self, among: NDArray[np.intp], limit: int) -> NDArray[np.intp]:
        reached = self.scores.reached
        chosen = shortlist(
            self.scores.score[among],
            self.scores.fit[among],
            reached.minutes[among],
            self.catalogue.columns.id_rank[reached.rows[among]],
            self.catalogue.vectors(self.client.encoder),
            reached.rows[among],
            limit=limit,
            ranking=self.policy.ranking,
        )
        return among[chosen]

    def result(self, *, acknowledge_attention: bool) -> MatchResult:
        """Walk the road to its end."""
        profile = self.client.profile
        acute = any(signal.acute for signal in profile.signals)
        withheld = acute and not acknowledge_attention
        lists = [] if withheld else [self.listed, self.waiting]
        matches, waiting = self._matches(lists) if lists else ((), ())
        result = MatchResult.model_construct(
            client_id=self.client.client.id,
            as_of=self.as_of,
            matches=matches,
            waiting=waiting,
            excluded={} if withheld else self.feasible.excluded,
            attention=profile.signals,
            withheld=withheld,
            acknowledged=acute and acknowledge_attention,
            profile=profile,
            relaxations=() if withheld else tuple(self._relaxations()),
            held=None,
            provenance=self._provenance(),
        )
        return result.with_explainer(self.explain)

    def _matches(self, lists: Sequence[NDArray[np.intp]]) -> Iterator[tuple[Match, ...]]:
        """Make the matches of several lists in one go."""
        positions = np.concatenate(lists)
        costs = cost_month(self.catalogue, self.scores.reached.rows[positions], self.policy)
        questions = open_questions(self.catalogue, self.constraints, self.scores, positions)
        ranks = (rank for one in lists for rank in range(1, len(one) + 1))
        made = map(self._match, ranks, self._shown(positions), costs.tolist(), questions)
        return (tuple(islice(made, len(one))) for one in lists)

    def _shown(self, positions: NDArray[np.intp]) -> Iterator[Shown]:
        return shown(self.catalogue, self.client, self.scores, positions)

    def _match(self, rank: int, one: Shown, cost: float, questions: list[Sentence]) -> Match:
        activity = self.catalogue.activity(one.row)
        support = activity.category == "support" and self.client.profile.support
        said = reasons(self.catalogue, self.client, self.constraints, one)
        return Match.model_construct(
            activity=activity,
            rank=rank,
            route="support" if support else "activity",
            score=one.score,
            fit=one.fit,
            distance=one.distance,
            capacity=one.capacity,
            parts=_parts(one),
            km=_known(one.km, 1),
            minutes=_known(one.minutes, 0),
            wait=Wait(STATES[one.state], _known(one.wait_low, 0), _known(one.wait_high, 0)),
            cost_month=_known(cost, 2),
            reasons=tuple(said),
            unknown=tuple(questions),
        )

    def _relaxations(self) -> Iterator[Relaxation]:
        """With few proposals: per limit the smallest change that gives more that fit as well."""
        if len(self.listed) >= self.policy.ranking.few:
            return
        misses = near_misses(self.catalogue, self.constraints, self.policy)
        scores = score(self.catalogue, misses.reached, self.client, self.constraints, self.policy)
        ready = ~scores.too_long
        every = np.append(scores.fit[ready], self.scores.fit)
        fits = ready & (scores.fit >= least_fit(every, self.policy.ranking))
        for number, limit in enumerate(LOOSENABLE):
            amounts = misses.amount[fits & (misses.limit == number)]
            if len(amounts):
                amount = int(amounts.min())
                yield _relaxation(limit, int(np.count_nonzero(amounts == amount)), amount)
        fit = self.scores.fit[self.scores.too_long]
        full = int(np.count_nonzero(fit >= least_fit(fit, self.policy.ranking)))
        if full:
            yield _relaxation("full", full)

    def _provenance(self) -> Provenance:
        return Provenance.model_construct(
            version=f"{VERSION}+own-tables" if own_tables() else VERSION,
            catalogue=self.catalogue.source,
            fingerprint=self.catalogue.fingerprint,
            model=self.client.encoder.name,
            policy=self.policy.fingerprint,
        )

    def explain(self, activity_id: str) -> Explanation:
        """Say where one activity ended up, and why."""
        row = self.catalogue.row(activity_id)
        broken = broken_rules(self.catalogue, row, self.constraints, self.policy)
        if broken:
            return self._explanation(
                row, "excluded", [sentence(f"excluded.{code}") for code in broken]
            )
        at = int(np.searchsorted(self.scores.reached.rows, row))
        status, rank = self._standing(at)
        (one,) = self._shown(np.array([at]))
        said = reasons(self.catalogue, self.client, self.constraints, one)
        said.insert(0, sentence(f"status.{status}"))
        return self._explanation(row, status, said, one, rank)

    def _standing(self, at: int) -> tuple[Status, int | None]:
        """In which list a position stands, and at which place."""
        lists: tuple[tuple[Status, NDArray[np.intp]], ...]
        lists = (("matched", self.listed), ("waiting", self.waiting))
        for status, positions in lists:
            if at in positions:
                return status, int(np.flatnonzero(positions == at)[0]) + 1
        return ("waiting" if self.scores.too_long[at] else "lower"), None

    def _explanation(
        self,
        row: int,
        status: Status,
        said: Sequence[Sentence],
        one: Shown | None = None,
        rank: int | None = None,
    ) -> Explanation:
        return Explanation(
            activity=self.catalogue.activity(row),
            status=status,
            rank=rank,
            score=one.score if one else None,
            parts=_parts(one) if one else (),
            sentences=tuple(said),
        )


def _relaxation(limit: str, count: int, amount: int = 0) -> Relaxation:
    said = sentence(f"relax.{limit}", {"amount": amount, "count": count})
    return Relaxation(limit=limit, count=count, sentence=said)


def _parts(one: Shown) -> tuple[Part, ...]:
    """The parts that count, largest first."""
    values, points = one.values, one.points
    return tuple([Part(_NAMES[i], values[i], points[i]) for i in one.largest if points[i]])


def _known(value: float, digits: int) -> float | None:
    """Round a number that is known; NaN and infinity are not."""
    return round(value, digits) if isfinite(value) else None
