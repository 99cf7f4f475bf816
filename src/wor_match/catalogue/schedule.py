"""Weekly schedules: kept once each, and tested against a client's week in one step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.activity import Slot
from wor_match.messy import WEEKDAYS

MINUTES_A_DAY = 24 * 60
SESSIONS_PER_MONTH = {"week": 4.33, "fortnight": 2.17, "month": 1.0}  # 52 weeks / 12 months


def minute(clock: str) -> int:
    """``"09:30"`` → 570."""
    return int(clock[:2]) * 60 + int(clock[3:])


def sessions_per_month(schedule: Sequence[Slot], *, monthly: bool = False) -> float:
    """Sessions in a month for somebody who comes at one of the times.

    One without a schedule or where the text says monthly. Several times a week are a choice:
    whoever comes on Tuesdays does not pay for the Thursdays.
    """
    if monthly or not schedule:
        return 1.0
    return max(SESSIONS_PER_MONTH[slot.every] for slot in schedule)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Every different schedule of a snapshot once.

    Attributes
    ----------
    start_minute
        Minute of the week at which each slot starts, shape (slots,).
    end_minute
        Minute of its day at which it ends, shape (slots,).
    first_slot
        Where each schedule's slots begin, shape (schedules + 1,).
    """

    start_minute: NDArray[np.int32]
    end_minute: NDArray[np.int32]
    first_slot: NDArray[np.int32]

    @classmethod
    def of(cls, schedules: Iterable[Sequence[Slot]]) -> "Weeks":
        """Lay out schedules one after the other."""
        starts: list[int] = []
        ends: list[int] = []
        first = [0]
        for schedule in schedules:
            starts += [
                WEEKDAYS.index(s.weekday) * MINUTES_A_DAY + minute(s.start) for s in schedule
            ]
            ends += [minute(s.end) for s in schedule]
            first.append(len(starts))
        return cls(np.array(starts, np.int32), np.array(ends, np.int32), np.array(first, np.int32))

    def fitting(self, free_until: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell for each schedule whether at least one slot lies wholly in free time.

        Parameters
        ----------
        free_until
            For every minute of the week the minute of the day until which the
            client is free from then on, -1 where not free: shape (10080,).

        Returns
        -------
        ndarray
            bool, shape (schedules + 1,); the last entry, reached by index -1, is
            the schedule "by appointment", which fits everybody.
        """
        fits = free_until[self.start_minute] >= self.end_minute
        some = (
            np.logical_or.reduceat(fits, self.first_slot[:-1]) if len(fits) else np.zeros(0, bool)
        )
        return np.append(some, True)


def free_time(windows: Iterable[tuple[int, int, int]]) -> NDArray[np.int32]:
    """Turn (weekday 0-6, start, end) windows into the table that :meth:`Weeks.fitting` reads.

    Overlapping and touching windows of a day count as one.
    """
    table = np.full(7 * MINUTES_A_DAY, -1, np.int32)
    for weekday, start, end in _merged(windows):
        table[weekday * MINUTES_A_DAY + start : weekday * MINUTES_A_DAY + end] = end
    return table


def _merged(windows: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    merged: list[tuple[int, int, int]] = []
    for weekday, start, end in sorted(windows):
        if merged and merged[-1][0] == weekday and start <= merged[-1][2]:
            merged[-1] = (weekday, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((weekday, start, end))
    return merged
