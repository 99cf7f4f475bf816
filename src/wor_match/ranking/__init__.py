"""The order of the list: best first, real alternatives, nothing to fill it up."""

from wor_match.ranking.order import least_fit, shortlist

__all__ = ["least_fit", "shortlist"]
