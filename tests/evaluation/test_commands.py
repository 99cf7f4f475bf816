"""The stranger's path: from a spreadsheet to a table, by command line."""

import csv

import pytest
from typer.testing import CliRunner

from wor_match.evaluation.__main__ import app, main

runner = CliRunner()


def run(*arguments):
    found = runner.invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


@pytest.fixture(scope="module")
def judged_by_anna(gold, tmp_path_factory):
    """A folder with clients and Anna's judgments as spreadsheets, made from gold-dev."""
    folder = tmp_path_factory.mktemp("own")
    with (folder / "clients.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["id", "verwijzing", "leeftijd", "postcode"])
        writer.writerows([c.id, c.referral, c.age, c.postcode] for c in gold.clients[:20])
    with (folder / "anna.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["client_id", "activity_id", "grade", "unwanted"])
        judged = gold.judges["judge1"]
        writer.writerows(
            [gold.client_ids[c], gold.activity_ids[a], f"{g:g}", ""]
            for c, a, g in zip(judged.client, judged.activity, judged.grade, strict=True)
            if c < 20
        )
    return folder


def test_the_whole_path(gold, judged_by_anna, tmp_path):
    sheets = [judged_by_anna / name for name in ("clients.csv", "anna.csv")]
    own = tmp_path / "own"
    said = run("set", own, *sheets, "--catalogue", gold.catalogue_path, "--as-of", "2026-11-16")
    assert "20 clients, 160 activities" in said
    assert "1 judge" in run("check", own)
    table = run("compare", own, "--out", tmp_path / "report.md")
    assert "| **wor-match** |" in table
    assert (tmp_path / "report.md").read_text("utf-8").strip() == table.strip()
    learned = run("weights", own, "--out", tmp_path / "policy.toml")
    assert "[weights]" in learned
    assert "| **wor-match** |" in run("compare", own, "--policy", tmp_path / "policy.toml")


def test_faults_are_told_in_plain_lines(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["evaluation", "check", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert "no folder" in capsys.readouterr().err
