"""Reading snapshots: formats, faults, order, storage."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from openpyxl import Workbook

from wor_match import Activity, Catalogue, CatalogueError
from wor_match.catalogue.formats import FLAT_FIELDS, flatten, unflatten
from wor_match.testing.strategies import WordEncoder, activities

GOOD = {"id": "a1", "title": "Koffie", "category": "social"}


def write_lines(path, *lines):
    path.write_bytes(
        b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines)
    )
    return path


def faults_of(path):
    with pytest.raises(CatalogueError) as caught:
        Catalogue.read(path)
    return caught.value.faults


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ({**GOOD, "category": "sports"}, "category", "sport"),
        ({**GOOD, "titel": "x"}, "titel", "did you mean title?"),
        ({**GOOD, "location": {"lat": float("nan"), "lon": 5.0}}, "location.lat", "finite"),
        ({**GOOD, "location": {"lat": float("inf"), "lon": 5.0}}, "location.lat", "finite"),
        ({**GOOD, "location": {"lat": 52.0}}, "location", "lat and lon together"),
        (
            {**GOOD, "schedule": [{"weekday": "di", "start": "12:00", "end": "11:00"}]},
            "schedule.0",
            "later",
        ),
        ({**GOOD, "start_date": "2026-12-01", "end_date": "2026-11-01"}, "", "start_date"),
        ({"title": "x", "category": "social"}, "id", "Field required"),
        ([1, 2], "", "one JSON object"),
        (b'{"id": "a1", "title": "Kof', "", "one JSON object"),
        (b'{"id": "a1", "title": "Caf\xe9", "category": "social"}', "", "text in UTF-8"),
    ],
)
def test_a_fault_names_line_field_and_what_is_expected(tmp_path, line, field, expected):
    path = write_lines(tmp_path / "c.jsonl", {**GOOD, "id": "a0"}, line)
    (fault,) = faults_of(path)
    assert (fault.line, fault.field) == (2, field)
    assert expected in fault.expected
    catalogue = Catalogue.read(path, strict=False)
    assert list(catalogue.ids) == ["a0"]
    assert catalogue.faults == (fault,)


def test_all_faults_are_reported_together_and_none_is_hidden(tmp_path):
    lines = [
        {**GOOD, "id": f"a{i}", "category": "?" if i % 10 == 0 else "social"} for i in range(1000)
    ]
    assert len(faults_of(write_lines(tmp_path / "c.jsonl", *lines))) == 100


def test_one_bad_line_in_a_hundred_thousand(tmp_path):
    good = [b'{"id":"a%d","title":"x","category":"social"}' % i for i in range(100_000)]
    good[62_345] = b"{"
    (fault,) = faults_of(write_lines(tmp_path / "c.jsonl", *good))
    assert fault.line == 62_346


def test_duplicate_ids_name_the_first_line(tmp_path):
    (fault,) = faults_of(write_lines(tmp_path / "c.jsonl", GOOD, GOOD))
    assert (fault.line, fault.field) == (2, "id")
    assert "line 1" in fault.expected


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(tmp_path, content):
    path = tmp_path / "c.jsonl"
    path.write_bytes(content)
    assert "at least one activity" in faults_of(path)[0].expected


@pytest.mark.parametrize("name", ["missing.jsonl", "c.pdf"])
def test_no_such_file_or_kind(tmp_path, name):
    assert faults_of(tmp_path / name)[0].line == 0


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert Catalogue.read(path)["a1"].title == "Koffie"


@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "👵🏽🚲", "قهوة للجميع", "<b>Koffie</b><script>x</script>", "a\u0000b\u202e"],
)
def test_any_text_is_kept_and_can_be_matched(text):
    catalogue = Catalogue.from_records(
        [{**GOOD, "description": text}], encoder=WordEncoder(), cache=False
    )
    assert catalogue["a1"].description == text.strip()
    assert catalogue.vectors().shape == (1, WordEncoder.dimension)


@given(activities())
def test_flat_rows_hold_everything(rows):
    for activity in rows:
        flat = {key: value for key, value in flatten(activity).items() if value is not None}
        assert Activity.model_validate(unflatten(flat)) == activity


def test_csv_and_xlsx_give_the_same_snapshot(tmp_path, nijmegen):
    rows = [flatten(activity) for activity in nijmegen]
    with (tmp_path / "c.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, FLAT_FIELDS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    book = Workbook()
    book.active.append(list(FLAT_FIELDS))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(tmp_path / "c.xlsx")
    for name in ("c.csv", "c.xlsx"):
        assert Catalogue.read(tmp_path / name).fingerprint == nijmegen.fingerprint


def test_a_misspelt_header_gets_a_suggestion(tmp_path):
    (tmp_path / "c.csv").write_text("id;title;categry;Cost Amount\na1;x;social;5,50\n", "utf-8")
    faults = faults_of(tmp_path / "c.csv")
    assert "did you mean category?" in faults[0].expected
    assert faults[1].found == "no such column"


def test_a_broken_workbook_is_a_fault(tmp_path):
    (tmp_path / "c.xlsx").write_bytes(b"no workbook")
    assert "workbook" in faults_of(tmp_path / "c.xlsx")[0].expected


@given(activities())
def test_the_order_of_a_file_does_not_matter(rows):
    one = Catalogue.from_records(rows, encoder=WordEncoder(), cache=False)
    other = Catalogue.from_records(rows[::-1], encoder=WordEncoder(), cache=False)
    assert one.fingerprint == other.fingerprint
    assert list(one.ids) == list(other.ids)
    assert np.array_equal(one.vectors(), other.vectors())


@given(activities())
def test_every_activity_comes_back_as_it_was(rows):
    catalogue = Catalogue.from_records(rows, encoder=WordEncoder(), cache=False)
    assert sorted(catalogue, key=lambda a: a.id) == rows
    assert all(catalogue.row(activity_id) == row for row, activity_id in enumerate(catalogue.ids))


def test_a_saved_snapshot_opens_as_it_was(tmp_path, nijmegen):
    nijmegen.vectors()
    nijmegen.save(tmp_path / "s")
    opened = Catalogue.open(tmp_path / "s", encoder=WordEncoder())
    assert opened.fingerprint == nijmegen.fingerprint
    assert list(opened) == list(nijmegen)
    assert np.array_equal(opened.vectors(), nijmegen.vectors())
    for name in ("xyz", "topics", "cost_factor"):
        np.testing.assert_array_equal(
            getattr(opened.columns, name), getattr(nijmegen.columns, name)
        )
    assert not opened.columns.places.flags.writeable


@pytest.mark.parametrize("damage", ["snapshot.json", "columns.lat.npy"])
def test_a_damaged_folder_is_a_typed_error(tmp_path, nijmegen, damage):
    nijmegen.save(tmp_path / "s")
    (tmp_path / "s" / damage).write_bytes(b"?")
    with pytest.raises(CatalogueError, match=damage):
        Catalogue.open(tmp_path / "s")


def test_two_snapshots_of_nijmegen_differ(root):
    earlier, later = (
        Catalogue.read(root / f"catalogues/nijmegen/{name}.jsonl")
        for name in ("catalogue", "2026-12-14")
    )
    assert earlier.fingerprint != later.fingerprint
    assert len(earlier) == 320
