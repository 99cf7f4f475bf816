"""Makes an encoder of anything that has ``encode``."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from wor_match.embedding.encoder import Vectors, unit_rows
from wor_match.errors import ModelError


class HasEncode(Protocol):
    """What the adapter asks of a model."""

    def encode(self, texts: list[str], /) -> Any:
        """Return one vector a text."""


class EncodeAdapter:
    """Wraps a model with ``encode(list of texts) -> (n, d)``.

    Parameters
    ----------
    model
        The model.
    name
        What identifies its weights. Cached vectors are kept under this name, so give other
        weights another name.
    query_prefix, passage_prefix
        What the model wants before the texts, such as ``"query: "``.
    """

    def __init__(
        self, model: HasEncode, *, name: str, query_prefix: str = "", passage_prefix: str = ""
    ) -> None:
        if not name:
            raise ModelError("an encoder needs a name: cached vectors are kept under it")
        self._model = model
        self._name = name
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._dimension = self._encode(["x"]).shape[1]

    @property
    def name(self) -> str:
        """The name given, with the prefixes, since they change the vectors."""
        prefixes = self._query_prefix, self._passage_prefix
        return self._name if prefixes == ("", "") else f"{self._name}|{'|'.join(prefixes)}"

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed clients' texts; see `Encoder.encode_queries`."""
        return self._rows([self._query_prefix + text for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed providers' texts; see `Encoder.encode_passages`."""
        return self._rows([self._passage_prefix + text for text in texts])

    def _rows(self, texts: list[str]) -> Vectors:
        # Not every model takes an empty list.
        return self._encode(texts) if texts else np.zeros((0, self._dimension), np.float32)

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = np.asarray(self._model.encode(texts), np.float32)
        if vectors.shape[:-1] != (len(texts),):
            raise ModelError(
                f"{self._name}: encode() of {len(texts)} texts gave shape {vectors.shape}; "
                "expected one vector a text"
            )
        if not np.isfinite(vectors).all():
            raise ModelError(f"{self._name}: encode() gave values that are not finite")
        return unit_rows(vectors)
