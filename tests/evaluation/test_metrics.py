"""The measures on cases small enough to check by hand, and at their edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wor_match.evaluation import metrics
from wor_match.evaluation.judgments import Judgments, mean

ORDER = np.array([[2, 0, 1], [1, -1, -1], [-1, -1, -1]])
JUDGED = Judgments.of([(0, 0, 3), (0, 1, 1), (1, 0, 2)], (3, 4))


def test_ndcg_by_hand():
    value = metrics.ndcg(ORDER, JUDGED, 10)
    gained = 7 / np.log2(3) + 1 / 2
    assert value[0] == pytest.approx(gained / (7 + 1 / np.log2(3)))
    assert value[1] == 0
    assert np.isnan(value[2]), "nothing is suitable for this client, so nothing can be missed"


def test_ranked_breaks_ties_by_distance_then_column():
    order = metrics.ranked([[1, 2, 2, 2, np.nan]], distance=[[0, 5, 1, 5, 0]])
    assert order.tolist() == [[2, 1, 3, 0, -1]]


def test_ranked_leaves_out_what_is_not_allowed():
    assert metrics.ranked([[3, 2, 1]], allowed=[[False, True, True]], depth=2).tolist() == [[1, 2]]


def test_unknown_distance_comes_after_known():
    assert metrics.ranked([[1, 1]], distance=[[np.nan, 9]]).tolist() == [[1, 0]]


def test_hit_recall_and_reciprocal_rank():
    assert metrics.hit(ORDER, JUDGED, 1)[:2].tolist() == [0, 0]
    assert metrics.hit(ORDER, JUDGED, 2)[0] == 1
    assert metrics.reciprocal_rank(ORDER, JUDGED)[0] == 0.5
    assert metrics.recall(ORDER, JUDGED, 5)[0] == 1
    assert np.isnan(metrics.recall(ORDER, JUDGED, 5)[1]), "no grade 3 was given"
    assert metrics.recall(ORDER, JUDGED, 5, at_least=None)[1] == 0


def test_rbp_by_hand():
    value = metrics.rbp(ORDER, JUDGED, 0.5)
    assert value[0] == pytest.approx(0.5 * (0.5 * 1 + 0.25 / 3))


def test_violations_look_only_at_what_is_listed():
    breaks = np.zeros((3, 4), bool)
    breaks[:, 3] = True
    breaks[0, 1] = True
    assert metrics.violations(ORDER, breaks, 2).tolist() == [0, 0, 0]
    assert metrics.violations(ORDER, breaks, 3).tolist() == [1, 0, 0]


def test_signals_give_recall_and_precision_as_means():
    found = metrics.signals([True, True, False, False], [True, False, True, False])
    assert np.nanmean(found.recall) == 0.5
    assert np.nanmean(found.precision) == 0.5


def test_exposure_per_free_place_leaves_out_what_has_no_place():
    shown = metrics.exposure(ORDER, 4, k=3)
    assert shown[2] == 1
    assert shown[3] == 0
    assert metrics.gini([2, 4, 9], places=[1, 2, 0]) == pytest.approx(0)
    assert np.isnan(metrics.gini([0, 0]))


def test_coverage_counts_only_what_is_eligible():
    assert metrics.coverage(ORDER, 4, k=3) == 0.75
    assert metrics.coverage(ORDER, 4, k=3, eligible=[True, True, True, False]) == 1


def test_fill_of_an_empty_list_is_nothing():
    assert metrics.fill(ORDER, 2).tolist() == [1, 0.5, 0]


def test_empty_input_gives_empty_output():
    nothing = Judgments.of([], (0, 0))
    order = np.empty((0, 0), int)
    assert metrics.ndcg(order, nothing).shape == (0,)
    unjudged = Judgments.of([], (2, 3))
    assert np.isnan(metrics.ndcg(np.array([[0, 1], [2, -1]]), unjudged)).all()


def test_mean_of_judges_counts_what_one_left_out_as_nothing():
    one = Judgments.of([(0, 1, 3)], (1, 3))
    two = Judgments.of([(0, 1, 2), (0, 2, 1)], (1, 3))
    assert mean([one, two]).dense().tolist() == [[0, 2.5, 0.5]]


def test_judgments_give_their_own_best_list():
    assert JUDGED.order().tolist() == [[0, 1], [0, -1], [-1, -1]]
    assert metrics.ndcg(JUDGED.order(), JUDGED)[:2].tolist() == [1, 1]


grades = st.lists(st.sampled_from([0, 0.5, 1, 1.5, 2, 2.5, 3]), min_size=2, max_size=12)


@given(grades, st.randoms(use_true_random=False))
def test_moving_a_better_grade_up_never_lowers_a_measure(given_grades, random):
    n = len(given_grades)
    judged = Judgments.of([(0, at, g) for at, g in enumerate(given_grades) if g], (1, n))
    order = [*range(n)]
    random.shuffle(order)
    place = random.randrange(n - 1)
    if given_grades[order[place]] < given_grades[order[place + 1]]:
        better = order.copy()
        better[place], better[place + 1] = order[place + 1], order[place]
        for measure in (metrics.ndcg, metrics.hit, metrics.recall, metrics.rbp):
            before = measure(np.array([order]), judged)[0]
            after = measure(np.array([better]), judged)[0]
            assert np.isnan(before) or after >= before - 1e-12


@given(grades)
def test_all_shares_stay_between_nothing_and_all(given_grades):
    n = len(given_grades)
    judged = Judgments.of([(0, at, g) for at, g in enumerate(given_grades) if g], (1, n))
    order = np.arange(n)[None, :]
    for measure in (metrics.ndcg, metrics.recall, metrics.rbp, metrics.reciprocal_rank):
        value = measure(order, judged)[0]
        assert np.isnan(value) or 0 <= value <= 1 + 1e-12
