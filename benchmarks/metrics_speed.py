"""How long all measures take for 10,000 clients with 100 proposals each.

Run: ``python benchmarks/metrics_speed.py``. Prints one line per measure and the sum.
"""

import time
from collections.abc import Callable

import numpy as np

from wor_match.evaluation import metrics
from wor_match.evaluation.judgments import Judgments

CLIENTS, ACTIVITIES, DEPTH, JUDGED, DIMENSIONS = 10_000, 2_000, 100, 30, 256


def main() -> float:
    """Make one large random run, time every measure on it, return the sum in seconds."""
    rng = np.random.default_rng(0)
    scores = rng.random((CLIENTS, ACTIVITIES), np.float32)
    order = np.argsort(-scores, axis=1)[:, :DEPTH]
    pairs = [
        (client, activity, rng.integers(1, 7) / 2)
        for client in range(CLIENTS)
        for activity in rng.choice(ACTIVITIES, JUDGED, replace=False)
    ]
    judgments = Judgments.of(pairs, scores.shape)
    vectors = rng.standard_normal((ACTIVITIES, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    breaks = rng.random(scores.shape) < 0.01
    km = rng.random(order.shape) * 20
    fit = np.sort(rng.random(order.shape), axis=1)[:, ::-1]
    places = rng.integers(1, 20, ACTIVITIES)
    flags = rng.random(CLIENTS) < 0.1

    measures: dict[str, Callable[[], object]] = {
        "nDCG@100 exponential": lambda: metrics.ndcg(order, judgments, DEPTH),
        "nDCG@100 linear": lambda: metrics.ndcg(order, judgments, DEPTH, "linear"),
        "hit@1": lambda: metrics.hit(order, judgments),
        "recall@100 of the best grade": lambda: metrics.recall(order, judgments, DEPTH),
        "MRR": lambda: metrics.reciprocal_rank(order, judgments),
        "RBP": lambda: metrics.rbp(order, judgments),
        "violations@100": lambda: metrics.violations(order, breaks, DEPTH),
        "signals": lambda: metrics.signals(flags, [*flags]),
        "fill@100": lambda: metrics.fill(order, DEPTH),
        "diversity@10": lambda: metrics.diversity(order, vectors),
        "distance burden@100": lambda: metrics.distance_burden(order, km, k=DEPTH),
        "coverage@100": lambda: metrics.coverage(order, ACTIVITIES, DEPTH),
        "exposure Gini@100": lambda: metrics.gini(
            metrics.exposure(order, ACTIVITIES, DEPTH), places
        ),
        "Brier@100": lambda: metrics.brier(order, fit, judgments, DEPTH),
        "reliability@100": lambda: metrics.reliability(order, fit, judgments, k=DEPTH),
    }
    total = 0.0
    for name, measure in measures.items():
        start = time.perf_counter()
        measure()
        seconds = time.perf_counter() - start
        total += seconds
        print(f"{name:32s} {seconds:6.3f} s")
    print(f"{'all measures':32s} {total:6.3f} s for {CLIENTS:,} clients x top {DEPTH}")
    return total


if __name__ == "__main__":
    main()
