"""How sure a figure is: intervals and tests over clients, from SciPy.

Clients are the unit of chance. All functions take the per-client vectors of
:mod:`wor_match.evaluation.metrics`; a client that has ``nan`` in one of two compared
systems is left out of both.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wor_match.errors import InputError

Vector = NDArray[np.float64]

RESAMPLES = 10_000


class Interval(NamedTuple):
    """A mean with its bootstrap interval over ``n`` clients."""

    mean: float
    low: float
    high: float
    n: int


class Difference(NamedTuple):
    """Mean gain of one system over another, its interval, and how easily chance gives it."""

    mean: float
    low: float
    high: float
    p: float
    n: int


def interval(values: Vector, *, confidence: float = 0.95, seed: int = 0) -> Interval:
    """Return the mean over clients with its bootstrap interval (percentiles of resamples).

    Parameters
    ----------
    values
        One number per client; ``nan`` is left out.
    confidence
        Share of resamples that the interval holds.
    seed
        Same seed, same interval.
    """
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if len(known) == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    low, high = _bootstrap(known, confidence, seed)
    return Interval(float(known.mean()), low, high, len(known))


def difference(new: Vector, old: Vector, *, confidence: float = 0.95, seed: int = 0) -> Difference:
    """Compare two systems on the same clients.

    The interval is a paired bootstrap; ``p`` is two-sided, of a paired randomisation
    test that swaps the two systems client by client at random (Smucker, Allan and
    Carterette, CIKM 2007, who recommend it for retrieval experiments).
    """
    gain = np.asarray(new, np.float64) - np.asarray(old, np.float64)
    gain = gain[~np.isnan(gain)]
    n = len(gain)
    if n == 0:
        return Difference(float("nan"), float("nan"), float("nan"), float("nan"), 0)
    low, high = _bootstrap(gain, confidence, seed)
    return Difference(float(gain.mean()), low, high, _randomisation(gain, seed), n)


def holm(p: Sequence[float]) -> list[float]:
    """Correct p-values for many comparisons (Holm, Scand. J. Statist. 6, 1979).

    ``nan`` stays ``nan`` and does not count as a comparison.
    """
    value = np.asarray(p, np.float64)
    order = np.argsort(value)[: int((~np.isnan(value)).sum())]
    adjusted = np.full(value.shape, np.nan)
    steps = value[order] * (len(order) - np.arange(len(order)))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(one) for one in adjusted]


def _bootstrap(values: Vector, confidence: float, seed: int) -> tuple[float, float]:
    if not 0 < confidence < 1:
        raise InputError(f"confidence: found {confidence}; expected a share between 0 and 1")
    if np.ptp(values) == 0:  # one client, or all alike: no spread to resample
        return float(values[0]), float(values[0])
    from scipy.stats import bootstrap

    found = bootstrap(
        (values,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
        # Blocks keep 10,000 clients x 10,000 resamples out of memory.
        batch=max(1, 20_000_000 // len(values)),
    ).confidence_interval
    return float(found.low), float(found.high)


def _randomisation(gain: Vector, seed: int) -> float:
    if len(gain) <= 1 or not gain.any():  # with one client the mirror image is as extreme
        return 1.0
    from scipy.stats import permutation_test

    # Swapping two systems for one client turns the sign of its difference.
    found = permutation_test(
        (gain,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(seed),
        batch=max(1, 20_000_000 // len(gain)),
    )
    return float(found.pvalue)
