"""Agreement of judges."""

import numpy as np
import pytest

from wor_match.errors import InputError
from wor_match.evaluation import metrics
from wor_match.evaluation.agreement import ceiling, weighted_kappa
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.judgments import Judgments


def test_kappa_of_gold_dev_is_the_published_one(gold):
    assert weighted_kappa(*gold.judges.values(), unlisted=True) == pytest.approx(0.97, abs=0.005)
    assert weighted_kappa(*gold.judges.values()) < 0.9, "without the pairs that nobody disputes"


def test_kappa_of_a_judge_with_himself_is_one():
    judge = Judgments.of([(0, 0, 3), (0, 1, 1.5), (1, 1, 2)], (2, 3))
    assert weighted_kappa(judge, judge) == pytest.approx(1)


def test_the_ceiling_of_gold_dev_is_the_published_one(gold):
    score = ceiling(gold)
    assert np.nanmean(score(metrics.ndcg)) == pytest.approx(0.98, abs=0.01)
    assert np.nanmean(score(metrics.hit)) == 1.0


def test_a_client_for_whom_a_judge_found_nothing_counts_with_the_other(small_set):
    judged = JudgedSet.read(small_set)
    assert ceiling(judged)(metrics.ndcg).tolist() == [1, 0]


def test_one_judge_has_no_ceiling(small_set):
    (small_set / "bram.qrels.tsv").unlink()
    with pytest.raises(InputError, match="two judges"):
        ceiling(JudgedSet.read(small_set))
