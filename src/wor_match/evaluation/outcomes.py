"""What happened after a proposal, and what another ranking would have brought about.

A record holds no text and no name: a pseudonym, ids, dates and codes. From records follow
plain figures (how many started, how many still attend), and estimates for a policy that was
never run: inverse propensity scores (Horvitz and Thompson, JASA 47, 1952), their
self-normalised form (Swaminathan and Joachims, NeurIPS 2015) and the doubly robust estimate
(Dudík, Langford and Li, ICML 2011). Those need the chance with which each activity was offered
first. A ranking that always gives the same list has no such chances: what it did not offer,
nobody knows, and the functions here say so instead of guessing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wor_match.errors import InputError, WorMatchError, faults_of
from wor_match.evaluation.significance import Interval, interval

Vector = NDArray[np.float64]
Estimator = Literal["ips", "snips", "dr"]

SIX_WEEKS = dt.timedelta(weeks=6)

_CODE = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]


class WhyNot(StrEnum):
    """Why a client did not go, or stopped: a closed list, so that no text gets in."""

    too_far = "too_far"
    too_expensive = "too_expensive"
    wrong_time = "wrong_time"
    full = "full"
    too_hard = "too_hard"
    no_click = "no_click"
    not_wanted_now = "not_wanted_now"
    health = "health"
    other_offer = "other_offer"
    information_wrong = "information_wrong"
    unknown = "unknown"


class NotEvaluableError(WorMatchError):
    """The logs cannot answer this question; the message says what they lack."""


class Outcome(BaseModel):
    """What became of one proposal.

    Attributes
    ----------
    client
        A pseudonym that only the organisation can trace; never a name or a number of the state.
    activity_id, snapshot, version
        What was proposed, from which snapshot (its fingerprint), by which version.
    position
        Place on the list, from 1.
    offered_on
        The day.
    propensity
        The chance with which this activity stood at this place; None where the ranking was
        deterministic or nobody kept it.
    chosen, started, attending_at_six_weeks
        None where not known yet. Who attends has started, who started has chosen.
    why_not
        The reason, where it did not come to it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: _CODE
    activity_id: Annotated[str, Field(min_length=1, max_length=200)]
    position: Annotated[int, Field(ge=1)]
    offered_on: dt.date
    snapshot: _CODE | None = None
    version: _CODE | None = None
    propensity: Annotated[float, Field(gt=0, le=1)] | None = None
    chosen: bool | None = None
    started: bool | None = None
    attending_at_six_weeks: bool | None = None
    why_not: WhyNot | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        steps = (self.chosen, self.started, self.attending_at_six_weeks)
        for earlier, later in pairwise(steps):
            if later and earlier is False:
                raise ValueError("chosen before started, started before attending")
        return self


class WrongInformation(NamedTuple):
    """An activity whose description turned out wrong: for the catalogue's owner."""

    activity_id: str
    reports: int
    last: dt.date


class Estimate(NamedTuple):
    """What a policy would have brought about, and how much of the log speaks of it.

    ``effective`` is Kish's effective sample size of the weights: with 500 records and an
    effective size of 12, twelve records carry the estimate.
    """

    value: float
    low: float
    high: float
    records: int
    effective: float
    estimator: Estimator


REWARDS: Mapping[str, Callable[[Outcome], bool | None]] = {
    "chosen": lambda o: o.chosen,
    "started": lambda o: o.started,
    "attending_at_six_weeks": lambda o: o.attending_at_six_weeks,
}


def read(path: str | Path) -> list[Outcome]:
    """Read records, one JSON object a line.

    Raises
    ------
    InputError
        Names every line and field that is wrong; a field that is not in the format (a text,
        a name) is an error, too.
    """
    records, faults = [], []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            records.append(Outcome.model_validate_json(line))
        except ValidationError as error:
            faults += [str(fault) for fault in faults_of(error, number, hide_values=_FIELDS)]
    if faults:
        raise InputError(f"{path}: " + "; ".join(faults))
    return records


_FIELDS = tuple(Outcome.model_fields)


def rates(records: Sequence[Outcome]) -> dict[str, Interval]:
    """Return how many of the proposals led to each step, of those of which it is known.

    Six weeks are counted from the day of the offer to the day of the latest record: what was
    offered later than that cannot be known yet, and is left out.
    """
    latest = max((r.offered_on for r in records), default=None)
    found = {}
    for name, reward in REWARDS.items():
        known = [
            reward(r)
            for r in records
            if name != "attending_at_six_weeks"
            or (latest is not None and latest - r.offered_on >= SIX_WEEKS)
        ]
        found[name] = interval(np.array([np.nan if v is None else float(v) for v in known]))
    return found


def why_not(records: Sequence[Outcome]) -> dict[WhyNot, int]:
    """Count the reasons, most frequent first; "information wrong" is no reason of the client."""
    counts = Counter(
        r.why_not for r in records if r.why_not and r.why_not is not WhyNot.information_wrong
    )
    return dict(counts.most_common())


def wrong_information(records: Sequence[Outcome]) -> list[WrongInformation]:
    """Return what the owner of the catalogue should look at.

    It is no preference: :func:`preferences` leaves these records out.
    """
    days: dict[str, list[dt.date]] = {}
    for record in records:
        if record.why_not is WhyNot.information_wrong:
            days.setdefault(record.activity_id, []).append(record.offered_on)
    reports = [WrongInformation(id_, len(dates), max(dates)) for id_, dates in days.items()]
    return sorted(reports, key=lambda r: (-r.reports, r.activity_id))


def preferences(records: Sequence[Outcome]) -> list[Outcome]:
    """Return the records that say something about what clients want.

    Left out are wrong information and what was full: neither was the client's choice.
    """
    nobody_chose = (WhyNot.information_wrong, WhyNot.full)
    return [record for record in records if record.why_not not in nobody_chose]


def evaluate(
    records: Sequence[Outcome],
    target: ArrayLike,
    *,
    reward: str = "started",
    estimator: Estimator = "snips",
    expected: ArrayLike | None = None,
    expected_target: ArrayLike | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Estimate what another policy would have brought about, from what was logged.

    Parameters
    ----------
    records
        One per proposal whose chance was logged.
    target
        For each record the chance with which the other policy would have made that proposal.
    reward
        ``chosen``, ``started`` or ``attending_at_six_weeks``.
    estimator
        ``ips`` is unbiased and restless; ``snips`` is calmer and slightly biased; ``dr`` needs
        a model of the reward and is right if either the model or the chances are.
    expected
        For ``dr``: what the model expects of each logged proposal.
    expected_target
        For ``dr``: what the model expects on average of what the other policy would propose.
    confidence, seed
        Of the bootstrap interval over records.

    Raises
    ------
    NotEvaluableError
        No chances were logged, the log is deterministic, or the other policy proposes what
        was never proposed.
    InputError
        Arrays of another length, chances outside [0, 1], a reward that does not exist.
    """
    outcome = REWARDS.get(reward)
    if outcome is None:
        raise InputError(f"reward: found {reward!r}; expected one of {', '.join(REWARDS)}")
    chances = _chances(target, len(records), "target")
    known = np.array([outcome(r) is not None for r in records], bool)
    logged = _propensities([r for r, k in zip(records, known, strict=True) if k])
    value = np.array([float(bool(outcome(r))) for r in records])[known]
    weights = chances[known] / logged
    if not weights.any():
        raise NotEvaluableError(
            "the other policy would have made none of the logged proposals: the log says "
            "nothing of it"
        )
    model = np.zeros(len(value))
    baseline = np.zeros(len(value))
    if estimator == "dr":
        if expected is None or expected_target is None:
            raise InputError("dr: found no model; expected `expected` and `expected_target`")
        model = _chances(expected, len(records), "expected")[known]
        baseline = _chances(expected_target, len(records), "expected_target")[known]
    return _estimate(weights, value, model, baseline, estimator, confidence, seed)


def _estimate(
    weights: Vector,
    value: Vector,
    model: Vector,
    baseline: Vector,
    estimator: Estimator,
    confidence: float,
    seed: int,
) -> Estimate:
    n = len(value)
    if estimator == "snips":
        rng = np.random.default_rng(seed)
        mean = float(weights @ value / weights.sum())
        draws = []
        for _ in range(_RESAMPLES):  # a ratio: both sums are drawn together
            pick = rng.integers(0, n, n)
            total = weights[pick].sum()
            draws.append(weights[pick] @ value[pick] / total if total else np.nan)
        tail = (1 - confidence) / 2
        low, high = (float(q) for q in np.nanquantile(draws, [tail, 1 - tail]))
    else:
        mean, low, high, _ = interval(
            baseline + weights * (value - model), confidence=confidence, seed=seed
        )
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return Estimate(mean, low, high, n, effective, estimator)


_RESAMPLES = 2_000


def _propensities(records: Sequence[Outcome]) -> Vector:
    if not records:
        raise NotEvaluableError("no record says what became of its proposal")
    missing = sum(record.propensity is None for record in records)
    if missing:
        raise NotEvaluableError(
            f"{missing} of {len(records)} records have no propensity: a deterministic ranking "
            "tells nothing of what it did not propose. Log the chance of every proposal, and "
            "let equal scores be ordered by chance, to be able to ask this later"
        )
    chances = np.array([record.propensity for record in records], np.float64)
    if (chances == 1).all():
        raise NotEvaluableError(
            "every logged proposal was certain (propensity 1): what would have become of "
            "others is not in this log"
        )
    return chances


def _chances(values: ArrayLike, n: int, name: str) -> Vector:
    array = np.asarray(values, np.float64)
    if array.shape != (n,) or not ((array >= 0) & (array <= 1)).all():
        raise InputError(f"{name}: expected {n} numbers from 0 to 1, one per record")
    return array
