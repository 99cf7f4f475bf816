"""Intervals and tests: known answers, and agreement with exact ones."""

import numpy as np
import pytest
from scipy import stats

from wor_match.errors import InputError
from wor_match.evaluation.significance import difference, holm, interval


def test_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    inside = 0
    for at in range(100):
        found = interval(rng.normal(0.5, 0.2, 60), seed=at)
        inside += found.low <= 0.5 <= found.high
    assert 88 <= inside <= 100


def test_interval_leaves_out_what_is_unknown():
    found = interval(np.array([1.0, np.nan, 0.0]))
    assert (found.mean, found.n) == (0.5, 2)
    assert interval(np.full(3, np.nan)).n == 0
    assert interval(np.full(4, 0.7))[:3] == (0.7, 0.7, 0.7)


def test_same_seed_same_interval():
    values = np.random.default_rng(2).random(40)
    assert interval(values) == interval(values)


def test_difference_equals_the_exact_randomisation_test_on_few_clients():
    new, old = np.array([0.9, 0.8, 0.7, 0.9, 0.6]), np.array([0.5, 0.6, 0.2, 0.8, 0.4])
    found = difference(new, old)
    assert found.mean == pytest.approx(0.28)
    assert found.p == pytest.approx(2 / 2**5), "only all-plus and all-minus are as extreme"


def test_difference_is_near_the_t_test_on_many_clients():
    rng = np.random.default_rng(3)
    new, old = rng.normal(0.55, 0.2, 200), rng.normal(0.5, 0.2, 200)
    assert difference(new, old).p == pytest.approx(stats.ttest_rel(new, old).pvalue, abs=0.02)


def test_equal_systems_do_not_differ():
    values = np.random.default_rng(4).random(30)
    assert difference(values, values).p == 1


def test_a_client_unknown_to_one_system_is_left_out_of_both():
    found = difference(np.array([1.0, np.nan, 1.0]), np.array([0.0, 0.0, np.nan]))
    assert (found.mean, found.n) == (1.0, 1)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == pytest.approx([1.0, 1.0])
    corrected = holm([0.02, float("nan"), 0.03])
    assert corrected[::2] == pytest.approx([0.04, 0.04])
    assert np.isnan(corrected[1])


def test_an_impossible_confidence_is_refused():
    with pytest.raises(InputError, match="confidence"):
        interval(np.array([0.0, 1.0]), confidence=95)
