"""What a text is about, read from its vector: needs and working elements.

Logistic regressions on the bundled model's vectors, made by ``models/workshop/heads.py``. Only
NumPy is needed to run them, and the file holds arrays only, no pickle.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wor_match.embedding.needs import HEADS, NEEDS, SUPPORT
from wor_match.errors import ModelError

ELEMENTS = (
    "occupation",
    "meeting",
    "practical_support",
    "meaningful_contact",
    "social_skills",
    "realistic_expectations",
    "meaningful_role",
    "movement",
    "nature",
    "creative_expression",
    "learning",
    "rest",
)


LABELS = {"needs": NEEDS, "elements": ELEMENTS, "support": SUPPORT}
_HEADS = ("story_needs", "story_elements", "story_support", "activity_needs", "activity_elements")


@dataclass(frozen=True)
class Heads:
    """Calibrated probabilities per label.

    Attributes
    ----------
    arrays
        ``{story,activity}_{needs,elements}_{weight,bias}`` and ``story_support_{weight,bias}``.
    dimension
        Length of the vectors that they take.
    """

    arrays: dict[str, NDArray[np.float32]]
    dimension: int

    @classmethod
    def load(cls, folder: str | Path) -> Heads:
        """Read the heads of a model folder.

        Raises
        ------
        ModelError
            If they are missing, damaged or made for other labels.
        """
        file = Path(folder) / HEADS
        try:
            with np.load(file, allow_pickle=False) as stored:
                labels = {kind: tuple(stored[kind].tolist()) for kind in LABELS}
                arrays = {
                    f"{head}_{part}": stored[f"{head}_{part}"].astype(np.float32)
                    for head in _HEADS
                    for part in ("weight", "bias")
                }
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"{file} cannot be read: {error}") from error
        if labels != LABELS:
            raise ModelError(f"{file} was made for other labels; make it again with the workshop")
        return cls(arrays, arrays["story_needs_weight"].shape[1])

    def needs(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of each need behind clients' stories.

        Parameters
        ----------
        vectors
            Query vectors of the bundled encoder, shape (n, d).

        Returns
        -------
        NDArray
            Shape (n, 22), columns as in `wor_match.embedding.needs.NEEDS`.
        """
        return self._run(vectors, "story_needs")

    def support(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability that clients ask for practical support in each domain, (n, 7)."""
        return self._run(vectors, "story_support")

    def answers(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability that activities (passage vectors) help with each need."""
        return self._run(vectors, "activity_needs")

    def elements(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability that each working element would help the client, (n, 12)."""
        return self._run(vectors, "story_elements")

    def offers(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability that activities offer each working element, (n, 12)."""
        return self._run(vectors, "activity_elements")

    def _run(self, vectors: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        if vectors.shape[1:] != (self.dimension,):
            raise ModelError(
                f"heads take vectors of length {self.dimension}; got shape {vectors.shape}"
            )
        score = vectors @ self.arrays[f"{name}_weight"].T + self.arrays[f"{name}_bias"]
        return logistic(score)


def logistic(score: NDArray[np.floating]) -> NDArray[np.float32]:
    """Turn logits into probabilities, in the form that cannot overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * score)), np.float32)
