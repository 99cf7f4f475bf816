"""The bundled kind of model: one ONNX file and one tokenizer, without torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wor_match.embedding.encoder import Vectors
from wor_match.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
CONFIG = "wor_match.json"
FORK = "lower"
"""Output with the hidden states on which another branch of the model goes on."""


class OnnxEncoder:
    """Runs a model folder with onnxruntime.

    The vector of a text does not depend on the texts beside it (to 1e-5). It is safe to share one
    encoder between threads.

    Parameters
    ----------
    folder
        Holds ``model.onnx``, ``tokenizer.json`` and ``wor_match.json``.
    threads
        Threads for one run; 0 lets onnxruntime take one per core.
    max_batch_tokens
        Upper limit of texts × longest text in one run. It bounds the memory, whatever the number
        and the length of the texts.

    Raises
    ------
    ModelError
        If a file is missing or damaged.
    """

    def __init__(
        self, folder: str | Path, *, threads: int = 0, max_batch_tokens: int = 4096
    ) -> None:
        self.folder = Path(folder)
        self._max_batch_tokens = max_batch_tokens
        for name in (MODEL, TOKENIZER, CONFIG):
            if not (self.folder / name).is_file():
                raise ModelError(
                    f"{self.folder} is not a wor-match model folder: {name} is missing. "
                    "Reinstall wor-match, or make the model with `python -m models.workshop`."
                )
        try:
            config = json.loads((self.folder / CONFIG).read_text("utf-8"))
            self._query_prefix = str(config["query_prefix"])
            self._passage_prefix = str(config["passage_prefix"])
            self._max_tokens = int(config["max_tokens"])
            self._pad_id = int(config["pad_id"])
            self._dimension = int(config["dimension"])
            self._model_name = str(config["name"])
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{self.folder / CONFIG} cannot be read: {error!r}") from error
        # Loaded here and not at the first text, so that a damaged folder shows at once.
        self._session = open_session(self.folder / MODEL, threads)
        self._tokenizer = self._load_tokenizer()

    def __repr__(self) -> str:
        return f"OnnxEncoder({str(self.folder)!r})"

    @cached_property
    def name(self) -> str:
        """Model name and the first 12 hex digits of the SHA-256 of its weights and tokenizer."""
        digest = hashlib.sha256()
        for file in (MODEL, TOKENIZER, CONFIG):
            digest.update((self.folder / file).read_bytes())
        return f"{self._model_name}@{digest.hexdigest()[:12]}"

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._dimension

    @property
    def query_prefix(self) -> str:
        """What the model wants before a client's text."""
        return self._query_prefix

    @property
    def passage_prefix(self) -> str:
        """What the model wants before a provider's text."""
        return self._passage_prefix

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed clients' texts; see `Encoder.encode_queries`."""
        return self.encode([self._query_prefix + text for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed providers' texts; see `Encoder.encode_passages`."""
        return self.encode([self._passage_prefix + text for text in texts])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts as they are, without a prefix."""
        vectors = np.zeros((len(texts), self._dimension), np.float32)
        tokens = self.tokenize(texts)
        for rows in self._batches([len(row) for row in tokens]):
            vectors[rows] = self.run(*self.pad([tokens[row] for row in rows]))
        return vectors

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, cut at the model's maximum."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def pad(self, rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Put rows of token ids in one rectangle: ids and mask."""
        length = max(map(len, rows))
        ids = np.full((len(rows), length), self._pad_id, np.int64)
        mask = np.zeros((len(rows), length), np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        return ids, mask

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        """Run the network once."""
        (vectors,) = self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, np.float32)

    def lower(self, text: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Run one client's text up to where the model forks.

        Returns
        -------
        places, states
            Where each piece of a word stands in the text, (pieces, 2), a piece that is not of it at
            (0, 0); and the hidden states, (1, pieces, width).
        """
        encoding = self._tokenizer.encode(self._query_prefix + text)
        ids, mask = self.pad([encoding.ids])
        (states,) = self._session.run([FORK], {"input_ids": ids, "attention_mask": mask})
        places = np.array(encoding.offsets, np.intp).reshape(-1, 2) - len(self._query_prefix)
        return np.maximum(places, 0), np.asarray(states, np.float32)

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Group rows of about equal length, so that little is spent on padding."""
        batch: list[int] = []
        longest = 0
        for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
            # Padding above an eighth costs more than a further run.
            full = (len(batch) + 1) * lengths[row] > self._max_batch_tokens
            if batch and (full or lengths[row] * 8 > lengths[batch[0]] * 9 + 16):
                yield batch
                batch = []
            longest = lengths[row]
            batch.append(row)
        if batch and longest:
            yield batch

    def _load_tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER))
        # tokenizers raises a bare Exception.
        except Exception as error:
            raise ModelError(f"{self.folder / TOKENIZER} cannot be loaded: {error}") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._max_tokens)
        return tokenizer


def open_session(file: Path, threads: int = 0) -> InferenceSession:
    """Load an ONNX file.

    Raises
    ------
    ModelError
        If it cannot be loaded.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Idle threads of one branch would otherwise keep the cores from the other.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    # onnxruntime's errors have no common base class of their own.
    except Exception as error:
        raise ModelError(f"{file} cannot be loaded: {error}") from error
