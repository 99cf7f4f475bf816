"""Which rows lie near a point: bands of latitude, each sorted by longitude.

Rows of a block are stored band by band and inside a band from west to east, so
the neighbourhood of a point is a handful of contiguous runs of rows. The runs
hold every row within the radius and a few more; the caller measures distances.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BAND_DEGREES = 0.02  # 2.2 km
_KM_PER_DEGREE = 110.57  # of latitude, at its least (the equator)
_ROUNDING = 1e-5  # degrees; float32 holds a longitude to 5e-7


def bands_of(lat: NDArray[np.float32]) -> NDArray[np.int32]:
    """Number the latitude band of each point."""
    return np.floor(lat / np.float32(BAND_DEGREES)).astype(np.int32)


@dataclass(frozen=True, slots=True)
class SpatialIndex:
    """Bands over one block of rows.

    Attributes
    ----------
    first_row
        Row at which the block starts.
    bands, starts
        Numbers of the bands that occur, ascending, and where each begins in the
        block, with the length of the block as the last entry.
    lon
        Longitudes of the block, ascending within a band.
    """

    first_row: int
    bands: NDArray[np.int32]
    starts: NDArray[np.intp]
    lon: NDArray[np.float32]

    @classmethod
    def of(
        cls, lat: NDArray[np.float32], lon: NDArray[np.float32], first_row: int
    ) -> "SpatialIndex":
        """Index a block whose rows are already in band order."""
        bands, starts = np.unique(bands_of(lat), return_index=True)
        return cls(first_row, bands, np.append(starts, len(lat)), lon)

    def near(self, lat: float, lon: float, radius_km: float) -> list[slice]:
        """Return runs of rows that hold everything within ``radius_km`` of a point."""
        height = radius_km / _KM_PER_DEGREE + _ROUNDING
        widest = min(89.0, abs(lat) + height)
        width = radius_km / (_KM_PER_DEGREE * np.cos(np.radians(widest))) + _ROUNDING
        low, high = bands_of(np.array([lat - height, lat + height], np.float32))
        runs = []
        for band in range(
            np.searchsorted(self.bands, low), np.searchsorted(self.bands, high, side="right")
        ):
            start, stop = self.starts[band], self.starts[band + 1]
            ends = np.searchsorted(
                self.lon[start:stop], np.array([lon - width, lon + width], np.float32)
            )
            if ends[0] < ends[1]:
                runs.append(
                    slice(
                        self.first_row + int(start + ends[0]), self.first_row + int(start + ends[1])
                    )
                )
        return runs
