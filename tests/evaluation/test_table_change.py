"""What an edited knowledge table does to a judged set."""

import csv
from importlib import resources

import pytest

from wor_match import Catalogue, match
from wor_match.errors import InputError, KnowledgeError
from wor_match.evaluation.table_change import table_change
from wor_match.knowledge import tables
from wor_match.testing.strategies import WordEncoder
from wor_match.version import VERSION


def edited(folder, table, keep):
    """Write a copy of a shipped table with some rows left out."""
    text = resources.files("wor_match.knowledge").joinpath(f"{table}.csv").read_text("utf-8")
    header, *rows = csv.reader(text.splitlines())
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *(row for row in rows if keep(row))])


def test_a_row_that_is_left_out_is_missed_and_nothing_else(gold_folder, tmp_path):
    edited(tmp_path, "limit_cues", lambda row: row[1] != "walking_aid")
    found = table_change(tmp_path, [gold_folder])
    (before,), (after,) = found.before, found.after
    gone = frozenset().union(*(b - a for b, a in zip(before.profiles, after.profiles, strict=True)))
    assert "limit:walking_aid" in gone
    assert before.clients == after.clients
    unchanged = [
        row
        for row, (b, a) in enumerate(zip(before.profiles, after.profiles, strict=True))
        if b == a
    ]
    assert all(before.lists[row] == after.lists[row] for row in unchanged)
    assert "limit:walking_aid" in found.markdown()


def test_a_fault_in_an_edited_table_is_named(gold_folder, tmp_path):
    (tmp_path / "limit_cues.csv").write_text("id,code\n1,no_car\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"limit_cues\.csv"):
        table_change(tmp_path, [gold_folder])


def test_a_folder_without_tables_is_refused(gold_folder, tmp_path):
    with pytest.raises(InputError, match="none of the tables"):
        table_change(tmp_path, [gold_folder])
    assert "limit_cues" in tables.COLUMNS


def test_results_say_that_they_came_from_own_tables(tmp_path, monkeypatch):
    catalogue = Catalogue.from_records(
        [{"id": "a1", "title": "Koor", "category": "creative"}], encoder=WordEncoder(), cache=False
    )

    def version():
        tables.own_tables.cache_clear()
        return match({"referral": "Wil zingen."}, catalogue).provenance.version

    assert version() == VERSION
    monkeypatch.setenv(tables.OWN_TABLES, str(tmp_path))
    assert version() == f"{VERSION}+own-tables"
    monkeypatch.undo()
    assert version() == VERSION
