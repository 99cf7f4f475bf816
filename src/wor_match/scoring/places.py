"""Capacity: the expected wait at each activity and what it is worth."""

import numpy as np
from numpy.typing import NDArray

from wor_match.activity import CATEGORIES
from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import LAST_DAY, NO_DAY
from wor_match.policy import Policy
from wor_match.sharing.wait import CLOSED, WAIT, Waits, expected_wait

DAYS_PER_WEEK = 7


def waits_of(catalogue: Catalogue, rows: NDArray[np.intp], day: int, policy: Policy) -> Waits:
    """Expected waits on an ordinal day, from the figures, the season and the turnover of policy."""
    columns = catalogue.columns
    counted = columns.counted[rows]
    turnover = np.array([policy.capacity.turnover_per_week[c] for c in CATEGORIES], np.float32)
    counted_day, last_day = columns.counted_day[rows], columns.last_day[rows]
    return expected_wait(
        np.where(counted, columns.places[rows], np.nan),
        columns.enrolled[rows],
        columns.waiting[rows],
        np.where(counted_day == NO_DAY, np.nan, day - counted_day),
        turnover[columns.category[rows]],
        half_life_days=policy.capacity.half_life_days,
        starts_in_weeks=(columns.first_day[rows] - day) / DAYS_PER_WEEK,
        ends_in_weeks=np.where(last_day == LAST_DAY, np.inf, (last_day - day) / DAYS_PER_WEEK),
        open_house=columns.open_house[rows],
        closed=columns.closed[rows],
        intake_first=columns.intake_first[rows],
    )


def waits_too_long(waits: Waits, policy: Policy) -> NDArray[np.bool_]:
    """Tell which are full for longer than the policy accepts; unknown is not."""
    full = (waits.state == WAIT) & (waits.expected > policy.capacity.max_wait_weeks)
    return full | (waits.state == CLOSED)
