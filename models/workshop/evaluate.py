"""Step 5: every figure of the model card.

``python -m models.workshop evaluate`` prints them. The judged set (gold-dev), the validation author
and STSb-nl are measured only, never trained on.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wor_match.embedding.encoder import Encoder
from wor_match.embedding.query import activity_text, story_text

from . import common
from .feasible import feasible

Scores = NDArray[np.floating]
DISTRACTORS = 400


@dataclass(frozen=True)
class JudgedSet:
    """A judged set: clients, catalogue, grades, and what the fields allow."""

    clients: list[dict[str, Any]]
    activities: list[dict[str, Any]]
    grades: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    tags: dict[str, list[int]]


def read_judged(folder: Path) -> JudgedSet:
    """Read a judged set folder."""
    clients = common.read_jsonl(folder / "clients.jsonl")
    activities = common.read_jsonl(folder / "catalogue.jsonl")
    row = {client["id"]: i for i, client in enumerate(clients)}
    column = {activity["id"]: j for j, activity in enumerate(activities)}
    grades = np.zeros((len(clients), len(activities)))
    for line in _tsv(folder / "qrels.tsv"):
        grades[row[line["client_id"]], column[line["activity_id"]]] = float(line["grade"])
    allowed = np.array([[feasible(c, a) for a in activities] for c in clients])
    tags: dict[str, list[int]] = {}
    for line in _tsv(folder / "tags.tsv"):
        for tag in line["tags"].split(","):
            tags.setdefault(tag, []).append(row[line["client_id"]])
    return JudgedSet(clients, activities, grades, allowed, tags)


def _tsv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def rank(scores: Scores, allowed: NDArray[np.bool_] | None = None) -> list[list[int]]:
    """Order the columns of each row, best first, without those not allowed."""
    orders = np.argsort(-scores, axis=1, kind="stable")
    if allowed is None:
        return [list(order) for order in orders]
    return [[j for j in order if allowed[i, j]] for i, order in enumerate(orders)]


def ndcg(orders: Sequence[Sequence[int]], grades: NDArray[np.float64], k: int = 10) -> Scores:
    """Return nDCG@k a client, with exponential gain; NaN for clients without a good activity."""
    discount = 1 / np.log2(np.arange(k) + 2)
    values = []
    for order, row in zip(orders, grades, strict=True):
        gain = 2.0 ** row[list(order[:k])] - 1
        ideal = 2.0 ** np.sort(row)[::-1][:k] - 1
        best = (ideal * discount).sum()
        values.append((gain * discount[: len(gain)]).sum() / best if best else np.nan)
    return np.array(values)


def hit1(orders: Sequence[Sequence[int]], grades: NDArray[np.float64]) -> float:
    """Return how often the first has grade 2 or more, of clients who have any such."""
    rows = zip(orders, grades, strict=True)
    hits = [bool(order) and row[order[0]] >= 2 for order, row in rows if row.max() > 0]
    return float(np.mean(hits))


def recall3(orders: Sequence[Sequence[int]], grades: NDArray[np.float64], k: int = 5) -> float:
    """Return which share of all grade-3 activities stands in the first k."""
    found = total = 0
    for order, row in zip(orders, grades, strict=True):
        found += sum(row[j] >= 3 for j in order[:k])
        total += int((row >= 3).sum())
    return float(found / total)


def gold_texts(judged: JudgedSet, *, plain: bool) -> tuple[list[str], list[str]]:
    """Return stories and activities as texts.

    ``plain`` joins the client's fields with spaces, codes as they are: what somebody does who
    takes a model off the shelf. The published baselines were measured so.
    """
    stories = []
    for c in judged.clients:
        parts = c.get("complaints") or [], c.get("goals") or [], c.get("interests") or []
        if plain:
            stories.append(" ".join([c["referral"], *parts[0], *parts[2], *parts[1]]))
        else:
            stories.append(story_text(c["referral"], *parts))
    return stories, [activity_text(a["title"], a["description"]) for a in judged.activities]


def gold_figures(judged: JudgedSet, scores: Scores) -> dict[str, float]:
    """Return all ranking figures of one system."""
    bare, filtered = rank(scores), rank(scores, judged.allowed)
    with_filters = ndcg(filtered, judged.grades)
    figures = {
        "bare nDCG@10": float(np.nanmean(ndcg(bare, judged.grades))),
        "nDCG@10": float(np.nanmean(with_filters)),
        "hit@1": hit1(filtered, judged.grades),
        "recall3@5": recall3(filtered, judged.grades),
    }
    for tag, rows in sorted(judged.tags.items()):
        if len(rows) >= 5:
            figures[f"{tag} ({len(rows)})"] = float(np.nanmean(with_filters[rows]))
    return figures


def validation_recall(encoder: Encoder, k: int = 5) -> float:
    """Return recall@k of the validation author among its own and 400 other activities."""
    own = common.read_corpus(validation=True)
    others = common.read_corpus(validation=False).activities
    chosen = random.Random(0).sample(sorted(others), DISTRACTORS)  # noqa: S311
    pool = own.activities | {name: others[name] for name in chosen}
    names = list(pool)
    passages = [activity_text(row["title"], row["description"]) for row in pool.values()]
    referrals = [row for row in own.referrals.values() if row["positives"]]
    stories = [
        story_text(r["text"], r["complaints"], r["goals"], r["interests"]) for r in referrals
    ]
    scores = encoder.encode_queries(stories) @ encoder.encode_passages(passages).T
    values = []
    for order, row in zip(rank(scores), referrals, strict=True):
        good = {pair["id"] for pair in row["positives"]}
        values.append(len(good & {names[j] for j in order[:k]}) / min(k, len(good)))
    return float(np.mean(values))


def sts_file(shared: Path) -> Path:
    """Return where STSb-nl lies among the shared data."""
    file = shared / "sts" / "stsb-nl-test.csv"
    return file if file.is_file() else shared / "data" / "sts" / "stsb-nl-test.csv"


def sts(encoder: Encoder, path: Path) -> float:
    """Return Spearman's correlation on STSb-nl, test part."""
    from scipy.stats import spearmanr

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    first, second = (encoder.encode_queries([row[i] for row in rows]) for i in (0, 1))
    return float(spearmanr((first * second).sum(1), [float(row[2]) for row in rows]).statistic)


def bm25(stories: Sequence[str], passages: Sequence[str]) -> Scores:
    """Score by BM25 with Dutch stems."""
    import re

    from sklearn.feature_extraction.text import CountVectorizer
    from snowballstemmer import stemmer

    stems = stemmer("dutch")

    def analyse(text: str) -> list[str]:
        return list(stems.stemWords(re.findall(r"\w+", text.lower())))

    counter = CountVectorizer(analyzer=analyse)
    tf = counter.fit_transform(passages).toarray().astype(float)
    df = (tf > 0).sum(0)
    idf = np.log(1 + (len(tf) - df + 0.5) / (df + 0.5))
    length = tf.sum(1, keepdims=True)
    saturated = tf * 2.5 / (tf + 1.5 * (0.25 + 0.75 * length / length.mean()))
    asked = (counter.transform(stories) > 0).toarray().astype(float)
    return np.asarray(asked @ (saturated * idf).T)


def character_tfidf(stories: Sequence[str], passages: Sequence[str]) -> Scores:
    """Score by the cosine of character n-grams."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    table = vectoriser.fit_transform(passages)
    return np.asarray((vectoriser.transform(stories) @ table.T).toarray())


def systems(
    judged: JudgedSet, ours: Mapping[str, Encoder], zero_shot: Encoder | None
) -> dict[str, dict[str, float]]:
    """Measure all systems on a judged set in one run."""
    plain, passages = gold_texts(judged, plain=True)
    stories, _ = gold_texts(judged, plain=False)
    scores: dict[str, Callable[[], Scores]] = {
        "BM25, Dutch stems": lambda: bm25(plain, passages),
        "character TF-IDF": lambda: character_tfidf(plain, passages),
    }
    if zero_shot is not None:
        base = zero_shot
        scores["e5-small, zero-shot"] = lambda: cosine(base, plain, passages)
    for name, encoder in ours.items():
        scores[name] = lambda encoder=encoder: cosine(encoder, stories, passages)  # type: ignore[misc]
    return {name: gold_figures(judged, score()) for name, score in scores.items()}


def cosine(encoder: Encoder, stories: Sequence[str], passages: Sequence[str]) -> Scores:
    return encoder.encode_queries(stories) @ encoder.encode_passages(passages).T
