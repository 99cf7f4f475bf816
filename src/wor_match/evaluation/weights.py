"""Weights learned from judgments: by a small linear model that can be read, never by hand.

A score is a weighted sum of six parts (:data:`wor_match.evaluation.engine.GIVING`), each in
[0, 1] and each such that more is never worse. So no weight may be negative, and that is
the one constraint. Learned is a listwise model, ListNet (Cao et al., ICML 2007): the weights
under which the softmax of the scores comes nearest to what the judges' grades are worth,
client by client. A penalty pulls the weights towards those of the policy, because forty
clients do not carry six numbers by themselves; how strongly is chosen by an inner
cross-validation over clients, and with the strongest the old weights stay. How good the whole
procedure is, is measured by an outer cross-validation: over clients, or over whole sets where
there are several.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wor_match.errors import InputError
from wor_match.evaluation import metrics
from wor_match.evaluation.engine import GIVING, Pairs
from wor_match.evaluation.judgments import Judgments
from wor_match.evaluation.significance import difference, interval
from wor_match.policy import Policy

Vector = NDArray[np.float64]

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
"""Penalties that the inner cross-validation chooses from; the last leaves the old weights."""

FOLDS = 5
_ABSENT = -1e9
"""Score of what is not there: its share of the softmax is 0."""
_START = 10.0
"""Size of the weights at the start: about as sharp as lists of the engine turn out to be."""

MOST_FOR_FIT = 4
_DIGITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One judged set as the learner sees it."""

    name: str
    pairs: Pairs
    judgments: Judgments


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Weights and how far they can be trusted.

    Attributes
    ----------
    weights
        By part, non-negative, summing to 1; those that were held are as given.
    strength
        The penalty that the inner cross-validation chose on all clients.
    held_out, before
        nDCG@10 per client with weights learned without that client (without its set,
        where there are several), and with the weights before.
    spread
        Standard deviation of each weight over the outer folds.
    provenance
        A text for the policy file: from what, how, how good.
    """

    weights: Mapping[str, float]
    strength: float
    held_out: Vector
    before: Vector
    spread: Mapping[str, float]
    provenance: str

    def changes(self) -> dict[str, Any]:
        """Return the changes for :meth:`wor_match.Policy.with_changes`."""
        return changes(self.weights)

    def toml(self) -> str:
        """Return the lines for a policy file, with their provenance as comments."""
        lines = [f"# {line}" for line in self.provenance.splitlines()]
        for section, values in self.changes().items():
            lines += [f"[{section}]", *(f"{name} = {value}" for name, value in values.items())]
        return "\n".join(lines) + "\n"


def changes(weights: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Turn six weights into the two sections of a policy, rounded so that each sums to 1."""
    fit = sum(weights[name] for name in GIVING[:MOST_FOR_FIT])
    outer = _rounded({"fit": fit, "distance": weights["distance"], "capacity": weights["capacity"]})
    share = fit or 1.0
    inner = {name: weights[name] / share for name in GIVING[:MOST_FOR_FIT]}
    if not fit:
        inner = dict.fromkeys(inner, 1 / MOST_FOR_FIT)
    return {"weights": outer, "fit": _rounded(inner)}


def weights_of(policy: Policy) -> dict[str, float]:
    """Return the six weights that a policy amounts to."""
    fit = policy.weights.fit
    inner = {name: fit * getattr(policy.fit, name) for name in GIVING[:MOST_FOR_FIT]}
    return {**inner, "distance": policy.weights.distance, "capacity": policy.weights.capacity}


def learn(
    examples: Sequence[Example],
    *,
    policy: Policy | None = None,
    held: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Learned:
    """Learn weights from judged sets and measure the procedure on clients that it did not see.

    Parameters
    ----------
    examples
        Judged sets with the parts of their pairs (``Engine(judged).pairs()``).
    policy
        The weights to compare with; by default those that ship.
    held
        Weights that the judgments say nothing about, kept as they are. Judges that look at
        a story seldom look at how many places are left: ``{"capacity": 0.08}``.
    seed
        Decides the folds.

    Raises
    ------
    InputError
        There are too few clients with judgments to hold any out.
    """
    from threadpoolctl import threadpool_limits

    held = dict(held or {})
    unknown = held.keys() - set(GIVING)
    if unknown or sum(held.values()) >= 1:
        raise InputError(f"held: found {held}; expected parts of {GIVING} that sum to below 1")
    groups = _clients(examples)
    if len(groups) < 2 * FOLDS:
        raise InputError(f"found {len(groups)} judged clients; expected at least {2 * FOLDS}")
    before = _vector(weights_of(policy or Policy.default()))
    fit = partial(_fitted, prior=before, held=held, seed=seed)
    scored = np.full(len(groups), np.nan)
    folds = []
    # Six weights are too few to share among threads: on two busy cores that is 10 times slower.
    with threadpool_limits(1, "blas"):
        for train, test in _outer(groups, seed):
            weights, _ = fit([groups[at] for at in train])
            folds.append(weights)
            scored[test] = [_ndcg(groups[at], weights) for at in test]
        weights, strength = fit(groups)
    old = np.array([_ndcg(group, before) for group in groups])
    learned = dict(zip(GIVING, weights.tolist(), strict=True))
    return Learned(
        weights=learned,
        strength=strength,
        held_out=scored,
        before=old,
        spread=dict(zip(GIVING, np.std(folds, axis=0).tolist(), strict=True)),
        provenance=_provenance(examples, scored, old, strength, held),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """One client: parts of its pairs, what each is worth, and what the best list is worth."""

    set_: int
    parts: Vector
    grades: Vector
    ideal: float

    @property
    def worth(self) -> Vector:
        return metrics.gain(self.grades)


def _clients(examples: Sequence[Example]) -> list[_Group]:
    groups = []
    for number, example in enumerate(examples):
        pairs, table = example.pairs, example.judgments.dense()
        ideal = metrics.gain(example.judgments.ideal(10)) @ metrics.discounts(10)
        for client in range(table.shape[0]):
            own = pairs.client == client
            if ideal[client] and own.any():
                grades = table[client, pairs.activity[own]]
                groups.append(_Group(number, pairs.parts[own], grades, float(ideal[client])))
    return groups


def _outer(groups: Sequence[_Group], seed: int) -> Iterator[tuple[list[int], list[int]]]:
    """Leave one set out at a time; with one set, a fifth of its clients at a time."""
    sets = sorted({group.set_ for group in groups})
    if len(sets) > 1:
        for left_out in sets:
            train = [at for at, group in enumerate(groups) if group.set_ != left_out]
            yield train, [at for at, group in enumerate(groups) if group.set_ == left_out]
    else:
        yield from _folds(len(groups), seed)


def _folds(n: int, seed: int) -> Iterator[tuple[list[int], list[int]]]:
    from sklearn.model_selection import KFold

    for train, test in KFold(FOLDS, shuffle=True, random_state=seed).split(np.arange(n)):
        yield train.tolist(), test.tolist()


def _fitted(
    groups: Sequence[_Group], prior: Vector, held: Mapping[str, float], seed: int
) -> tuple[Vector, float]:
    """Choose the penalty by cross-validation over these clients, then fit on all of them.

    Chosen is the strongest that is within one standard error of the best (Breiman et al.,
    Classification and Regression Trees, 1984): chance alone changes no weight.
    """
    scored = np.empty((len(STRENGTHS), len(groups)))
    for train, test in _folds(len(groups), seed + 1):
        some = [groups[at] for at in train]
        for number, strength in enumerate(STRENGTHS):
            weights = _weights(some, strength, prior, held)
            scored[number, test] = [_ndcg(groups[at], weights) for at in test]
    behind = scored[scored.mean(axis=1).argmax()] - scored
    error = behind.std(axis=1, ddof=1) / np.sqrt(len(groups))
    strength = STRENGTHS[int(np.flatnonzero(behind.mean(axis=1) <= error).max())]
    return _weights(groups, strength, prior, held), strength


def _weights(
    groups: Sequence[_Group], strength: float, prior: Vector, held: Mapping[str, float]
) -> Vector:
    """Learn the parts that are not held; they share what the held ones leave."""
    free = [at for at, name in enumerate(GIVING) if name not in held]
    weights = np.array([held.get(name, 0.0) for name in GIVING])
    old = prior[free] if prior[free].any() else np.ones(len(free))
    found = _listnet(groups, free, strength, old / old.sum())
    weights[free] = (1 - weights.sum()) * found
    return weights


def _listnet(groups: Sequence[_Group], parts: list[int], strength: float, prior: Vector) -> Vector:
    """Minimise the cross-entropy of the lists plus the penalty; the weights sum to 1."""
    from scipy.optimize import minimize

    longest = max(len(group.grades) for group in groups)
    values = np.zeros((len(groups), longest, len(parts)))
    target = np.zeros((len(groups), longest))
    absent = np.full((len(groups), longest), _ABSENT)
    for row, group in enumerate(groups):
        n = len(group.grades)
        values[row, :n], absent[row, :n] = group.parts[:, parts], 0.0
        if group.worth.any():
            target[row, :n] = group.worth / group.worth.sum()
    # The size of the weights is free (it is how sharp the softmax is), their shares are pulled.
    pull = np.eye(len(prior)) - np.outer(prior, np.ones(len(prior)))

    def loss(weights: Vector) -> tuple[float, Vector]:
        scores = values @ weights + absent
        scores -= scores.max(axis=1, keepdims=True)
        sums = np.exp(scores).sum(axis=1, keepdims=True)
        surprise = np.where(target > 0, target * (np.log(sums) - scores), 0.0).sum()
        excess = target.sum(axis=1, keepdims=True) * np.exp(scores) / sums - target
        away = pull @ weights
        value = surprise / len(groups) + strength * (away @ away)
        slope = np.einsum("ij,ijk->k", excess, values) / len(groups)
        return float(value), slope + 2 * strength * (pull.T @ away)

    bounds = [(0.0, None)] * len(prior)
    found = minimize(loss, prior * _START, jac=True, bounds=bounds, method="L-BFGS-B").x
    return np.asarray(found / found.sum() if found.any() else prior, np.float64)


def _ndcg(group: _Group, weights: Vector) -> float:
    order = np.argsort(-(group.parts @ weights), kind="stable")[:10]
    gained = group.worth[order] @ metrics.discounts(len(order))
    return float(gained / group.ideal)


def _vector(weights: Mapping[str, float]) -> Vector:
    return np.array([weights[name] for name in GIVING])


def _rounded(weights: Mapping[str, float]) -> dict[str, float]:
    """Round to three digits; the largest takes what is left, so that the sum is 1."""
    rounded = {name: round(value, _DIGITS) for name, value in weights.items()}
    largest = max(rounded, key=rounded.__getitem__)
    rounded[largest] = round(1 - sum(v for n, v in rounded.items() if n != largest), _DIGITS)
    return rounded


def _provenance(
    examples: Sequence[Example],
    scored: Vector,
    old: Vector,
    strength: float,
    held: Mapping[str, float],
) -> str:
    names = ", ".join(f"{e.name} ({e.judgments.shape[0]} clients)" for e in examples)
    how = "one set left out at a time" if len(examples) > 1 else f"{FOLDS} folds over clients"
    mean, gain = interval(scored), difference(scored, old)
    kept = f" Held: {', '.join(f'{n} = {v}' for n, v in held.items())}." if held else ""
    return (
        f"Learned {dt.date.today()} by wor_match.evaluation.weights from {names}:\n"
        f"listwise, non-negative, penalty {strength:g} (inner cross-validation).{kept}\n"
        f"Held out ({how}): nDCG@10 {mean.mean:.3f} [{mean.low:.3f}, {mean.high:.3f}], "
        f"against the weights before {gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}], "
        f"p = {gain.p:.3f}."
    )
