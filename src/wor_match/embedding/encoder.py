"""The protocol that every embedding model fulfils."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into unit vectors; the cosine of two of them says how well they fit.

    Queries are what a client needs (a referral, an interest). Passages are what a provider
    offers. Many models embed the two differently, so there are two methods.
    ``wor_match.testing.EncoderContract`` tests an own encoder.
    """

    @property
    def name(self) -> str:
        """What identifies the weights. It is part of cache keys: other weights, other name."""

    @property
    def dimension(self) -> int:
        """Length of the vectors."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed clients' texts.

        Parameters
        ----------
        texts
            Any number of texts, also none.

        Returns
        -------
        Vectors
            Shape (len(texts), dimension), float32, each row of unit length.
        """

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed providers' texts; same shape as for queries."""


def unit_rows(vectors: NDArray[np.floating]) -> Vectors:
    """Scale each row to unit length; a row of zeros stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
