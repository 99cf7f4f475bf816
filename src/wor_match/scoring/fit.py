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
_BLOCK = 512
"""Rows gathered at a time: 0.8 MB at 384 dimensions."""


@dataclass(frozen=True, slots=True)
class FitParts:
    """The parts of fit for some rows, each float32 (n,) in [0, 1].

    ``by_wish`` is (n, wishes); ``word_weights`` is the weight of every known word.
    """

    story: Floats
    wishes: Floats
    needs: Floats
    words: Floats
    unwanted: Floats
    unsure: Floats
    by_wish: Floats
    word_weights: WordWeights

    def points(self, weights: FitWeights) -> Floats:
        """What each of ``FIT_PARTS`` adds to fit or takes from it, (6, n); a column sums to fit."""
        given = np.stack([getattr(weights, name) * getattr(self, name) for name in _GIVING])
        total = given.sum(axis=0)
        unwanted = -weights.unwanted * self.unwanted * total
        unsure = -weights.unsure * self.unsure * (total + unwanted)
        return np.vstack([given, unwanted, unsure])


def fit_parts(
    catalogue: Catalogue, rows: Rows, client: Prepared, constraints: Constraints, policy: Policy
) -> FitParts:
    """Work out every part of fit for some rows."""
    similarity = policy.similarity
    cosines = _products(catalogue.vectors(client.encoder), rows, client.directions)
    wishes = len(client.wishes)
    story = _ramp(cosines[:, 0], similarity.story_low, similarity.story_high)
    liked = _ramp(cosines[:, 1 : 1 + wishes], similarity.wish_low, similarity.wish_high)
    disliked = _ramp(cosines[:, 1 + wishes :], similarity.dislike_low, similarity.dislike_high)
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
    """Products of some rows with every direction, shape (rows, directions).

    Block by block, so that a block is still in the processor's cache when it is multiplied.
    Where rows lie close together they are multiplied where they are: a few rows too many cost
    less than gathering.
    """
    result = np.empty((len(rows), len(directions)), np.float32)
    target = np.ascontiguousarray(directions.T)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        first, last = block[0], block[-1] + 1
        if last - first < _DENSE * len(block):
            result[start : start + len(block)] = (vectors[first:last] @ target)[block - first]
        else:
            np.matmul(vectors[block], target, out=result[start : start + len(block)])
    return result


def _ramp(values: Floats, low: float, high: float) -> Floats:
    share = (values - np.float32(low)) / np.float32(high - low)
    return np.minimum(np.maximum(share, 0, out=share), 1, out=share)


def _unwanted(
    catalogue: Catalogue, rows: Rows, constraints: Constraints, disliked: Floats
) -> Floats:
    """How much an activity is like what is not wanted or not possible."""
    columns = catalogue.columns
    likeness = disliked.max(axis=1, initial=0.0)
    in_text = has_topic(columns.topics, rows, constraints.unwanted)
    named = np.where(in_text, _UNWANTED_IN_TEXT, 0)
    against = np.zeros(len(rows), bool)
    if constraints.rather_home:
        against |= ~columns.at_client[rows]
    if constraints.rather_alone:
        against |= columns.group_size[rows] > _COMPANY
    return np.maximum.reduce([likeness, named, np.where(against, _AGAINST_THE_TEXT, 0)]).astype(
        np.float32
    )


def _any_of(evidence: Floats) -> Floats:
    """1 - Π(1 - wish): one more wish that is answered is never worse."""
    return (1 - np.prod(1 - _ONE_WISH * evidence, axis=1)).astype(np.float32)


def _needs(catalogue: Catalogue, rows: Rows, client: Prepared) -> Floats:
    """How much of the client's needs an activity answers, by the model's heads."""
    answers = catalogue.answers(client.encoder)
    if answers is None or not client.needs.any():
        return np.zeros(len(rows), np.float32)
    answered = _products(answers, rows, client.needs[None])[:, 0]
    return np.minimum(answered, 1, out=answered)
