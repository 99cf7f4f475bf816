"""Clients in blocks of neighbours: what one block touches lies together on disk and in cache."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def blocks_of(lat: NDArray[np.floating], lon: NDArray[np.floating], size: int) -> list[Rows]:
    """Return blocks of at most ``size`` clients, neighbours together.

    In the order of Morton's curve (Morton, A computer oriented geodetic data base, IBM 1966)
    over cells of about 1 km; unknown homes (NaN) come last.

    Parameters
    ----------
    lat, lon
        Degrees, (n,).
    size
        Most clients in a block.
    """
    north = np.nan_to_num((lat + 90) * 111, nan=2.0**20).astype(np.uint64)
    east = np.nan_to_num((lon + 180) * 68, nan=2.0**20).astype(np.uint64)
    order = np.argsort(_spread(north) << np.uint64(1) | _spread(east), kind="stable")
    return [order[start : start + size] for start in range(0, len(order), size)]


def _spread(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put a 0 between the lowest 32 bits."""
    x = numbers & np.uint64(0xFFFFFFFF)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        x = (x | (x << np.uint64(shift))) & np.uint64(mask)
    return x
