"""Shadow prices: what the best total loses or gains, bounded, and nobody refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wor_match.errors import InputError, WorMatchError
from wor_match.sharing.assign import assign, best_edges
from wor_match.sharing.duals import price_range
from wor_match.sharing.edges import RESOLUTION, Edges
from wor_match.sharing.one_by_one import one_by_one
from wor_match.sharing.prices import MOST, fit_prices, shadow_prices


@st.composite
def instances(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, k = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    clients, activities = np.nonzero(rng.random((n, k)) < draw(st.floats(0.2, 1)))
    edges = Edges.of(clients, activities, np.round(rng.random(len(clients)), 3), n, k)
    return edges, rng.integers(0, 4, k)


@settings(max_examples=100, deadline=None)
@given(instances())
def test_prices_are_what_one_place_more_or_less_changes(instance):
    edges, free = instance
    least, greatest = price_range(edges, free, best_edges(edges, free))
    optimum = assign(edges, free).optimum
    rounding = 2 * edges.n_clients * RESOLUTION
    for activity in np.flatnonzero(free > 0):
        one = np.zeros_like(free)
        one[activity] = 1
        more, less = assign(edges, free + one).optimum, assign(edges, free - one).optimum
        assert least[activity] == pytest.approx(more - optimum, abs=rounding)
        assert greatest[activity] == pytest.approx(optimum - less, abs=rounding)


@settings(max_examples=100, deadline=None)
@given(instances())
def test_duality_is_exact(instance):
    """Places at their price and clients at their surplus sum to the optimum (HiGHS agrees)."""
    edges, free = instance
    optimum = assign(edges, free).optimum
    price = shadow_prices(edges, free)
    open_edges = edges.take(free[edges.activities] > 0)
    surplus = np.zeros(edges.n_clients)
    worth = open_edges.values - price[open_edges.activities]
    np.maximum.at(surplus, open_edges.clients, worth)
    assert price @ free + surplus.sum() == pytest.approx(optimum, abs=1e-4)


def test_an_assignment_that_is_not_the_best_has_no_prices():
    edges = Edges.of([0, 0, 1, 1], [0, 1, 0, 1], [0.9, 0.1, 0.1, 0.9], 2, 2)
    with pytest.raises(WorMatchError, match="best"):
        price_range(edges, np.array([1, 1]), np.array([1, 2]))


def test_price_by_hand():
    # Two want the one place (0.9 and 0.6); one more place is worth 0.6, without it 0.9 is lost.
    edges = Edges.of([0, 1], [0, 0], [0.9, 0.6], 2, 2)
    least, greatest = price_range(edges, np.array([1, 5]), best_edges(edges, np.array([1, 5])))
    assert list(least) == pytest.approx([0.6, 0])
    assert list(greatest) == pytest.approx([0.9, 0])
    prices = fit_prices([(edges, [1, 5])], most=0.2, shrink_places=1)
    assert list(prices.raw) == pytest.approx([0.75, 0])
    assert list(prices.price) == pytest.approx([0.375, 0])
    assert list(prices.charge(np.array([0, 1]))) == pytest.approx([0.2, 0])
    # Nothing else near: no charge, nothing to steer to.
    assert list(prices.charge(np.array([0]))) == [0]
    assert len(prices.charge(np.array([], int))) == 0


@settings(max_examples=60, deadline=None)
@given(instances(), st.floats(0, 0.5))
def test_charges_are_bounded_and_refuse_nobody(instance, most):
    edges, free = instance
    prices = fit_prices([(edges, free)], most=most)
    appeal = prices.appeal(edges)
    assert np.all(edges.values - appeal <= most + 1e-12)
    assert np.all(appeal <= edges.values + 1e-12)
    order = np.arange(edges.n_clients)
    chosen = one_by_one(edges, free, order, appeal)
    left = free - np.bincount(edges.activities[chosen], minlength=len(free))
    assert left.min(initial=0) >= 0
    placed = np.zeros(edges.n_clients, bool)
    placed[edges.clients[chosen]] = True
    # Who has none found no place left at the end either: it was not the price.
    assert not np.any((left[edges.activities] > 0) & ~placed[edges.clients])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"batches": []}, "no batch"),
        ({"most": -1}, "0 or more"),
        ({"shrink_places": -1}, "0 or more"),
        ({"batches": [(Edges.of([], [], [], 1, n), [0] * n) for n in (1, 2)]}, "same"),
    ],
)
def test_impossible_arguments_are_named(arguments, words):
    one = Edges.of([0], [0], [0.5], 1, 1)
    with pytest.raises(InputError, match=words):
        fit_prices(**{"batches": [(one, [1])], **arguments})


def months(seed, load, count=4, side=30.0, reach=6.0):
    """Synthetic months over the same 300 activities of 8 places: wishes, popularity, distance."""
    rng = np.random.default_rng(seed)
    where, what = rng.random((300, 2)) * side, rng.normal(size=(300, 8))
    what /= np.linalg.norm(what, axis=1, keepdims=True)
    popular, free = rng.normal(0, 0.3, 300), rng.poisson(8, 300)
    for _ in range(count):
        n = int(load * free.sum())
        home, wish = rng.random((n, 2)) * side, rng.normal(size=(n, 8))
        wish /= np.linalg.norm(wish, axis=1, keepdims=True)
        distance = np.linalg.norm(home[:, None] - where[None], axis=2)
        fit = np.clip(wish @ what.T + popular, 0, 1)
        value = np.where(distance < reach, 0.6 * fit + 0.4 * (1 - distance / reach), -1)
        top = np.argsort(-value, axis=1)[:, :50]
        clients = np.repeat(np.arange(n), 50)
        values = np.take_along_axis(value, top, axis=1).ravel()
        near = values >= 0
        yield Edges.of(clients[near], top.ravel()[near], values[near], n, 300), free


def test_prices_beat_greedy_by_two_points_at_load_09():
    gains = []
    for seed in range(5):
        *past, (now, free) = months(seed, 0.9)
        prices = fit_prices(past)
        order = np.arange(now.n_clients)
        optimum = assign(now, free).optimum
        greedy, priced = (
            now.values[one_by_one(now, free, order, appeal)].sum() / optimum
            for appeal in (None, prices.appeal(now))
        )
        gains.append(100 * (priced - greedy))
    assert prices.most == MOST
    assert np.mean(gains) >= 2
    assert min(gains) > 0
