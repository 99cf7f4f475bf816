"""Records without text, plain figures, and estimates that refuse what a log cannot carry."""

import datetime as dt

import numpy as np
import pytest
from pydantic import ValidationError

from wor_match.errors import InputError
from wor_match.evaluation import outcomes
from wor_match.evaluation.outcomes import NotEvaluableError, Outcome, WhyNot

DAY = dt.date(2026, 6, 1)


def record(**fields):
    return Outcome(
        **{"client": "p1", "activity_id": "a1", "position": 1, "offered_on": DAY} | fields
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "vond het niks"},
        {"client": "Jan de Vries"},
        {"why_not": "vond de juf niet aardig"},
        {"position": 0},
        {"propensity": 0},
        {"propensity": 1.2},
        {"chosen": False, "started": True},
        {"started": False, "attending_at_six_weeks": True},
    ],
)
def test_what_does_not_belong_in_a_record_is_refused(fields):
    with pytest.raises(ValidationError):
        record(**fields)


def test_reading_names_every_wrong_line_and_shows_nothing_of_it(tmp_path):
    path = tmp_path / "outcomes.jsonl"
    good = record(chosen=True).model_dump_json()
    bad = good.replace('"p1"', '"Mies Bos"')
    path.write_text(f"{good}\n\n{bad}\n")
    with pytest.raises(InputError, match="line 3, field client") as caught:
        outcomes.read(path)
    assert "Mies" not in str(caught.value)
    path.write_text(good + "\n")
    assert outcomes.read(path) == [record(chosen=True)]


def test_rates_count_only_what_can_be_known():
    late = DAY + dt.timedelta(days=60)
    records = [
        record(chosen=True, started=True, attending_at_six_weeks=True),
        record(chosen=True, started=False),
        record(chosen=False),
        record(offered_on=late, chosen=True, started=True, attending_at_six_weeks=False),
    ]
    found = outcomes.rates(records)
    assert (found["chosen"].mean, found["chosen"].n) == (0.75, 4)
    assert (found["started"].mean, found["started"].n) == (pytest.approx(2 / 3), 3)
    assert (found["attending_at_six_weeks"].mean, found["attending_at_six_weeks"].n) == (1, 1)


def test_wrong_information_goes_to_the_catalogue_and_not_into_preference():
    records = [
        record(chosen=False, why_not=WhyNot.information_wrong),
        record(chosen=False, why_not=WhyNot.information_wrong, offered_on=DAY + dt.timedelta(3)),
        record(activity_id="a2", chosen=False, why_not=WhyNot.full),
        record(activity_id="a3", chosen=False, why_not=WhyNot.too_far),
    ]
    assert outcomes.wrong_information(records) == [("a1", 2, DAY + dt.timedelta(3))]
    assert [r.activity_id for r in outcomes.preferences(records)] == ["a3"]
    assert outcomes.why_not(records) == {WhyNot.full: 1, WhyNot.too_far: 1}


def simulated(n, seed=0):
    """Log a policy that picks one of three activities, each with its own chance of a start."""
    rng = np.random.default_rng(seed)
    chance, worth = np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.5, 0.8])
    picked = rng.choice(3, n, p=chance)
    started = rng.random(n) < worth[picked]
    records = [
        record(activity_id=f"a{a}", propensity=chance[a], started=bool(s))
        for a, s in zip(picked, started, strict=True)
    ]
    return records, picked, worth


TARGET = np.array([0.1, 0.3, 0.6])


@pytest.mark.parametrize("estimator", ["ips", "snips", "dr"])
def test_estimates_find_what_the_other_policy_would_have_brought(estimator):
    records, picked, worth = simulated(6000)
    guess = np.array([0.3, 0.4, 0.6])  # a model that is wrong: doubly robust all the same
    model = {"expected": guess[picked], "expected_target": np.full(len(records), guess @ TARGET)}
    found = outcomes.evaluate(
        records, TARGET[picked], estimator=estimator, **(model if estimator == "dr" else {})
    )
    truth = worth @ TARGET
    assert found.value == pytest.approx(truth, abs=0.04)
    assert found.low <= truth <= found.high
    assert found.records == 6000
    assert 0 < found.effective < 6000


def test_the_logging_policy_itself_is_estimated_by_the_plain_mean():
    records, picked, _ = simulated(300)
    own = np.array([0.6, 0.3, 0.1])[picked]
    found = outcomes.evaluate(records, own, estimator="ips")
    assert found.value == pytest.approx(np.mean([r.started for r in records]))
    assert found.effective == pytest.approx(300)


def test_a_good_model_makes_the_interval_narrower():
    records, picked, worth = simulated(2000)
    plain = outcomes.evaluate(records, TARGET[picked], estimator="ips")
    robust = outcomes.evaluate(
        records, TARGET[picked], estimator="dr", expected=worth[picked],
        expected_target=np.full(len(records), worth @ TARGET),
    )  # fmt: skip
    assert robust.high - robust.low < plain.high - plain.low


@pytest.mark.parametrize(
    ("records", "target", "says"),
    [
        ([record(started=True)], [0.5], "no propensity"),
        ([record(started=True, propensity=1.0)], [0.5], "certain"),
        ([record(propensity=0.5)], [0.5], "what became"),
        ([], [], "what became"),
        ([record(started=True, propensity=0.5)], [0.0], "none of the logged"),
    ],
)
def test_logs_that_cannot_answer_are_refused(records, target, says):
    with pytest.raises(NotEvaluableError, match=says):
        outcomes.evaluate(records, target)


@pytest.mark.parametrize(
    ("target", "options", "says"),
    [
        ([0.5, 0.5], {}, "target"),
        ([1.5], {}, "target"),
        ([0.5], {"reward": "happy"}, "reward"),
        ([0.5], {"estimator": "dr"}, "dr"),
    ],
)
def test_wrong_arguments_are_named(target, options, says):
    records = [record(started=True, propensity=0.5)]
    with pytest.raises(InputError, match=says):
        outcomes.evaluate(records, target, **options)
