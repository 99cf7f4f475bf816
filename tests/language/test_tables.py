"""Every table holds together, and every row of it can be reached by a text."""

import csv
from importlib import resources

import pytest

from wor_match.errors import KnowledgeError
from wor_match.knowledge import tables
from wor_match.language.patterns import Line, Patterns, example_texts
from wor_match.language.tokens import tokenise
from wor_match.language.topics import find_topics, parents

PATTERN_TABLES = {
    "cues": "pattern",
    "limit_cues": "pattern",
    "signals": "pattern",
    "signal_scope": "pattern",
    "complaints": "words",
    "support": "patterns",
    "trades": "words",
    "cautions": "when",
}


def patterns_of(table: str) -> list[str]:
    return [
        part
        for row in tables.rows(table)
        for part in tables.parts(row[PATTERN_TABLES[table]])
        if not part.startswith(("need:", "icpc:")) and part != "death"
    ]


@pytest.mark.parametrize("table", sorted(tables.COLUMNS))
def test_every_table_is_read_whole(table):
    assert tables.rows(table)


@pytest.mark.parametrize("table", sorted(PATTERN_TABLES))
def test_every_alternative_of_every_pattern_is_reached_by_a_text(table):
    dead = [
        (pattern, text)
        for pattern in patterns_of(table)
        for compiled in [Patterns([(pattern, pattern)])]
        for text in example_texts(pattern)
        if not compiled.find(Line(tokenise(text)))
    ]
    assert not dead


@pytest.mark.parametrize("table", ["cues", "limit_cues", "signals", "signal_scope"])
def test_no_pattern_stands_twice_with_the_same_meaning(table):
    rows = [tuple(v for k, v in row.items() if k != "id") for row in tables.rows(table)]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("table", ["cues", "limit_cues", "signals", "signal_scope"])
def test_ids_are_unique(table):
    ids = [row["id"] for row in tables.rows(table)]
    assert len(ids) == len(set(ids))


def test_every_topic_word_finds_its_topic():
    # Some beginnings are no word of their own: "geloofsgroep" is about faith, "geloof" may not be.
    silent = {row["word"] for row in tables.rows("topic_exceptions")}
    lost = [
        (row["topic"], word)
        for row in tables.rows("topics")
        for column, side in (("client_words", "client"), ("activity_words", "activity"))
        for word in tables.parts(row[column])
        if word.removesuffix("*") not in silent
        and row["topic"] not in {f.topic for f in find_topics(word.strip("*="), side)}
    ]
    assert not lost


def test_topics_refer_to_topics():
    known = {row["topic"] for row in tables.rows("topics")}
    assert len(known) == len(tables.rows("topics"))
    for row in tables.rows("topics"):
        assert set(tables.parts(row["parents"])) <= known
        assert row["effort"] in {"none", "light", "moderate", "vigorous"}
        assert row["label_nl"]
        assert row["label_en"]
    for table in ("trades", "body"):
        for row in tables.rows(table):
            assert set(tables.parts(row["topics"])) <= known
    for row in tables.rows("needs"):
        assert set(tables.weighted(row["topics"])) <= known


def test_needs_elements_and_complaints_refer_to_each_other():
    needs = {row["need"] for row in tables.rows("needs")}
    elements = {row["element"] for row in tables.rows("elements")}
    assert len(needs) == 22
    assert len(elements) == 12
    for row in tables.rows("needs"):
        assert set(tables.weighted(row["elements"])) <= elements
    used = {need for row in tables.rows("complaints") for need in tables.weighted(row["needs"])}
    assert used == needs
    for table in ("complaints", "needs"):
        for row in tables.rows(table):
            assert row["evidence"] in set("ABCD")
            assert row["source"]


def test_weights_lie_between_nought_and_one():
    cells = [row["needs"] for row in tables.rows("complaints")]
    cells += [row[c] for row in tables.rows("needs") for c in ("elements", "topics", "categories")]
    assert all(0 < weight <= 1 for cell in cells for weight in tables.weighted(cell).values())


def test_limits_refer_to_limits():
    codes = {row["code"] for row in tables.rows("limits")}
    assert {row["code"] for row in tables.rows("limit_cues")} <= codes
    assert {row["limit"] for row in tables.rows("body")} <= codes


def test_routes_name_only_verified_numbers():
    kinds = {row["kind"] for row in tables.rows("signals")}
    assert {row["kind"] for row in tables.rows("routes")} == kinds
    for row in tables.rows("routes"):
        assert row["verified_on"]
        assert row["source"]
        numbers = [w for w in row["route_nl"].replace(",", " ").split() if w[:2] == "08"]
        assert set(numbers) <= {"0800-2000"}
        assert "113" not in row["route_nl"]


def test_parents_are_closed_upwards():
    assert parents("nordic_walking") == {"nordic_walking", "wandelen", "bewegen", "sport"}


def test_a_class_that_does_not_exist_is_named():
    with pytest.raises(KnowledgeError, match="nowhere"):
        tables.word_class("nowhere")


def test_the_files_are_small():
    size = sum(
        len(resources.files("wor_match.knowledge").joinpath(f"{name}.csv").read_bytes())
        for name in tables.COLUMNS
    )
    assert size < 1_500_000


def test_no_cell_is_padded():
    for name in tables.COLUMNS:
        text = resources.files("wor_match.knowledge").joinpath(f"{name}.csv").read_text("utf-8")
        for row in csv.reader(text.splitlines()):
            assert all(cell == cell.strip() for cell in row), (name, row)
