"""What is known about each pair of referral and activity.

Three sources: the author's own pairs, the author's silence about the own activities (0), and the
judges' grades of mined candidates of all authors. Where author and judge both graded a pair, it
gets the mean. Pairs that nobody looked at are unknown, not negative: near-equal offers exist in
every region.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import common

UNKNOWN = -1.0
LEFT_OUT = -2.0
GOOD = 1.5
# Right topic, but the text rules it out: as plain negatives these pull apart what belongs together.
RULED_OUT = frozenset({"unwanted", "cannot"})


@dataclass(frozen=True)
class Labels:
    """Grades 0 to 3, `UNKNOWN` or `LEFT_OUT`; one row a referral, one column an activity."""

    referrals: list[str]
    activities: list[str]
    grades: NDArray[np.float32]


def read_labels(corpus: common.Corpus, *, judged: bool = True, ruled_out: bool = False) -> Labels:
    """Put the grades together.

    Parameters
    ----------
    corpus
        Training authors.
    judged
        Use the judges' grades.
    ruled_out
        Count activities that the text rules out as negatives; otherwise they are left out.
    """
    referrals, activities = sorted(corpus.referrals), sorted(corpus.activities)
    column = {name: j for j, name in enumerate(activities)}
    author = np.array([common.author(name) for name in activities])
    grades = np.full((len(referrals), len(activities)), UNKNOWN, np.float32)
    judges = common.read_grades() if judged else {}
    for i, name in enumerate(referrals):
        row = corpus.referrals[name]
        grades[i, author == common.author(name)] = 0
        for pair in row["positives"]:
            grades[i, column[pair["id"]]] = pair["grade"]
        for activity, grade in judges.get(name, {}).items():
            j = column.get(activity)
            if j is None:
                continue
            listed = grades[i, j] > 0
            grades[i, j] = (grades[i, j] + grade) / 2 if listed else grade
        for pair in row["hard_negatives"]:
            if not ruled_out and pair["why"] in RULED_OUT:
                grades[i, column[pair["id"]]] = LEFT_OUT
    return Labels(referrals, activities, grades)
