"""``score = w_fit·fit + w_distance·distance + w_capacity·capacity``, every point accounted for."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.feasibility import Constraints, Reached
from wor_match.policy import Policy
from wor_match.prepared import Prepared
from wor_match.scoring.closeness import closeness
from wor_match.scoring.fit import FitParts, fit_parts
from wor_match.scoring.places import waits_of
from wor_match.sharing.wait import Waits, capacity_score

Floats = NDArray[np.float64]

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
        Float64 (n,), each in [0, 1].
    points
        What each part adds to the score, in ten-thousandths; they sum to ``score``.
    parts
        The parts of fit before weighing.
    waits
        The expected waits.
    """

    reached: Reached
    fit: Floats
    distance: Floats
    capacity: Floats
    score: Floats
    points: Mapping[str, NDArray[np.int64]]
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
    fit_points = {name: weights.fit * value for name, value in parts.points(policy.fit).items()}
    shares = {
        **fit_points,
        "distance": weights.distance * distance,
        "capacity": weights.capacity * capacity,
    }
    points = {name: np.rint(value * RESOLUTION).astype(np.int64) for name, value in shares.items()}
    total: NDArray[np.int64] = np.sum(list(points.values()), axis=0)
    return Scores(
        reached=found,
        fit=np.clip(np.sum(list(fit_points.values()), axis=0) / weights.fit, 0, 1)
        if weights.fit
        else np.zeros(len(total)),
        distance=distance.astype(np.float64),
        capacity=capacity.astype(np.float64),
        score=total / RESOLUTION,
        points=points,
        parts=parts,
        waits=waits,
    )
