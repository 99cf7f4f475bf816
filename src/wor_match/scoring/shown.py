"""The few activities that are shown, as plain numbers: taken out of the arrays in one go."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.prepared import Prepared
from wor_match.scoring.score import PARTS, RESOLUTION, Scores


class Shown(NamedTuple):
    """One activity with everything that was worked out for it; NaN is unknown.

    ``points`` (shares of the score) and ``values`` are in the order of ``PARTS``, ``largest`` puts
    them in order of their points. ``wish`` and ``need`` are the numbers of the wish and the need
    that it answers best, ``wish_answered`` how well (0 to 1). ``shared`` holds the stems of the
    client's own wishes and interests that stand in it.
    """

    row: int
    access: int
    online: bool
    score: float
    fit: float
    distance: float
    capacity: float
    km: float
    minutes: float
    state: int
    wait_low: float
    wait_high: float
    wait: float
    points: list[float]
    values: list[float]
    largest: list[int]
    wish: int
    wish_answered: float
    need: int
    shared: list[str]


def shown(
    catalogue: Catalogue, client: Prepared, scores: Scores, positions: NDArray[np.intp]
) -> Iterator[Shown]:
    """Yield what is known of some positions, in their order."""
    if not len(positions):
        return iter(())
    rows, waits, parts = scores.reached.rows[positions], scores.places.waits, scores.parts
    points = scores.points[:, positions].T
    steered = points[:, len(_VALUED) :].T / RESOLUTION
    values = [getattr(scores if name in _OF_SCORES else parts, name)[positions] for name in _VALUED]
    answers = catalogue.answers(client.encoder)
    needs = np.zeros((len(rows), 1)) if answers is None else answers[rows] * client.needs
    wishes = parts.by_wish[:, positions] if client.wishes else np.zeros((1, len(positions)))
    columns = (
        rows,
        catalogue.columns.access[rows],
        catalogue.columns.online[rows],
        *(a[positions] for a in (scores.score, scores.fit, scores.distance, scores.capacity)),
        scores.reached.km[positions],
        scores.reached.minutes[positions],
        *(a[rows] for a in (waits.state, waits.low, waits.high, waits.expected)),
        points / RESOLUTION,
        np.round(np.array([*values, *steered], np.float64).T, _DIGITS),
        np.argsort(-np.abs(points), axis=1, kind="stable"),
        wishes.argmax(axis=0),
        wishes.max(axis=0),
        needs.argmax(axis=1),
    )
    shared = catalogue.words.shared(rows, parts.word_weights, client.word_of)
    return map(Shown, *(column.tolist() for column in columns), shared)


_OF_SCORES = frozenset({"distance", "capacity"})
_VALUED = PARTS[:-2]
"""Parts that have a value in [0, 1] of their own; the value of the others is what they take."""
_DIGITS = 4
