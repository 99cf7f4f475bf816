"""Step 6: needs, working elements and support per text, as logistic regressions on the vectors.

The strength of the regularisation is chosen, and the probabilities are calibrated, on authors that
a regression has not seen: a third of the authors is left out at a time. The validation author is
only measured.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from wor_match.embedding.encoder import Encoder
from wor_match.embedding.heads import LABELS, Heads
from wor_match.embedding.needs import HEADS

from . import common

STRENGTHS = (1.0, 3.0, 10.0)
FOLDS = 3
FIELDS = {
    ("story", "needs"): "needs",
    ("story", "elements"): "elements",
    ("story", "support"): "support",
    ("activity", "needs"): "suits",
    ("activity", "elements"): "elements",
}
METHODS = {
    ("story", "needs"): Heads.needs,
    ("story", "elements"): Heads.elements,
    ("story", "support"): Heads.support,
    ("activity", "needs"): Heads.answers,
    ("activity", "elements"): Heads.offers,
}


@dataclass(frozen=True)
class Table:
    """Vectors and labels of one kind of text."""

    vectors: NDArray[np.float32]
    truth: NDArray[np.int8]
    authors: NDArray[np.str_]


def make_heads(encoder: Encoder, out: Path) -> Path:
    """Train all heads and write them to ``out``."""
    arrays: dict[str, NDArray[np.generic]] = {
        kind: np.array(labels) for kind, labels in LABELS.items()
    }
    corpus = common.read_corpus(validation=False)
    for of, kind in tqdm(FIELDS, desc="heads"):
        table = read_table(corpus, encoder, of, kind)
        weight, bias = _fit(table)
        arrays[f"{of}_{kind}_weight"] = weight
        arrays[f"{of}_{kind}_bias"] = bias
    np.savez(out / HEADS, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    return out / HEADS


def read_table(corpus: common.Corpus, encoder: Encoder, of: str, kind: str) -> Table:
    """Embed all texts of one kind and read their labels."""
    if of == "story":
        rows = list(corpus.referrals.values())
        vectors = encoder.encode_queries(corpus.stories)
    else:
        rows = list(corpus.activities.values())
        vectors = encoder.encode_passages(corpus.passages)
    field = FIELDS[of, kind]
    truth = [[label in row[field] for label in LABELS[kind]] for row in rows]
    authors = np.array([common.author(row["id"]) for row in rows])
    return Table(vectors, np.array(truth, np.int8), authors)


def _fit(table: Table) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    from sklearn.linear_model import LogisticRegression

    weights, biases = [], []
    for truth in table.truth.T:
        unseen = {c: _unseen_scores(table, truth, c) for c in STRENGTHS}
        best = min(STRENGTHS, key=lambda c: _log_loss(unseen[c], truth))
        model = LogisticRegression(C=best, max_iter=500).fit(table.vectors, truth)
        # Platt: a slope and a shift that make the scores of unseen authors right on average.
        platt = LogisticRegression(C=1e3).fit(unseen[best][:, None], truth)
        slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
        weights.append(slope * model.coef_[0])
        biases.append(slope * model.intercept_[0] + shift)
    return np.array(weights, np.float32), np.array(biases, np.float32)


def _unseen_scores(table: Table, truth: NDArray[np.int8], c: float) -> NDArray[np.float64]:
    from sklearn.linear_model import LogisticRegression

    scores = np.zeros(len(truth))
    _, number = np.unique(table.authors, return_inverse=True)
    for fold in range(FOLDS):
        out = number % FOLDS == fold
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = LogisticRegression(C=c, max_iter=100, tol=1e-3)
            model.fit(table.vectors[~out], truth[~out])
        scores[out] = model.decision_function(table.vectors[out])
    return scores


def _log_loss(scores: NDArray[np.float64], truth: NDArray[np.int8]) -> float:
    return float(np.mean(np.logaddexp(0, np.where(truth == 1, -scores, scores))))


def measure(encoder: Encoder, folder: Path) -> list[dict[str, object]]:
    """Measure each label on the validation author."""
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    heads = Heads.load(folder)
    corpus = common.read_corpus(validation=True)
    rows: list[dict[str, object]] = []
    for of, kind in FIELDS:
        table = read_table(corpus, encoder, of, kind)
        probability = METHODS[of, kind](heads, table.vectors)
        for j, label in enumerate(LABELS[kind]):
            truth, guess = table.truth[:, j], probability[:, j]
            known = 0 < truth.sum() < len(truth)
            rows.append(
                {
                    "of": of,
                    "kind": kind,
                    "label": label,
                    "n": int(truth.sum()),
                    "base": float(truth.mean()),
                    "mean": float(guess.mean()),
                    "AUC": float(roc_auc_score(truth, guess)) if known else float("nan"),
                    "AP": float(average_precision_score(truth, guess)) if known else float("nan"),
                    "Brier": float(brier_score_loss(truth, guess)),
                    "ECE": expected_calibration_error(truth, guess),
                }
            )
    return rows


def expected_calibration_error(
    truth: NDArray[np.int8], probability: NDArray[np.float32], bins: int = 10
) -> float:
    """Return how far probabilities lie from frequencies, on average over equal bins."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        abs(truth[place == b].mean() - probability[place == b].mean()) * (place == b).mean()
        for b in np.unique(place)
    ]
    return float(sum(gaps))
