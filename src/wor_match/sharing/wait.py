"""How long somebody would wait for a place, and what that is worth.

The figures of a provider are places, people enrolled and people waiting. With a
share ``r`` of the places coming free in a week (``Policy.capacity``), people leave
one by one at ``λ = r · places`` a week. Somebody who comes now waits until
``k = enrolled + waiting + 1 - places`` people have left; with ``k ≤ 0`` there is a
place. The time until the k-th departure of a Poisson process has a gamma
distribution; the range told is its 10th to 90th percentile, by the cube-root
approximation of Wilson and Hilferty (PNAS 17, 1931, doi 10.1073/pnas.17.12.684).

An old figure is wider: since it was written down nobody may have come in (then
``k`` went down by ``λ`` a week), or twice as many as left (then it went up by
``λ`` a week). That the arrivals lie between nothing and double is an assumption.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]
State = Literal["unknown", "place", "wait", "open_house", "future", "closed", "intake_first"]
STATES: tuple[State, ...] = (
    "unknown",
    "place",
    "wait",
    "open_house",
    "future",
    "closed",
    "intake_first",
)
"""The names of the codes in :attr:`Waits.state`; the code is the index."""
UNKNOWN, PLACE, WAIT, OPEN_HOUSE, FUTURE, CLOSED, INTAKE_FIRST = range(7)

NEUTRAL = 0.5
"""Score of an activity of which nothing is known: neither for it nor against it."""

_Z_RANGE = np.float32(1.2816)  # standard normal at 90 %; the range runs from -z to +z


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of n activities; every array has shape (n,).

    Attributes
    ----------
    state
        int8, an index into :data:`STATES`.
    low, high
        Weeks, a range; 0 to infinity where nothing is known.
    expected
        Weeks; NaN where nothing is known, infinity where no place comes.
    free
        Places that nobody is enrolled or waiting for; NaN where unknown.
    certainty
        1 for a figure of today, halved with every ``half_life_days``; 0 where unknown.
    """

    state: NDArray[np.int8]
    low: Floats
    high: Floats
    expected: Floats
    free: Floats
    certainty: Floats


def expected_wait(
    places: ArrayLike,
    enrolled: ArrayLike,
    waiting: ArrayLike,
    age_days: ArrayLike,
    turnover_per_week: ArrayLike,
    *,
    half_life_days: float,
    starts_in_weeks: ArrayLike = 0.0,
    ends_in_weeks: ArrayLike = np.inf,
    open_house: ArrayLike = False,
    closed: ArrayLike = False,
    intake_first: ArrayLike = False,
) -> Waits:
    """Return the wait for each activity, as a range with a state.

    Parameters
    ----------
    places, enrolled, waiting
        The provider's figures; NaN or negative is not given. Not given or 0
        places with 0 enrolled and 0 waiting is unknown, not full.
    age_days
        Age of the figures; NaN (no date) counts as one half-life, a date in the future as today.
    turnover_per_week
        Share of the places that come free in a week, by kind of activity.
    half_life_days
        After this many days a figure counts half.
    starts_in_weeks
        Weeks until the first meeting; 0 or less is running already.
    ends_in_weeks
        Weeks until the season ends. A place that comes later is no place.
    open_house, closed, intake_first
        What the provider says in words: walk in, closed for now, get acquainted first.

    Notes
    -----
    Monotone, held by property tests: with more places, fewer enrolled or fewer
    waiting neither ``low``, ``high`` nor ``expected`` goes up.
    """
    seats, people, queue, age, turnover = (
        np.asarray(a, np.float32) for a in (places, enrolled, waiting, age_days, turnover_per_week)
    )
    start, end = (np.asarray(a, np.float32) for a in (starts_in_weeks, ends_in_weeks))
    known = (seats >= 0) & ((seats > 0) | (people > 0) | (queue > 0))
    # A missing count beside a known number of places is read as nobody.
    people, queue = (np.where(count > 0, count, np.float32(0)) for count in (people, queue))
    days_old = np.where(np.isnan(age), np.float32(half_life_days), np.maximum(age, 0))
    weeks_old = days_old / np.float32(7)
    certainty = np.where(known, np.exp2(weeks_old * np.float32(-7 / half_life_days)), np.float32(0))
    free = np.where(known, np.maximum(seats - people - queue, 0), np.float32(np.nan))

    needed = people + queue + 1 - seats
    # One place at least, so that "0 places, 3 enrolled" has a rate; and never a rate of 0.
    rate = np.maximum(np.maximum(seats, 1) * turnover, np.float32(1e-6))
    drift = weeks_old * rate
    expected = np.maximum(needed, 0) / rate
    low = _departures(needed - drift, -_Z_RANGE) / rate
    high = np.maximum(_departures(needed + drift, _Z_RANGE) / rate, expected)
    low = np.minimum(low, expected)
    never = (turnover <= 0) & (needed > 0)  # nobody leaves
    if np.any(never):
        low, high, expected = (
            np.where(never, np.float32(np.inf), weeks) for weeks in (low, high, expected)
        )

    start = np.maximum(start, 0)
    low, high, expected = (np.maximum(weeks, start) for weeks in (low, high, expected))
    too_late = np.float32(np.inf)
    if np.any(np.isfinite(end)):
        low, high, expected = (
            np.where(weeks > end, too_late, weeks) for weeks in (low, high, expected)
        )

    state = np.where(needed > 0, np.int8(WAIT), np.int8(PLACE))
    state = np.where(known, state, np.int8(UNKNOWN))
    state = np.where((start > 0) & (state != WAIT), np.int8(FUTURE), state)
    for code, mask in ((INTAKE_FIRST, intake_first), (OPEN_HOUSE, open_house), (CLOSED, closed)):
        if np.any(mask):
            state = np.where(np.asarray(mask, bool), np.int8(code), state)

    nothing_known = ~known
    low = np.where(nothing_known, start, low)
    high = np.where(nothing_known, too_late, high)
    expected = np.where(nothing_known, np.float32(np.nan), expected)
    walk_in, shut = state == OPEN_HOUSE, state == CLOSED
    if np.any(walk_in):
        low, high, expected = (np.where(walk_in, start, weeks) for weeks in (low, high, expected))
    if np.any(shut):
        low, high, expected = (np.where(shut, too_late, weeks) for weeks in (low, high, expected))
    return Waits(state, low, high, expected, free, certainty)


def capacity_score(waits: Waits, *, max_wait_weeks: float) -> Floats:
    """Return what the places are worth, float32 in [0, 1].

    With ``f`` free places, a start in ``s`` weeks, an expected wait of ``w`` weeks, the
    acceptable wait ``m`` and certainty ``c``::

        place    0.5 + 0.5 · f/(f+1) · m/(m+s)
        wait     0.5 · m/(m+w)
        score    0.5 + c · (place or wait - 0.5)

    Unknown is 0.5, walking in is 1, closed is 0. The shapes are a choice, not a
    measurement: half of what there is to gain lies in the first free place, and
    half of what a wait may cost is reached at the acceptable wait.
    """
    acceptable = np.float32(max(max_wait_weeks, 1e-3))
    has_place = waits.free > 0
    # The start of a course lies in `expected` of an activity with a place.
    weeks = np.where(np.isnan(waits.expected), np.float32(0), waits.expected)
    soon = acceptable / (acceptable + weeks)
    share = np.where(has_place, waits.free / (waits.free + 1), np.float32(-1))
    deviation = np.where(has_place, share * soon, soon - 1) * np.float32(0.5) * waits.certainty
    deviation = np.where(waits.state == OPEN_HOUSE, np.float32(0.5), deviation)
    deviation = np.where(waits.state == CLOSED, np.float32(-0.5), deviation)
    return (np.float32(NEUTRAL) + deviation).astype(np.float32)


def places_to_hold(waits: Waits, *, unknown_places: int, most: int) -> NDArray[np.int64]:
    """Return how many places one batch may hold at each activity.

    Parameters
    ----------
    waits
        From :func:`expected_wait`.
    unknown_places
        What is held at most where no number of places is known.
    most
        Bound for activities without a limit: the number of clients.
    """
    held = np.where(np.isnan(waits.free), np.float32(unknown_places), waits.free)
    held = np.where(waits.state == OPEN_HOUSE, np.float32(most), held)
    held = np.where(waits.state == CLOSED, np.float32(0), held)
    return np.minimum(held, most).astype(np.int64)


def _departures(count: Floats, z: np.float32) -> Floats:
    """Quantile of a gamma distribution of shape ``count`` and rate 1; 0 for no count."""
    positive = np.maximum(count, np.float32(1e-3))
    root = np.sqrt(positive)
    base = 1 - 1 / (9 * positive) + z / (3 * root)
    base = np.maximum(base, 0)
    quantile = positive * base * base * base  # ** 3 takes ten times as long
    return np.where(count > 0, quantile, np.float32(0))
