"""Points for addresses, through any geopy geocoder: to prepare a catalogue, not in ``match()``."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from wor_match.activity import Activity, Location


class Geocoder(Protocol):
    """What every geocoder of geopy has (wrap it in ``geopy.extra.rate_limiter``)."""

    def geocode(self, query: str) -> Any:
        """Return something with ``latitude`` and ``longitude``, or None."""
        ...


def with_points(activities: Iterable[Activity], geocoder: Geocoder) -> Iterator[Activity]:
    """Yield activities, those with a place or postcode but no point looked up once per address.

    An address that the geocoder does not find is left as it was.
    """
    found: dict[str, Any] = {}
    for activity in activities:
        where = activity.location
        if where is None or where.lat is not None or not (where.postcode or where.place):
            yield activity
            continue
        query = ", ".join(part for part in (where.postcode, where.place, "Nederland") if part)
        if query not in found:
            found[query] = geocoder.geocode(query)
        point = found[query]
        if point is None:
            yield activity
            continue
        placed = Location(
            postcode=where.postcode, place=where.place, lat=point.latitude, lon=point.longitude
        )
        yield activity.model_copy(update={"location": placed})
