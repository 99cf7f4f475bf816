"""The words of every activity: evidence that an embedding may miss (names, rare words, dialect).

Okapi BM25 (Robertson & Zaragoza 2009) over Dutch stems with every word counted
once per activity: provider texts are short, a repeated word adds nothing. With
that the weight of a pair falls apart into a part of the word (its rarity) and a
part of the activity (its length), so scoring is one look-up per word.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

K1 = 1.2  # Robertson & Zaragoza 2009, the usual setting
B = 0.75
_TOO_COMMON = float(np.log1p(9))
"""Rarity of a word in a tenth of the activities: ln(1 + 0.9 n / 0.1 n)."""


@dataclass(frozen=True)
class WordIndex:
    """Words of ``n`` activities.

    Attributes
    ----------
    vocabulary
        Stem → number.
    rarity
        Inverse document frequency of each stem, float32.
    terms
        Numbers of the stems, activity after activity.
    ends
        Where each activity's stems end, shape (n + 1,), the first 0.
    length_factor
        What the length of each activity does to its weight, float32 (n,).
    """

    vocabulary: Mapping[str, int]
    rarity: NDArray[np.float32]
    terms: NDArray[np.int32]
    ends: NDArray[np.int64]
    length_factor: NDArray[np.float32]

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> "WordIndex":
        """Index activities, each given as its stems."""
        vocabulary: dict[str, int] = {}
        numbers, counts = array("i"), array("q")
        for stems in documents:
            distinct = dict.fromkeys(stems)
            numbers.extend(vocabulary.setdefault(stem, len(vocabulary)) for stem in distinct)
            counts.append(len(distinct))
        terms, lengths = np.array(numbers, np.int32), np.array(counts, np.int64)
        frequency = np.bincount(terms, minlength=len(vocabulary))
        rarity = np.log1p((len(lengths) - frequency + 0.5) / (frequency + 0.5))
        relative = lengths / max(1.0, float(lengths.mean()) if len(lengths) else 1.0)
        factor = (K1 + 1) / (1 + K1 * (1 - B + B * relative))
        return cls(
            vocabulary,
            rarity.astype(np.float32),
            terms,
            np.cumsum([0, *lengths]),
            factor.astype(np.float32),
        )

    def weights(self, stems: Mapping[str, float]) -> NDArray[np.float32]:
        """Turn a client's stems with their weights into a weight per known word.

        Words that stand in more than a tenth of the activities tell nothing.
        """
        weights = np.zeros(len(self.vocabulary), np.float32)
        for stem, weight in stems.items():
            number = self.vocabulary.get(stem)
            if number is not None and self.rarity[number] > _TOO_COMMON:
                weights[number] = weight * self.rarity[number]
        return weights

    def score(self, rows: NDArray[np.intp], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """BM25 of some rows under :meth:`weights`: float32, shape (len(rows),)."""
        starts = self.ends[rows]
        lengths = self.ends[rows + 1] - starts
        total = int(lengths.sum())
        if not total:
            return np.zeros(len(rows), np.float32)
        offsets = np.cumsum(lengths) - lengths
        positions = np.arange(total) + np.repeat(starts - offsets, lengths)
        found = weights[self.terms[positions]]
        sums = np.zeros(len(rows), np.float32)
        filled = lengths > 0
        sums[filled] = np.add.reduceat(found, offsets[filled])
        return sums * self.length_factor[rows]

    def shared(self, row: int, weights: NDArray[np.float32], most: int) -> list[str]:
        """The stems of an activity that weigh most under :meth:`weights`."""
        terms = self.terms[self.ends[row] : self.ends[row + 1]]
        found = terms[weights[terms] > 0]
        return [self._stems[n] for n in found[np.argsort(-weights[found], kind="stable")][:most]]

    @cached_property
    def _stems(self) -> list[str]:
        return list(self.vocabulary)

    def __len__(self) -> int:
        return len(self.ends) - 1
