"""Swaps that must not matter, and groups too small to show."""

import numpy as np
import pytest

from wor_match.client import Client
from wor_match.evaluation import fairness
from wor_match.evaluation.fairness import Swap, counterfactuals, groups, summarised, usual_groups


def client(**fields):
    return Client.model_validate({"id": "c"} | fields)


def test_gender_changes_the_field_and_the_words():
    one, other = fairness.gender(
        client(referral="Mw. 74 jr, weduwe. Zij zingt, haar dochter niet.", gender="woman")
    )
    assert one.gender == "woman"
    assert other.gender == "man"
    assert other.referral == "Dhr. 74 jr, weduwnaar. Hij zingt, zijn zoon niet."


def test_words_inside_words_stay():
    _, other = fairness.gender(client(referral="Mantelzorger, vader van twee.", gender="man"))
    assert other.referral == "Mantelzorger, moeder van twee."


def test_what_cannot_be_swapped_is_left_out():
    assert fairness.gender(client(referral="Alleen.")) is None
    assert fairness.age_words(client(referral="Alleen.")) is None
    assert fairness.postcode(client(postcode=None)) is None
    assert fairness.called("A", "B")(client()) is None


def test_age_words_go_and_the_age_stays():
    _, other = fairness.age_words(client(referral="Oudere man, 74 jr, alleen.", age=74))
    assert "74" not in other.referral
    assert "udere" not in other.referral
    assert other.age == 74


def test_two_names_and_two_origins_differ_in_nothing_else():
    for pair in (fairness.called("Jan", "Fatima"), fairness.origin("Friese", "Poolse")):
        one, other = pair(client(referral="Alleen."))
        assert one.model_copy(update={"referral": ""}) == other.model_copy(update={"referral": ""})
        assert one.referral != other.referral


def test_a_swap_of_nothing_changes_no_list(few):
    found = counterfactuals(few, [Swap("nothing", lambda c: (c, c.model_copy()))])
    assert len(found) == len(few.judged.clients)
    assert all(one.same and one.overlap == 1 for one in found)
    summary = summarised(found)[0]
    assert (summary.swap, summary.changed, summary.overlap) == ("nothing", 0, 1)


def test_another_postcode_at_the_same_point_changes_no_list(few):
    found = counterfactuals(few, [Swap("postcode", fairness.postcode)])
    assert found
    assert all(one.same for one in found)


def test_what_only_one_of_two_may_join_is_not_counted(few):
    """Everybody becomes 16: what is for grown-ups leaves rightly."""
    young = Swap("age", lambda c: (c, c.model_copy(update={"age": 16})))
    found = counterfactuals(few, [young])
    shut = {a.id for a in few.judged.activities if a.audience.age_min and a.audience.age_min > 16}
    assert not any(shut & set(one.left) for one in found)


@pytest.fixture(scope="module")
def table(engine, answers):
    n = len(engine.judged.clients)
    few = np.zeros(n, bool)
    few[:3] = True
    return {
        g.group: g for g in groups(engine, answers, {"all": [True] * n, "few": few, "most": ~few})
    }


def test_small_groups_are_not_shown_nor_those_that_give_them_away(table):
    assert table["few"].clients is None
    assert table["few"].ndcg is None
    assert table["most"].clients is None, "all minus most would be few"


def test_figures_of_all_are_the_usual_means(table, engine, answers):
    from wor_match.evaluation import metrics

    shown = table["all"]
    expected = metrics.ndcg(answers.order, engine.judged.judgments).mean()
    assert shown.ndcg.mean == pytest.approx(expected)
    assert shown.options.mean > 0
    assert 0 <= shown.nothing_fits.mean <= 1


def test_usual_groups_cover_every_client_by_gender(engine):
    of = usual_groups(engine)
    assert all(len(members) == len(engine.judged.clients) for members in of.values())
    assert np.sum([of["women"], of["men"]]) == len(engine.judged.clients)
