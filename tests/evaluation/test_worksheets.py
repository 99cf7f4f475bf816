"""From a coach's spreadsheet to a judged set, and the blind pool."""

import csv
import datetime as dt

import pandas as pd
import pytest

from wor_match.errors import JudgedSetError
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.worksheets import judged_set, pool_for_judging, read_clients

DAY = dt.date(2026, 11, 16)
CATALOGUE = (
    '{"id": "a1", "title": "Wandelgroep", "category": "sport"}\n'
    '{"id": "a2", "title": "Koor", "category": "creative"}\n'
    '{"id": "a3", "title": "Biljart", "category": "social"}\n'
)
CLIENTS = [
    {
        "id": "c1",
        "verwijzing": "Vaak alleen.",
        "interesses": "wandelen; natuur",
        "leeftijd": "74",
        "vervoer": "lopend",
        "reistijd": "20 min",
        "beschikbaar": "ma 9:00-12:00; woensdag",
        "budget": "€ 12,50",
    },
    {"id": "c2", "verwijzing": "Zoekt muziek.", "interesses": "zingen"},
]
ANNA = [
    {"cliënt": "c1", "activiteit": "a1", "cijfer": "3", "ongewenst": ""},
    {"cliënt": "c1", "activiteit": "a3", "cijfer": "0", "ongewenst": "x"},
    {"cliënt": "c2", "activiteit": "a2", "cijfer": "2,5", "ongewenst": ""},
    {"cliënt": "c2", "activiteit": "a1", "cijfer": "", "ongewenst": "x"},
]
BRAM = [
    {"client_id": "c1", "activity_id": "a1", "grade": "2", "unwanted": "", "signal": "ja"},
    {"client_id": "c1", "activity_id": "a3", "grade": "", "unwanted": "ja", "signal": ""},
    {"client_id": "c2", "activity_id": "a2", "grade": "3", "unwanted": "", "signal": ""},
]


@pytest.fixture
def catalogue(tmp_path):
    path = tmp_path / "catalogue.jsonl"
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


@pytest.fixture
def workbook(tmp_path):
    return write_workbook(tmp_path / "oordelen.xlsx", CLIENTS, ANNA, BRAM)


def write_workbook(path, clients, anna, bram):
    with pd.ExcelWriter(path) as writer:
        for title, rows in (("clients", clients), ("Anna", anna), ("Bram", bram)):
            pd.DataFrame(rows).to_excel(writer, sheet_name=title, index=False)
    return path


def test_a_workbook_becomes_a_judged_set(tmp_path, workbook, catalogue):
    judged = judged_set(tmp_path / "ons-dorp", [workbook], catalogue, as_of=DAY)
    assert set(judged.judges) == {"anna", "bram"}
    assert judged.judgments.dense().tolist() == [[2.5, 0, 0], [0, 2.75, 0]]
    client = judged.clients[0]
    assert client.interests == ("wandelen", "natuur")
    assert (client.travel.mode, client.travel.max_minutes) == ("walk", 20)
    assert [w.weekday for w in client.availability] == ["mo", "we"]
    assert client.max_cost_month == 12.5
    assert judged.as_of == DAY


def test_marks_of_all_judges_and_of_one_stand_apart(tmp_path, workbook, catalogue):
    judged = judged_set(tmp_path / "set", [workbook], catalogue, as_of=DAY)
    assert judged.truth[0].unwanted == ("a3",)
    assert judged.truth[1].unwanted_either == ("a1",)
    assert judged.truth[0].red_flag_either
    assert not judged.truth[0].red_flag


def test_csv_files_do_the_same_whatever_is_between_their_cells(tmp_path, workbook, catalogue):
    for separator, title, rows in (
        (";", "clients", CLIENTS), (";", "Anna", ANNA), (",", "Bram", BRAM),
    ):  # fmt: skip
        frame = pd.DataFrame(rows)
        frame.to_csv(tmp_path / f"{title}.csv", sep=separator, index=False, encoding="utf-8-sig")
    files = [tmp_path / f"{title}.csv" for title in ("clients", "Anna", "Bram")]
    from_csv = judged_set(tmp_path / "csv", files, catalogue, as_of=DAY)
    from_xlsx = judged_set(tmp_path / "xlsx", [workbook], catalogue, as_of=DAY)
    assert from_csv.clients == from_xlsx.clients
    assert from_csv.truth == from_xlsx.truth
    assert (from_csv.judgments.dense() == from_xlsx.judgments.dense()).all()


def test_one_report_names_every_fault_of_the_sheets(tmp_path, catalogue):
    wrong = [
        {"cliënt": "c1", "activiteit": "a1", "cijfer": "goed", "ongewenst": "misschien"},
        {"cliënt": "c1", "activiteit": "a2", "cijfer": "4", "ongewenst": ""},
    ]
    path = write_workbook(tmp_path / "fout.xlsx", CLIENTS, wrong, [{"client_id": "c1"}])
    with pytest.raises(JudgedSetError) as caught:
        judged_set(tmp_path / "set", [path], catalogue)
    found = {(f.file, f.line, f.field) for f in caught.value.faults}
    assert found == {
        ("anna", 2, "grade"), ("anna", 2, "unwanted"), ("anna", 3, "grade"),
        ("bram", 1, "activity_id"), ("bram", 1, "grade"),
    }  # fmt: skip


def test_ids_that_do_not_exist_are_found_when_the_set_is_read(tmp_path, catalogue):
    rows = [{"client_id": "c9", "activity_id": "a9", "grade": "1"}]
    path = write_workbook(tmp_path / "fout.xlsx", CLIENTS, ANNA, rows)
    with pytest.raises(JudgedSetError) as caught:
        judged_set(tmp_path / "set", [path], catalogue)
    assert {(f.file, f.field) for f in caught.value.faults} == {
        ("bram.qrels.tsv", "client_id"), ("bram.qrels.tsv", "activity_id"),
    }  # fmt: skip


def test_wrong_clients_are_named_without_their_words(tmp_path, catalogue):
    clients = [
        {"id": "c1", "verwijzing": "geheim", "leeftijd": "oud", "beschikbaar": ""},
        {"id": "c2", "verwijzing": "geheim", "leeftijd": "", "beschikbaar": "9 uur"},
    ]
    path = write_workbook(tmp_path / "fout.xlsx", clients, ANNA, BRAM)
    with pytest.raises(JudgedSetError) as caught:
        judged_set(tmp_path / "set", [path], catalogue)
    assert [(f.line, f.field) for f in caught.value.faults] == [(2, "age"), (3, "availability")]
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_spreadsheet_is_refused(tmp_path, catalogue):
    path = tmp_path / "brief.xlsx"
    path.write_text("Beste coach")
    with pytest.raises(JudgedSetError, match="workbook"):
        judged_set(tmp_path / "set", [path], catalogue)


def test_clients_read_alone(tmp_path, workbook):
    assert [c.id for c in read_clients(workbook)] == ["c1", "c2"]
    lines = tmp_path / "clients.jsonl"
    lines.write_text('{"id": "c1"}\n{"id": "c2", "age": 900}\n')
    with pytest.raises(JudgedSetError, match="line 2, field age"):
        read_clients(lines)


@pytest.fixture(scope="module")
def pool(gold, engine, tmp_path_factory):
    path = tmp_path_factory.mktemp("pool") / "pool.csv"
    rows = pool_for_judging(gold.clients[:3], engine.catalogue, path, as_of=DAY, depth=5)
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = [*csv.DictReader(file, delimiter=";")]
    assert len(table) == rows
    return path, table


def test_the_pool_is_blind(pool):
    _, table = pool
    assert {row["client_id"] for row in table} == {"zwc01", "zwc02", "zwc03"}
    assert not {"score", "rank", "system"} & table[0].keys()
    assert all(row["grade"] == row["unwanted"] == "" for row in table)
    assert "referral" not in table[0], "the client's words only on request"
    pairs = [(row["client_id"], row["activity_id"]) for row in table]
    assert len(set(pairs)) == len(pairs)


def test_the_pool_holds_more_than_one_systems_list(pool):
    _, table = pool
    assert 3 * 5 < len(table) <= 3 * 7 * 5


def test_a_filled_in_pool_becomes_a_judged_set(pool, gold, tmp_path):
    path, table = pool
    filled = tmp_path / "Mies.csv"
    frame = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    frame["grade"] = [str(at % 4) for at in range(len(table))]
    frame.to_csv(filled, sep=";", index=False)
    people = tmp_path / "clients.jsonl"
    people.write_text("\n".join(c.model_dump_json(exclude_defaults=True) for c in gold.clients[:3]))
    judged = judged_set(tmp_path / "set", [filled], gold.catalogue_path, clients=people, as_of=DAY)
    assert isinstance(judged, JudgedSet)
    assert len(judged.judgments.grade) == len(table)
