"""``score = w_fit·fit + w_distance·distance + w_capacity·capacity``, every point accounted for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.feasibility import Constraints, Reached
from wor_match.policy import Policy
from wor_match.prepared import Prepared
from wor_match.scoring.closeness import closeness
from wor_match.scoring.fit import FIT_PARTS, FitParts, fit_parts
from wor_match.scoring.places import Places, places_on

if TYPE_CHECKING:
    from wor_match.sharing.steering import Steering

Floats = NDArray[np.floating]

_STEERING = ("spread", "price")
PARTS = (*FIT_PARTS, "distance", "capacity", *_STEERING)
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
        sums to ``score``. Without steering the last two are left out.
    parts
        The parts of fit before weighing.
    too_long
        Which are full for longer than the policy accepts.
    places
        The places of the whole catalogue on this day, by row.
    """

    reached: Reached
    fit: NDArray[np.float64]
    distance: Floats
    capacity: Floats
    score: NDArray[np.float64]
    points: NDArray[np.int32]
    parts: FitParts
    too_long: NDArray[np.bool_]
    places: Places


def score(
    catalogue: Catalogue,
    found: Reached,
    client: Prepared,
    constraints: Constraints,
    policy: Policy,
    steering: "Steering | None" = None,
) -> Scores:
    """Score feasible rows; nothing is dropped here."""
    parts = fit_parts(catalogue, found.rows, client, constraints, policy)
    places = places_on(catalogue, constraints.day, policy)
    distance = closeness(catalogue, found, constraints, policy)
    capacity = places.worth[found.rows]
    weights = policy.weights
    points = np.empty((len(PARTS) - len(_STEERING), len(found.rows)), np.float32)
    fit_points = points[: len(FIT_PARTS)]
    parts.points(policy.fit, out=fit_points)
    fit = fit_points.sum(axis=0, dtype=np.float64)
    fit_points *= np.float32(weights.fit)
    points[-2] = np.float32(weights.distance) * distance
    points[-1] = np.float32(weights.capacity) * capacity
    if steering is not None:
        turn = f"{client.client.id} {constraints.day}"
        points = np.vstack([points, steering.points(found.rows, turn)])
    whole = np.rint(points * np.float32(RESOLUTION)).astype(np.int32)
    for row in range(len(PARTS) - len(_STEERING), len(points)):
        others = whole[:row].sum(axis=0)
        np.clip(whole[row], -others, RESOLUTION - others, out=whole[row])
    return Scores(
        reached=found,
        fit=fit,
        distance=distance,
        capacity=capacity,
        score=whole.sum(axis=0) / RESOLUTION,
        points=whole,
        parts=parts,
        too_long=places.too_long[found.rows],
        places=places,
    )
