"""What was not chosen, measured: ``python -m models.workshop alternatives`` prints the table.

More and fewer dimensions of the same model, and a static model: every piece of the vocabulary goes
through the model once, and a text is the mean of its pieces, rare ones first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from wor_match.embedding.encoder import Vectors
from wor_match.embedding.onnx import OnnxEncoder

from . import common, evaluate, quantise, reduce

SIZES = (384, 256, 192, 128)
COMMON = 1e-3
"""A piece with this share of all pieces counts half: the usual setting of smooth inverse frequency
(Arora, Liang & Ma 2017)."""
_AT_ONCE = 512


@dataclass(frozen=True)
class Alternative:
    """An encoder made of one function for both kinds of text."""

    name: str
    dimension: int
    queries: Callable[[Sequence[str]], Vectors]
    passages: Callable[[Sequence[str]], Vectors]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed clients' texts."""
        return _unit(self.queries(texts))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed providers' texts."""
        return _unit(self.passages(texts))


def reduced(encoder: OnnxEncoder, directions: NDArray[np.float32]) -> Alternative:
    """The same model along fewer directions."""
    return Alternative(
        f"{len(directions)} dimensions",
        len(directions),
        lambda texts: encoder.encode_queries(texts) @ directions.T,
        lambda texts: encoder.encode_passages(texts) @ directions.T,
    )


def static(encoder: OnnxEncoder, pieces: int) -> Alternative:
    """A table of vectors, one a piece, learnt from nothing but the model itself."""
    first, *_, last = encoder.tokenize([""])[0]
    vectors = np.concatenate(
        [
            encoder.run(*encoder.pad([[first, piece, last] for piece in range(start, stop)]))
            for start in tqdm(range(0, pieces, _AT_ONCE), desc="static")
            if (stop := min(start + _AT_ONCE, pieces))
        ]
    )
    corpus = common.read_corpus(validation=False)
    tokens = encoder.tokenize([*corpus.stories, *corpus.passages])
    counts = np.bincount(np.concatenate(tokens), minlength=pieces)
    weights = COMMON / (COMMON + counts / counts.sum())
    table = vectors * weights[:, None]

    def encode(texts: Sequence[str]) -> Vectors:
        inner = [ids[1:-1] or ids for ids in encoder.tokenize(texts)]
        return np.array([table[ids].mean(axis=0) for ids in inner], np.float32)

    return Alternative("static", vectors.shape[1], encode, encode)


def table(tuned: Path, work: Path, shared: Path) -> str:
    """Return a row of figures for each alternative, as Markdown."""
    wide = OnnxEncoder(quantise.quantise(tuned, work / "wide"))
    directions = np.load(reduce.reduce(tuned, work / "all-directions", dimensions=max(SIZES)))
    pieces = len(json.loads((tuned / "tokenizer.json").read_text("utf-8"))["model"]["vocab"])
    judged = {
        "gold-dev": evaluate.read_judged(shared / "gold-dev"),
        "Nijmegen": evaluate.read_judged(common.REPO / "catalogues" / "nijmegen"),
    }
    heads = [f"{name}, {kind}" for name in judged for kind in ("bare", "with filters")]
    lines = ["| " + " | ".join(["alternative", *heads, "val recall@5", "STSb-nl"]) + " |"]
    lines.append("|" + "---|" * (len(heads) + 3))
    encoders = [reduced(wide, directions[:size]) for size in SIZES]
    for encoder in [*encoders, static(wide, pieces)]:
        figures: list[float] = []
        for one in judged.values():
            scores = evaluate.cosine(encoder, *evaluate.gold_texts(one, plain=False))
            found = evaluate.gold_figures(one, scores)
            figures += [found["bare nDCG@10"], found["nDCG@10"]]
        figures.append(evaluate.validation_recall(encoder))
        figures.append(evaluate.sts(encoder, evaluate.sts_file(shared)))
        cells = " | ".join(f"{figure:.3f}" for figure in figures)
        lines.append(f"| {encoder.name} | {cells} |")
    return "\n".join(lines)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors / lengths, np.float32)
