"""Fit, distance and capacity of feasible activities, and how they add up."""

from wor_match.scoring.score import PARTS, RESOLUTION, Scores, score
from wor_match.scoring.shown import Shown, shown

__all__ = ["PARTS", "RESOLUTION", "Scores", "Shown", "score", "shown"]
