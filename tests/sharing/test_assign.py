"""Sharing places: exact, never above what is free, whoever stands first in the file."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wor_match.errors import InputError
from wor_match.sharing.assign import assign
from wor_match.sharing.edges import RESOLUTION, Edges
from wor_match.sharing.gini import gini
from wor_match.sharing.seeds import keys_of


def random_edges(rng, n_clients, n_activities, density=0.5, levels=None):
    there = rng.random((n_clients, n_activities)) < density
    clients, activities = np.nonzero(there)
    values = rng.random(len(clients))
    if levels:
        values = np.ceil(values * levels) / levels  # many ties
    return Edges.of(clients, activities, values, n_clients, n_activities)


@st.composite
def instances(draw, most=6):
    n_clients, n_activities = draw(st.integers(1, most)), draw(st.integers(1, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    levels = draw(st.sampled_from([None, 2, 10]))
    edges = random_edges(rng, n_clients, n_activities, draw(st.floats(0.1, 1)), levels)
    return edges, rng.integers(0, 3, n_activities)


def every_assignment(edges, free):
    """Slow twin: every way to give each client one of the own edges or nothing."""
    choices = [[-1, *np.flatnonzero(edges.clients == c)] for c in range(edges.n_clients)]
    for picks in itertools.product(*choices):
        rows = [p for p in picks if p >= 0]
        if np.all(np.bincount(edges.activities[rows], minlength=len(free)) <= free):
            yield rows


def check(edges, free, result):
    held = result.activity >= 0
    assert result.overflow == 0
    used = np.bincount(result.activity[held], minlength=edges.n_activities)
    assert np.all(used <= free)
    there = {
        (c, a): v for c, a, v in zip(edges.clients, edges.activities, edges.values, strict=True)
    }
    for client in np.flatnonzero(held):
        assert result.value[client] == there[client, result.activity[client]]
    assert result.total == pytest.approx(result.value.sum())
    assert result.served == held.sum() == edges.n_clients - len(result.unmatched)


@settings(max_examples=150, deadline=None)
@given(instances(most=5))
def test_total_equals_brute_force(instance):
    edges, free = instance
    best = max(edges.values[rows].sum() for rows in every_assignment(edges, free))
    result = assign(edges, free)
    check(edges, free, result)
    assert result.total == pytest.approx(best, abs=edges.n_clients * RESOLUTION)
    assert result.regret <= edges.n_clients * RESOLUTION


@settings(max_examples=150, deadline=None)
@given(instances(most=5), st.sampled_from([0.01, 0.1]))
def test_fair_equals_brute_force(instance, tolerance):
    edges, free = instance
    result = assign(edges, free, objective="fair", tolerance=tolerance)
    check(edges, free, result)
    own_best = edges.take(free[edges.activities] > 0).best()
    every = list(every_assignment(edges, free))
    most = max(map(len, every))
    assert result.served == most
    losses = [
        max((own_best[edges.clients[rows]] - edges.values[rows]), default=0.0)
        for rows in every
        if len(rows) == most
    ]
    # Region by region: at least as good as the smallest greatest loss of all together.
    assert result.greatest_loss <= min(losses) + tolerance + 1e-9


@settings(max_examples=60, deadline=None)
@given(instances(most=30), st.sampled_from(["total", "fair"]))
def test_solvers_agree(instance, objective):
    pytest.importorskip("ortools")
    edges, free = instance
    one, other = (assign(edges, free, objective=objective, solver=s) for s in ("scipy", "ortools"))
    check(edges, free, other)
    assert one.served == other.served or objective == "total"
    assert one.total == pytest.approx(other.total, abs=edges.n_clients * RESOLUTION)


@settings(max_examples=80, deadline=None)
@given(instances(most=20))
def test_never_worse_than_first_come(instance):
    edges, free = instance
    total, fair, first = (assign(edges, free, objective=o) for o in ("total", "fair", "first_come"))
    for result in (total, fair, first):
        check(edges, free, result)
        assert result.optimum == total.optimum
    assert total.total >= first.total - edges.n_clients * RESOLUTION
    assert fair.served >= max(first.served, total.served)


@settings(max_examples=80, deadline=None)
@given(instances(most=15), st.sampled_from(["total", "fair", "first_come"]), st.integers(0, 99))
def test_order_of_the_input_has_no_influence(instance, objective, shuffle):
    edges, free = instance
    rng = np.random.default_rng(shuffle)
    client_ids = np.array([f"c{i}" for i in range(edges.n_clients)])
    activity_ids = np.array([f"a{i}" for i in range(edges.n_activities)])

    def run(e, places, cids, aids):
        result = assign(
            e,
            places,
            objective=objective,
            client_keys=keys_of(list(cids), 7),
            activity_keys=keys_of(list(aids), 7),
        )
        return {c: aids[a] if a >= 0 else None for c, a in zip(cids, result.activity, strict=True)}

    there = run(edges, free, client_ids, activity_ids)
    cs, acts = rng.permutation(edges.n_clients), rng.permutation(edges.n_activities)
    c_rank, a_rank = np.argsort(cs), np.argsort(acts)
    shuffled = Edges.of(
        c_rank[edges.clients],
        a_rank[edges.activities],
        edges.values,
        edges.n_clients,
        edges.n_activities,
    )
    assert run(shuffled, free[acts], client_ids[cs], activity_ids[acts]) == there


def test_a_tie_is_decided_by_the_seed_and_not_always_for_the_same_client():
    edges = Edges.of([0, 1], [0, 0], [0.5, 0.5], 2, 1)
    ids = ["first", "second"]
    for objective in ("total", "fair", "first_come"):
        winners = {
            int(assign(edges, [1], objective=objective, client_keys=keys_of(ids, s)).value.argmax())
            for s in range(20)
        }
        assert winners == {0, 1}


def test_most_total_may_leave_one_out_and_fair_does_not():
    # Client 0 has only activity 0; client 1 likes it more and could go elsewhere for less.
    edges = Edges.of([0, 1, 1], [0, 0, 1], [0.3, 0.9, 0.4], 2, 2)
    assert list(assign(edges, [1, 1]).activity) == [-1, 0]
    assert list(assign(edges, [1, 1], objective="fair").activity) == [0, 1]


def test_first_come_follows_the_time_of_request():
    edges = Edges.of([0, 1], [0, 0], [0.9, 0.1], 2, 1)
    result = assign(edges, [1], objective="first_come", arrival=[2.0, 1.0])
    assert list(result.activity) == [-1, 0]
    assert result.regret == pytest.approx(1 - 0.1 / 0.9)


def test_equal_requests_are_not_settled_by_value():
    # Who comes at the same time is ordered by seed, not by how much the place is worth.
    edges = Edges.of([0, 1], [0, 0], [0.9, 0.1], 2, 1)
    winners = {
        int(
            assign(
                edges, [1], objective="first_come", client_keys=keys_of(["a", "b"], s)
            ).activity.argmax()
        )
        for s in range(20)
    }
    assert winners == {0, 1}


def test_a_thousand_instances_never_hold_more_than_is_free():
    rng = np.random.default_rng(20261116)
    for _ in range(1000):
        edges = random_edges(rng, rng.integers(1, 40), rng.integers(1, 20), rng.random(), 5)
        free = rng.integers(0, 4, edges.n_activities)
        objective = rng.choice(["total", "fair", "first_come"])
        check(edges, free, assign(edges, free, objective=str(objective)))


def test_nobody_and_nothing():
    empty = Edges.of([], [], [], 3, 2)
    for objective in ("total", "fair", "first_come"):
        result = assign(empty, [1, 1], objective=objective)
        assert list(result.unmatched) == [0, 1, 2]
        assert result.regret == 0
    none = Edges.of([], [], [], 0, 0)
    assert assign(none, []).served == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"capacity": [1]}, "capacity"),
        ({"capacity": [1, -2]}, "-2 places"),
        ({"objective": "richest"}, "objective"),
        ({"tolerance": 0}, "tolerance"),
        ({"solver": "magic"}, "solver"),
        ({"objective": "first_come", "arrival": [1]}, "arrival"),
        ({"client_keys": keys_of(["a"])}, "keys"),
    ],
)
def test_impossible_arguments_are_named(arguments, words):
    edges = Edges.of([0, 1], [0, 0], [0.5, 0.5], 2, 2)
    with pytest.raises(InputError, match=words):
        assign(edges, **{"capacity": [1, 1], **arguments})


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (([0, 5], [0, 0], [0.5, 0.5]), "client 5"),
        (([0, 1], [0, 9], [0.5, 0.5]), "activity 9"),
        (([0, 1], [0, 0], [0.5, np.nan]), "value nan"),
        (([0, 0], [1, 1], [0.5, 0.6]), "twice"),
        (([0], [1, 1], [0.5, 0.6]), "same length"),
    ],
)
def test_impossible_edges_are_named(ends, words):
    with pytest.raises(InputError, match=words):
        Edges.of(*ends, 2, 2)


def test_gini_by_hand():
    assert gini([1, 1, 1]) == pytest.approx(0)
    assert gini([0, 0, 0, 4]) == pytest.approx(0.75)
    # Two places proposed once each and two never: half of the places have everything.
    assert gini([1, 0], [2, 2]) == pytest.approx(0.5)
    assert gini([1.0, 5.0], [3, 0]) == 0
    assert gini([]) == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=9))
def test_gini_counts_weights_as_repeats(pairs):
    rates, weights = zip(*pairs, strict=True)
    assert gini(rates, weights) == pytest.approx(gini(np.repeat(rates, weights)), abs=1e-9)
