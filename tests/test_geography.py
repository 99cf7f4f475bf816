"""Distances, neighbourhoods and travel, each against a slow and obviously right twin."""

from types import SimpleNamespace

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from wor_match import Activity
from wor_match.catalogue.spatial import SpatialIndex, bands_of, runs_of
from wor_match.geography import locate
from wor_match.geography.distance import coordinates, distance_km
from wor_match.geography.geocoding import with_points
from wor_match.geography.travel import minutes_of, reach_km
from wor_match.policy import Policy

LATS, LONS = st.floats(50.7, 53.6), st.floats(3.2, 7.3)
POINTS = st.tuples(LATS, LONS)


@given(POINTS, POINTS)
def test_distance_is_the_geodesic(here, there):
    km = distance_km(coordinates([there[0]], [there[1]]), coordinates(*here))[0]
    assert km == pytest.approx(geodesic(here, there).km, abs=0.002, rel=2e-5)


@given(st.lists(POINTS, min_size=1, max_size=60), POINTS, st.floats(0, 40))
def test_neighbourhood_holds_everything_within_the_radius(points, home, radius):
    lat, lon = (np.array(values, np.float32) for values in zip(*points, strict=True))
    order = np.lexsort((lon, bands_of(lat)))
    lat, lon = lat[order], lon[order]
    found = set(runs_of(*SpatialIndex.of(lat, lon, 100).near(*home, radius)).tolist())
    km = distance_km(coordinates(lat, lon), coordinates(*home))
    assert {100 + row for row in np.flatnonzero(km <= radius)} <= found
    assert found <= set(range(100, 100 + len(points)))


def test_postcodes_work_offline():
    by_letters, by_digits = locate("6511AB"), locate("6511")
    assert by_letters == by_digits
    assert geodesic((by_digits.lat, by_digits.lon), (51.8475, 5.8625)).km < 2
    assert by_digits.slack_km > 0
    assert locate("0000") is None
    assert locate(None) is None
    assert locate("6511", 52.0, 5.0) == (52.0, 5.0, 0.0)


@given(st.floats(0, 600), st.sampled_from(["walk", "bike", "public_transport", "car"]))
def test_reach_is_the_inverse_of_minutes(limit, mode):
    travel = Policy.default().travel.modes[mode]
    km = reach_km(limit, travel)
    minutes = float(minutes_of(np.array([km], np.float32), travel)[0])
    assert minutes == pytest.approx(max(limit, travel.overhead), rel=1e-4, abs=1e-3)


def test_geocoding_asks_once_per_address_and_keeps_what_it_does_not_find():
    asked = []

    class Geocoder:
        def geocode(self, query):
            asked.append(query)
            return SimpleNamespace(latitude=51.8, longitude=5.8) if "Wijchen" in query else None

    base = {"title": "x", "category": "social"}
    activities = [
        Activity(id="1", location={"place": "Wijchen"}, **base),
        Activity(id="2", location={"place": "Wijchen"}, **base),
        Activity(id="3", location={"place": "Nergens"}, **base),
        Activity(id="4", online=True, **base),
        Activity(id="5", location={"lat": 52.0, "lon": 5.0}, **base),
    ]
    placed = list(with_points(activities, Geocoder()))
    assert asked == ["Wijchen, Nederland", "Nergens, Nederland"]
    assert placed[0].location.lat == placed[1].location.lat == 51.8
    assert placed[2:] == activities[2:]
