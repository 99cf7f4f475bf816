"""Which rows lie near a point: bands of latitude, each sorted by longitude.

Rows of a block are stored band by band and inside a band from west to east, so
the neighbourhood of a point is a handful of contiguous runs of rows. The runs
hold every row within the radius and a few more; the caller measures distances.
"""

from dataclasses import dataclass
from math import cos, floor, radians

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]

BAND_DEGREES = 0.02  # 2.2 km
_KM_PER_DEGREE = 110.57  # of latitude, at its least (the equator)
_ROUNDING = 1e-5  # degrees; float32 holds a longitude to 5e-7, the edge of a band to 5e-6
_AROUND = 1000.0
"""Keys of neighbouring bands lie further apart than longitudes ever do."""


def bands_of(lat: NDArray[np.floating]) -> NDArray[np.int32]:
    """Number the latitude band of each point."""
    return np.floor(lat / np.float32(BAND_DEGREES)).astype(np.int32)


@dataclass(frozen=True, slots=True)
class SpatialIndex:
    """One block of rows, found by one sorted key.

    Attributes
    ----------
    first_row
        Row at which the block starts.
    key
        ``band · 1000 + longitude`` of each row, ascending.
    """

    first_row: int
    key: NDArray[np.float64]

    @classmethod
    def of(
        cls, lat: NDArray[np.float32], lon: NDArray[np.float32], first_row: int
    ) -> "SpatialIndex":
        """Index a block whose rows are already in band order."""
        key = bands_of(lat).astype(np.float64) * _AROUND + lon
        return cls(first_row, key.astype(np.float64))

    def near(self, lat: float, lon: float, radius_km: float) -> tuple[Rows, Rows]:
        """Runs of rows, from and up to, that hold everything within ``radius_km`` of a point."""
        height = radius_km / _KM_PER_DEGREE + _ROUNDING
        widest = min(89.0, abs(lat) + height)
        width = radius_km / (_KM_PER_DEGREE * cos(radians(widest))) + _ROUNDING
        low, high = (floor(edge / BAND_DEGREES) for edge in (lat - height, lat + height))
        bands = np.arange(low, high + 1) * _AROUND
        starts = self.key.searchsorted(bands + (lon - width))
        stops = self.key.searchsorted(bands + (lon + width), side="right")
        return starts + self.first_row, stops + self.first_row


def runs_of(starts: Rows, stops: Rows) -> Rows:
    """Write out several runs: ``[2, 7], [4, 9]`` → ``[2, 3, 7, 8]``."""
    lengths = stops - starts
    ends = np.cumsum(lengths)
    if not len(ends):
        return ends
    return np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)
