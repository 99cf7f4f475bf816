"""Holds on a snapshot: the counts change, the snapshot that was does not."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wor_match import Catalogue, match
from wor_match.errors import InputError

AS_OF = dt.date(2026, 11, 16)


class OneVector:
    name, dimension = "one", 2

    def encode_queries(self, texts):
        return np.ones((len(texts), 2), np.float32) / np.float32(2**0.5)

    encode_passages = encode_queries


def snapshot(places=5, enrolled=1, waiting=0):
    capacity = {"places": places, "enrolled": enrolled, "waiting": waiting}
    base = {"description": "d", "category": "social", "provider": "p", "location": None}
    rows = [
        {**base, "id": "a", "title": "Koffie", "capacity": capacity},
        {**base, "id": "b", "title": "Thee"},
    ]
    return Catalogue.from_records(rows, encoder=OneVector(), cache=False)


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 3), st.integers(1, 10))
def test_no_more_is_held_than_is_free_and_release_gives_it_back(places, enrolled, waiting, count):
    before = snapshot(places, enrolled, waiting)
    known = places or enrolled or waiting
    free = max(0, places - enrolled - waiting)
    if known and count > free:
        with pytest.raises(InputError, match=f"{free} are free"):
            before.hold({"a": count})
        return
    after = before.hold({"a": count})
    assert after["a"].capacity.enrolled == enrolled + (count if known else 0)
    assert before["a"].capacity.enrolled == enrolled
    assert after.fingerprint != before.fingerprint
    back = after.release({"a": count})
    assert back.fingerprint == before.fingerprint
    assert back["a"] == before["a"]
    with pytest.raises(InputError, match="0 are held"):
        back.release({"a": 1})


def test_a_held_last_place_is_told_as_a_wait():
    before = snapshot(places=5, enrolled=4)
    client = {"id": "c", "referral": "Wil graag koffie drinken."}
    waits = [
        match(client, s, as_of=AS_OF).explain("a").sentences[-1].code
        for s in (before, before.hold({"a": 1}))
    ]
    assert waits == ["reason.place", "reason.wait"]


def test_unknown_places_and_ids():
    one = snapshot()
    assert one.hold({"b": 3}).holds == {"b": 3}
    for call in (one.hold, one.release):
        with pytest.raises(InputError, match="no activity with id 'x'"):
            call({"x": 1})
        with pytest.raises(InputError, match="0 places"):
            call({"a": 0})


def test_holds_are_saved_with_the_snapshot(tmp_path):
    held = snapshot().hold({"a": 2})
    held.vectors()
    held.save(tmp_path / "s")
    again = Catalogue.open(tmp_path / "s", encoder=OneVector())
    assert again.holds == {"a": 2}
    assert again["a"].capacity.enrolled == 3
    assert again.fingerprint == held.fingerprint
    assert again.release({"a": 2}).fingerprint == snapshot().fingerprint
