"""What steers one call: shown, bounded, the same again, and nobody is refused."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wor_match import Catalogue, Client, Policy, match, prepare
from wor_match.errors import InputError
from wor_match.sharing.edges import Edges
from wor_match.sharing.prices import fit_prices
from wor_match.sharing.steering import Steering

FOLDER = Path(__file__).resolve().parents[2] / "catalogues" / "zwolle"
AS_OF = dt.date(2026, 11, 16)


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.read(FOLDER / "catalogue.jsonl")


@pytest.fixture(scope="module")
def clients(catalogue):
    lines = (FOLDER / "clients.jsonl").read_text("utf-8").splitlines()[:12]
    return [prepare(Client.model_validate_json(line), catalogue.model) for line in lines]


def listed(client, catalogue, steering=None, policy=None, limit=10):
    return match(
        client,
        catalogue,
        as_of=AS_OF,
        limit=limit,
        policy=policy,
        acknowledge_attention=True,
        steering=steering,
    )


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_steering_refuses_nothing_and_stays_in_bounds(catalogue, clients, data):
    client = data.draw(st.sampled_from(clients))
    some = st.dictionaries(st.sampled_from(list(catalogue.ids)), st.floats(0, 50), max_size=20)
    steering = Steering.of(catalogue, as_of=AS_OF, proposed=data.draw(some), prices=data.draw(some))
    policy = Policy.default()
    plain, steered = (listed(client, catalogue, s) for s in (None, steering))
    assert plain.excluded == steered.excluded
    for m in steered:
        before = plain.explain(m.activity.id).score
        bound = policy.sharing.spread_strength + policy.sharing.price_most
        assert -bound - 2e-4 <= m.score - before <= policy.sharing.rotation + 2e-4
        assert 0 <= m.score <= 1
        assert sum(part.points for part in m.parts) == pytest.approx(m.score, abs=1e-9)


def test_what_was_proposed_often_gives_way_and_says_so(catalogue, clients):
    policy = Policy.default().with_changes({"ranking": {"diversity": 0.0}})
    client = clients[0]
    first, *others = listed(client, catalogue, policy=policy)
    steering = Steering.of(catalogue, as_of=AS_OF, proposed={first.activity.id: 500.0})
    found = listed(client, catalogue, steering, policy).explain(first.activity.id)
    parts = {part.name: part.points for part in found.parts}
    assert parts["spread"] < -0.03
    assert "reason.spread" in {s.code for s in found.sentences}
    assert found.score < first.score
    assert others


def test_a_price_is_a_part_with_a_sentence_and_a_bound(catalogue, clients):
    client = clients[0]
    first = listed(client, catalogue)[0]
    steering = Steering.of(catalogue, as_of=AS_OF, prices={first.activity.id: 9.0})
    found = listed(client, catalogue, steering).explain(first.activity.id)
    parts = {part.name: part.points for part in found.parts}
    assert parts["price"] == -Policy.default().sharing.price_most
    assert "reason.price" in {s.code for s in found.sentences}


def test_turns_come_from_the_client_and_the_day_and_are_the_same_again(catalogue, clients):
    steering = Steering.of(catalogue, as_of=AS_OF)
    rows = np.arange(len(catalogue))
    one, again, other = (steering.points(rows, who)[0] for who in ("a", "a", "b"))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    two = (listed(clients[0], catalogue, steering).model_dump_json() for _ in range(2))
    assert len(set(two)) == 1


def test_prices_are_kept_by_id(catalogue):
    edges = Edges.of([0, 1], [3, 3], [1.0, 0.8], 2, len(catalogue))
    prices = fit_prices([(edges, np.eye(len(catalogue), dtype=int)[3])])
    kept = prices.by_id(catalogue.ids)
    assert list(kept) == [catalogue.ids[3]]
    steering = Steering.of(catalogue, as_of=AS_OF, prices={**kept, "of an older snapshot": 1.0})
    assert np.allclose(steering.price, prices.price)


@pytest.mark.parametrize("name", ["proposed", "prices"])
def test_impossible_numbers_are_named(catalogue, name):
    activity = catalogue.ids[5]
    for value in (-1.0, float("nan")):
        with pytest.raises(InputError, match=f"{name}: found .* for {activity}"):
            Steering.of(catalogue, as_of=AS_OF, **{name: {activity: value}})


def test_steering_of_another_snapshot_is_refused(catalogue, clients):
    steering = Steering.of(catalogue, as_of=AS_OF)
    other = Catalogue.from_records(list(catalogue)[:50], encoder=catalogue.model)
    with pytest.raises(InputError, match="another snapshot"):
        listed(clients[0], other, steering)
    with pytest.raises(InputError, match="steering: found one"):
        match([clients[0]], catalogue, steering=steering)
