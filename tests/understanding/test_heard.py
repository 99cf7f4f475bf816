"""What the model hears beside the rules, with what it hears given by hand."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wor_match.client import Client
from wor_match.embedding.reader import labels
from wor_match.feasibility import constraints_of
from wor_match.policy import Policy
from wor_match.understanding import understand
from wor_match.understanding.heard import MEANINGS, SURE, UNLIKELY, Heard, HeardLabel

UNSURE = (SURE + UNLIKELY) / 2
TEXT = "Ze kent elk lied. Dat kaarten laat ze aan haar zus. Hun halte is opgeheven."


def heard(text, said=(), told=(), otherwise=UNSURE):
    """A model that is unsure of everything but what is given: (meaning, phrase), (label, words)."""
    pieces = [(at, at + 1) for at in range(len(text))]
    probabilities = np.full((len(text), len(MEANINGS)), otherwise, np.float32)
    for meaning, phrase in said:
        start = text.index(phrase)
        probabilities[start : start + len(phrase), MEANINGS.index(meaning)] = 1.0
    places = {label: text.index(words) for label, words in told}
    return Heard(
        np.array(pieces, np.intp).reshape(-1, 2),
        probabilities,
        tuple(
            HeardLabel(label, 1.0 if label in places else otherwise, places.get(label, 0))
            for label in labels()
        ),
    )


def test_what_no_rule_reads_is_added_with_its_words():
    profile = understand(
        Client(referral=TEXT),
        heard=heard(TEXT, [("not_wanted", "kaarten")], [("no_public_transport", "halte")]),
    )
    (refused,) = profile.not_wanted
    assert (refused.phrase, refused.topics) == ("kaarten", ("kaarten",))
    assert (refused.evidence.rule, refused.evidence.certainty) == ("model:not_wanted", "heard")
    (limit,) = profile.limits
    assert limit.code == "no_public_transport"
    assert limit.evidence.text == "Hun halte is opgeheven"
    assert limit.evidence.certainty == "heard"


def test_a_model_that_is_unsure_changes_nothing():
    text = "Houdt niet van bingo. Geen auto. Ik wil er niet meer zijn."
    client = Client(referral=text)
    assert understand(client, heard=heard(text)) == understand(client)


def test_what_it_holds_for_most_unlikely_is_left_out_but_never_a_signal():
    text = "Houdt niet van bingo. Geen auto. Ik wil er niet meer zijn."
    profile = understand(Client(referral=text), heard=heard(text, otherwise=UNLIKELY / 2))
    assert not profile.not_wanted
    assert not profile.limits
    assert [s.kind for s in profile.signals] == ["suicidality"]


def test_a_phrase_of_a_rule_stands_once():
    text = "Houdt niet van bingo."
    client = Client(referral=text)
    assert understand(client, heard=heard(text, [("not_wanted", "bingo")])) == understand(client)


def test_a_signal_that_may_be_so_now_goes_before_one_that_is_told_of():
    profile = understand(
        Client(referral=TEXT),
        heard=heard(TEXT, told=[("now:addiction", "lied"), ("told:addiction", "zus")]),
    )
    (signal,) = profile.signals
    assert (signal.kind, signal.acute) == ("addiction", True)
    assert signal.evidence.text == "Ze kent elk lied"


@pytest.mark.parametrize("correction", ["limit:no_public_transport", "not_wanted:kaarten"])
def test_the_coach_corrects_what_was_heard(correction):
    profile = understand(
        Client(referral=TEXT, corrections=[correction]),
        heard=heard(TEXT, [("not_wanted", "kaarten")], [("no_public_transport", "halte")]),
    )
    assert correction not in {item.key for item in (*profile.limits, *profile.not_wanted)}


def test_a_field_wins_over_what_was_heard():
    profile = understand(
        Client(referral=TEXT, max_cost_month=20), heard=heard(TEXT, told=[("free_only", "lied")])
    )
    assert "free_only" not in {limit.code for limit in profile.limits}


def test_a_limit_that_is_only_heard_rules_nothing_out():
    client, policy, day = Client(referral=TEXT), Policy.default(), dt.date(2026, 11, 16)
    told = [("wheelchair", "lied"), ("not_evening", "zus"), ("low_effort", "lied")]
    with_it = understand(client, heard=heard(TEXT, told=told))
    assert {limit.code for limit in with_it.limits} == {code for code, _ in told}
    without = constraints_of(client, understand(client), policy, day)
    found = constraints_of(client, with_it, policy, day)
    for field in dataclasses.fields(found):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(without, field.name))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.data())
def test_evidence_points_into_the_text_whatever_is_heard(text, data):
    client = Client(referral=text)
    chance = st.floats(0, 1, width=32)
    probabilities = data.draw(st.lists(chance, min_size=len(text), max_size=len(text)))
    said = np.repeat(np.array(probabilities, np.float32)[:, None], len(MEANINGS), axis=1)
    pieces = np.array([(at, at + 1) for at in range(len(text))], np.intp).reshape(-1, 2)
    places = st.integers(0, len(text))
    told = tuple(HeardLabel(x, data.draw(chance), data.draw(places)) for x in labels()[::9])
    every = {label.code: label for label in told}
    given_labels = tuple(every.get(x, HeardLabel(x, 0.0, 0)) for x in labels())
    profile = understand(client, heard=Heard(pieces, said, given_labels))
    groups = (
        profile.wishes, profile.not_wanted, profile.cannot, profile.absent, profile.limits,
        profile.signals,
    )  # fmt: skip
    for item in (item for group in groups for item in group):
        if item.evidence.start is not None:
            assert item.evidence.text == client.referral[item.evidence.start : item.evidence.end]
    rules = {(s.kind, s.acute) for s in understand(client).signals}
    assert {kind for kind, _ in rules} <= {s.kind for s in profile.signals}
