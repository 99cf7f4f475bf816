import json
from dataclasses import replace
from pathlib import Path

import pytest

from wor_match import Catalogue
from wor_match.evaluation import significance
from wor_match.evaluation.engine import Engine
from wor_match.evaluation.judged import JudgedSet
from wor_match.testing.strategies import WordEncoder

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def gold_folder():
    return REPOSITORY / "catalogues" / "zwolle"


@pytest.fixture(scope="session")
def gold(gold_folder):
    return JudgedSet.read(gold_folder)


ACTIVITY = {"id": "a1", "title": "Koffie", "category": "social"}
CLIENT = {"id": "c1", "referral": "Alleen.", "interests": ["koffie"]}


@pytest.fixture
def small_set(tmp_path):
    """A judged set without faults: two clients, three activities, two judges."""
    folder = tmp_path / "small"
    folder.mkdir()

    def lines(name, records):
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / name).write_text(text, encoding="utf-8")

    lines("catalogue.jsonl", [ACTIVITY | {"id": f"a{n}"} for n in (1, 2, 3)])
    lines("clients.jsonl", [CLIENT | {"id": f"c{n}"} for n in (1, 2)])
    lines("truth.jsonl", [{"client_id": f"c{n}", "unwanted": ["a3"]} for n in (1, 2)])
    header = "client_id\tactivity_id\tgrade\n"
    (folder / "anna.qrels.tsv").write_text(header + "c1\ta1\t3\nc2\ta2\t2\n")
    (folder / "bram.qrels.tsv").write_text(header + "c1\ta1\t2\nc2\ta1\t1\n")
    (folder / "tags.tsv").write_text("client_id\ttags\nc1\tshort,young\n")
    return folder


@pytest.fixture(scope="session")
def engine(gold):
    """An engine whose model needs no file and no second: the tests look at no figure of it."""
    return Engine(gold, Catalogue.read(gold.catalogue_path, encoder=WordEncoder(), cache=False))


@pytest.fixture(scope="session")
def few(gold, engine):
    """The engine on the first eight clients: enough for what does not depend on figures."""
    some = replace(gold, clients=gold.clients[:8])
    return Engine(some, engine.catalogue)


@pytest.fixture
def quick_intervals(monkeypatch):
    monkeypatch.setattr(significance, "RESAMPLES", 200)


@pytest.fixture(scope="session")
def answers(engine):
    return engine.answers()
