import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wor_match import messy


@pytest.mark.parametrize(
    ("read", "given", "expected"),
    [
        (messy.weekday, "Dinsdag", "tu"),
        (messy.weekday, "zo.", "su"),
        (messy.weekday, "Thursday", "th"),
        (messy.weekday, "feestdag", "feestdag"),
        (messy.clock, "9.30", "09:30"),
        (messy.clock, "19 uur", "19:00"),
        (messy.clock, "9u30", "09:30"),
        (messy.clock, "14:05:00", "14:05"),
        (messy.clock, dt.time(8, 15), "08:15"),
        (messy.clock, "middag", "middag"),
        (messy.amount, "€ 12,50", "12.50"),
        (messy.amount, "5,-", "5"),
        (messy.amount, "1.250,00", "1250.00"),
        (messy.amount, "Gratis", 0.0),
        (messy.amount, 7.5, 7.5),
        (messy.minutes, "20 min", 20),
        (messy.minutes, "1,5 uur", 90),
        (messy.minutes, "ver", "ver"),
        (messy.postcode, "1621 ab", "1621AB"),
        (messy.postcode, 1621, "1621"),
        (messy.postcode, "  ", None),
        (messy.date, "16-11-2026", "2026-11-16"),
        (messy.date, "2026-11-16T09:00:00", "2026-11-16"),
        (messy.date, dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC), dt.date(2026, 11, 16)),
        (messy.flag, "Ja", True),
        (messy.flag, "nee", False),
        (messy.flag, "soms", "soms"),
        (messy.words, "lezen; koken\n", ["lezen", "koken"]),
        (messy.words, None, []),
        (messy.language, "Oekraïens", "uk"),
        (messy.language, "NL", "nl"),
    ],
)
def test_messy_values(read, given, expected):
    assert read(given) == expected


@given(st.text() | st.integers() | st.none() | st.floats())
def test_never_raises(value):
    for read in (
        messy.weekday, messy.clock, messy.amount, messy.minutes,
        messy.postcode, messy.date, messy.flag, messy.words, messy.language,
    ):  # fmt: skip
        read(value)
