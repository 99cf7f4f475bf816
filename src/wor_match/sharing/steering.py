"""What steers a call for one client: proposals of late, and what a place is worth to others.

Both are parts of the score with a name and a bound (``spread``, ``price``). They put what is
about equally good in another order; they take nothing away and refuse nobody. They hold counts
and prices of activities, and nothing of any client.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.errors import InputError
from wor_match.policy import Policy
from wor_match.scoring.places import places_on
from wor_match.sharing.prices import charge
from wor_match.sharing.seeds import Keys, keys_of
from wor_match.sharing.spreading import spread, turns

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Steering:
    """Arrays over the rows of one catalogue; make it once a day with :meth:`of`.

    Attributes
    ----------
    fingerprint
        Of the catalogue that it was made for.
    crowded
        For what was proposed lately, of the activity and its provider: float32 (n,), at most 0.
    price
        What a place is worth to others, float32 (n,), at least 0.
    most
        The most that a price takes off a score.
    keys, rotation
        Turn what is about equally good from client to client; the most that this adds.
    """

    fingerprint: str
    crowded: Floats
    price: Floats
    most: float
    keys: Keys
    rotation: float

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        *,
        policy: Policy | None = None,
        as_of: date | None = None,
        proposed: Mapping[str, float] | None = None,
        prices: Mapping[str, float] | None = None,
    ) -> Self:
        """Prepare what steers the calls of a day.

        Parameters
        ----------
        catalogue, policy, as_of
            As in :func:`~wor_match.match`.
        proposed
            Activity id → how often it was proposed lately; see
            :func:`~wor_match.sharing.spreading.lately` and ``Ledger.proposed``.
        prices
            Activity id → price, see :meth:`~wor_match.sharing.prices.Prices.by_id`. Ids that this
            snapshot does not have are of no matter, activities without a price cost nothing.

        Raises
        ------
        InputError
            A count or a price below 0 or not a number.
        """
        policy, as_of = policy or Policy.default(), as_of or date.today()
        sharing = policy.sharing
        free = places_on(catalogue, as_of.toordinal(), policy).waits.free
        crowded = spread(
            _by_row(catalogue, proposed or {}, "proposed"),
            free,
            catalogue.columns.provider,
            strength=sharing.spread_strength,
        )
        return cls(
            catalogue.fingerprint,
            crowded.total,
            _by_row(catalogue, prices or {}, "prices"),
            sharing.price_most,
            keys_of(catalogue.ids),
            sharing.rotation,
        )

    def points(self, rows: NDArray[np.intp], seed: str) -> Floats:
        """Return what spreading and price add to the scores of one client's rows, (2, n)."""
        crowded = self.crowded[rows] + turns(self.keys[rows], seed, self.rotation)
        return np.stack([crowded, -charge(self.price[rows], self.most)])


def _by_row(catalogue: Catalogue, values: Mapping[str, float], name: str) -> Floats:
    known = [activity for activity in values if activity in catalogue]
    given = np.array([values[activity] for activity in known], np.float32)
    if not (given >= 0).all():
        activity = known[int(np.argmin(np.nan_to_num(given, nan=-1)))]
        found = values[activity]
        raise InputError(f"{name}: found {found} for {activity}; expected a number of 0 or more")
    found_by_row = np.zeros(len(catalogue), np.float32)
    found_by_row[catalogue.rows_of(known)] = given
    return found_by_row
