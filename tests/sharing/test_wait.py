"""Expected wait and the capacity score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wor_match.sharing.wait import (
    CLOSED,
    FUTURE,
    INTAKE_FIRST,
    NEUTRAL,
    OPEN_HOUSE,
    PLACE,
    UNKNOWN,
    WAIT,
    capacity_score,
    expected_wait,
    places_to_hold,
)

counts = st.integers(0, 60)
days = st.integers(0, 2000)
turnovers = st.sampled_from([0.0, 0.01, 0.02, 0.05, 0.5, 1.0])


def waits_of(places, enrolled, waiting, age=0.0, turnover=0.02, **more):
    return expected_wait(places, enrolled, waiting, age, turnover, half_life_days=90, **more)


def score_of(waits, max_wait_weeks=6.0):
    return capacity_score(waits, max_wait_weeks=max_wait_weeks)


@pytest.mark.parametrize("figures", [(0, 0, 0), (np.nan, np.nan, np.nan), (-1, 0, 0)])
def test_nothing_given_is_unknown_and_neutral(figures):
    waits = waits_of(*([f] for f in figures))
    assert waits.state[0] == UNKNOWN
    assert (waits.low[0], waits.high[0]) == (0, np.inf)
    assert np.isnan(waits.expected[0])
    assert score_of(waits)[0] == NEUTRAL


def test_a_group_with_room_has_a_place_now():
    waits = waits_of([12], [8], [1])
    assert waits.state[0] == PLACE
    assert waits.free[0] == 3
    assert waits.low[0] == waits.expected[0] == waits.high[0] == 0
    assert score_of(waits)[0] == pytest.approx(0.5 + 0.5 * 3 / 4)


def test_the_wait_of_a_full_group_by_hand():
    # 12 places at 2 % a week: one leaves every 1 / 0.24 weeks; 2 wait, so the third leaver counts.
    waits = waits_of([12], [12], [2])
    assert waits.state[0] == WAIT
    assert waits.expected[0] == pytest.approx(3 / 0.24, rel=1e-5)
    # Gamma(3) percentiles 10 and 90: 1.102 and 5.322.
    assert waits.low[0] == pytest.approx(1.102 / 0.24, rel=0.01)
    assert waits.high[0] == pytest.approx(5.322 / 0.24, rel=0.01)
    assert score_of(waits)[0] == pytest.approx(0.5 * 6 / (6 + 12.5))


def test_where_nobody_ever_leaves_no_place_comes():
    waits = waits_of([5, 5], [5, 4], 0, turnover=0)
    assert list(waits.expected) == [np.inf, 0]
    assert score_of(waits)[0] == 0


def test_overbooked_is_full_and_waits_longer():
    full, over = waits_of([10, 10], [10, 14], [0, 0]).expected
    assert over == pytest.approx(5 * full)


def test_zero_places_with_people_is_full_not_unknown():
    waits = waits_of([0], [5], [0])
    assert waits.state[0] == WAIT
    assert np.isfinite(waits.high[0])


def test_states_of_their_own():
    flags = np.eye(3, dtype=bool)
    waits = waits_of(
        [12] * 3, [12] * 3, [2] * 3, open_house=flags[0], closed=flags[1], intake_first=flags[2]
    )
    assert list(waits.state) == [OPEN_HOUSE, CLOSED, INTAKE_FIRST]
    assert waits.high[0] == 0
    assert waits.low[1] == np.inf
    assert list(score_of(waits)[:2]) == [1.0, 0.0]


def test_closed_wins_from_open_house():
    assert waits_of([5], [0], [0], open_house=True, closed=True).state[0] == CLOSED


def test_a_start_in_the_future_is_waited_for():
    waits = waits_of([12, 0], [3, 0], [0, 0], starts_in_weeks=[5, 5])
    assert list(waits.state) == [FUTURE, FUTURE]
    assert list(waits.low) == [5, 5]
    assert waits.expected[0] == 5
    now = score_of(waits_of([12], [3], [0]))[0]
    assert NEUTRAL < score_of(waits)[0] < now
    assert score_of(waits)[1] == NEUTRAL


def test_a_place_after_the_season_is_no_place():
    waits = waits_of([12], [12], [1], ends_in_weeks=8)
    assert waits.expected[0] == waits.high[0] == np.inf
    assert waits.low[0] < 8


def test_holdable_places():
    waits = waits_of(
        [5, 0, 5, 5, 9], [3, 0, 5, 5, 0], 0, open_house=[0, 0, 0, 1, 0], closed=[0, 0, 0, 0, 1]
    )
    assert list(places_to_hold(waits, unknown_places=1, most=40)) == [2, 1, 0, 40, 0]


def _ordered(better, worse):
    assert better.low[0] <= worse.low[0]
    assert better.expected[0] <= worse.expected[0]
    assert better.high[0] <= worse.high[0]
    assert score_of(better)[0] >= score_of(worse)[0]


@given(st.integers(1, 60), counts, counts, days, turnovers, st.integers(1, 5))
def test_more_places_are_never_worse(places, enrolled, waiting, age, turnover, extra):
    _ordered(
        waits_of([places + extra], [enrolled], [waiting], age, turnover),
        waits_of([places], [enrolled], [waiting], age, turnover),
    )


@given(st.integers(1, 60), counts, counts, days, turnovers, st.integers(1, 5))
def test_fewer_enrolled_or_waiting_is_never_worse(places, enrolled, waiting, age, turnover, extra):
    base = waits_of([places], [enrolled], [waiting], age, turnover)
    _ordered(base, waits_of([places], [enrolled + extra], [waiting], age, turnover))
    _ordered(base, waits_of([places], [enrolled], [waiting + extra], age, turnover))


@given(st.integers(1, 60), counts, counts, days, turnovers, st.integers(1, 400))
def test_an_older_figure_is_wider_and_nearer_to_neutral(
    places, enrolled, waiting, age, turnover, extra
):
    new = waits_of([places], [enrolled], [waiting], age, turnover)
    old = waits_of([places], [enrolled], [waiting], age + extra, turnover)
    assert old.low[0] <= new.low[0] * (1 + 1e-5)  # float32
    assert old.high[0] >= new.high[0] * (1 - 1e-5)
    assert old.state[0] == new.state[0]
    assert abs(score_of(old)[0] - NEUTRAL) <= abs(score_of(new)[0] - NEUTRAL)


@given(st.integers(1, 60), counts, counts, days, st.floats(0, 60), st.floats(0.1, 20))
def test_an_earlier_start_is_never_worse(places, enrolled, waiting, age, start, later):
    _ordered(
        waits_of([places], [enrolled], [waiting], age, starts_in_weeks=start),
        waits_of([places], [enrolled], [waiting], age, starts_in_weeks=start + later),
    )


@given(counts, counts, counts, days, st.floats(0, 30))
def test_free_is_above_neutral_and_full_below(places, enrolled, waiting, age, max_wait):
    waits = waits_of([places], [enrolled], [waiting], age)
    score = score_of(waits, max_wait)[0]
    assert 0 <= score <= 1
    assert waits.low[0] <= waits.high[0]
    if waits.state[0] == PLACE:
        assert score >= NEUTRAL
    if waits.state[0] == WAIT:
        assert score <= NEUTRAL


def test_certainty_halves():
    waits = waits_of([12] * 4, [4] * 4, [0] * 4, [0, 90, 180, np.nan])
    assert list(waits.certainty) == pytest.approx([1, 0.5, 0.25, 0.5])


def test_results_are_float32_and_small():
    waits = waits_of(np.arange(5), np.zeros(5, int), np.zeros(5, int))
    assert {waits.low.dtype, waits.high.dtype, waits.expected.dtype} == {np.dtype(np.float32)}
    assert score_of(waits).dtype == np.float32
    assert waits.state.dtype == np.int8
