"""Distance as a score: how much of what the client can travel it takes."""

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.catalogue.columns import HOME
from wor_match.feasibility import Constraints, Reached
from wor_match.policy import Policy

_NOT_KNOWN = np.float32(0.5)


def closeness(
    catalogue: Catalogue, found: Reached, constraints: Constraints, policy: Policy
) -> NDArray[np.float32]:
    """Return ``1 - minutes / (2 · limit)``, float32 (n,) in [0, 1].

    At the door it is 1, at the client's own limit one half, at twice the limit 0:
    what lies within the limit differs in comfort, not in possibility. A home
    visit and what is online count as policy says, unknown is one half.
    """
    columns, rows = catalogue.columns, found.rows
    limit = np.float32(max(1.0, constraints.max_minutes))
    near = np.maximum(1 - found.minutes / (2 * limit), 0)
    near = np.where(np.isnan(found.minutes), _NOT_KNOWN, near)
    home, online = policy.travel.home_closeness, policy.travel.online_closeness
    near = np.where(columns.access[rows] == HOME, np.float32(home), near)
    return np.where(columns.online[rows], np.float32(online), near).astype(np.float32)
