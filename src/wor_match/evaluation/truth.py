"""Which proposals break what a careful human read of a client.

A proposal breaks the truth where both judges hold it unwanted or impossible, or
where the client's resolved limits (needs, travel, availability, cost, age, gender)
or its own season or capacity exclude it. What the judges nevertheless graded 1.5
or more is no violation: they saw more than the fields.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wor_match.evaluation.fields import Fields, stated
from wor_match.evaluation.judged import JudgedSet
from wor_match.geography.travel import reach_km

RULES = ("age", "gender", "ended", "full", "wheelchair", "cost", "reach", "times")
"""Rules of :class:`~wor_match.evaluation.fields.Fields` that the truth speaks of."""

JUDGED_FINE = 1.5


def breaks(judged: JudgedSet, *, full: bool = True) -> NDArray[np.bool_]:
    """Return which pairs break the truth: boolean, shape (clients, activities).

    Without ``full`` a full activity breaks nothing: ``match()`` lists it with its wait told.
    """
    rules = tuple(rule for rule in RULES if full or rule != "full")
    fields = Fields(judged.corrected, judged.as_of)
    column = {id_: at for at, id_ in enumerate(judged.activity_ids)}
    broken = np.zeros(judged.judgments.shape, bool)
    for row, (client, truth) in enumerate(zip(judged.clients, judged.truth, strict=True)):
        limits = replace(
            stated(client),
            needs=frozenset(truth.needs or ()),
            travel=truth.travel,
            availability=truth.availability or (),
            max_cost_month=truth.max_cost_month,
        )
        broken[row] = ~fields.possible(limits, rules)
        broken[row, [column[id_] for id_ in truth.unwanted]] = True
    return broken & (judged.judgments.dense() < JUDGED_FINE)


def limits_km(judged: JudgedSet) -> NDArray[np.float64]:
    """Return how far each client can go by the truth, in km; ``nan`` without a limit."""
    modes = Fields(judged.activities, judged.as_of).travel.modes
    reach = [
        np.nan if t.travel is None else reach_km(t.travel.max_minutes, modes[t.travel.mode])
        for t in judged.truth
    ]
    return np.array(reach, np.float64)


def distances_km(judged: JudgedSet) -> NDArray[np.float64]:
    """Return km from every client to every activity; ``nan`` online, at home or unknown."""
    fields = Fields(judged.corrected, judged.as_of)
    return np.array([fields.distances(stated(c).place) for c in judged.clients])
