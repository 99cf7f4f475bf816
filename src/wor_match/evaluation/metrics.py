"""Measures of ranked lists: one number per client, never only a mean.

Every function takes whole arrays and returns a vector with one entry per client,
``nan`` where a measure says nothing of a client (no suitable activity was judged,
an empty list has no distance). Means, intervals and tests are made elsewhere
(:mod:`wor_match.evaluation.significance`), so a pair of systems can always be
compared client by client.

Lists are :data:`~wor_match.evaluation.judgments.Order` arrays: activity indices,
best first, -1 where a list has ended. Ties are broken before a measure sees a
list, by :func:`ranked`: trec_eval, ranx and scikit-learn each break them in their
own way and give three different answers for one list (see ``docs/quality.md``).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wor_match.evaluation.judgments import BEST_GRADE, Judgments, Order

Vector = NDArray[np.float64]
Gain = Literal["exponential", "linear"]

GOOD = 2.0
"""From this grade on an activity counts as a good proposal."""


def ranked(
    scores: ArrayLike,
    *,
    distance: ArrayLike | None = None,
    allowed: ArrayLike | None = None,
    depth: int | None = None,
) -> NDArray[np.int64]:
    """Turn scores into lists with no tie left: score down, then distance up, then column.

    Parameters
    ----------
    scores
        Shape (clients, activities); ``nan`` is never listed.
    distance
        Same shape; the nearer of two equal scores comes first, unknown distance last.
    allowed
        Boolean, same shape; False is never listed.
    depth
        How many are kept; all where None.

    Returns
    -------
    ndarray
        Lists, shape (clients, depth), -1 after the last.
    """
    score = np.array(scores, np.float64)
    listed = ~np.isnan(score)
    if allowed is not None:
        listed &= np.asarray(allowed, bool)
    second = np.zeros_like(score) if distance is None else np.asarray(distance, np.float64)
    order = np.lexsort((second, -score, ~listed), axis=-1)[:, :depth]
    return np.where(np.take_along_axis(listed, order, axis=1), order, -1)


def gain(grades: Vector, kind: Gain = "exponential") -> Vector:
    """Worth of a grade: ``2**grade - 1`` (Burges et al., ICML 2005) or the grade itself."""
    return np.exp2(grades) - 1 if kind == "exponential" else grades


def discounts(depth: int) -> Vector:
    """Weight of each position: ``1 / log2(position + 1)``."""
    return 1 / np.log2(np.arange(2, depth + 2))


def ndcg(order: Order, judgments: Judgments, k: int = 10, kind: Gain = "exponential") -> Vector:
    """Normalised discounted cumulative gain of the first ``k``.

    Järvelin and Kekäläinen, TOIS 20(4), 2002; the exponential gain is from Burges et
    al., ICML 2005. ``nan`` for a client for whom nothing was judged above 0.
    """
    top = gain(judgments.at(order[:, :k]), kind)
    best = gain(judgments.ideal(k), kind) @ discounts(k)
    return _divide(top @ discounts(top.shape[1]), best)


def hit(order: Order, judgments: Judgments, k: int = 1, at_least: float = GOOD) -> Vector:
    """1 where the first ``k`` hold a grade of ``at_least``, else 0.

    ``nan`` for a client for whom no activity has that grade.
    """
    found = (judgments.at(order[:, :k]) >= at_least).any(axis=1).astype(np.float64)
    return np.where(_possible(judgments, at_least), found, np.nan)


def recall(
    order: Order, judgments: Judgments, k: int = 5, at_least: float | None = BEST_GRADE
) -> Vector:
    """Share of the activities of the best grade that stand in the first ``k``.

    With ``at_least=None`` the best grade is each client's own highest. ``nan`` for
    a client without such an activity.
    """
    own = judgments.ideal(1)[:, 0]
    bound = np.where(own > 0, own, np.inf) if at_least is None else np.full_like(own, at_least)
    shown = (judgments.at(order[:, :k]) >= bound[:, None]).sum(axis=1)
    there = (judgments.ideal() >= bound[:, None]).sum(axis=1)
    return _divide(shown, there)


def reciprocal_rank(order: Order, judgments: Judgments, at_least: float = GOOD) -> Vector:
    """1 / position of the first activity with a grade of ``at_least``; 0 where none is listed.

    Voorhees, TREC-8, 1999. ``nan`` for a client for whom no activity has that grade.
    """
    good = judgments.at(order) >= at_least
    value = np.where(good.any(axis=1), 1 / (good.argmax(axis=1) + 1), 0.0)
    return np.where(_possible(judgments, at_least), value, np.nan)


def rbp(order: Order, judgments: Judgments, persistence: float = 0.8) -> Vector:
    """Rank-biased precision: what a reader meets who goes on with ``persistence`` each time.

    Moffat and Zobel, TOIS 27(1), 2008, with grade / 3 as relevance. ``nan`` for a
    client for whom nothing was judged above 0.
    """
    grades = judgments.at(order) / BEST_GRADE
    weights = (1 - persistence) * np.power(persistence, np.arange(grades.shape[1]))
    value: Vector = grades @ weights
    return np.where(_possible(judgments, np.nextafter(0.0, 1.0)), value, np.nan)


def violations(order: Order, breaks: NDArray[np.bool_], k: int = 10) -> Vector:
    """1 where the first ``k`` hold an activity that breaks the truth, else 0.

    Parameters
    ----------
    order
        Lists.
    breaks
        Shape (clients, activities), from :func:`wor_match.evaluation.truth.breaks`.
    k
        How far down.
    """
    top = order[:, :k]
    broken = np.take_along_axis(breaks, np.maximum(top, 0), axis=1) & (top >= 0)
    return np.asarray(broken.any(axis=1), np.float64)


class Found(NamedTuple):
    """Recall and precision of a yes/no finding, client by client."""

    recall: Vector
    precision: Vector


def signals(found: Sequence[bool] | NDArray[np.bool_], truth: Sequence[bool]) -> Found:
    """How well signals were found: recall over clients that have one, precision over alarms.

    The mean of each vector, leaving ``nan`` out, is the usual recall and precision.
    """
    alarm, real = np.asarray(found, bool), np.asarray(truth, bool)
    both = np.asarray(alarm & real, np.float64)
    return Found(np.where(real, both, np.nan), np.where(alarm, both, np.nan))


def fill(order: Order, k: int = 10) -> Vector:
    """Share of ``k`` places on the list that hold an activity; 0 is an empty list."""
    return np.asarray((order[:, :k] >= 0).sum(axis=1) / k, np.float64)


def diversity(order: Order, vectors: NDArray[np.floating], k: int = 10) -> Vector:
    """Mean of 1 - cosine over the pairs of the first ``k``; ``nan`` with fewer than two.

    Intra-list dissimilarity after Ziegler et al., WWW 2005. ``vectors`` has one row
    of unit length per activity. The sum over pairs follows from the length of the
    sum of vectors, so no pair is ever formed.
    """
    top = order[:, :k]
    total = np.empty(len(top))
    own = np.einsum("ij,ij->i", vectors, vectors)
    # Blocks: the gathered vectors of all clients at once would not fit in memory.
    for start in range(0, len(top), 1024):
        block = top[start : start + 1024]
        listed = block >= 0
        gathered = vectors[np.maximum(block, 0)] * listed[:, :, None]
        summed = gathered.sum(axis=1, dtype=np.float64)
        squares = (own[np.maximum(block, 0)] * listed).sum(axis=1)
        total[start : start + 1024] = np.einsum("ij,ij->i", summed, summed) - squares
    n = (top >= 0).sum(axis=1)
    return 1 - _divide(total, n * (n - 1))


class Burden(NamedTuple):
    """How far clients have to go for what is proposed, one entry per client."""

    median: Vector
    p90: Vector
    over_limit: Vector


def distance_burden(
    order: Order, distance: ArrayLike, limit: ArrayLike | None = None, k: int = 10
) -> Burden:
    """Median and 90th percentile of the distance of the first ``k``, and the share too far.

    Parameters
    ----------
    order
        Lists.
    distance
        Distance of each client to each activity (clients, activities), or of each listed
        activity (the shape of ``order``); ``nan`` where there is none (online, at home).
    limit
        What each client can go, in the unit of ``distance``; ``nan`` for no limit.
    k
        How far down.
    """
    top = order[:, :k]
    far = np.asarray(distance, np.float64)
    far = far[:, :k] if far.shape == order.shape else _along(far, top)
    far = np.where(top >= 0, far, np.nan)
    known = (~np.isnan(far)).sum(axis=1)
    # Sorted once, nan last: both quantiles follow without nanpercentile's slow path.
    far = np.sort(far, axis=1)
    bound = np.full(len(top), np.nan) if limit is None else np.asarray(limit, np.float64)
    over = (far > bound[:, None] + 1e-9).sum(axis=1)
    return Burden(_quantile(far, known, 0.5), _quantile(far, known, 0.9), _divide(over, known))


def exposure(order: Order, activities: int, k: int = 10) -> Vector:
    """How much each *activity* is shown: the sum of its position weights over all clients.

    The one vector here that has an entry per activity: exposure belongs to the offer.
    Position weights as in Singh and Joachims, KDD 2018: ``1 / log2(position + 1)``.
    """
    top = order[:, :k]
    weights = np.broadcast_to(discounts(top.shape[1]), top.shape)[top >= 0]
    shown = np.bincount(top[top >= 0], weights=weights, minlength=activities)
    return shown.astype(np.float64)


def coverage(
    order: Order, activities: int, k: int = 10, eligible: ArrayLike | None = None
) -> float:
    """Share of the (eligible) activities that at least one client is shown in the first ``k``."""
    shown = exposure(order, activities, k) > 0
    open_ = np.ones(activities, bool) if eligible is None else np.asarray(eligible, bool)
    return float((shown & open_).sum() / open_.sum()) if open_.any() else float("nan")


def gini(values: ArrayLike, places: ArrayLike | None = None) -> float:
    """Inequality of exposure per free place: 0 all alike, towards 1 a few get everything.

    ``nan`` and activities without a free place are left out. Formula of the sorted
    mean difference (Damgaard and Weiner, Ecology 81(4), 2000), without its small-sample
    correction.
    """
    value = np.asarray(values, np.float64)
    if places is not None:
        free = np.asarray(places, np.float64)
        value = np.divide(value, free, out=np.full_like(value, np.nan), where=free > 0)
    value = np.sort(value[~np.isnan(value)])
    n, total = len(value), value.sum()
    if n == 0 or total == 0:
        return float("nan")
    return float(((2 * np.arange(1, n + 1) - n - 1) @ value) / (n * total))


def brier(order: Order, fit: Vector, judgments: Judgments, k: int = 10) -> Vector:
    """Mean squared gap between the displayed fit and grade / 3 over the first ``k``.

    Brier, Monthly Weather Review 78(1), 1950, per client. ``fit`` has the shape of
    ``order``. ``nan`` for an empty list.
    """
    top = order[:, :k]
    gap = np.where(top >= 0, fit[:, :k] - judgments.at(top) / BEST_GRADE, 0.0)
    return _divide((gap**2).sum(axis=1), (top >= 0).sum(axis=1))


class Reliability(NamedTuple):
    """What a displayed fit turned out to mean, bin by bin; ``nan`` in an empty bin."""

    low: Vector
    high: Vector
    n: NDArray[np.int64]
    displayed: Vector
    good: Vector
    error: float


def reliability(
    order: Order, fit: Vector, judgments: Judgments, *, k: int = 10, bins: int = 5
) -> Reliability:
    """Share of good proposals (grade 2 or more) among all that show about the same fit.

    ``error`` is the expected calibration error: the mean gap between displayed fit
    and share of good proposals, weighted by bin (Naeini et al., AAAI 2015).
    """
    top = order[:, :k]
    shown = np.clip(fit[:, :k][top >= 0], 0, 1)
    good = judgments.at(top)[top >= 0] >= GOOD
    edges = np.linspace(0, 1, bins + 1)
    which = np.minimum((shown * bins).astype(np.int64), bins - 1)
    n = np.bincount(which, minlength=bins)
    displayed = _divide(np.bincount(which, weights=shown, minlength=bins), n)
    share = _divide(np.bincount(which, weights=good, minlength=bins), n)
    error = np.nansum(np.abs(displayed - share) * n) / max(n.sum(), 1)
    return Reliability(edges[:-1], edges[1:], n, displayed, share, float(error))


def _possible(judgments: Judgments, at_least: float) -> NDArray[np.bool_]:
    return judgments.ideal(1)[:, 0] >= at_least


def _along(table: Vector, top: Order) -> Vector:
    along: Vector = np.take_along_axis(table, np.maximum(top, 0), axis=1)
    return along


def _divide(part: ArrayLike, whole: ArrayLike) -> Vector:
    """Divide; ``nan`` where the whole is 0."""
    part_, whole_ = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    share: Vector = np.full(part_.shape, np.nan)
    np.divide(part_, whole_, out=share, where=whole_ != 0)
    return share


def _quantile(ordered: Vector, n: NDArray[np.integer], q: float) -> Vector:
    """Quantile of the first ``n`` of each sorted row, linear between neighbours."""
    at = np.maximum(n - 1, 0) * q
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    rows = np.arange(len(ordered))
    if ordered.shape[1] == 0:
        return np.full(len(ordered), np.nan)
    value = ordered[rows, low] + (ordered[rows, high] - ordered[rows, low]) * (at - low)
    return np.where(n > 0, value, np.nan)
