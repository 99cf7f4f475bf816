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
        known = [
            (number, weight)
            for stem, weight in stems.items()
            if (number := self.vocabulary.get(stem)) is not None
        ]
        numbers = np.array([number for number, _ in known], np.intp)
        rarity = self.rarity[numbers]
        weights = np.array([weight for _, weight in known], np.float32) * rarity
        weights[rarity <= _TOO_COMMON] = 0
        order = np.argsort(-weights, kind="stable")[: np.count_nonzero(weights)]
        return WordWeights(numbers[order], weights[order])

    def score(self, rows: NDArray[np.intp], weights: WordWeights) -> NDArray[np.float32]:
        """BM25 of some rows, ascending, under :meth:`weights`: float32, shape (len(rows),)."""
        if not len(rows) or not len(weights.numbers):
            return np.zeros(len(rows), np.float32)
        first = int(rows[0])
        # Only the pages of this that are touched cost anything.
        sums = np.zeros(int(rows[-1]) + 1 - first, np.float32)
        breaks = np.flatnonzero(np.diff(rows) > _GAP)
        bounds = np.empty((2, len(breaks) + 1), np.int32)
        bounds[0, 0], bounds[1, -1] = first, rows[-1] + 1
        bounds[0, 1:], bounds[1, :-1] = rows[breaks + 1], rows[breaks] + 1
        found = np.array([rows_of.searchsorted(bounds) for rows_of in self._rows_of(weights)])
        starts, stops = (self.ends[weights.numbers, None] + found[:, i] for i in (0, 1))
        hits = self.postings[runs_of(starts.ravel(), stops.ravel())]
        np.add.at(sums, hits - first, weights.weights.repeat((stops - starts).sum(axis=1)))
        return sums[rows - first] * self.length_factor[rows]

    def shared(
        self, rows: NDArray[np.intp], weights: WordWeights, among: Container[str]
    ) -> list[list[str]]:
        """The stems ``among`` those asked for of each activity, heaviest first."""
        shared: list[list[str]] = [[] for _ in rows]
        stems = [self._stems[number] for number in weights.numbers]
        for stem, rows_of in zip(stems, self._rows_of(weights), strict=True):
            if stem not in among:
                continue
            stands = rows_of.searchsorted(rows) < rows_of.searchsorted(rows, side="right")
            for position in stands.nonzero()[0].tolist():
                shared[position].append(stem)
        return shared

    def _rows_of(self, weights: WordWeights) -> list[NDArray[np.int32]]:
        starts, stops = self.ends[weights.numbers], self.ends[weights.numbers + 1]
        runs = zip(starts.tolist(), stops.tolist(), strict=True)
        return [self.postings[start:stop] for start, stop in runs]

    @cached_property
    def _stems(self) -> list[str]:
        return list(self.vocabulary)
