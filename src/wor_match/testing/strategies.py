"""Hypothesis strategies and a small encoder, for tests of and around this library."""

import datetime as dt
import zlib
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from hypothesis import strategies as st

from wor_match.activity import (
    Accessibility,
    Activity,
    Category,
    CostPeriod,
    Gender,
    Intensity,
    SlotPeriod,
)
from wor_match.client import Client, Mode, Need
from wor_match.embedding.encoder import Vectors, unit_rows
from wor_match.language.bag import stems
from wor_match.messy import WEEKDAYS

AS_OF = dt.date(2026, 11, 16)
"""Reference date around which the strategies draw their dates."""

_WORDS = (
    "wandelen", "breien", "koor", "zingen", "koffie", "tuin", "schaken", "voetbal", "rouwgroep",
    "taalcafé", "koken", "samen", "buurthuis", "rustig", "vrijwilliger", "schilderen", "zwemmen",
    "muziek", "lezen", "hond", "computer", "geldzaken", "yoga", "bingo", "natuur", "museum",
)  # fmt: skip
_LANGUAGES = ("nl", "en", "ar", "tr")


class WordEncoder:
    """An encoder without a model: texts with the same stems get the same vector."""

    name = "words@1"
    dimension = 64

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed clients' texts: the sum of a fixed random vector per stem."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for stem in stems(text):
                seed = zlib.crc32(stem.encode())
                vectors[row] += np.random.default_rng(seed).normal(size=self.dimension)
        return unit_rows(vectors)

    encode_passages = encode_queries


def texts(most: int = 6) -> st.SearchStrategy[str]:
    """Draw a few known Dutch words."""
    return st.lists(st.sampled_from(_WORDS), min_size=1, max_size=most).map(" ".join)


def points() -> st.SearchStrategy[dict[str, float]]:
    """Draw a point within some 15 km of Nijmegen."""
    lat, lon = st.floats(51.75, 51.95), st.floats(5.65, 6.05)
    return st.fixed_dictionaries({"lat": lat, "lon": lon})


def slots() -> st.SearchStrategy[dict[str, str]]:
    """Draw a weekly slot of one to three hours."""

    def slot(weekday: str, hour: int, length: int, every: str) -> dict[str, str]:
        return {
            "weekday": weekday,
            "start": f"{hour:02d}:00",
            "end": f"{hour + length:02d}:30",
            "every": every,
        }

    return st.builds(
        slot,
        st.sampled_from(WEEKDAYS),
        st.integers(7, 20),
        st.integers(1, 3),
        st.sampled_from(get_args(SlotPeriod)),
    )


def windows() -> st.SearchStrategy[dict[str, str]]:
    """Draw a time at which a client is free."""
    spans = st.sampled_from(
        [("08:00", "13:00"), ("12:00", "18:00"), ("18:00", "24:00"), ("00:00", "24:00")]
    )
    return st.builds(
        lambda day, span: {"weekday": day, "start": span[0], "end": span[1]},
        st.sampled_from(WEEKDAYS),
        spans,
    )


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _runs() -> st.SearchStrategy[dict[str, Any]]:
    start = _maybe(st.integers(-200, 200))
    return st.builds(
        lambda start, length: {
            "start_date": None if start is None else AS_OF + dt.timedelta(start),
            "end_date": None if start is None else AS_OF + dt.timedelta(start + length),
        },
        start,
        st.integers(0, 200),
    )


def _audiences() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda low, span, gender, languages: {
            "age_min": low,
            "age_max": None if low is None or span is None else low + span,
            "gender": gender,
            "languages": languages,
        },
        _maybe(st.integers(0, 70)),
        _maybe(st.integers(5, 40)),
        st.sampled_from(get_args(Gender)),
        st.lists(st.sampled_from(_LANGUAGES), unique=True, max_size=2),
    )


def activities() -> st.SearchStrategy[list[Activity]]:
    """Draw a catalogue of up to 25 activities with distinct ids."""
    count = st.integers(0, 12)
    one = st.builds(
        lambda run, fields: {**fields, **run},
        _runs(),
        st.fixed_dictionaries(
            {
                "title": texts(3),
                "description": texts(8),
                "provider": st.sampled_from(("De Wijk", "Buurtkracht", "Stichting Samen")),
                "category": st.sampled_from(get_args(Category)),
                "location": _maybe(points()),
                "online": st.booleans(),
                "visits_home": st.booleans(),
                "schedule": st.lists(slots(), max_size=3),
                "cost": _maybe(
                    st.fixed_dictionaries(
                        {
                            "amount": st.integers(0, 60),
                            "per": st.sampled_from(get_args(CostPeriod)),
                        }
                    )
                ),
                "capacity": _maybe(
                    st.fixed_dictionaries({"places": count, "enrolled": count, "waiting": count})
                ),
                "audience": _audiences(),
                "accessibility": st.lists(st.sampled_from(get_args(Accessibility)), unique=True),
                "group_size": _maybe(st.integers(1, 40)),
                "intensity": _maybe(st.sampled_from(get_args(Intensity))),
                "updated_at": _maybe(st.just(AS_OF - dt.timedelta(30))),
            }
        ),
    )
    drawn = st.lists(one, min_size=1, max_size=25)
    return drawn.map(
        lambda rows: [
            Activity.model_validate({"id": f"a{i:02d}", **row}) for i, row in enumerate(rows)
        ]
    )


def clients() -> st.SearchStrategy[Client]:
    """Draw a client with any of the structured limits."""
    return st.fixed_dictionaries(
        {
            "referral": texts(8),
            "interests": st.lists(texts(2), max_size=3),
            "dislikes": st.lists(st.sampled_from(_WORDS), max_size=2),
            "age": _maybe(st.integers(12, 95)),
            "gender": _maybe(st.sampled_from(("woman", "man", "other"))),
            "languages": st.lists(st.sampled_from(_LANGUAGES), unique=True, max_size=2),
            "location": _maybe(points()),
            "travel": _maybe(
                st.fixed_dictionaries(
                    {"mode": st.sampled_from(get_args(Mode)), "max_minutes": st.integers(0, 60)}
                )
            ),
            "availability": st.lists(windows(), max_size=4),
            "max_cost_month": _maybe(st.integers(0, 60)),
            "needs": st.lists(st.sampled_from(get_args(Need)), unique=True, max_size=2),
        }
    ).map(Client.model_validate)
