"""The command line, with the bundled model and the shipped snapshots."""

import json

import pytest
from typer.testing import CliRunner

from wor_match.cli import FAULTS, NOTHING_FITS, WITHHELD, WRONG_INPUT, app

DAY = ["--as-of", "2026-11-16"]


@pytest.fixture(scope="module")
def cli(root):
    snapshot = ["--catalogue", str(root / "catalogues/nijmegen/catalogue.jsonl")]

    def run(command, *arguments, client=None):
        files = snapshot if command in {"match", "explain"} else []
        return CliRunner().invoke(
            app, [command, *arguments, *files], input=client and json.dumps(client)
        )

    return run


@pytest.fixture(scope="module")
def example(root):
    return str(root / "catalogues/nijmegen/examples/vb01.json")


def test_match_shows_a_readable_table(cli, example):
    for language, words in (("nl", "waarom"), ("en", "why")):
        shown = cli("match", example, "--limit", "3", "--lang", language, *DAY)
        assert shown.exit_code == 0, shown.output
        assert words in shown.stdout


def test_match_gives_json(cli, example):
    answer = json.loads(cli("match", example, "--limit", "3", "--json", *DAY).stdout)
    assert 1 <= len(answer["matches"]) <= 3
    assert answer["matches"][0]["reasons"][0]["nl"]


def test_explain_any_activity(cli, example):
    answer = json.loads(cli("match", example, "--limit", "1", "--json", *DAY).stdout)
    first = answer["matches"][0]["activity"]["id"]
    assert "matched (#1)" in cli("explain", example, first, *DAY).stdout
    assert "excluded" in cli("explain", example, "nij066", *DAY).stdout
    unknown = cli("explain", example, "nij999", *DAY)
    assert unknown.exit_code == WRONG_INPUT
    assert "no activity with id 'nij999'" in unknown.stderr


def test_a_client_from_standard_input_for_whom_nothing_fits(cli):
    client = {
        "referral": "x",
        "postcode": "9999",
        "age": 5,
        "languages": ["vi"],
        "travel": {"mode": "walk", "max_minutes": 1},
    }
    assert cli("match", "-", *DAY, client=client).exit_code == NOTHING_FITS


def test_a_withheld_list_has_its_own_exit_code(cli):
    client = {"referral": "Mevrouw zegt: ik wil er niet meer zijn. Wil zingen.", "postcode": "6511"}
    withheld = cli("match", "-", "--json", *DAY, client=client)
    assert withheld.exit_code == WITHHELD
    assert json.loads(withheld.stdout)["matches"] == []
    shown = cli("match", "-", "--json", "--acknowledge-attention", *DAY, client=client)
    answer = json.loads(shown.stdout)
    assert answer["acknowledged"]
    assert answer["attention"][0]["kind"] == "suicidality"


@pytest.mark.parametrize("client", ["{", '{"ag": 3}', '{"age": "oud"}'])
def test_errors_come_without_a_traceback(cli, tmp_path, client):
    (tmp_path / "c.json").write_text(client, "utf-8")
    answer = cli("match", str(tmp_path / "c.json"), *DAY)
    assert answer.exit_code == WRONG_INPUT
    assert "c.json" in answer.stderr
    assert "Traceback" not in answer.output


def test_check_lists_faults_and_findings(cli, root, tmp_path):
    shipped = cli("check", str(root / "catalogues/nijmegen/catalogue.jsonl"), "--json", *DAY)
    kinds = {finding["kind"] for finding in json.loads(shipped.stdout)["findings"]}
    assert shipped.exit_code == 0
    assert {"ended", "old", "no_place", "no_capacity", "contradiction"} <= kinds
    (tmp_path / "c.jsonl").write_text('{"id": "a", "title": "x", "category": "y"}\n', "utf-8")
    faulty = cli("check", str(tmp_path / "c.jsonl"))
    assert faulty.exit_code == FAULTS
    assert "line 1, field category" in faulty.stdout


def test_check_finds_likely_duplicates(cli, tmp_path):
    rows = [
        {
            "id": i,
            "title": t,
            "category": "social",
            "description": "Elke dinsdag koffie met een koekje in de zaal.",
        }
        for i, t in (
            ("a", "Koffie in de Hoek"),
            ("b", "Koffie in de hoek"),
            ("c", "Bridgedrive voor gevorderden van de club"),
        )
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    found = json.loads(cli("check", str(tmp_path / "c.jsonl"), "--json").stdout)["findings"]
    assert [(f["activity_id"]) for f in found if f["kind"] == "duplicate"] == ["b"]


@pytest.mark.parametrize("model", ["activity", "client", "policy", "result"])
def test_schema_is_json_schema(cli, model):
    assert json.loads(cli("schema", model).stdout)["properties"]


def test_schema_of_something_unknown(cli):
    assert cli("schema", "x").exit_code == WRONG_INPUT


def test_doctor_names_the_model(cli):
    assert json.loads(cli("doctor", "--json").stdout)["model"].startswith("wor-match-nl@")
