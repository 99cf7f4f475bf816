"""Step 3c: fewer dimensions, by the directions that the training texts use most.

A truncated singular value decomposition of the vectors of all training texts, not centred, so
that a cosine stays what it was but for what is left out. Half the dimensions are half the memory
and half the work of every ``match()``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import common

DIMENSIONS = 192
DIRECTIONS = "directions.npy"


def reduce(tuned: Path, out: Path, *, dimensions: int = DIMENSIONS) -> Path:
    """Write the directions to keep, float32 (dimensions, width), and return their file."""
    mark = common.fingerprint(tuned / "DONE", common.DATA / "texts", dimensions, Path(__file__))
    if common.is_done(out, mark):
        return out / DIRECTIONS
    from .torch_encoder import PASSAGE, QUERY, TorchEncoder

    out.mkdir(parents=True, exist_ok=True)
    corpus = common.read_corpus(validation=False)
    texts = [*(QUERY + text for text in corpus.stories), *(PASSAGE + t for t in corpus.passages)]
    vectors = TorchEncoder(tuned).eval()(texts).numpy()
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    np.save(out / DIRECTIONS, directions[:dimensions].astype(np.float32))
    common.set_done(out, mark)
    return out / DIRECTIONS
