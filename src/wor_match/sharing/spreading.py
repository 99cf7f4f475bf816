"""Not the same five groups for everybody: a small share off for what was proposed lately.

After the display ranking of VolunteerMatch, which lowers an opportunity with every
connection: 8 to 9 % more opportunities were found and the total did not fall (Manshadi,
Rodilitz, Saban, Suresh: Redesigning VolunteerMatch's ranking algorithm, SSRN 4497747).

The caller owns the counts and passes them in (:mod:`.ledger` can keep them): how often
each activity was proposed lately. No client stands in them. The penalty is bounded, so
that it orders what is about equally good and never hides a good fit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wor_match.sharing.seeds import Keys, mixed, uniform

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spread:
    """Named parts of the score, each float32 (n,) and at most 0.

    Attributes
    ----------
    activity
        For what was proposed lately of this activity, in [-strength/2, 0].
    provider
        For what was proposed lately of this provider, in [-strength/2, 0].
    """

    activity: Floats
    provider: Floats

    @property
    def total(self) -> Floats:
        """The sum of the parts."""
        return self.activity + self.provider


def pressure(proposed: ArrayLike, free: ArrayLike) -> Floats:
    """Return how hard proposals press on the free places, in [0, 1): ``x/(1+x)``.

    ``x`` is proposals for each free place; an activity without a (known) free place is
    read as having one. Half is reached with as many proposals as free places.
    """
    places = np.maximum(np.nan_to_num(np.asarray(free, np.float32), nan=1.0), 1)
    ratio = np.maximum(np.asarray(proposed, np.float32), 0) / places
    return (ratio / (1 + ratio)).astype(np.float32)


def spread(
    proposed: ArrayLike,
    free: ArrayLike,
    provider: ArrayLike,
    *,
    strength: float,
) -> Spread:
    """Return the parts of the score that spread proposals.

    Parameters
    ----------
    proposed
        How often each activity was proposed lately, (n,).
    free
        Free places, NaN where unknown, (n,).
    provider
        Number of the provider of each activity, from 0, (n,); -1 is no provider known.
    strength
        The most that both parts take away together.
    """
    counts = np.maximum(np.asarray(proposed, np.float32), 0)
    places = np.asarray(free, np.float32)
    who = np.asarray(provider, np.int64)
    half = np.float32(-strength / 2)
    of_activity = half * pressure(counts, places)

    known = who >= 0
    size = int(who.max(initial=-1)) + 1
    readable = np.maximum(np.nan_to_num(places, nan=1.0), 0)
    all_counts = np.bincount(who[known], weights=counts[known], minlength=size)
    all_places = np.bincount(who[known], weights=readable[known], minlength=size)
    of_provider = np.zeros(len(counts), np.float32)
    of_provider[known] = half * pressure(all_counts, all_places)[who[known]]
    return Spread(of_activity, of_provider)


def turns(keys: Keys, seed: int | str, width: float) -> Floats:
    """Return what changes places among what is about equally good: in [0, width), (n,).

    Parameters
    ----------
    keys
        Keys of the activity ids, (n,).
    seed
        The same seed gives the same list. The client's pseudonym with the date turns the list
        from client to client and from day to day.
    width
        The most that it adds.
    """
    return np.float32(width) * uniform(mixed(keys, seed))


def lately(
    counts_per_day: dict[str, dict[str, int]], today: str, *, half_life_days: float = 7.0
) -> dict[str, float]:
    """Return what counts as "proposed lately" for each activity id.

    Parameters
    ----------
    counts_per_day
        Day (``"2026-11-16"``) → activity id → proposals on that day.
    today
        The day to look back from; later days are left out.
    half_life_days
        After this many days a proposal counts half. A week is an assumption: coaches
        plan intakes by the week.
    """
    now = np.datetime64(today)
    recent: dict[str, float] = {}
    for day in sorted(counts_per_day):
        age = int((now - np.datetime64(day)) / np.timedelta64(1, "D"))
        if age < 0:
            continue
        weight = 0.5 ** (age / half_life_days)
        for activity, count in counts_per_day[day].items():
            recent[activity] = recent.get(activity, 0.0) + weight * count
    return recent
