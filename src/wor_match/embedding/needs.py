"""Needs as the model hears them: the same list for clients and for activities."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wor_match.embedding.encoder import Encoder, Vectors

NEEDS = (
    "loneliness_social", "loneliness_emotional", "grief", "low_mood", "anxiety", "stress_burnout",
    "sleep", "inactivity", "chronic_illness_pain", "caregiver_strain", "meaning", "work_loss",
    "money", "housing", "safety", "newcomer_language", "parenting", "life_change", "memory",
    "disability", "addiction_recovery", "belonging_identity",
)  # fmt: skip
"""Needs of ``knowledge/needs.csv``, in the order of the heads."""

SUPPORT = ("money", "housing", "safety", "care", "work", "legal", "language")
"""Domains of ``knowledge/support.csv``, in the order of the heads."""

HEADS = "heads.npz"


class NeedHeads(Protocol):
    """Small classifiers on vectors; see :mod:`wor_match.embedding.heads`."""

    def needs(self, vectors: Vectors) -> NDArray[np.float32]:
        """Probability of each need in clients' texts, (n, 22)."""
        ...

    def support(self, vectors: Vectors) -> NDArray[np.float32]:
        """Probability that clients' texts ask for practical support in each domain, (n, 7)."""
        ...

    def answers(self, vectors: Vectors) -> NDArray[np.float32]:
        """Probability that each need is answered by activities, (n, 22)."""
        ...


def heads_of(encoder: Encoder) -> NeedHeads | None:
    """Return the heads that come with a model; None for a model without."""
    folder = getattr(encoder, "folder", None)
    return _load(folder) if isinstance(folder, Path) and (folder / HEADS).is_file() else None


@lru_cache(maxsize=4)
def _load(folder: Path) -> NeedHeads:
    from wor_match.embedding.heads import Heads

    heads: NeedHeads = Heads.load(folder)
    return heads
