"""Spreading: bounded, growing with what was proposed, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wor_match.sharing.seeds import keys_of, mixed, uniform
from wor_match.sharing.spreading import lately, pressure, spread, turns


def test_pressure_by_hand():
    assert list(pressure([0, 4, 4, 3, 3], [4, 4, 1, np.nan, 0])) == pytest.approx(
        [0, 0.5, 0.8, 0.75, 0.75]
    )


def test_parts_by_hand():
    found = spread([4, 0, 2], [4, 4, np.nan], [0, 0, -1], strength=0.1)
    assert list(found.activity) == pytest.approx([-0.025, 0, -0.05 * 2 / 3])
    # Provider 0: 4 proposals for 8 places. No provider known: nothing.
    assert list(found.provider) == pytest.approx([-0.05 / 3, -0.05 / 3, 0])
    assert list(found.total) == pytest.approx(list(found.activity + found.provider))


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 30), st.integers(-1, 3)),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 20),
)
def test_bounded_and_monotone(rows, more):
    proposed, free, provider = (np.array(column) for column in zip(*rows, strict=True))
    base = spread(proposed, free, provider, strength=0.08)
    assert np.all(base.activity <= 0)
    assert np.all(base.provider <= 0)
    assert np.all(base.activity + base.provider >= -0.08)
    busier = proposed.copy()
    busier[0] += more
    assert spread(busier, free, provider, strength=0.08).total[0] <= base.total[0]
    roomier = free.copy()
    roomier[0] += more
    after = spread(proposed, roomier, provider, strength=0.08).total[0]
    assert after >= base.total[0]


def test_turns_come_from_the_seed_and_only_from_the_seed():
    keys = keys_of([f"a{i}" for i in range(50)])
    one, again, other = (turns(keys, seed, 0.01) for seed in ("client-7", "client-7", "client-8"))
    assert np.all((one >= 0) & (one < 0.01))
    assert list(one) == list(again)
    assert list(np.argsort(one)) != list(np.argsort(other))


def test_every_activity_comes_first_about_as_often():
    keys = keys_of([f"a{i}" for i in range(10)])
    first = [int(np.argmax(uniform(mixed(keys, seed)))) for seed in range(2000)]
    counts = np.bincount(first, minlength=10)
    # 200 expected, standard deviation 13: five of them.
    assert np.all(abs(counts - 200) < 67)


def test_lately_halves_and_does_not_look_ahead():
    days = {"2026-11-16": {"a": 2}, "2026-11-09": {"a": 4, "b": 2}, "2026-11-17": {"a": 99}}
    assert lately(days, "2026-11-16") == pytest.approx({"a": 4.0, "b": 1.0})


@given(st.lists(st.text(max_size=8), unique=True, max_size=50), st.integers(0, 5))
def test_keys_follow_ids_and_not_their_order(ids, seed):
    there = dict(zip(ids, keys_of(ids, seed), strict=True))
    back = dict(zip(ids[::-1], keys_of(ids[::-1], seed), strict=True))
    assert there == back
    assert len(set(there.values())) == len(ids)
