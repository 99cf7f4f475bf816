"""The promises of match(), over random clients and catalogues."""

import datetime as dt
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slow_rules import breaks_a_structured_limit
from wor_match import Catalogue, Client, InputError, MatchResult, Policy, match, prepare
from wor_match.client import Point
from wor_match.embedding import bundled
from wor_match.testing.strategies import AS_OF, WordEncoder, activities, clients

LENIENT = Policy.default().with_changes(
    {"ranking": {"min_fit": 0.0, "min_share_of_best": 0.0, "diversity": 0.0, "most_waiting": 50}}
)
"""Lists everything that is feasible, best first."""


def snapshot(rows):
    return Catalogue.from_records(rows, encoder=WordEncoder(), cache=False)


def listed(client, rows, **options):
    options = {
        "limit": 50,
        "as_of": AS_OF,
        "policy": LENIENT,
        "acknowledge_attention": True,
    } | options
    return match(client, snapshot(rows), **options)


def score_of(result, activity_id):
    found = result.explain(activity_id)
    return found.score


def changed(rows, number, **fields):
    return [row.model_copy(update=fields) if i == number else row for i, row in enumerate(rows)]


@given(clients(), activities())
def test_no_listed_activity_breaks_a_structured_limit(client, rows):
    result = listed(client, rows)
    assert not [
        m.activity.id
        for m in (*result, *result.waiting)
        if breaks_a_structured_limit(client, m.activity)
    ]


@given(clients(), activities())
def test_every_activity_is_in_one_place_and_none_is_lost(client, rows):
    result = listed(client, rows)
    shown = [m.activity.id for m in (*result.matches, *result.waiting)]
    assert len(shown) == len(set(shown))
    assert len(shown) + sum(result.excluded.values()) == len(rows)
    for row in rows:
        status = result.explain(row.id).status
        assert (status == "excluded") == (row.id not in shown)
        assert (status == "waiting") == (row.id in {m.activity.id for m in result.waiting})


def test_support_that_no_word_names_is_heard_and_can_be_corrected():
    story = "Elke twintigste is het geld op, dan leent hij bij zijn zus. De kinderen blijven thuis."
    heard = prepare(Client(referral=story), bundled()).profile.support
    assert [(s.code, s.evidence.rule, s.evidence.certainty) for s in heard] == [
        ("money", "model:support", "inferred")
    ]
    corrected = Client(referral=story, corrections=["support:money"])
    assert prepare(corrected, bundled()).profile.support == ()


@given(clients(), activities())
def test_parts_add_up_exactly_and_scores_stay_in_bounds(client, rows):
    for m in listed(client, rows):
        assert round(sum(part.points for part in m.parts), 9) == round(m.score, 9)
        weights = LENIENT.weights
        whole = weights.fit * m.fit + weights.distance * m.distance + weights.capacity * m.capacity
        assert m.score == pytest.approx(whole, abs=5e-4)
        for value in (m.score, m.fit, m.distance, m.capacity):
            assert 0 <= value <= 1.0005
        assert all(part.points > 0 for part in m.parts if part.name not in {"unwanted", "unsure"})


@given(clients(), activities())
def test_the_list_is_in_order_of_score_then_travel_then_id(client, rows):
    keys = [
        (-m.score, np.inf if m.minutes is None else m.minutes, m.activity.id)
        for m in listed(client, rows)
    ]
    assert [k[0] for k in keys] == sorted(k[0] for k in keys)
    assert all(a[1] <= b[1] + 1 or a[0] < b[0] for a, b in pairwise(keys))


@given(clients(), activities())
def test_the_same_input_gives_the_same_result_in_any_order(client, rows):
    one, again, other = (listed(client, r, policy=None) for r in (rows, rows, rows[::-1]))
    assert one.model_dump_json() == again.model_dump_json() == other.model_dump_json()


@given(clients(), activities(), st.data())
def test_nearer_is_never_worse(client, rows, data):
    home = client.location or Point(lat=51.85, lon=5.86)
    client = client.model_copy(update={"location": home})
    placed = [number for number, row in enumerate(rows) if row.location]
    assume(placed)
    number = data.draw(st.sampled_from(placed))
    at = rows[number].location
    nearer = at.model_copy(update={"lat": (at.lat + home.lat) / 2, "lon": (at.lon + home.lon) / 2})
    before = score_of(listed(client, rows), rows[number].id)
    after = score_of(listed(client, changed(rows, number, location=nearer)), rows[number].id)
    assert before is None or after >= before


@given(clients(), activities(), st.data())
def test_more_free_places_are_never_worse(client, rows, data):
    number = data.draw(st.integers(0, len(rows) - 1))
    capacity = rows[number].capacity
    assume(capacity is not None and capacity.places and capacity.enrolled)
    freer = capacity.model_copy(update={"enrolled": capacity.enrolled - 1})
    before = score_of(listed(client, rows), rows[number].id)
    after = score_of(listed(client, changed(rows, number, capacity=freer)), rows[number].id)
    assert before is None or after >= before


@given(clients(), activities(), st.data())
def test_a_shorter_waiting_list_is_never_worse(client, rows, data):
    number = data.draw(st.integers(0, len(rows) - 1))
    capacity = rows[number].capacity
    assume(capacity is not None and capacity.places and capacity.waiting)
    shorter = capacity.model_copy(update={"waiting": capacity.waiting - 1})
    before = score_of(listed(client, rows), rows[number].id)
    after = score_of(listed(client, changed(rows, number, capacity=shorter)), rows[number].id)
    assert before is None or after >= before


@given(clients(), activities(), st.data())
def test_one_more_matching_interest_is_never_worse(client, rows, data):
    row = data.draw(st.sampled_from(rows))
    more = client.model_copy(update={"interests": (*client.interests, row.title)})
    before, after = (score_of(listed(c, rows), row.id) for c in (client, more))
    assert before is None or after is None or after >= before


@given(clients(), activities())
def test_gender_age_and_language_never_change_a_score(client, rows):
    """They may only take an activity away or give it back."""
    other = client.model_copy(update={"gender": "other", "age": None, "languages": ()})
    one, two = listed(client, rows), listed(other, rows)
    scores = {m.activity.id: m.score for m in (*two.matches, *two.waiting)}
    for m in (*one.matches, *one.waiting):
        assert scores[m.activity.id] == m.score


@given(clients(), activities(), st.integers(1, 5))
def test_a_shorter_list_is_the_beginning_of_a_longer_one(client, rows, limit):
    whole = [m.activity.id for m in listed(client, rows)]
    assert [m.activity.id for m in listed(client, rows, limit=limit)] == whole[:limit]


@given(clients(), activities())
def test_a_result_survives_json(client, rows):
    result = listed(client, rows)
    back = MatchResult.model_validate_json(result.model_dump_json())
    assert back.model_dump_json() == result.model_dump_json()
    with pytest.raises(InputError, match="read back"):
        back.explain(rows[0].id)


@given(clients(), activities())
def test_a_prepared_client_gives_the_same_list(client, rows):
    catalogue = snapshot(rows)
    prepared = prepare(client, catalogue.model, as_of=AS_OF)
    one, two = (match(c, catalogue, as_of=AS_OF) for c in (client, prepared))
    assert one.model_dump_json() == two.model_dump_json()


def test_unknown_is_flagged_and_stays_in():
    row = {"id": "a", "title": "Koffie drinken", "category": "social"}
    client = {
        "referral": "koffie",
        "needs": ["wheelchair"],
        "max_cost_month": 5,
        "availability": [{"weekday": "mo"}],
    }
    (only,) = listed(client, [row])
    assert {q.code for q in only.unknown} == {
        "unknown.needs", "unknown.place", "unknown.time", "unknown.cost", "unknown.capacity",
    }  # fmt: skip


def test_full_is_not_unsuitable():
    base = {"title": "Koffie drinken", "category": "social", "online": True}
    rows = [
        {"id": "free", "capacity": {"places": 10, "enrolled": 4}, **base},
        {"id": "soon", "capacity": {"places": 20, "enrolled": 20}, **base},
        {"id": "long", "capacity": {"places": 4, "enrolled": 4, "waiting": 9}, **base},
        {"id": "unknown", "capacity": {"places": 0}, **base},
    ]
    rows = [row | {"updated_at": str(AS_OF)} for row in rows]
    result = listed({"referral": "koffie"}, rows)
    assert [m.activity.id for m in result] == ["free", "unknown", "soon"]
    assert [m.activity.id for m in result.waiting] == ["long"]
    assert result.excluded == {}
    assert result.explain("long").status == "waiting"
    assert result[2].wait.state == "wait"
    assert result[1].wait == type(result[1].wait)("unknown", 0.0, None)


def test_a_short_list_names_the_nearest_relaxation():
    far = {
        "id": "far",
        "title": "Koffie",
        "category": "social",
        "location": {"lat": 51.85, "lon": 5.92},
    }
    dear = {
        "id": "dear",
        "title": "Koffie",
        "category": "social",
        "online": True,
        "cost": {"amount": 12, "per": "month"},
    }
    client = {
        "referral": "koffie", "max_cost_month": 10, "location": {"lat": 51.85, "lon": 5.86},
        "travel": {"mode": "bike", "max_minutes": 15},
    }  # fmt: skip
    result = match(client, snapshot([far, dear]), as_of=AS_OF)
    assert not result.matches
    assert [r.sentence.en for r in result.relaxations] == [
        "With 10 minutes more travel there are 1.",
        "With 5 euros a month more there are 1.",
    ]


@pytest.mark.parametrize(
    ("client", "message"),
    [
        ({"postcode": "12"}, "postcode"),
        ({"age": -1}, "age"),
        ({"referal": "x"}, "referal"),
        ("{", "not JSON"),
        ({"travel": {"mode": "bus", "max_minutes": "ver"}}, "travel.max_minutes"),
    ],
)
def test_a_bad_client_is_a_clear_error(client, message, nijmegen):
    with pytest.raises(InputError, match=message):
        match(client, nijmegen)


def test_an_error_never_shows_the_story(nijmegen):
    with pytest.raises(InputError) as caught:
        match({"referral": ["geheim verhaal"], "complaints": 5, "goals": {"geheim": 1}}, nijmegen)
    assert "geheim" not in str(caught.value)


def test_messy_clients_are_read():
    client = Client.model_validate(
        {
            "postcode": "1621 ab",
            "travel": {"mode": "Fiets", "max_minutes": "20 min"},
            "availability": [{"weekday": "dinsdag", "start": "9.30", "end": "12 uur"}],
            "max_cost_month": "12,50",
            "gender": "v",
            "languages": "Nederlands;Arabisch",
            "interests": "lezen; koken",
        }
    )
    assert client.postcode == "1621AB"
    assert (client.travel.mode, client.travel.max_minutes) == ("bike", 20)
    assert client.availability[0].start == "09:30"
    assert client.max_cost_month == 12.5
    assert client.languages == ("nl", "ar")
    assert client.interests == ("lezen", "koken")


def test_a_client_may_be_json_and_the_result_names_its_sources(nijmegen):
    result = match(
        json.dumps({"id": "x", "referral": "wil zingen", "postcode": "6511"}), nijmegen, as_of=AS_OF
    )
    assert result.client_id == "x"
    assert result.provenance.fingerprint == nijmegen.fingerprint
    assert result.provenance.model == "words@1"


def test_a_router_replaces_the_estimate(nijmegen):
    class Ferry:
        def minutes(self, origin, destinations, mode):
            return np.where(destinations[:, 0] > 51.86, 99.0, 7.0)

    client = {
        "referral": "wil zingen in een koor",
        "postcode": "6511",
        "travel": {"mode": "bike", "max_minutes": 30},
    }
    result = match(client, nijmegen, as_of=AS_OF, router=Ferry(), limit=50)
    travelled = [m for m in result if m.minutes]
    assert travelled
    assert {m.minutes for m in travelled} == {7.0}


def test_the_date_decides_the_season(nijmegen):
    client = {"referral": "x", "postcode": "6511", "travel": {"mode": "car", "max_minutes": 60}}
    ended = {a.id for a in nijmegen if a.end_date and a.end_date < AS_OF}
    now = match(client, nijmegen, as_of=AS_OF, policy=LENIENT, limit=400)
    before = match(client, nijmegen, as_of=AS_OF - dt.timedelta(90), policy=LENIENT, limit=400)
    assert ended
    assert not ended & {m.activity.id for m in now}
    assert ended & {m.activity.id for m in before}
