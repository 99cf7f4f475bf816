"""The candidate edges of one block of clients: what each could go to, at the score of match()."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.feasibility import constraints_of, feasible
from wor_match.policy import Policy
from wor_match.prepared import Prepared
from wor_match.ranking import least_fit
from wor_match.ranking.order import in_order
from wor_match.scoring.places import places_on
from wor_match.scoring.score import score
from wor_match.sharing.edges import Ints
from wor_match.sharing.wait import places_to_hold


@dataclass(frozen=True, slots=True)
class BlockEdges:
    """Edges of one block, client after client.

    Attributes
    ----------
    rows
        int32: row of the activity, best first within a client.
    values
        float64: the score.
    fits
        float64: the fit alone, for figures.
    counts
        int64 (clients,): edges of each client.
    found
        int64 (clients,): how many there were before the list was cut.
    best
        float64 (clients,): the best score with or without a place; 0 is none.
    """

    rows: NDArray[np.int32]
    values: NDArray[np.float64]
    fits: NDArray[np.float64]
    counts: Ints
    found: Ints
    best: NDArray[np.float64]


def places_free(catalogue: Catalogue, policy: Policy, as_of: dt.date, *, most: int) -> Ints:
    """Return how many places one batch may hold at each row of a catalogue, (n,)."""
    waits = places_on(catalogue, as_of.toordinal(), policy).waits
    return places_to_hold(waits, unknown_places=policy.sharing.unknown_places, most=most)


def candidates_of(
    clients: Sequence[Prepared],
    catalogue: Catalogue,
    free: Ints,
    policy: Policy,
    as_of: dt.date,
    *,
    most: int,
    least_share: float = 0.0,
) -> BlockEdges:
    """Return the best ``most`` activities with a place for each client of a block.

    Feasibility, scores and the least score of a proposal are those of
    :func:`~wor_match.match`, by the same functions; ``least_share`` is of the client's own best.
    """
    rows: list[NDArray[np.intp]] = []
    values: list[NDArray[np.float64]] = []
    fits: list[NDArray[np.float64]] = []
    found, best = np.zeros(len(clients), np.int64), np.zeros(len(clients))
    for number, client in enumerate(clients):
        constraints = constraints_of(client.client, client.profile, policy, as_of)
        scores = score(
            catalogue,
            feasible(catalogue, constraints, policy).reached,
            client,
            constraints,
            policy,
        )
        ready = ~scores.too_long
        best[number] = scores.score[ready].max(initial=0.0)
        enough = scores.fit >= least_fit(scores.fit[ready], policy.ranking)
        enough &= scores.score >= least_share * best[number]
        open_at = np.flatnonzero(ready & enough & (free[scores.reached.rows] > 0))
        found[number] = len(open_at)
        reached = scores.reached[open_at]
        id_rank = catalogue.columns.id_rank[reached.rows]
        chosen = in_order(scores.score[open_at], reached.minutes, id_rank, most)
        rows.append(reached.rows[chosen])
        values.append(scores.score[open_at][chosen])
        fits.append(scores.fit[open_at][chosen])
    return BlockEdges(
        rows=np.concatenate([np.empty(0, np.int32), *rows]).astype(np.int32),
        values=np.concatenate([np.empty(0), *values]),
        fits=np.concatenate([np.empty(0), *fits]),
        counts=np.array([len(r) for r in rows], np.int64),
        found=found,
        best=best,
    )
