"""What fields decide, and what breaks the truth."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from wor_match.activity import Activity
from wor_match.client import Client
from wor_match.evaluation.fields import Fields, Limits, cost_a_month, stated
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.truth import breaks

AS_OF = dt.date(2026, 11, 16)
MONDAY = {"weekday": "mo", "start": "10:00", "end": "12:00"}


def activity(**fields):
    return Activity.model_validate({"id": "a", "title": "x", "category": "social"} | fields)


def broken(client, **fields):
    limits = stated(Client.model_validate({"id": "c"} | client))
    found = Fields([activity(**fields)], AS_OF).broken(limits)
    return [rule for rule, mask in found.items() if mask[0]]


NEAR = {"lat": 52.51, "lon": 6.09}
FAR = {"lat": 52.56, "lon": 5.92}
WALK = {"location": NEAR, "travel": {"mode": "walk", "max_minutes": 15}}


@pytest.mark.parametrize(
    ("client", "fields", "rules"),
    [
        ({"age": 40}, {"audience": {"age_min": 55}}, ["age"]),
        ({"age": 55}, {"audience": {"age_min": 55}}, []),
        ({"age": 28}, {"audience": {"age_max": 27}}, ["age"]),
        ({}, {"audience": {"age_min": 55, "gender": "women"}}, []),
        ({"gender": "man"}, {"audience": {"gender": "women"}}, ["gender"]),
        ({"gender": "other"}, {"audience": {"gender": "women"}}, []),
        ({"languages": ["so"]}, {"audience": {"languages": ["nl"]}}, ["language"]),
        ({"languages": ["so"]}, {"audience": {"languages": []}}, []),
        ({}, {"end_date": "2026-11-15"}, ["ended"]),
        ({}, {"end_date": "2026-11-16"}, []),
        ({}, {"capacity": {"places": 8, "enrolled": 9}}, ["full"]),
        ({}, {"capacity": {"places": 0}}, []),
        ({"needs": ["wheelchair"]}, {}, ["wheelchair"]),
        ({"needs": ["wheelchair"]}, {"online": True}, []),
        ({"needs": ["visual"]}, {}, []),
        ({"max_cost_month": 10}, {"cost": {"amount": 3, "per": "session"}, "schedule": [MONDAY]},
         ["cost"]),
        ({"max_cost_month": 10}, {"cost": {"amount": 10, "per": "month"}}, []),
        (WALK, {"location": FAR}, ["reach"]),
        (WALK, {"location": FAR, "visits_home": True}, []),
        (WALK, {"location": FAR, "online": True}, []),
        (WALK, {"location": NEAR}, []),
        (WALK, {}, []),
        ({"availability": [{"weekday": "mo", "start": "11:00"}]}, {"schedule": [MONDAY]},
         ["times"]),
        ({"availability": [{"weekday": "mo"}]}, {"schedule": [MONDAY]}, []),
        ({"availability": [{"weekday": "tu"}]}, {}, []),
        ({"tried": [{"activity_id": "a", "outcome": "liked"}]}, {}, ["tried"]),
    ],
)  # fmt: skip
def test_rules(client, fields, rules):
    assert broken(client, **fields) == rules


@pytest.mark.parametrize(
    ("cost", "more", "euros"),
    [
        ({"amount": 5, "per": "session"}, {"schedule": [MONDAY, MONDAY]}, 43.3),
        ({"amount": 5, "per": "session"}, {"schedule": [MONDAY | {"every": "month"}]}, 5),
        ({"amount": 5, "per": "session"}, {"schedule": [MONDAY | {"every": "fortnight"}]}, 10.85),
        ({"amount": 12, "per": "month"}, {}, 12),
        ({"amount": 12, "per": "free"}, {}, 0),
        ({"amount": 36, "per": "course"},
         {"start_date": "2026-01-01", "end_date": "2026-04-02"}, 36 / (91 / 30.4375)),
        ({"amount": 36, "per": "course"},
         {"start_date": "2026-01-01", "end_date": "2026-01-08"}, 36),
    ],
)  # fmt: skip
def test_cost_a_month_follows_the_contract(cost, more, euros):
    assert cost_a_month(activity(cost=cost, **more)) == pytest.approx(euros)


def test_a_postcode_leaves_the_slack_of_its_area():
    limits = stated(Client.model_validate(WALK | {"id": "c", "location": None, "postcode": "8011"}))
    assert limits.place.slack_km > 0


def test_no_limits_break_nothing():
    fields = Fields([activity(), activity(location=FAR)], AS_OF)
    assert fields.possible(Limits()).all()


def test_what_the_judges_graded_fine_is_no_violation(small_set):
    judged = JudgedSet.read(small_set)
    assert breaks(judged).tolist() == [[False, False, True]] * 2
    fine = replace(judged, judgments=judged.judges["anna"])
    assert not breaks(fine)[0, 0]


def test_truth_wins_over_the_clients_own_fields(gold):
    # zwc04 has 10 minutes by bike in the fields and cannot leave home by the text.
    row = gold.client_ids.index("zwc04")
    online = np.array([a.online for a in gold.activities])
    located = np.array([a.location is not None for a in gold.activities])
    assert breaks(gold)[row][located & ~online].mean() > 0.95
