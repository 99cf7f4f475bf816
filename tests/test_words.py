"""The word index against BM25 written out."""

from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wor_match.catalogue import words
from wor_match.catalogue.words import K1, B, WordIndex

STEMS = [f"s{number}" for number in range(8)]


@st.composite
def documents(draw):
    """Few activities with rare words, among many that share none of them."""
    few = draw(st.lists(st.lists(st.sampled_from(STEMS), max_size=6), min_size=1, max_size=12))
    others = [[f"other{number}"] for number in range(130)]
    before = draw(st.integers(0, len(others)))
    return others[:before] + few + others[before:]


def written_out(texts, row, weights):
    lengths = [len(set(text)) for text in texts]
    mean = max(1.0, np.mean(lengths))
    factor = (K1 + 1) / (1 + K1 * (1 - B + B * lengths[row] / mean))
    total = 0.0
    for stem in set(texts[row]) & weights.keys():
        count = sum(stem in text for text in texts)
        total += weights[stem] * np.log1p((len(texts) - count + 0.5) / (count + 0.5)) * factor
    return total


@given(
    documents(), st.dictionaries(st.sampled_from(STEMS), st.floats(0.1, 2), max_size=5), st.data()
)
def test_scores_are_bm25_and_shared_words_are_those_that_stand_there(texts, weights, data):
    index = WordIndex.of(texts)
    few = data.draw(st.sampled_from([0, 10_000]))  # look up near the rows, or go through all
    chosen = data.draw(st.sets(st.integers(0, len(texts) - 1)))
    rows = np.array(sorted(chosen), np.intp)
    known = index.weights(weights)
    expected = [written_out(texts, row, weights) for row in rows]
    with mock.patch.object(words, "_FEW", few):
        np.testing.assert_allclose(index.score(rows, known), expected, rtol=1e-5)
    among = set(list(weights)[:3])
    for row, shared in zip(rows, index.shared(rows, known, among), strict=True):
        assert set(shared) == set(texts[row]) & among
        assert len(shared) == len(set(shared))


def test_a_word_in_every_tenth_activity_tells_nothing():
    texts = [["often"] if number % 5 == 0 else ["x"] for number in range(50)]
    index = WordIndex.of([*texts, ["rare"]])
    assert [index.shared(np.array([0]), index.weights({"often": 1.0}), {"often"})] == [[[]]]
    assert index.score(np.array([50]), index.weights({"rare": 1.0}))[0] > 0
