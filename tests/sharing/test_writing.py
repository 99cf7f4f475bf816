"""Results to a file: whole or not at all, and the same numbers in both formats."""

import datetime as dt
import json
from pathlib import Path

import pytest

from wor_match import Catalogue
from wor_match.errors import InputError
from wor_match.sharing.many import match_many
from wor_match.sharing.writing import write_lines

FOLDER = Path(__file__).parents[2] / "catalogues" / "zwolle"


@pytest.fixture(scope="module")
def plan():
    catalogue = Catalogue.read(FOLDER / "catalogue.jsonl")
    clients = (FOLDER / "clients.jsonl").read_text("utf-8").splitlines()[:6]
    return match_many([*clients, {"age": "heel oud"}], catalogue, as_of=dt.date(2026, 11, 16))


def test_json_lines_hold_every_client(plan, tmp_path):
    assert write_lines(plan.lines(), tmp_path / "plan.jsonl") == 7
    lines = (tmp_path / "plan.jsonl").read_text("utf-8").splitlines()
    assert lines == list(plan.lines())
    assert [path.name for path in tmp_path.iterdir()] == ["plan.jsonl"]


def test_parquet_holds_every_proposal_and_no_words_of_a_client(plan, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert write_lines(plan.lines(), tmp_path / "plan.parquet") == 7
    rows = parquet.read_table(tmp_path / "plan.parquet").to_pylist()
    results = list(plan)
    for index, result in enumerate(results[:-1]):
        mine = [row for row in rows if row["index"] == index]
        assert [row["activity_id"] for row in mine if row["rank"]] == [
            m.activity.id for m in result
        ]
        assert {row["held"] for row in mine} == {result.held}
        assert [row["score"] for row in mine if row["rank"]] == [m.score for m in result]
    assert rows[-1]["error"] == "fields: age"
    assert not any(json.loads(line).get("referral") for line in plan.lines())


def test_a_run_that_breaks_off_leaves_the_old_file(plan, tmp_path):
    target = tmp_path / "plan.jsonl"
    target.write_text("old\n")

    def breaking():
        yield "{}"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_lines(breaking(), target)
    assert target.read_text() == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["plan.jsonl"]


def test_another_ending_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"jsonl or \.parquet"):
        write_lines([], tmp_path / "plan.csv")
