"""The simulation: the same seed gives the same intake, and its figures can be checked by hand."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from wor_match import Catalogue, Client, prepare
from wor_match.errors import InputError
from wor_match.sharing.edges import Edges
from wor_match.sharing.seeds import keys_of
from wor_match.sharing.simulation import Intake, intake, population

FOLDER = Path(__file__).parents[2] / "catalogues" / "zwolle"
AS_OF = dt.date(2026, 11, 16)


@pytest.fixture
def by_hand():
    """Three clients; all like activity 0 best (one place), two could go to 1, one only to 0."""
    edges = Edges.of([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], [0.9, 0.5, 0.8, 0.7, 0.6], 3, 2)
    keys = keys_of(["a", "b", "c"]), keys_of(["x", "y"])
    return Intake(edges, edges.values, np.array([1, 1]), np.array([0, 1]), *keys)


def test_figures_by_hand(by_hand):
    alone = by_hand.alone()
    assert alone.served == pytest.approx(1 / 3)
    assert alone.providers == 0.5
    assert alone.gini == pytest.approx(0.5)  # three proposals for one place, none for the other
    shared = by_hand.shared("total")
    assert shared.served == pytest.approx(2 / 3)
    assert shared.fit == pytest.approx((0.9 + 0.7) / 2)
    assert shared.fit_of_own_best == pytest.approx((0.9 + 0.8) / 2)
    assert shared.fit_all == pytest.approx(1.6 / 3)
    assert (shared.gini, shared.providers) == (pytest.approx(0), 1)
    # At 0.9 of the own best nobody may be sent to activity 1 any more.
    assert by_hand.shared("total", 0.9).served == pytest.approx(1 / 3)


def test_the_issue_figures_on_the_shipped_snapshot():
    catalogue = Catalogue.read(FOLDER / "catalogue.jsonl")
    lines = (FOLDER / "clients.jsonl").read_text("utf-8").splitlines()
    clients = [
        prepare(Client.model_validate_json(line), catalogue.model, as_of=AS_OF) for line in lines
    ]
    with pytest.raises(InputError, match="postcode"):
        population([], 3, seed=0)
    one = intake(clients, catalogue, load=2, seed=0, as_of=AS_OF)
    again = intake(clients, catalogue, load=2, seed=0, as_of=AS_OF)
    assert np.array_equal(one.edges.values, again.edges.values)
    alone, shared = one.alone(), one.shared("total", 0.8)
    # The figures themselves are in benchmarks/sharing.py, over five seeds; here the direction.
    assert shared.served > alone.served + 0.05
    assert shared.gini < alone.gini
    assert shared.providers > alone.providers
