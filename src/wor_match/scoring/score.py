"""``score = w_fit·fit + w_distance·distance + w_capacity·capacity``, every point accounted for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.feasibility import Constraints, Reached
from wor_match.policy import Policy
from wor_match.prepared import Prepared
from wor_match.scoring.closeness import closeness
from wor_match.scoring.fit import FIT_PARTS, FitParts, fit_parts
from wor_match.scoring.places import waits_of
from wor_match.sharing.wait import Waits, capacity_score

Floats = NDArray[np.floating]

PARTS = (*FIT_PARTS, "distance", "capacity")
"""What a score is made of, in the order of ``Scores.points``."""

RESOLUTION = 10_000
"""Points are whole ten-thousandths, so that they add up to the score to the last digit."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of some rows.

    Attributes
    ----------
    reached
        The rows with their distance and travel time.
    fit, distance, capacity, score
        Shape (n,), each in [0, 1].
    points
        What each of ``PARTS`` adds to the score, in ten-thousandths, int32 (parts, n); a column
        sums to ``score``.
    parts
        The parts of fit before weighing.
    waits
        The expected waits.
    """

    reached: Reached
    fit: NDArray[np.float64]
    distance: Floats
    capacity: Floats
    score: NDArray[np.float64]
    points: NDArray[np.int32]
    parts: FitParts
    waits: Waits


def score(
    catalogue: Catalogue, found: Reached, client: Prepared, constraints: Constraints, policy: Policy
) -> Scores:
    """Score feasible rows; nothing is dropped here."""
    parts = fit_parts(catalogue, found.rows, client, constraints, policy)
    waits = waits_of(catalogue, found.rows, constraints.day, policy)
    distance = closeness(catalogue, found, constraints, policy)
    capacity = capacity_score(waits, max_wait_weeks=policy.capacity.max_wait_weeks)
    weights = policy.weights
    fit = parts.points(policy.fit)
    points = np.vstack(
        [weights.fit * fit, weights.distance * distance, weights.capacity * capacity]
    )
    whole = np.rint(points * np.float32(RESOLUTION)).astype(np.int32)
    return Scores(
        reached=found,
        fit=fit.sum(axis=0, dtype=np.float64),
        distance=distance,
        capacity=capacity,
        score=whole.sum(axis=0) / RESOLUTION,
        points=whole,
        parts=parts,
        waits=waits,
    )
