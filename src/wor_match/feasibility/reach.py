"""Which rows a client can come to, and how far away they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import Access
from wor_match.feasibility.constraints import Constraints
from wor_match.geography.distance import coordinates, distance_km
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
        Straight-line distance; NaN where there is no place, 0 where nobody travels.
    minutes
        Travel time one way; NaN where unknown, 0 where nobody travels.
    """

    rows: NDArray[np.intp]
    km: NDArray[np.float32]
    minutes: NDArray[np.float32]

    def __getitem__(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> "Reached":
        return Reached(self.rows[keep], self.km[keep], self.minutes[keep])


def reached(
    catalogue: Catalogue, constraints: Constraints, policy: Policy, router: Router | None = None
) -> Reached:
    """Return the rows within reach; without a known home that is every row.

    A place that is known by its postcode only gets the slack of its area. Home
    visits are within reach of the provider, not of the client; what is online or
    has no known place is always within reach.
    """
    place = constraints.place
    anywhere = int(catalogue.block_starts[Access.ANYWHERE])
    if place is None:
        rows = np.arange(len(catalogue))
    else:
        travel, home = catalogue.indexes
        slack = catalogue.largest_slack_km
        rows = np.concatenate(
            [
                travel.near(place.lat, place.lon, constraints.reach_km + slack),
                home.near(place.lat, place.lon, policy.travel.home_visit_km + slack),
                np.arange(anywhere, len(catalogue)),
            ]
        )
    found = measured(catalogue, rows, constraints, policy)
    within = found[~out_of_reach(catalogue, found, constraints, policy)]
    return within if router is None else _routed(catalogue, within, constraints, router)


def measured(
    catalogue: Catalogue, rows: NDArray[np.intp], constraints: Constraints, policy: Policy
) -> Reached:
    """Measure distance and travel time to some rows."""
    columns, place = catalogue.columns, constraints.place
    if place is None:
        km = np.full(len(rows), np.nan, np.float32)
    else:
        km = distance_km(columns.xyz[rows], coordinates(place.lat, place.lon))
        km = np.where(columns.placed[rows], km, np.float32(np.nan))
    minutes = minutes_of(km, policy.travel.modes[constraints.mode])
    return Reached(rows, km, np.where(columns.at_client[rows], np.float32(0), minutes))


def out_of_reach(
    catalogue: Catalogue, found: Reached, constraints: Constraints, policy: Policy
) -> NDArray[np.bool_]:
    """Tell which measured rows are too far; unknown distances are not."""
    columns, rows = catalogue.columns, found.rows
    at_home = columns.access[rows] == Access.HOME
    limit = np.where(
        at_home, np.float32(policy.travel.home_visit_km), np.float32(constraints.reach_km)
    )
    return (found.km > limit + columns.slack_km[rows]) & ~columns.online[rows]


def _routed(
    catalogue: Catalogue, found: Reached, constraints: Constraints, router: Router
) -> Reached:
    place, columns = constraints.place, catalogue.columns
    ask = (columns.access[found.rows] == Access.TRAVEL) & columns.placed[found.rows]
    if place is None or not ask.any():
        return found
    rows = found.rows[ask]
    points = np.stack([columns.lat[rows], columns.lon[rows]], axis=1).astype(np.float64)
    minutes = found.minutes.copy()
    minutes[ask] = router.minutes((place.lat, place.lon), points, constraints.mode)
    keep = ~ask | (minutes <= constraints.max_minutes)
    return Reached(found.rows[keep], found.km[keep], minutes[keep])
