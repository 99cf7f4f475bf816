"""Held places as counts: what a hold or a release makes of the numbers of people enrolled."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue.columns import Columns
from wor_match.errors import InputError

Enrolled = NDArray[np.int32]
RowOf = Callable[[str], int]


def held(columns: Columns, places: Mapping[str, int], row_of: RowOf) -> Enrolled:
    """Return the people enrolled with some places held; no more than is free.

    Where the number of places is not known there is nothing to count.
    """
    enrolled = columns.enrolled.copy()
    for activity, count in places.items():
        row = row_of(activity)
        if count < 1:
            raise InputError(f"hold: found {count} places at {activity!r}; expected 1 or more")
        if not columns.counted[row]:
            continue
        taken = int(columns.enrolled[row]) + int(columns.waiting[row])
        free = max(0, int(columns.places[row]) - taken)
        if count > free:
            raise InputError(f"hold: found {count} places at {activity!r}; {free} are free")
        enrolled[row] += count
    return enrolled


def released(
    columns: Columns, places: Mapping[str, int], holds: Mapping[str, int], row_of: RowOf
) -> Enrolled:
    """Return the people enrolled with some places given back; no more than is held."""
    enrolled = columns.enrolled.copy()
    for activity, count in places.items():
        row, there = row_of(activity), holds.get(activity, 0)
        if not 1 <= count <= there:
            raise InputError(f"release: found {count} places at {activity!r}; {there} are held")
        if columns.counted[row]:
            enrolled[row] -= count
    return enrolled
