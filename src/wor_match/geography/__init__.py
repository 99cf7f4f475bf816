"""Where things are: Dutch postcodes, exact distances, travel times."""

from wor_match.geography.postcodes import Place, locate
from wor_match.geography.travel import Router

__all__ = ["Place", "Router", "locate"]
