"""Travel minutes by mode, and the door to a real router."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wor_match.client import Mode
from wor_match.policy import ModeOfTravel


class Router(Protocol):
    """Anything that knows real travel times.

    ``match(..., router=...)`` asks it for the activities that are within reach
    as the crow flies; what it answers replaces the estimate.
    """

    def minutes(
        self, origin: tuple[float, float], destinations: NDArray[np.float64], mode: Mode
    ) -> NDArray[np.float64]:
        """Return the minutes from ``origin`` (lat, lon) to ``destinations`` (n, 2): shape (n,)."""
        ...


def minutes_of(km: NDArray[np.float32], mode: ModeOfTravel) -> NDArray[np.float32]:
    """Estimate the minutes for straight-line distances in km; monotone in km."""
    return np.float32(mode.overhead) + km * np.float32(60 * mode.detour / mode.speed_kmh)


def reach_km(max_minutes: float, mode: ModeOfTravel) -> float:
    """The straight-line km that fit in ``max_minutes``: the inverse of :func:`minutes_of`."""
    return max(0.0, max_minutes - mode.overhead) * mode.speed_kmh / (60 * mode.detour)
