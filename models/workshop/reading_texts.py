"""The texts that the reading branch is taught on, with a target for every piece of a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wor_match.embedding.reader import labels
from wor_match.understanding.heard import MEANINGS, NOW, TOLD

from . import common

TEXTS = common.DATA / "reading"
LABELS = labels()
IGNORE = -1.0
"""Target of what a text does not tell."""
_STATUS = {"present": NOW, "discuss": TOLD}
_LIMITS = sum(":" not in label for label in LABELS)


@dataclass(frozen=True)
class Example:
    """One text.

    ``spans`` are (meaning, start, end, sure): where a phrase stands twice, only its first place is
    sure. ``told`` are the labels that hold; a text that was not labelled for meanings and limits
    has ``read`` false.
    """

    id: str
    text: str
    spans: tuple[tuple[str, int, int, bool], ...]
    told: frozenset[str]
    read: bool

    def targets(self, places: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the targets of each piece, (pieces, 4), and of the text, (labels,)."""
        start, end = places[:, 0], places[:, 1]
        pieces = np.zeros((len(places), len(MEANINGS)), np.float32)
        for meaning, first, last, sure in sorted(self.spans, key=lambda span: span[3]):
            inside = (start < last) & (end > first) & (end > start)
            pieces[inside, MEANINGS.index(meaning)] = 1.0 if sure else IGNORE
        whole = np.array([label in self.told for label in LABELS], np.float32)
        if not self.read:
            pieces[:], whole[:_LIMITS] = IGNORE, IGNORE
        return pieces, whole


def read_examples() -> list[Example]:
    """Read the texts of the reading authors, and the training referrals for their signals."""
    rows = [row for file in sorted(TEXTS.glob("*.jsonl")) for row in common.read_jsonl(file)]
    referrals = common.read_corpus(validation=False).referrals.values()
    return [*map(_labelled, rows), *map(_referral, referrals)]


def _labelled(row: dict[str, Any]) -> Example:
    told = {*row["limits"], *(f"{_STATUS[s['status']]}:{s['kind']}" for s in row["signals"])}
    return Example(row["id"], row["text"], tuple(_spans(row)), frozenset(told), read=True)


def _referral(row: dict[str, Any]) -> Example:
    flag = {"violence": "domestic_violence"}.get(row["red_flag"], row["red_flag"])
    told = frozenset({f"{NOW}:{flag}"} if flag else ())
    return Example(row["id"], row["text"], (), told, read=False)


def _spans(row: dict[str, Any]) -> Iterator[tuple[str, int, int, bool]]:
    text = row["text"]
    for meaning in MEANINGS:
        for phrase in row[meaning]:
            places = [m.span() for m in re.finditer(re.escape(phrase), text)]
            whole = [p for p in places if p[0] == 0 or not text[p[0] - 1].isalnum()] or places
            for number, (start, end) in enumerate(whole):
                yield meaning, start, end, number == 0
