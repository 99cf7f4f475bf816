"""Which rows a client can come to, and how far away they are."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import HOME, TRAVEL, Access
from wor_match.catalogue.spatial import runs_of
from wor_match.feasibility.constraints import Constraints
from wor_match.geography.distance import coordinates, distance_km
from wor_match.geography.postcodes import Place
from wor_match.geography.travel import Router, minutes_of
from wor_match.policy import Policy


@dataclass(frozen=True, slots=True)
class Reached:
    """Rows within reach.

    Attributes
    ----------
    rows
        Ascending row numbers, shape (n,).
    km
        Straight-line distance; NaN where there is no place, or none that matters (online).
    minutes
        Travel time one way; NaN where unknown, 0 where nobody travels.
    """

    rows: NDArray[np.intp]
    km: NDArray[np.float32]
    minutes: NDArray[np.float32]

    def __getitem__(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> "Reached":
        return Reached(self.rows[keep], self.km[keep], self.minutes[keep])

    def and_then(self, more: "Reached") -> "Reached":
        """Append rows that come after these."""
        return Reached(
            np.concatenate([self.rows, more.rows]),
            np.concatenate([self.km, more.km]),
            np.concatenate([self.minutes, more.minutes]),
        )


def reached(
    catalogue: Catalogue, constraints: Constraints, policy: Policy, router: Router | None = None
) -> Reached:
    """Return the rows within reach; without a known home that is every row.

    A place that is known by its postcode only gets the slack of its area. Home
    visits are within reach of the provider, not of the client; what is online or
    has no known place is always within reach.
    """
    place = constraints.place
    if place is None:
        return measured(catalogue, np.arange(len(catalogue)), constraints, policy)
    travel, home = catalogue.indexes
    slack = catalogue.largest_slack_km
    runs = [
        travel.near(place.lat, place.lon, constraints.reach_km + slack),
        home.near(place.lat, place.lon, policy.travel.home_visit_km + slack),
    ]
    rows = runs_of(*np.concatenate(runs, axis=1))
    near = measured(catalogue, rows, constraints, policy)
    near = near[(~out_of_reach(catalogue, near, constraints, policy)).nonzero()[0]]
    if router is not None:
        near = _routed(catalogue, near, place, constraints, router)
    return near.and_then(catalogue.once("anywhere", partial(_anywhere, catalogue)))


def _anywhere(catalogue: Catalogue) -> Reached:
    """What no distance is asked of: online, or at a place that nobody wrote down."""
    rows = np.arange(catalogue.block_starts[Access.ANYWHERE], len(catalogue))
    unknown = np.full(len(rows), np.nan, np.float32)
    online = catalogue.columns.online[rows]
    return Reached(rows, unknown, np.where(online, np.float32(0), unknown))


def measured(
    catalogue: Catalogue, rows: NDArray[np.intp], constraints: Constraints, policy: Policy
) -> Reached:
    """Measure distance and travel time to some rows."""
    columns, place = catalogue.columns, constraints.place
    if place is None:
        km = np.full(len(rows), np.nan, np.float32)
    else:
        km = distance_km(columns.xyz[rows], coordinates(place.lat, place.lon))
        km = np.where(columns.placed[rows] & ~columns.online[rows], km, np.float32(np.nan))
    minutes = minutes_of(km, policy.travel.modes[constraints.mode])
    return Reached(rows, km, np.where(columns.at_client[rows], np.float32(0), minutes))


def out_of_reach(
    catalogue: Catalogue, found: Reached, constraints: Constraints, policy: Policy
) -> NDArray[np.bool_]:
    """Tell which measured rows are too far; unknown distances are not."""
    columns, rows = catalogue.columns, found.rows
    at_home = columns.access[rows] == HOME
    limit = np.where(
        at_home, np.float32(policy.travel.home_visit_km), np.float32(constraints.reach_km)
    )
    return (found.km > limit + columns.slack_km[rows]) & ~columns.online[rows]


def _routed(
    catalogue: Catalogue, found: Reached, place: Place, constraints: Constraints, router: Router
) -> Reached:
    columns = catalogue.columns
    ask = columns.access[found.rows] == TRAVEL
    if not ask.any():
        return found
    rows = found.rows[ask]
    points = np.stack([columns.lat[rows], columns.lon[rows]], axis=1).astype(np.float64)
    minutes = found.minutes.copy()
    minutes[ask] = router.minutes((place.lat, place.lon), points, constraints.mode)
    keep = ~ask | (minutes <= constraints.max_minutes)
    return Reached(found.rows[keep], found.km[keep], minutes[keep])
