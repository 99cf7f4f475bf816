"""The result of one client in a plan: the held activity first, then the list as ever."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.matching import Road
from wor_match.policy import Policy
from wor_match.prepared import Prepared
from wor_match.result import MatchResult


@dataclass(frozen=True)
class _HeldRoad(Road):
    """The road of ``match()``, with one row of the catalogue at the head of the list."""

    held: int = -1

    @cached_property
    def listed(self) -> NDArray[np.intp]:
        first = np.searchsorted(self.scores.reached.rows, self.held)
        alternatives = super().listed
        return np.append(first, alternatives[alternatives != first])[: self.limit]


def planned(
    client: Prepared,
    catalogue: Catalogue,
    *,
    policy: Policy,
    as_of: dt.date,
    limit: int,
    acknowledge_attention: bool,
    held: int | None,
) -> MatchResult:
    """Return what :func:`~wor_match.match` returns, led by the activity of the held place.

    Parameters
    ----------
    client, catalogue, policy, as_of, limit, acknowledge_attention
        As in :func:`~wor_match.match`.
    held
        Row of the activity where a place is held for this client, or None.
    """
    if held is None:
        road = Road(client, catalogue, policy, as_of, limit)
        return road.result(acknowledge_attention=acknowledge_attention)
    led = _HeldRoad(client, catalogue, policy, as_of, limit, held=held)
    result = led.result(acknowledge_attention=acknowledge_attention)
    return result.model_copy(update={"held": catalogue.ids[held]})
