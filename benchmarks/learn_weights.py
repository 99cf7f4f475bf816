"""Learn the weights of the default policy: python benchmarks/learn_weights.py.

A logistic regression (scikit-learn) on the parts of every feasible pair of the shipped judged
sets, for the question whether the judges call it a good proposal (grade 2 or more). No weight is
negative. First the procedure is measured on each set with weights learned from the other one;
then the weights from both are printed as lines for ``knowledge/policy.toml``.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from wor_match import Policy
from wor_match.evaluation import metrics
from wor_match.evaluation.engine import GIVING, Engine
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.weights import changes

ROOT = Path(__file__).resolve().parent.parent
SETS = ("zwolle", "nijmegen")
GOOD = 2


def learned(engines: Sequence[Engine]) -> dict[str, float]:
    """Return the weights that tell good proposals from others, summing to 1."""
    tables = [engine.pairs() for engine in engines]
    good = np.concatenate(
        [
            engine.judged.judgments.dense()[pairs.client, pairs.activity] >= GOOD
            for engine, pairs in zip(engines, tables, strict=True)
        ]
    )
    parts = np.concatenate([pairs.parts for pairs in tables])
    spread = parts.std(axis=0)
    model = LogisticRegression(max_iter=1000).fit(parts / spread, good)
    weights = np.maximum(model.coef_[0] / spread, 0)
    return dict(zip(GIVING, (weights / weights.sum()).tolist(), strict=True))


def main() -> None:
    engines = [Engine(JudgedSet.read(ROOT / "catalogues" / name)) for name in SETS]
    for number, engine in enumerate(engines):
        others = [other for at, other in enumerate(engines) if at != number]
        policy = Policy.default().with_changes(changes(learned(others)))
        order, judgments = engine.answers(policy).order, engine.judged.judgments
        print(
            f"{engine.judged.name}, weights from the other set:"
            f" nDCG@10 {np.nanmean(metrics.ndcg(order, judgments)):.3f},"
            f" hit@1 {np.nanmean(metrics.hit(order, judgments)):.3f}"
        )
    for section, values in changes(learned(engines)).items():
        print(f"[{section}]")
        print("\n".join(f"{name} = {value}" for name, value in values.items()))


if __name__ == "__main__":
    main()
