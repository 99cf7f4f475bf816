"""What the bundled model was trained on, and what it was not."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "models" / "workshop" / "data" / "texts"
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
    training = _sentences(TEXTS)
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
