"""Capacity: the expected wait at each activity and what it is worth.

None of it depends on the client, so it is worked out once for a snapshot, a day and a policy.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wor_match.activity import CATEGORIES
from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import LAST_DAY, NO_DAY
from wor_match.policy import Policy
from wor_match.sharing.wait import CLOSED, WAIT, Waits, capacity_score, expected_wait

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class Places:
    """The places of every activity on a day; every array has one entry per row of the catalogue.

    Attributes
    ----------
    waits
        The expected waits.
    worth
        What they are worth in the score, float32 in [0, 1].
    too_long
        Full for longer than the policy accepts, or closed; unknown is not.
    """

    waits: Waits
    worth: NDArray[np.float32]
    too_long: NDArray[np.bool_]


def places_on(catalogue: Catalogue, day: int, policy: Policy) -> Places:
    """Return the places on an ordinal day, made at the first call."""
    key = ("places", day, policy.fingerprint)
    return catalogue.once(key, partial(_places_on, catalogue, day, policy))


def _places_on(catalogue: Catalogue, day: int, policy: Policy) -> Places:
    """Expected waits from the figures, the season and the turnover of policy."""
    columns, capacity = catalogue.columns, policy.capacity
    turnover = np.array([capacity.turnover_per_week[c] for c in CATEGORIES], np.float32)
    counted_day, last_day = columns.counted_day, columns.last_day
    waits = expected_wait(
        np.where(columns.counted, columns.places, np.nan),
        columns.enrolled,
        columns.waiting,
        np.where(counted_day == NO_DAY, np.nan, day - counted_day),
        turnover[columns.category],
        half_life_days=capacity.half_life_days,
        starts_in_weeks=(columns.first_day - day) / DAYS_PER_WEEK,
        ends_in_weeks=np.where(last_day == LAST_DAY, np.inf, (last_day - day) / DAYS_PER_WEEK),
        open_house=columns.open_house,
        closed=columns.closed,
        intake_first=columns.intake_first,
    )
    full = (waits.state == WAIT) & (waits.expected > capacity.max_wait_weeks)
    worth = capacity_score(waits, max_wait_weeks=capacity.max_wait_weeks)
    return Places(waits, worth.astype(np.float32), full | (waits.state == CLOSED))
