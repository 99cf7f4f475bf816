"""Match clients of Welzijn op Recept to local activities by fit, distance and capacity.

>>> from wor_match import Catalogue, Client, match  # doctest: +SKIP
"""

from wor_match.activity import Activity
from wor_match.catalogue import Catalogue
from wor_match.client import Client
from wor_match.errors import (
    CatalogueError,
    InputError,
    MissingExtraError,
    ModelError,
    WorMatchError,
)
from wor_match.explanation import shareable
from wor_match.matching import match
from wor_match.policy import Policy
from wor_match.prepared import Prepared, prepare
from wor_match.result import Match, MatchResult
from wor_match.version import VERSION

__version__ = VERSION

__all__ = [
    "Activity",
    "Catalogue",
    "CatalogueError",
    "Client",
    "InputError",
    "Match",
    "MatchResult",
    "MissingExtraError",
    "ModelError",
    "Policy",
    "Prepared",
    "WorMatchError",
    "__version__",
    "match",
    "prepare",
    "shareable",
]
