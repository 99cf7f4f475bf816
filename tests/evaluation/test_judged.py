"""Reading judged sets: the good one, and one report for everything that is wrong."""

import datetime as dt

import pytest

from wor_match.errors import JudgedSetError
from wor_match.evaluation.judged import JudgedSet


def faults_in(folder):
    with pytest.raises(JudgedSetError) as caught:
        JudgedSet.read(folder)
    return caught.value.faults


def the_fault(folder, file, field):
    found = [f for f in faults_in(folder) if f.file == file and f.field == field]
    assert len(found) == 1, found
    return found[0]


def append(folder, file, text):
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(text)


def test_reads_gold_dev_whole(gold):
    assert (len(gold.clients), len(gold.activities)) == (40, 160)
    assert set(gold.judges) == {"judge1", "judge2"}
    assert gold.as_of == dt.date(2026, 11, 16)
    assert gold.judgments.grade.max() == 3
    assert "red_flag" in gold.tags[gold.client_ids.index("zwc05")]


def test_makes_the_mean_of_the_judges_where_it_is_missing(small_set):
    judged = JudgedSet.read(small_set)
    assert judged.judgments.dense().tolist() == [[2.5, 0, 0], [0.5, 1, 0]]


def test_tags_and_settings_are_optional(small_set):
    (small_set / "tags.tsv").unlink()
    (small_set / "set.toml").write_text('name = "Ons dorp"\nas_of = 2026-03-01\n')
    judged = JudgedSet.read(small_set)
    assert judged.tags == (frozenset(), frozenset())
    assert (judged.name, judged.as_of) == ("Ons dorp", dt.date(2026, 3, 1))


def test_corrections_change_the_truth_only(small_set):
    (small_set / "corrections.tsv").write_text(
        "activity_id\tfield\tvalue\na2\tvisits_home\ttrue\na1\tgroup_size\t4\n"
    )
    judged = JudgedSet.read(small_set)
    assert judged.corrected[1].visits_home
    assert not judged.activities[1].visits_home
    assert judged.corrected[0].group_size == 4


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(small_set):
    path = small_set / "anna.qrels.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert JudgedSet.read(small_set).judges["anna"].grade.tolist() == [3, 2]


@pytest.mark.parametrize(
    ("file", "line", "field", "found"),
    [
        ("anna.qrels.tsv", "c9\ta1\t1\n", "client_id", "'c9'"),
        ("anna.qrels.tsv", "c1\ta9\t1\n", "activity_id", "'a9'"),
        ("anna.qrels.tsv", "c1\ta2\t4\n", "grade", "'4'"),
        ("anna.qrels.tsv", "c1\ta2\t-1\n", "grade", "'-1'"),
        ("anna.qrels.tsv", "c1\ta2\tgoed\n", "grade", "'goed'"),
        ("anna.qrels.tsv", "c1\ta2\tnan\n", "grade", "'nan'"),
        ("anna.qrels.tsv", "c1\ta1\t2\n", "", "c1 and a1 again"),
        ("anna.qrels.tsv", "c1\ta1\n", "", "2 columns"),
        ("clients.jsonl", '{"id": "c1"}\n', "id", "'c1' again"),
        ("clients.jsonl", "niets\n", "", "no JSON"),
        ("clients.jsonl", '{"id": "c1", "age": 300}\n', "age", "300"),
        ("catalogue.jsonl", '{"id": "a1", "title": "x", "category": "social"}\n', "id",
         "'a1' again"),
        ("catalogue.jsonl", '{"id": "a4", "title": "x", "category": "zingen"}\n', "category",
         "'zingen'"),
        ("truth.jsonl", '{"client_id": "c1"}\n', "client_id", "'c1' again"),
        ("tags.tsv", "c1\told\n", "client_id", "'c1' again"),
        ("tags.tsv", "c9\told\n", "client_id", "'c9'"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_its_place(small_set, file, line, field, found):
    number = (small_set / file).read_text().count("\n") + 1
    append(small_set, file, line)
    fault = the_fault(small_set, file, field) if "300" not in found else faults_in(small_set)[0]
    assert fault.line == number
    assert found in fault.found
    assert f"{file}, line {number}" in str(fault)


def test_a_client_without_truth_or_judgment_is_a_fault(small_set):
    append(small_set, "clients.jsonl", '{"id": "c3"}\n')
    faults = faults_in(small_set)
    assert [(f.file, f.found) for f in faults] == [
        ("qrels.tsv", "nothing for 'c3'"),
        ("truth.jsonl", "nothing for 'c3'"),
    ]


def test_truth_that_names_unknown_ids_is_a_fault(small_set):
    append(small_set, "truth.jsonl", '{"client_id": "c8", "unwanted": ["a7"]}\n')
    faults = faults_in(small_set)
    assert [(f.field, f.found) for f in faults] == [
        ("client_id", "'c8'"), ("unwanted", "'a7' of c8"),
    ]  # fmt: skip


def test_a_mean_that_is_no_mean_is_a_fault(small_set):
    (small_set / "qrels.tsv").write_text(
        "client_id\tactivity_id\tgrade\nc1\ta1\t2.5\nc2\ta1\t0.5\nc2\ta2\t2\n"
    )
    fault = the_fault(small_set, "qrels.tsv", "grade")
    assert "c2 and a2" in fault.found


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("a9\tonline\ttrue", "activity_id"),
        ("a1\tonline\tja", "value"),
        ('a1\tcategory\t"zingen"', "category"),
    ],
)
def test_a_wrong_correction_is_named(small_set, row, field):
    (small_set / "corrections.tsv").write_text(f"activity_id\tfield\tvalue\n{row}\n")
    assert the_fault(small_set, "corrections.tsv", field).line == 2


def test_missing_files_and_a_missing_folder_are_named(small_set, tmp_path):
    (small_set / "truth.jsonl").unlink()
    assert ("truth.jsonl", "no file") in {(f.file, f.found) for f in faults_in(small_set)}
    with pytest.raises(JudgedSetError, match="no folder"):
        JudgedSet.read(tmp_path / "nergens")


def test_one_report_names_every_fault(small_set):
    append(small_set, "anna.qrels.tsv", "c9\ta1\t1\nc1\ta9\t1\nc1\ta2\t4\nc1\ta1\t2\n")
    append(small_set, "clients.jsonl", '{"id": "c1"}\n{"id": "c3"}\n')
    (small_set / "truth.jsonl").write_text('{"client_id": "c1"}\n')
    with pytest.raises(JudgedSetError) as caught:
        JudgedSet.read(small_set)
    report = str(caught.value)
    for words in ("'c9'", "'a9'", "'4'", "c1 and a1 again", "'c1' again", "nothing for 'c3'",
                  "nothing for 'c2'"):  # fmt: skip
        assert words in report
    assert len(caught.value.faults) == 8


def test_a_report_never_shows_what_a_client_said(small_set):
    append(small_set, "clients.jsonl", '{"id": "c5", "referral": ["schaamt zich"]}\n')
    with pytest.raises(JudgedSetError) as caught:
        JudgedSet.read(small_set)
    assert "schaamt" not in str(caught.value)
