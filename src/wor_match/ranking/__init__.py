"""The order of the list: best first, real alternatives, nothing to fill it up."""

from wor_match.ranking.order import shortlist

__all__ = ["shortlist"]
