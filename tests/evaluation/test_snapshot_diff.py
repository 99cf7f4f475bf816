"""Whose list a new snapshot changes, and why."""

import datetime as dt

import pytest

from wor_match import Catalogue, match
from wor_match.errors import InputError
from wor_match.evaluation.snapshot_diff import activities_by_id, snapshot_diff
from wor_match.testing.strategies import WordEncoder

DAY = dt.date(2026, 11, 16)
CLIENT = {
    "id": "c1",
    "referral": "Wil wandelen en zingen, is veel alleen.",
    "interests": ["wandelen"],
}
BASE = [
    {"id": "a1", "title": "Wandelgroep", "description": "Elke week wandelen.", "category": "sport"},
    {"id": "a2", "title": "Koor", "description": "Samen zingen.", "category": "creative"},
    {"id": "a3", "title": "Wandelmaatje", "description": "Samen wandelen.", "category": "social"},
]


def run(records, policy=None, client=CLIENT):
    catalogue = Catalogue.from_records(records, encoder=WordEncoder(), cache=False)
    result = match(client, catalogue, as_of=DAY, policy=policy, acknowledge_attention=True)
    return [result], activities_by_id([*catalogue])


def changed(id_, **fields):
    return [record | fields if record["id"] == id_ else record for record in BASE]


def causes(after, before=BASE):
    (one, old), (other, new) = run(before), run(after)
    found = snapshot_diff(one, other, old, new)
    return {(c.activity_id, c.move, c.cause) for c in found.changes}


def test_the_same_snapshot_changes_nothing():
    (one, old), (other, new) = run(BASE), run(BASE)
    found = snapshot_diff(one, other, old, new)
    assert (found.clients, found.unchanged, found.changes) == (1, 1, ())


def test_gone_and_new_are_named():
    assert causes(BASE[:2]) == {("a3", "left", "gone")}
    assert causes(BASE, before=BASE[:2]) == {("a3", "entered", "new")}


def test_a_changed_field_is_named():
    full = {"places": 5, "enrolled": 5, "waiting": 40, "updated_at": "2026-11-15"}
    assert ("a1", "left", "changed: capacity") in causes(changed("a1", capacity=full))
    assert causes(changed("a1", end_date="2026-11-01")) == {("a1", "left", "changed: end_date")}


def test_the_day_of_the_last_check_alone_is_no_change():
    assert causes(changed("a1", updated_at="2026-11-10")) == set()


def test_a_rule_of_another_policy_is_named():
    from wor_match.policy import Policy

    (one, old), (other, new) = (
        run(BASE),
        run(BASE, Policy.default().with_changes({"categories": ["sport", "creative"]})),
    )
    found = snapshot_diff(one, other, old, new)
    assert [(c.activity_id, c.cause) for c in found.changes] == [("a3", "rule: not_offered")]


def test_those_who_lose_their_list_are_named():
    (one, old), (other, new) = run(BASE), run([BASE[0] | {"end_date": "2026-11-01"}])
    found = snapshot_diff(one, other, old, new)
    assert found.now_empty == ("c1",)
    assert found.causes() == {"gone": 2, "changed: end_date": 1}
    assert set(found.touched()) == {"a1", "a2", "a3"}
    assert "1 lose theirs" in found.markdown()


def test_runs_of_other_clients_are_refused():
    (one, old), _ = run(BASE), None
    other, new = run(BASE, client=CLIENT | {"id": "c2"})
    with pytest.raises(InputError, match="same clients"):
        snapshot_diff(one, other, old, new)
