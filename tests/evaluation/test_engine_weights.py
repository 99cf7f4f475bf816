"""The engine on a judged set, and weights learned from it."""

import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wor_match.errors import InputError
from wor_match.evaluation import weights
from wor_match.evaluation.engine import GIVING, Pairs
from wor_match.evaluation.judgments import Judgments
from wor_match.evaluation.weights import Example, learn, weights_of
from wor_match.policy import Policy


def test_lists_are_what_match_returns(engine, answers, gold):
    for row, result in enumerate(answers.results):
        listed = answers.order[row][answers.order[row] >= 0]
        assert [gold.activity_ids[at] for at in listed] == [m.activity.id for m in result]
        shown = answers.fit[row][: len(result)]
        assert shown.tolist() == [m.fit for m in result]
        assert np.isnan(answers.fit[row][len(result) :]).all()


def test_a_score_is_its_parts_times_the_weights(engine, answers, gold):
    pairs = engine.pairs()
    scores = pairs.parts @ np.array([weights_of(Policy.default())[name] for name in GIVING])
    table = np.full(gold.judgments.shape, np.nan)
    table[pairs.client, pairs.activity] = scores
    for row, result in enumerate(answers.results):
        for place, match in enumerate(result):
            mine = table[row, answers.order[row, place]]
            # The engine counts in ten-thousandths.
            assert mine == pytest.approx(match.score, abs=5e-4)


def test_what_was_missed_is_named_with_its_cause(engine, answers, gold):
    missed = engine.missed(answers)
    good = int((gold.judgments.grade >= 2).sum())
    hits = int((gold.judgments.at(answers.order) >= 2).sum())
    assert len(missed) == good - hits
    assert all(cause for *_, cause in missed)


def test_without_rules_every_activity_may_be_listed(engine):
    assert (engine.without_rules(limit=15) >= 0).all()


def test_vectors_stand_in_the_order_of_the_set(engine, gold):
    row = engine.catalogue.row(gold.activity_ids[7])
    np.testing.assert_array_equal(engine.vectors[7], engine.catalogue.vectors()[row])


def example(worth, clients=30, activities=20, seed=0, name="made"):
    """A made set in which ``worth`` says what each part adds to a grade."""
    rng = np.random.default_rng(seed)
    parts = rng.random((clients * activities, len(GIVING)))
    value = parts @ np.array([worth.get(part, 0.0) for part in GIVING])
    pairs = Pairs(
        np.repeat(np.arange(clients), activities), np.tile(np.arange(activities), clients), parts
    )
    cuts = np.quantile(value, [0.8, 0.9, 0.95])
    grades = np.searchsorted(cuts, value).astype(float)
    judged = [(c, a, g) for c, a, g in zip(pairs.client, pairs.activity, grades, strict=True) if g]
    return Example(name, pairs, Judgments.of(judged, (clients, activities)))


def test_learning_finds_what_the_judges_looked_at():
    found = learn([example({"wishes": 3.0, "distance": 1.0})])
    assert found.weights["wishes"] > 1.5 * found.weights["distance"] > 0.2
    assert all(found.weights[name] < 0.1 for name in ("story", "needs", "words", "capacity"))
    assert found.held_out.mean() > found.before.mean() + 0.1
    assert max(found.spread.values()) < 0.1


def test_a_part_that_judges_dislike_gets_no_negative_weight():
    found = learn([example({"wishes": 1.0, "story": -2.0})])
    assert found.weights["story"] == pytest.approx(0, abs=1e-6)
    assert min(found.weights.values()) >= 0
    assert sum(found.weights.values()) == pytest.approx(1)


def test_judgments_that_say_nothing_leave_the_weights_alone():
    noise = example({}, seed=4)
    rng = np.random.default_rng(5)
    judged = [(c, int(a), 3.0) for c in range(30) for a in rng.choice(20, 3, replace=False)]
    found = learn([Example("noise", noise.pairs, Judgments.of(judged, (30, 20)))])
    before = weights_of(Policy.default())
    assert sum(abs(found.weights[name] - before[name]) for name in GIVING) < 0.5
    assert found.held_out.mean() == pytest.approx(found.before.mean(), abs=0.1)


def test_held_weights_stay_and_the_others_share_the_rest():
    found = learn([example({"wishes": 1.0})], held={"capacity": 0.08})
    assert found.weights["capacity"] == 0.08
    assert sum(found.weights.values()) == pytest.approx(1)
    with pytest.raises(InputError, match="held"):
        learn([example({"wishes": 1.0})], held={"colour": 0.1})


def test_several_sets_are_held_out_whole():
    sets = [example({"wishes": 1.0}, seed=s, name=f"set {s}") for s in (1, 2)]
    found = learn(sets)
    assert len(found.held_out) == 60
    assert "one set left out at a time" in found.provenance
    assert "set 1 (30 clients), set 2 (30 clients)" in found.provenance


def test_too_few_clients_are_refused():
    with pytest.raises(InputError, match="expected at least"):
        learn([example({"wishes": 1.0}, clients=6)])


def test_the_same_judgments_give_the_same_weights():
    one, two = (learn([example({"wishes": 1.0, "story": 1.0})]).weights for _ in range(2))
    assert one == two


def test_what_was_learned_is_a_policy_file_with_its_provenance(tmp_path):
    found = learn([example({"wishes": 3.0, "distance": 1.0})])
    text = found.toml()
    assert text.startswith("# Learned ")
    assert tomllib.loads(text) == found.changes()
    path = tmp_path / "policy.toml"
    path.write_text(text)
    assert weights_of(Policy.read(path))["wishes"] == pytest.approx(
        found.weights["wishes"], abs=0.002
    )


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6).filter(lambda w: sum(w) > 0.01))
def test_any_weights_become_a_policy_that_is_valid(values):
    total = sum(values)
    changes = weights.changes(dict(zip(GIVING, (v / total for v in values), strict=True)))
    policy = Policy.default().with_changes(changes)
    assert sum(weights_of(policy).values()) == pytest.approx(1)
