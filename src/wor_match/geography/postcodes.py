"""Offline Dutch postcodes: a point for every PC4 area.

Source of ``pc4.csv``: GeoNames (CC BY 4.0); CBS gebieds- en postcodedata
(CC BY 4.0). ``radius_km`` is ``sqrt(area / pi)`` of the area: how coarse its
point is. A hard limit that is measured from such a point gets that much slack,
because the true address may be that much nearer.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Place(NamedTuple):
    """A point on the map and how far the true address may be from it.

    Attributes
    ----------
    lat, lon
        WGS84 degrees.
    slack_km
        0 for a given point, the radius of the area for a point from a postcode.
    """

    lat: float
    lon: float
    slack_km: float


@cache
def _table() -> dict[str, Place]:
    text = files("wor_match.geography").joinpath("pc4.csv").read_text(encoding="utf-8")
    return {
        row["pc4"]: Place(float(row["lat"]), float(row["lon"]), float(row["radius_km"]))
        for row in csv.DictReader(text.splitlines())
    }


def locate(
    postcode: str | None, lat: float | None = None, lon: float | None = None
) -> Place | None:
    """Return the place of a point or, where there is none, of a postcode.

    Parameters
    ----------
    postcode
        ``"1234"`` or ``"1234AB"``; only the four digits are used.
    lat, lon
        WGS84 degrees; they win over the postcode.

    Returns
    -------
    Place or None
        None where nothing is known or the postcode does not exist.
    """
    if lat is not None and lon is not None:
        return Place(lat, lon, 0.0)
    if postcode is None:
        return None
    return _table().get(postcode[:4])
