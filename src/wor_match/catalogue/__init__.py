"""One immutable snapshot of activities, held as columns."""

from wor_match.catalogue.catalogue import Catalogue

__all__ = ["Catalogue"]
