"""What sharing changes: a simulated intake on a snapshot, against everyone ranked alone.

An analyst compares on the own snapshot how many clients would hold a place, how well it
fits, and how evenly providers are seen. Clients are drawn with a seed from clients that
exist (judged ones, or the own ones, pseudonymous) and put at postcodes of that set.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.errors import InputError
from wor_match.policy import Policy
from wor_match.prepared import Prepared
from wor_match.sharing.assign import Objective, assign
from wor_match.sharing.candidates import candidates_of, places_free
from wor_match.sharing.edges import Edges, Ints, Values
from wor_match.sharing.gini import gini
from wor_match.sharing.seeds import keys_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one way of proposing. All shares are in [0, 1].

    Attributes
    ----------
    served
        Share of the clients with a held, feasible place.
    fit
        Mean fit of the held places.
    fit_of_own_best
        Mean fit of what the served clients would have got with nobody else there.
    fit_all
        Mean fit over all clients; without a place it is 0.
    worst_tenth
        Mean fit of the tenth of the served clients with the lowest fit.
    gini
        Gini coefficient of first proposals for each free place.
    providers
        Share of the providers with a free place that are proposed at least once.
    """

    served: float
    fit: float
    fit_of_own_best: float
    fit_all: float
    worst_tenth: float
    gini: float
    providers: float


@dataclass(frozen=True, slots=True)
class Intake:
    """Clients of one simulated intake, with everything that each could go to.

    Attributes
    ----------
    edges, fits
        Every feasible pair, with or without a place, with the score and the fit.
    free
        Places that may be held, (activities,).
    provider
        Number of the provider of each activity.
    client_keys, activity_keys
        For ties.
    """

    edges: Edges
    fits: Values
    free: Ints
    provider: NDArray[np.integer]
    client_keys: NDArray[np.uint64]
    activity_keys: NDArray[np.uint64]

    def alone(self) -> Outcome:
        """Everyone is proposed the own best; who comes when the places are taken has none."""
        first = self._own_best()
        order = np.argsort(self.client_keys[self.edges.clients[first]], kind="stable")
        left = self.free.tolist()
        held = []
        for edge in first[order].tolist():
            activity = int(self.edges.activities[edge])
            if left[activity] > 0:
                left[activity] -= 1
                held.append(edge)
        return self._outcome(np.array(held, np.int64), proposed=first)

    def shared(self, objective: Objective = "total", least_share: float = 0.0) -> Outcome:
        """Places are shared by :func:`~wor_match.sharing.assign.assign`."""
        allowed = np.flatnonzero(
            self.edges.values >= least_share * self.edges.best()[self.edges.clients]
        )
        part = self.edges.take(allowed)
        found = assign(
            part,
            self.free,
            objective=objective,
            client_keys=self.client_keys,
            activity_keys=self.activity_keys,
        )
        held = allowed[found.activity[part.clients] == part.activities]
        return self._outcome(held, proposed=held)

    def _own_best(self) -> Ints:
        order = np.lexsort(
            (self.activity_keys[self.edges.activities], -self.edges.values, self.edges.clients)
        )
        _, first = np.unique(self.edges.clients[order], return_index=True)
        return np.asarray(order[first], np.int64)

    def _outcome(self, held: Ints, proposed: Ints) -> Outcome:
        fit, count = self.fits[held], self.edges.n_clients
        best = np.zeros(count)
        first = self._own_best()
        best[self.edges.clients[first]] = self.fits[first]
        asked = np.bincount(self.edges.activities[proposed], minlength=len(self.free))
        seen = set(self.provider[self.edges.activities[proposed]].tolist())
        tenth = max(1, -(-len(fit) // 10))
        return Outcome(
            served=len(held) / count,
            fit=float(fit.mean()) if len(fit) else 0.0,
            fit_of_own_best=float(best[self.edges.clients[held]].mean()) if len(fit) else 0.0,
            fit_all=float(fit.sum()) / count,
            worst_tenth=float(np.sort(fit)[:tenth].mean()) if len(fit) else 0.0,
            gini=gini(asked / np.maximum(self.free, 1), self.free),
            providers=len(seen) / max(1, len(set(self.provider[self.free > 0].tolist()))),
        )


def population(clients: Sequence[Prepared], count: int, *, seed: int) -> list[Prepared]:
    """Draw clients with replacement, each at the postcode of a drawn client."""
    random = np.random.default_rng(seed)
    codes = sorted(c.client.postcode for c in clients if c.client.postcode)
    if not codes:
        raise InputError("population: no client with a postcode")
    drawn = random.integers(len(clients), size=count).tolist()
    where = random.integers(len(codes), size=count).tolist()
    return [
        replace(
            clients[who],
            client=clients[who].client.model_copy(
                update={"id": f"client-{number}", "postcode": codes[code], "location": None}
            ),
        )
        for number, (who, code) in enumerate(zip(drawn, where, strict=True))
    ]


def intake(
    clients: Sequence[Prepared],
    catalogue: Catalogue,
    *,
    load: float,
    seed: int,
    policy: Policy | None = None,
    as_of: dt.date,
) -> Intake:
    """Simulate an intake with ``load`` times as many clients as there are free places.

    Parameters
    ----------
    clients
        To draw from.
    catalogue, policy, as_of
        As in :func:`~wor_match.match`.
    load
        Clients for each free place, counted over activities whose number of places is known,
        and ``policy.sharing.unknown_places`` for each of the others.
    seed
        Of the draw and of the order in which clients come.
    """
    policy = policy or Policy.default()
    places = places_free(catalogue, policy, as_of, most=0xFFFF)
    count = max(1, int(load * places[_limited(catalogue)].sum()))
    drawn = population(clients, count, seed=seed)
    anything = np.ones(len(catalogue), np.int64)  # also what is full: an own best may be that
    found = candidates_of(drawn, catalogue, anything, policy, as_of, most=len(catalogue))
    ends = np.repeat(np.arange(count), found.counts)
    order = np.lexsort((found.rows, ends))
    edges = Edges.of(ends, found.rows, found.values, count, len(catalogue))
    return Intake(
        edges=edges,
        fits=found.fits[order],
        free=np.minimum(places, count),
        provider=catalogue.columns.provider,
        client_keys=keys_of([c.client.id for c in drawn], seed),
        activity_keys=keys_of(catalogue.ids, seed),
    )


def _limited(catalogue: Catalogue) -> NDArray[np.bool_]:
    """Tell which activities have a limit; walking in has none."""
    return ~np.asarray(catalogue.columns.open_house, bool)
