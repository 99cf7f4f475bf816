"""The measures against pytrec_eval, ir_measures and scikit-learn, on runs with ties broken."""

import numpy as np
import pytest

from wor_match.evaluation import metrics
from wor_match.evaluation.judgments import Judgments

RUNS = 1_000
TOLERANCE = 1e-9


def random_run(rng, *, whole_grades):
    """Make one client's lists: scores with many ties, few judgments, some lists cut short."""
    activities = int(rng.integers(2, 40))
    scores = rng.integers(0, 6, (1, activities)).astype(float)
    grades = rng.integers(0, 7, activities) / 2
    if whole_grades:
        grades = np.floor(grades)
    grades[rng.random(activities) < 0.4] = 0
    allowed = rng.random((1, activities)) < rng.choice([0.3, 0.7, 1.0])
    order = metrics.ranked(scores, distance=rng.random((1, activities)), allowed=allowed)
    pairs = [(0, at, grade) for at, grade in enumerate(grades) if grade > 0]
    return order, Judgments.of(pairs, (1, activities))


def as_trec(runs):
    """Turn lists into the dictionaries of trec_eval, with scores that fall by one each place."""
    qrels, run = {}, {}
    for at, (order, judgments) in enumerate(runs):
        listed = [f"d{i}" for i in order[0] if i >= 0]
        run[f"q{at}"] = {id_: float(len(listed) - place) for place, id_ in enumerate(listed)}
        qrels[f"q{at}"] = {
            f"d{i}": int(g) for i, g in zip(judgments.activity, judgments.grade, strict=True)
        }
    return qrels, run


@pytest.fixture(scope="module")
def whole():
    rng = np.random.default_rng(20261116)
    return [random_run(rng, whole_grades=True) for _ in range(RUNS)]


@pytest.fixture(scope="module")
def halves():
    rng = np.random.default_rng(7)
    return [random_run(rng, whole_grades=False) for _ in range(RUNS)]


def ours(runs, measure):
    return np.array([measure(order, judgments)[0] for order, judgments in runs])


def assert_equal(mine, theirs):
    """Compare where the measure is defined; trec_eval says 0 where ours says "nothing to find"."""
    known = ~np.isnan(mine)
    assert known.sum() > len(mine) / 2
    np.testing.assert_allclose(mine[known], theirs[known], rtol=0, atol=TOLERANCE)
    assert not theirs[~known].any()


TREC = {
    "ndcg_cut_10": (1, lambda o, j: metrics.ndcg(o, j, 10, "linear")),
    "ndcg_cut_3": (1, lambda o, j: metrics.ndcg(o, j, 3, "linear")),
    "ndcg": (1, lambda o, j: metrics.ndcg(o, j, 50, "linear")),
    "recip_rank": (2, metrics.reciprocal_rank),
    "recall_5": (3, lambda o, j: metrics.recall(o, j, 5)),
    "success_1": (2, lambda o, j: metrics.hit(o, j, 1)),
    "success_5": (2, lambda o, j: metrics.hit(o, j, 5)),
}


@pytest.mark.parametrize("name", TREC)
def test_equals_pytrec_eval(whole, name):
    pytrec_eval = pytest.importorskip("pytrec_eval")
    level, measure = TREC[name]
    qrels, run = as_trec(whole)
    found = pytrec_eval.RelevanceEvaluator(
        {q: d for q, d in qrels.items() if d}, {name}, relevance_level=level
    ).evaluate({q: d for q, d in run.items() if d})
    theirs = np.array([found.get(f"q{at}", {}).get(name, 0.0) for at in range(RUNS)])
    assert_equal(ours(whole, measure), theirs)


def test_equals_ir_measures(whole):
    ir = pytest.importorskip("ir_measures")
    pairs = {
        ir.nDCG @ 10: lambda o, j: metrics.ndcg(o, j, 10, "linear"),
        ir.RR(rel=2): metrics.reciprocal_rank,
        ir.R(rel=3) @ 5: metrics.recall,
        ir.Success(rel=2) @ 1: metrics.hit,
    }
    qrels, run = as_trec(whole)
    found = {measure: np.zeros(RUNS) for measure in pairs}
    for metric in ir.iter_calc([*pairs], qrels, run):
        found[metric.measure][int(metric.query_id[1:])] = metric.value
    for measure, mine in pairs.items():
        assert_equal(ours(whole, mine), found[measure])


@pytest.mark.parametrize("kind", ["exponential", "linear"])
@pytest.mark.parametrize("k", [1, 5, 10])
def test_ndcg_equals_scikit_learn_with_half_grades(halves, kind, k):
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    theirs = np.zeros(RUNS)
    for at, (order, judgments) in enumerate(halves):
        listed = order[0][order[0] >= 0]
        # scikit-learn has no cut lists: what is not listed comes after everything that is,
        # and counts nothing there, so an unlisted relevant activity must be worthless.
        worth = metrics.gain(judgments.dense()[0], kind)
        score = np.zeros(judgments.shape[1])
        score[listed] = np.arange(len(listed), 0, -1)
        shown = np.zeros_like(worth)
        shown[listed] = worth[listed]
        discount = np.log2(np.arange(2, len(worth) + 2))
        ideal = (np.sort(worth)[::-1] / discount)[:k].sum()
        if ideal:
            theirs[at] = sklearn_metrics.dcg_score([shown], [score], k=k, ignore_ties=True) / ideal
        if ideal and len(listed) == len(worth):
            whole_list = sklearn_metrics.ndcg_score([worth], [score], k=k, ignore_ties=True)
            assert theirs[at] == pytest.approx(whole_list, abs=TOLERANCE)
    assert_equal(ours(halves, lambda o, j: metrics.ndcg(o, j, k, kind)), theirs)


def test_brier_and_reliability_equal_scikit_learn():
    calibration = pytest.importorskip("sklearn.calibration")
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    for _ in range(100):
        order = rng.permuted(np.tile(np.arange(30), (5, 1)), axis=1)
        grades = rng.choice([0.0, 3.0], (5, 30))
        judgments = Judgments.of(
            [(c, a, g) for (c, a), g in np.ndenumerate(grades) if g > 0], (5, 30)
        )
        fit = rng.random((5, 30))
        good = np.take_along_axis(grades, order, axis=1) >= 2
        mine = metrics.brier(order, fit, judgments, 30)
        theirs = [
            sklearn_metrics.brier_score_loss(good[row], fit[row], pos_label=True)
            for row in range(5)
        ]
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=TOLERANCE)
        found = metrics.reliability(order, fit, judgments, k=30, bins=5)
        share, displayed = calibration.calibration_curve(good.ravel(), fit.ravel(), n_bins=5)
        filled = found.n > 0
        np.testing.assert_allclose(found.good[filled], share, rtol=0, atol=TOLERANCE)
        np.testing.assert_allclose(found.displayed[filled], displayed, rtol=0, atol=TOLERANCE)


def test_diversity_equals_the_mean_over_pairs():
    rng = np.random.default_rng(5)
    vectors = rng.standard_normal((50, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for _ in range(100):
        n = int(rng.integers(2, 10))
        order = np.full((1, 12), -1)
        order[0, :n] = rng.choice(50, n, replace=False)
        top = vectors[order[0, :n]]
        pairs = (top @ top.T)[np.triu_indices(n, 1)]
        assert metrics.diversity(order, vectors, 12)[0] == pytest.approx(
            np.mean(1 - pairs), abs=TOLERANCE
        )


def test_burden_equals_numpy_quantiles():
    rng = np.random.default_rng(6)
    for _ in range(200):
        order = np.where(rng.random((4, 10)) < 0.9, rng.integers(0, 30, (4, 10)), -1)
        km = np.where(rng.random((4, 30)) < 0.8, rng.random((4, 30)), np.nan)
        found = metrics.distance_burden(order, km, limit=np.full(4, 0.5))
        for row in range(4):
            far = km[row, order[row][order[row] >= 0]]
            far = far[~np.isnan(far)]
            if len(far) == 0:
                assert np.isnan(found.median[row])
                continue
            assert found.median[row] == pytest.approx(np.quantile(far, 0.5), abs=TOLERANCE)
            assert found.p90[row] == pytest.approx(np.quantile(far, 0.9), abs=TOLERANCE)
            assert found.over_limit[row] == pytest.approx(np.mean(far > 0.5), abs=TOLERANCE)


def test_gini_equals_the_mean_difference():
    rng = np.random.default_rng(8)
    for _ in range(200):
        values = rng.random(int(rng.integers(2, 40)))
        gaps = np.abs(values[:, None] - values[None, :])
        expected = gaps.mean() / (2 * values.mean())
        assert metrics.gini(values) == pytest.approx(expected, abs=TOLERANCE)
