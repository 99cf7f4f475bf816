"""Reasons in plain Dutch and English, from the score's own parts."""

from wor_match.explanation.reasons import open_questions, reasons
from wor_match.explanation.sentences import sentence, shareable

__all__ = ["open_questions", "reasons", "sentence", "shareable"]
