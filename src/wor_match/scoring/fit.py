"""How well activities suit a client: story, wishes, needs, words.

What is unwanted or unsure takes away.

Every part is a number in [0, 1] per activity. The four parts that give are
weighted to sum to at most 1; the two that take remove a share of what was given,
so fit stays in [0, 1] and its points add up exactly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.catalogue import Catalogue
from wor_match.catalogue.words import WordWeights
from wor_match.feasibility import Constraints, unsure_need
from wor_match.feasibility.rules import has_topic
from wor_match.policy import FitWeights, Policy
from wor_match.prepared import Prepared

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

_GIVING = ("story", "wishes", "needs", "words")
FIT_PARTS = (*_GIVING, "unwanted", "unsure")
"""What fit is made of: four parts give, two take a share of what was given."""

_COMPANY = 2
_AGAINST_THE_TEXT = np.float32(0.4)
_UNWANTED_IN_TEXT = np.float32(0.2)
_ONE_WISH = np.float32(0.85)
_DENSE = 2
_BLOCK = 4096
"""Rows multiplied at a time: 3 MB at 192 dimensions."""


@dataclass(frozen=True, slots=True)
class FitParts:
    """The parts of fit for some rows, each float32 (n,) in [0, 1].

    ``by_wish`` is (wishes, n); ``word_weights`` is the weight of every known word.
    """

    story: Floats
    wishes: Floats
    needs: Floats
    words: Floats
    unwanted: Floats
    unsure: Floats
    by_wish: Floats
    word_weights: WordWeights

    def points(self, weights: FitWeights, out: Floats) -> None:
        """Write what each of ``FIT_PARTS`` adds to fit or takes from it to ``out`` (6, n).

        A column sums to fit.
        """
        for row, name in enumerate(_GIVING):
            np.multiply(getattr(self, name), np.float32(getattr(weights, name)), out=out[row])
        total = out[: len(_GIVING)].sum(axis=0)
        out[-2] = np.float32(-weights.unwanted) * self.unwanted * total
        out[-1] = np.float32(-weights.unsure) * self.unsure * (total + out[-2])


def fit_parts(
    catalogue: Catalogue, rows: Rows, client: Prepared, constraints: Constraints, policy: Policy
) -> FitParts:
    """Work out every part of fit for some rows."""
    similarity = policy.similarity
    cosines = _products(catalogue.vectors(client.encoder), rows, client.directions)
    wishes = len(client.wishes)
    story = _ramp(cosines[0], similarity.story_low, similarity.story_high)
    liked = _ramp(cosines[1 : 1 + wishes], similarity.wish_low, similarity.wish_high)
    disliked = _ramp(cosines[1 + wishes :], similarity.dislike_low, similarity.dislike_high)
    word_weights = catalogue.words.weights(client.stems)
    found = catalogue.words.score(rows, word_weights)
    return FitParts(
        story=story,
        wishes=_any_of(liked),
        by_wish=liked,
        word_weights=word_weights,
        needs=_needs(catalogue, rows, client),
        words=found / (found + np.float32(similarity.words_half)),
        unwanted=_unwanted(catalogue, rows, constraints, disliked),
        unsure=unsure_need(catalogue, rows, constraints).astype(np.float32),
    )


def _products(vectors: Floats, rows: Rows, directions: Floats) -> Floats:
    """Products of some rows with every direction, shape (directions, rows).

    Block by block, so that a block is still in the processor's cache for the next direction.
    Where rows lie close together they are multiplied where they are: a few rows too many cost
    less than gathering.
    """
    result = np.empty((len(directions), len(rows)), np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        first, last = block[0], block[-1] + 1
        close = last - first < _DENSE * len(block)
        matrix = vectors[first:last] if close else vectors[block]
        for number, direction in enumerate(directions):
            products = matrix @ direction
            result[number, start : start + len(block)] = (
                products[block - first] if close else products
            )
    return result


def _ramp(values: Floats, low: float, high: float) -> Floats:
    share = (values - np.float32(low)) / np.float32(high - low)
    return np.minimum(np.maximum(share, 0, out=share), 1, out=share)


def _unwanted(
    catalogue: Catalogue, rows: Rows, constraints: Constraints, disliked: Floats
) -> Floats:
    """How much an activity is like what is not wanted or not possible."""
    columns = catalogue.columns
    found = disliked.max(axis=0, initial=0)

    def at_least(share: np.float32, where: NDArray[np.bool_]) -> None:
        np.maximum(found, share, out=found, where=where)

    if constraints.unwanted.any():
        at_least(_UNWANTED_IN_TEXT, has_topic(columns.topics, rows, constraints.unwanted))
    if constraints.rather_home:
        at_least(_AGAINST_THE_TEXT, ~columns.at_client[rows])
    if constraints.rather_alone:
        at_least(_AGAINST_THE_TEXT, columns.group_size[rows] > _COMPANY)
    return found


def _any_of(evidence: Floats) -> Floats:
    """1 - Π(1 - wish): one more wish that is answered is never worse."""
    return (1 - np.prod(1 - _ONE_WISH * evidence, axis=0)).astype(np.float32)


def _needs(catalogue: Catalogue, rows: Rows, client: Prepared) -> Floats:
    """How much of the client's needs an activity answers, by the model's heads."""
    answers = catalogue.answers(client.encoder)
    if answers is None or not client.needs.any():
        return np.zeros(len(rows), np.float32)
    (answered,) = _products(answers, rows, client.needs[None])
    return np.minimum(answered, 1, out=answered)
