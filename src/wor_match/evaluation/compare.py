"""One table: this engine, its ablations and what a user would take instead, on judged sets.

Every figure has its interval, every difference from the reference its test, and the
last row is the judges' ceiling: more than that nobody can ask for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wor_match.evaluation import metrics, peers
from wor_match.evaluation.agreement import ceiling
from wor_match.evaluation.engine import Answers, Engine
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.judgments import Judgments, Order
from wor_match.evaluation.significance import Difference, Interval, difference, holm, interval
from wor_match.evaluation.truth import breaks, distances_km, limits_km
from wor_match.policy import Policy

Vector = NDArray[np.float64]

GRADED: Mapping[str, Callable[[Order, Judgments], Vector]] = {
    "nDCG@10": metrics.ndcg,
    "nDCG@10 linear": partial(metrics.ndcg, kind="linear"),
    "hit@1": metrics.hit,
    "recall3@5": metrics.recall,
    "MRR": metrics.reciprocal_rank,
    "RBP": metrics.rbp,
}
"""Measures that need only lists and judgments, so the judges have them too."""

VIOLATIONS = "violations@10"
MAIN = "nDCG@10"
SHOWN = (MAIN, "hit@1", "recall3@5", VIOLATIONS)

_LEAST_P = 0.001

ENGINE = "wor-match"
CEILING = "the judges' ceiling"


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """One row: per measure one number per client, over all sets one after the other."""

    name: str
    values: Mapping[str, Vector]

    def figure(self, measure: str) -> Interval:
        """Return the mean with its interval."""
        return interval(self.values[measure])


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All systems on the same clients, and how each differs from the reference.

    Attributes
    ----------
    sets
        Names of the judged sets.
    systems
        In the order of the table; the ceiling last, where there is one.
    reference
        Name of the system that the others are compared with.
    gains
        Per system the reference's gain over it in the main measure.
    p
        Their p-values, corrected after Holm.
    """

    sets: tuple[str, ...]
    systems: tuple[System, ...]
    reference: str
    gains: Mapping[str, Difference]
    p: Mapping[str, float]

    def __getitem__(self, name: str) -> System:
        return next(system for system in self.systems if system.name == name)

    def best_peer(self) -> System:
        """Return the system with the highest main measure among those with filters."""
        able = [s for s in self.systems if s.name.endswith(peers.WITH_FILTERS)]
        return max(able, key=lambda s: float(np.nanmean(s.values[MAIN])))

    def share_of_ceiling(self) -> float:
        """Return what the reference reaches of the judges' own nDCG@10."""
        mean = [float(np.nanmean(self[name].values[MAIN])) for name in (self.reference, CEILING)]
        return mean[0] / mean[1]

    def markdown(self) -> str:
        """Return the table for ``docs/quality.md``."""
        head = ["system", *SHOWN, f"{self.reference} is better by", "p (Holm)"]
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        for system in self.systems:
            cells = [_figure(system, measure) for measure in SHOWN]
            gain = self.gains.get(system.name)
            if gain is None:
                cells += ["", ""]
            else:
                cells += [
                    f"{gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]",
                    _p(self.p[system.name]),
                ]
            name = f"**{system.name}**" if system.name == self.reference else system.name
            lines.append("| " + " | ".join([name, *cells]) + " |")
        n = len(self.systems[0].values[MAIN])
        note = (
            f"{' + '.join(self.sets)}: {n} clients. In brackets the 95 % interval of a bootstrap "
            f"over clients. The difference is in {MAIN}; p is of a paired randomisation test, "
            f"corrected after Holm over {len(self.p)} comparisons."
        )
        return "\n".join([note, "", *lines, ""])

    def summary(self) -> str:
        """Return the sentence that answers the question."""
        peer = self.best_peer()
        gain = difference(self[self.reference].values[MAIN], peer.values[MAIN])
        text = (
            f"Best peer: {peer.name}. {self.reference} is better by {gain.mean:+.3f} "
            f"[{gain.low:+.3f}, {gain.high:+.3f}] {MAIN} (p = {gain.p:.4f})"
        )
        if any(system.name == CEILING for system in self.systems):
            text += f" and reaches {self.share_of_ceiling():.0%} of the judges' ceiling"
        return text + "."

    def frame(self) -> Any:
        """Return mean, low and high per system and measure as a pandas DataFrame."""
        import pandas as pd

        rows = [
            {"system": system.name, "measure": measure, **system.figure(measure)._asdict()}
            for system in self.systems
            for measure in system.values
        ]
        return pd.DataFrame(rows)


@dataclass(slots=True, eq=False)
class _Bench:
    """Collects per-client vectors of several sets under the names of the systems."""

    values: dict[str, dict[str, list[Vector]]] = field(default_factory=dict)

    def add(self, name: str, measure: str, vector: Vector) -> None:
        self.values.setdefault(name, {}).setdefault(measure, []).append(vector)

    def systems(self, sets: int) -> tuple[System, ...]:
        """Return the systems that ran on every set."""
        return tuple(
            System(name, {m: np.concatenate(parts) for m, parts in measures.items()})
            for name, measures in self.values.items()
            if len(next(iter(measures.values()))) == sets
        )


def ablations(policy: Policy) -> dict[str, Policy]:
    """Return the policy without one part at a time; what it had goes to the others evenly."""
    made = {}
    for part in ("story", "wishes", "needs", "words"):
        made[f"no {part}"] = policy.with_changes({"fit": _without(policy.fit, part, FIT_PARTS)})
    for part in ("distance", "capacity"):
        made[f"no {part}"] = policy.with_changes(
            {"weights": _without(policy.weights, part, ("fit", "distance", "capacity"))}
        )
    made["no dislikes"] = policy.with_changes({"fit": {"unwanted": 0.0}})
    made["no diversity"] = policy.with_changes({"ranking": {"diversity": 0.0}})
    return made


FIT_PARTS = ("story", "wishes", "needs", "words")


def compare(
    engines: Sequence[Engine],
    *,
    policy: Policy | None = None,
    encoders: Mapping[str, peers.Encoder] | None = None,
    with_ablations: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Run everything on the same clients.

    Parameters
    ----------
    engines
        One per judged set.
    policy
        The engine's; by default the one that ships.
    encoders
        Embedding models for the zero-shot peers; the engine's own model is always one.
    with_ablations
        Also run the engine without one part at a time.
    progress
        Told what runs.
    """
    policy = policy or Policy.default()
    bench = _Bench()
    for engine in engines:
        _run(bench, engine, policy, encoders or {}, with_ablations, progress)
    systems = bench.systems(len(engines))
    reference = next(s for s in systems if s.name == ENGINE)
    others = [s for s in systems if s.name not in (ENGINE, CEILING)]
    gains = {s.name: difference(reference.values[MAIN], s.values[MAIN]) for s in others}
    p = dict(zip(gains, holm([gain.p for gain in gains.values()]), strict=True))
    return Comparison(tuple(e.judged.name for e in engines), systems, ENGINE, gains, p)


def score(
    judged: JudgedSet, order: Order, broken: NDArray[np.bool_] | None = None
) -> dict[str, Vector]:
    """Return every measure of the table for some lists on one set."""
    values = {name: measure(order, judged.judgments) for name, measure in GRADED.items()}
    values[VIOLATIONS] = metrics.violations(order, breaks(judged) if broken is None else broken)
    return values


def _run(
    bench: _Bench,
    engine: Engine,
    policy: Policy,
    encoders: Mapping[str, peers.Encoder],
    with_ablations: bool,
    progress: Callable[[str], None],
) -> None:
    judged, broken = engine.judged, breaks(engine.judged)

    def add(name: str, order: Order) -> None:
        progress(f"{judged.name}: {name}")
        for measure, vector in score(judged, order, broken).items():
            bench.add(name, measure, vector)

    models: dict[str, peers.Encoder] = {"the bundled model": engine, **encoders}
    for name, order in peers.run(judged.clients, judged.activities, judged.as_of, models).items():
        add(name, order)
    if with_ablations:
        for name, changed in ablations(policy).items():
            add(f"{ENGINE}, {name}", engine.answers(changed).order)
        add(f"{ENGINE}, no rules", engine.without_rules(policy))
    add(ENGINE, engine.answers(policy).order)
    if len(judged.judges) > 1:
        top = ceiling(judged)
        for measure, function in GRADED.items():
            bench.add(CEILING, measure, top(function))
        bench.add(CEILING, VIOLATIONS, np.zeros(len(judged.clients)))


def report(engines: Sequence[Engine], found: Comparison, *, policy: Policy | None = None) -> str:
    """Return the table, the sentence that answers the question, and the figures beside it."""
    lines = [f"### {' + '.join(found.sets)}", "", found.markdown(), found.summary(), ""]
    for engine in engines:
        figures = beyond(engine, engine.answers(policy))
        lines += [
            f"Beside the grades, {engine.judged.name}:",
            "",
            "| figure | value |",
            "|---|---|",
        ]
        lines += [f"| {name} | {_number(value)} |" for name, value in figures.items()]
        lines.append("")
    return "\n".join(lines)


def beyond(engine: Engine, answers: Answers) -> dict[str, float]:
    """Return what lists are like apart from being right: a figure for each question.

    Means over clients, but coverage and exposure, which belong to the whole offer.
    """
    judged, order = engine.judged, answers.order
    burden = metrics.distance_burden(order, distances_km(judged), limits_km(judged))
    found = metrics.signals(answers.alarm, [t.red_flag for t in judged.truth])
    free = np.array([_free(a.capacity) for a in judged.activities])
    exposure = metrics.exposure(order, len(judged.activities))
    return {
        "signal recall": _mean(found.recall),
        "signal precision": _mean(found.precision),
        "violations@10, full aside": _mean(metrics.violations(order, breaks(judged, full=False))),
        "fill": _mean(metrics.fill(order)),
        "empty lists": float((order[:, 0] < 0).mean()),
        "intra-list diversity": _mean(metrics.diversity(order, engine.vectors)),
        "median distance, km": _mean(burden.median),
        "p90 distance, km": _mean(burden.p90),
        "share over the limit": _mean(burden.over_limit),
        "coverage": metrics.coverage(order, len(judged.activities)),
        "exposure Gini per free place": metrics.gini(exposure, free),
        "calibration error": metrics.reliability(order, answers.fit, judged.judgments).error,
    }


def _free(capacity: Any) -> float:
    """Free places; unknown and unlimited say nothing of exposure per place."""
    if capacity is None or not capacity.places:
        return float("nan")
    return max(0.0, float(capacity.places - capacity.enrolled - capacity.waiting))


def _mean(values: Vector) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _without(section: Any, part: str, names: Sequence[str]) -> dict[str, float]:
    rest = {name: getattr(section, name) for name in names if name != part}
    total = sum(rest.values())
    even = {name: value / total if total else 1 / len(rest) for name, value in rest.items()}
    return {**even, part: 0.0}


def _figure(system: System, measure: str) -> str:
    found = system.figure(measure)
    return "" if not found.n else f"{found.mean:.3f} [{found.low:.2f}, {found.high:.2f}]"


def _p(value: float) -> str:
    return "< .001" if value < _LEAST_P else f"{value:.3f}".removeprefix("0")


def _number(value: float) -> str:
    return "none" if np.isnan(value) else f"{value:.3f}"
