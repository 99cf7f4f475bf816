"""The engine on a judged set: its lists, what it found, and the parts of its scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.errors import InputError
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.metrics import GOOD
from wor_match.evaluation.peers import Remembering
from wor_match.feasibility import constraints_of, feasible, measured
from wor_match.matching import match
from wor_match.policy import Policy
from wor_match.prepared import Prepared, prepare
from wor_match.result import MatchResult
from wor_match.scoring import score

GIVING = ("story", "wishes", "needs", "words", "distance", "capacity")
"""Parts of a score whose weights sum to 1; a higher value is never worse."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What ``match()`` answered for every client of a set.

    Attributes
    ----------
    order
        Lists as indices into the set's activities, -1 after the last.
    fit
        The displayed fit along the lists, ``nan`` after the last.
    alarm
        Whether an acute signal was raised, per client.
    results
        The whole results.
    """

    order: NDArray[np.int64]
    fit: NDArray[np.float64]
    alarm: NDArray[np.bool_]
    results: tuple[MatchResult, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every feasible pair of a set with the parts of its score; rows by client.

    Attributes
    ----------
    client, activity
        Indices, shape (pairs,).
    parts
        Values in [0, 1], shape (pairs, len(GIVING)): what the weights multiply. What
        ``unwanted`` and ``unsure`` take away is taken from the parts of fit already, so
        that a score is ``parts @ weights``.
    """

    client: NDArray[np.int64]
    activity: NDArray[np.int64]
    parts: NDArray[np.float64]


class Engine:
    """One judged set, read and embedded once, to be matched under many policies."""

    def __init__(self, judged: JudgedSet, catalogue: Catalogue | None = None) -> None:
        self.judged = judged
        self.catalogue = catalogue or Catalogue.read(judged.catalogue_path)
        self.clients = [
            prepare(client, self.catalogue.model, as_of=judged.as_of) for client in judged.clients
        ]
        self._column = {id_: at for at, id_ in enumerate(judged.activity_ids)}
        self._queries = Remembering(self.catalogue.model)
        # The catalogue keeps its rows in an order of its own.
        self._column_of_row = np.array([self._column[id_] for id_ in self.catalogue.ids])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts with the engine's model, each once."""
        return self._queries.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of the activities, which the catalogue has already.

        With these two methods the engine is an encoder for the peer "its model alone".
        """
        if len(texts) != len(self.judged.activities):
            raise InputError("an engine encodes the activities of its own set only")
        return self.vectors

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Vectors of the activities, in the order of the set."""
        return self.catalogue.vectors()[np.argsort(self._column_of_row)]

    def answers(self, policy: Policy | None = None, *, limit: int = 10) -> Answers:
        """Match every client by itself; an acute signal is acknowledged, so that lists show."""
        results = tuple(
            match(
                client,
                self.catalogue,
                limit=limit,
                policy=policy,
                as_of=self.judged.as_of,
                acknowledge_attention=True,
            )
            for client in self.clients
        )
        order = self._padded([[self._column[m.activity.id] for m in r] for r in results], limit)
        fit = np.full(order.shape, np.nan)
        for row, result in enumerate(results):
            fit[row, : len(result)] = [m.fit for m in result]
        alarm = np.array([any(s.acute for s in r.attention) for r in results], bool)
        return Answers(order, fit, alarm, results)

    def missed(
        self, answers: Answers, *, at_least: float = GOOD, k: int = 10
    ) -> list[tuple[str, str, float, str]]:
        """Return the good proposals that are not among the first ``k``, and why.

        Returns
        -------
        list
            Client id, activity id, grade and cause: the rules that exclude it, ``waiting``, or
            ``lower`` where others score better.
        """
        judgments = self.judged.judgments
        listed = {(row, int(at)) for row, top in enumerate(answers.order) for at in top[:k]}
        missed = []
        for row, at, grade in zip(
            judgments.client, judgments.activity, judgments.grade, strict=True
        ):
            if grade < at_least or (int(row), int(at)) in listed:
                continue
            said = answers.results[row].explain(self.judged.activity_ids[at])
            codes = [s.code.removeprefix("excluded.") for s in said.sentences]
            cause = ", ".join(codes) if said.status == "excluded" else said.status
            ids = self.judged.client_ids[row], self.judged.activity_ids[at]
            missed.append((*ids, float(grade), cause))
        return missed

    def without_rules(self, policy: Policy | None = None, *, limit: int = 10) -> NDArray[np.int64]:
        """Rank by score alone: no rule excludes anything. Only to show what the rules are worth."""
        policy = policy or Policy.default()
        every = np.arange(len(self.catalogue))
        lists = []
        for client in self.clients:
            limits = constraints_of(client.client, client.profile, policy, self.judged.as_of)
            reached = measured(self.catalogue, every, limits, policy)
            scores = score(self.catalogue, reached, client, limits, policy)
            far = np.nan_to_num(reached.minutes, nan=np.inf)
            top = np.lexsort((far, -scores.score))[:limit]
            lists.append(self._column_of_row[reached.rows[top]].tolist())
        return self._padded(lists, limit)

    def pairs(self, policy: Policy | None = None) -> Pairs:
        """Return every pair that ``match()`` would rank, with the parts of its score."""
        policy = policy or Policy.default()
        tables = [self._pairs_of(client, policy) for client in self.clients]
        return Pairs(
            np.repeat(np.arange(len(tables)), [len(rows) for rows, _ in tables]),
            np.concatenate([rows for rows, _ in tables]),
            np.concatenate([parts for _, parts in tables]),
        )

    def _pairs_of(
        self, client: Prepared, policy: Policy
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        limits = constraints_of(client.client, client.profile, policy, self.judged.as_of)
        reached = feasible(self.catalogue, limits, policy).reached
        scores = score(self.catalogue, reached, client, limits, policy)
        fit = scores.parts
        left = (1 - policy.fit.unwanted * fit.unwanted) * (1 - policy.fit.unsure * fit.unsure)
        parts = [getattr(fit, name) * left for name in GIVING[:4]]
        ready = ~scores.too_long
        table = np.stack([*parts, scores.distance, scores.capacity], axis=1).astype(np.float64)
        return self._column_of_row[reached.rows][ready], table[ready]

    def _padded(self, lists: Sequence[Sequence[int]], depth: int) -> NDArray[np.int64]:
        order = np.full((len(lists), depth), -1)
        for row, listed in enumerate(lists):
            order[row, : len(listed)] = listed
        return order
