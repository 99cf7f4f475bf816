"""Sentences: plain for everyone, and nothing of a client's story in what others read."""

import re

import pytest
from hypothesis import given

from test_match import listed
from wor_match import shareable
from wor_match.knowledge import tables
from wor_match.testing.strategies import activities, clients

LONGEST = 12  # words
HARD = (
    "middels", "teneinde", "derhalve", "indien", "conform", "betreffende", "met betrekking tot",
    "participatie", "inclusie", "problematiek", "interventie", "cognitief", "adequaat",
)  # fmt: skip
"""Words that plain-language guides ask to avoid, and jargon of the field."""
GAPS = r"(\d+|lopen|fietsen|met het openbaar vervoer|met de auto|\d+ [a-z]+)"


@pytest.mark.parametrize("row", tables.rows("reasons"), ids=lambda row: row["code"])
def test_a_sentence_is_short_and_plain(row):
    for sentence in re.split(r"(?<=[.!?])\s+", row["nl"]):
        assert len(sentence.split()) <= LONGEST
    assert not [word for word in HARD if word in row["nl"].lower()]
    assert row["audience"] in ("coach", "all")


@given(clients(), activities())
def test_what_others_read_holds_numbers_ways_and_days_and_nothing_else(client, rows):
    templates = {
        row["code"]: re.compile(re.sub(r"\\{\w+\\}", lambda _: GAPS, re.escape(row["nl"])))
        for row in tables.rows("reasons")
        if row["audience"] == "all"
    }
    for found in listed(client, rows):
        for sentence in shareable(found):
            assert templates[sentence.code].fullmatch(sentence.nl)
