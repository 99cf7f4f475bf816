"""The words of every activity: evidence that an embedding may miss (names, rare words, dialect).

Okapi BM25 (Robertson & Zaragoza 2009) over Dutch stems with every word counted
once per activity: provider texts are short, a repeated word adds nothing. With
that the weight of a pair falls apart into a part of the word (its rarity) and a
part of the activity (its length), so scoring adds up the weights of the words of
the client, each where it occurs: what is not asked for is not touched.
"""

from array import array
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue.spatial import runs_of

K1 = 1.2  # Robertson & Zaragoza 2009, the usual setting
B = 0.75


class WordWeights(NamedTuple):
    """A client's known words, heaviest first: their numbers and weights, each shape (words,)."""

    numbers: NDArray[np.intp]
    weights: NDArray[np.float32]


_FEW = 10_000
"""So many postings are gone through whole: looking up where to begin costs more."""
_GAP = 64
"""Rows further apart than this are looked up apart."""

_TOO_COMMON = float(np.log1p(9))
"""Rarity of a word in a tenth of the activities: ln(1 + 0.9 n / 0.1 n)."""


@dataclass(frozen=True)
class WordIndex:
    """The activities of every word, as an inverted index.

    Attributes
    ----------
    vocabulary
        Stem → number.
    rarity
        Inverse document frequency of each stem, float32.
    postings
        Rows in which each stem stands, ascending, stem after stem.
    ends
        Where each stem's postings end, shape (stems + 1,), the first 0.
    length_factor
        What the length of each activity does to its weight, float32 (n,).
    """

    vocabulary: Mapping[str, int]
    rarity: NDArray[np.float32]
    postings: NDArray[np.int32]
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
        return cls.of_numbers(vocabulary, np.array(numbers, np.int32), np.array(counts, np.int64))

    @classmethod
    def of_numbers(
        cls, vocabulary: Mapping[str, int], numbers: NDArray[np.int32], lengths: NDArray[np.int64]
    ) -> "WordIndex":
        """Index activities given as the numbers of their stems, activity after activity."""
        frequency = np.bincount(numbers, minlength=len(vocabulary))
        rarity = np.log1p((len(lengths) - frequency + 0.5) / (frequency + 0.5))
        relative = lengths / max(1.0, float(lengths.mean()) if len(lengths) else 1.0)
        factor = (K1 + 1) / (1 + K1 * (1 - B + B * relative))
        rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        return cls(
            vocabulary,
            rarity.astype(np.float32),
            rows[np.argsort(numbers, kind="stable")],
            np.append(0, np.cumsum(frequency)),
            factor.astype(np.float32),
        )

    def weights(self, stems: Mapping[str, float]) -> WordWeights:
        """Turn a client's stems with their weights into a weight per known word.

        Words that stand in more than a tenth of the activities tell nothing.
        """
        known = [stem for stem in stems if stem in self.vocabulary]
        numbers = np.array([self.vocabulary[stem] for stem in known], np.intp)
        rarity = self.rarity[numbers]
        weights = np.array([stems[stem] for stem in known], np.float32) * rarity
        weights[rarity <= _TOO_COMMON] = 0
        order = np.argsort(-weights, kind="stable")[: np.count_nonzero(weights)]
        return WordWeights(numbers[order], weights[order])

    def score(self, rows: NDArray[np.intp], weights: WordWeights) -> NDArray[np.float32]:
        """BM25 of some rows, ascending, under :meth:`weights`: float32, shape (len(rows),)."""
        if not len(rows):
            return np.zeros(0, np.float32)
        starts, stops = self.ends[weights.numbers, None], self.ends[weights.numbers + 1, None]
        if (stops - starts).sum() > _FEW:
            starts, stops = self._near(rows, weights)
        hits = self.postings[runs_of(starts.ravel(), stops.ravel())]
        # Only the pages of this that are touched cost anything.
        sums = np.zeros(len(self.length_factor), np.float32)
        np.add.at(sums, hits, weights.weights.repeat((stops - starts).sum(axis=1)))
        return sums[rows] * self.length_factor[rows]

    def _near(
        self, rows: NDArray[np.intp], weights: WordWeights
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the postings of each word lie that are among some rows, or close: (words, runs)."""
        breaks = np.flatnonzero(np.diff(rows) > _GAP)
        first, last = np.append(0, breaks + 1), np.append(breaks, -1)
        bounds = np.array([rows[first], rows[last] + 1], np.int32)
        numbers = weights.numbers.tolist()
        found = np.array([self._rows_of(number).searchsorted(bounds) for number in numbers])
        starts = self.ends[weights.numbers, None]
        return starts + found[:, 0], starts + found[:, 1]

    def shared(
        self, rows: NDArray[np.intp], weights: WordWeights, among: Container[str]
    ) -> list[list[str]]:
        """The stems ``among`` those asked for of each activity, heaviest first."""
        shared: list[list[str]] = [[] for _ in rows]
        for number in weights.numbers.tolist():
            stem = self._stems[number]
            if stem in among:
                postings = self._rows_of(number)
                stands = postings.searchsorted(rows) < postings.searchsorted(rows, side="right")
                for position in stands.nonzero()[0].tolist():
                    shared[position].append(stem)
        return shared

    def _rows_of(self, number: int) -> NDArray[np.int32]:
        return self.postings[self.ends[number] : self.ends[number + 1]]

    @cached_property
    def _stems(self) -> list[str]:
        return list(self.vocabulary)
