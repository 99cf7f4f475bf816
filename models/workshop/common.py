"""What every workshop step shares: paths, the corpus, and skipping work already done."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wor_match.embedding.query import activity_text, story_text

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
REPO = HERE.parents[1]
SHIPPED = REPO / "models" / "wor-match-nl"
SHARED = REPO.parent / "shared"
VALIDATION_AUTHOR = "val"
FORK_AT = 6
"""Layers that training leaves as they are; above them the model forks into its two branches."""


@dataclass(frozen=True)
class Corpus:
    """Activities and referrals of a set of authors."""

    activities: dict[str, dict[str, Any]]
    referrals: dict[str, dict[str, Any]]

    @property
    def stories(self) -> list[str]:
        """The referrals as the encoder takes them, without a prefix."""
        rows = self.referrals.values()
        return [story_text(r["text"], r["complaints"], r["goals"], r["interests"]) for r in rows]

    @property
    def passages(self) -> list[str]:
        """The activities as the encoder takes them, without a prefix."""
        return [activity_text(a["title"], a["description"]) for a in self.activities.values()]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read one JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_corpus(*, validation: bool, data: Path = DATA) -> Corpus:
    """Read the training authors, or only the validation author.

    The two never meet in one object, so that no step can train on the validation by mistake.
    """
    activities: dict[str, dict[str, Any]] = {}
    referrals: dict[str, dict[str, Any]] = {}
    for folder in sorted((data / "texts").iterdir()):
        if (folder.name == VALIDATION_AUTHOR) != validation:
            continue
        activities |= {row["id"]: row for row in read_jsonl(folder / "activities.jsonl")}
        referrals |= {row["id"]: row for row in read_jsonl(folder / "referrals.jsonl")}
    return Corpus(activities, referrals)


def fingerprint(*parts: Any) -> str:
    """Return a short hash of settings and files; a step whose hash is unchanged is skipped."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            files: Iterable[Path] = sorted(part.rglob("*")) if part.is_dir() else [part]
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(file.name.encode())
                    digest.update(file.read_bytes())
        else:
            digest.update(json.dumps(part, sort_keys=True, default=str).encode())
    return digest.hexdigest()[:16]


def is_done(folder: Path, mark: str) -> bool:
    """Tell whether ``folder`` holds the output of a step with these inputs."""
    file = folder / "DONE"
    return file.is_file() and file.read_text("utf-8") == mark


def set_done(folder: Path, mark: str) -> None:
    """Write the mark last, so that a step that was stopped halfway runs again."""
    (folder / "DONE").write_text(mark, "utf-8")


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # libraries use the global generator
    torch.manual_seed(seed)


def author(name: str) -> str:
    """Return the author of a text: ids are like ``fri-r001``."""
    return name.split("-", 1)[0]


def read_grades(data: Path = DATA) -> dict[str, dict[str, int]]:
    """Read the judges' grades of mined candidates: referral -> activity -> grade."""
    grades: dict[str, dict[str, int]] = {}
    for file in sorted((data / "grades").glob("*.jsonl")):
        for row in read_jsonl(file):
            grades.setdefault(row["r"], {}).update(row["g"])
    return grades
