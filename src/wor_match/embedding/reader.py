"""What the model hears in a client's text: the branch that reads.

Above its sixth layer the bundled model forks. One branch embeds a text; this one, made by
``models/workshop/reading.py``, says of every word whether it is wanted, not wanted, impossible or
denied, and of the text which limits and signals it may hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wor_match.embedding.encoder import Encoder
from wor_match.embedding.heads import logistic
from wor_match.embedding.onnx import OnnxEncoder, open_session
from wor_match.errors import ModelError
from wor_match.knowledge import tables
from wor_match.language.tokens import sentences, tokenise
from wor_match.understanding.heard import MEANINGS, NOW, TOLD, Heard, HeardLabel

READER = "reader.onnx"
_LONGEST = 500
"""Characters read at a time; the branch was taught on texts of up to 110 words."""


def labels() -> list[str]:
    """Return what is told of a whole text: limits, then signals now, then signals told."""
    kinds = [row["kind"] for row in tables.rows("routes")]
    limits = [row["code"] for row in tables.rows("limits")]
    return [*limits, *(f"{status}:{kind}" for status in (NOW, TOLD) for kind in kinds)]


def reader_of(encoder: Encoder) -> Reader | None:
    """Return the branch that reads of a model; None for a model without."""
    if isinstance(encoder, OnnxEncoder) and (encoder.folder / READER).is_file():
        return _load(encoder)
    return None


@lru_cache(maxsize=4)
def _load(encoder: OnnxEncoder) -> Reader:
    return Reader(encoder)


class Reader:
    """The branch of one encoder that reads.

    Raises
    ------
    ModelError
        If ``reader.onnx`` is damaged or says something else of words.
    """

    def __init__(self, encoder: OnnxEncoder) -> None:
        self._encoder = encoder
        file = encoder.folder / READER
        self._session = open_session(file)
        told = json.loads(self._session.get_modelmeta().custom_metadata_map.get("labels", "[]"))
        if tuple(told[: len(MEANINGS)]) != MEANINGS:
            raise ModelError(f"{file} was made for other labels; make it again with the workshop")
        # A code that the tables no longer hold is not told; a new one is for the rules alone.
        columns = {label: column for column, label in enumerate(told)}
        self._labels = [label for label in labels() if label in columns]
        self._columns = [columns[label] for label in self._labels]

    def hear(self, text: str) -> Heard:
        """Return what is heard in one text."""
        pieces, said = [np.empty((0, 2), np.intp)], [np.empty((0, len(MEANINGS)), np.float32)]
        best = {label: HeardLabel(label, 0.0, 0) for label in self._labels}
        for start, end in _passages(text):
            places, logits = self._read(text[start:end])
            pieces.append(places + start)
            said.append(logistic(logits[:, : len(MEANINGS)]))
            for label in _strongest(self._labels, logits[:, self._columns], pieces[-1]):
                if label.probability > best[label.code].probability:
                    best[label.code] = label
        return Heard(np.concatenate(pieces), np.concatenate(said), tuple(best.values()))

    def _read(self, passage: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Where the pieces of a passage stand, (p, 2), and what is heard of each, (p, labels)."""
        places, states = self._encoder.lower(passage)
        mask = np.ones((1, len(places)), np.int64)
        (logits,) = self._session.run(None, {"states": states, "attention_mask": mask})
        return places, np.asarray(logits[0], np.float32)


def _passages(text: str) -> Iterator[tuple[int, int]]:
    """Cut a long text between sentences."""
    if len(text) <= _LONGEST:
        if text.strip():
            yield 0, len(text)
        return
    start = end = 0
    for sentence in sentences(tokenise(text)):
        if sentence[-1].end - start > _LONGEST and end > start:
            yield start, end
            start = end
        end = max(end, *(token.end for token in sentence))
    if end > start:
        yield start, end


def _strongest(
    names: Sequence[str], logits: NDArray[np.float32], places: NDArray[np.intp]
) -> Iterator[HeardLabel]:
    """Each label with what all pieces say of it together, as it was taught, and the loudest."""
    peak = logits.max(axis=0)
    total = peak + np.log(np.exp(logits - peak).sum(axis=0))
    at = places[logits.argmax(axis=0), 0]
    yield from map(HeardLabel, names, logistic(total).tolist(), at.tolist())
