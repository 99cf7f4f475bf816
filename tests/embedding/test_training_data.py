"""What the bundled model was trained on, and what it was not."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from wor_match.knowledge import tables
from wor_match.understanding.heard import MEANINGS

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "models" / "workshop" / "data" / "texts"
READING = ROOT / "models" / "workshop" / "data" / "reading"
SUITES = ROOT / "tests" / "suites"
NEAR_COPY = 0.55
"""Cosine of character 4-5-grams; texts above .5 were left out when they were gathered."""
GRADES = ROOT / "models" / "workshop" / "data" / "grades"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _sentences(folder: Path, longer_than: int = 5) -> set[str]:
    """Return all sentences of some length, without punctuation and capitals."""
    found = set()
    for path in folder.rglob("*.jsonl"):
        for row in _rows(path):
            for text in _strings(row):
                for sentence in re.split(r"[.!?;:\n]+", text):
                    words = re.findall(r"\w+", sentence.lower())
                    if len(words) > longer_than:
                        found.add(" ".join(words))
    return found


def _judged_sets() -> list[Path]:
    places = [ROOT / "catalogues", ROOT.parent / "shared"]
    found = {p.parent for place in places if place.is_dir() for p in place.rglob("qrels.tsv")}
    return sorted(found)


def test_no_sentence_is_shared_with_a_judged_set() -> None:
    sets = _judged_sets()
    if not sets:
        pytest.skip("no judged set at hand")
    training = _sentences(TEXTS) | _sentences(READING)
    assert len(training) > 1_000
    for folder in sets:
        shared = training & _sentences(folder)
        assert not shared, f"{folder}: {sorted(shared)[:5]}"


def test_the_validation_author_is_not_graded_for_training() -> None:
    for path in GRADES.glob("*.jsonl"):
        for row in _rows(path):
            assert not row["r"].startswith("val-")
            assert not any(name.startswith("val-") for name in row["g"])


def test_training_and_validation_share_no_long_sentence() -> None:
    validation = _sentences(TEXTS / "val", 8)
    for folder in TEXTS.iterdir():
        if folder.name != "val":
            assert not validation & _sentences(folder, 8), folder.name


def test_reading_is_measured_on_sentences_that_it_was_not_taught() -> None:
    taught, measured = _sentences(READING, 4), _sentences(SUITES, 4)
    assert len(taught) > 1_000
    assert len(measured) > 500
    assert not taught & measured


def test_reading_is_measured_on_texts_unlike_those_that_it_was_taught() -> None:
    taught, measured = (
        [row["text"] for path in sorted(folder.glob("*.jsonl")) for row in _rows(path)]
        for folder in (READING, SUITES)
    )
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 5), sublinear_tf=True)
    table = vectors.fit_transform([*taught, *measured])
    likeness = table[: len(taught)] @ table[len(taught) :].T
    assert likeness.max() < NEAR_COPY


def test_the_reading_texts_are_labelled_in_known_words() -> None:
    limits = {row["code"] for row in tables.rows("limits")}
    kinds = {row["kind"] for row in tables.rows("routes")}
    ids = set()
    for path in READING.glob("*.jsonl"):
        for row in _rows(path):
            assert row["id"].startswith(path.stem)
            ids.add(row["id"])
            for meaning in MEANINGS:
                assert all(phrase in row["text"] for phrase in row[meaning]), row["id"]
            assert limits.issuperset(row["limits"]), row["id"]
            assert all(s["kind"] in kinds for s in row["signals"]), row["id"]
            assert all(s["status"] in ("present", "discuss") for s in row["signals"]), row["id"]
    assert len(ids) == sum(1 for path in READING.glob("*.jsonl") for _ in _rows(path))
