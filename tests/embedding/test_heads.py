"""Needs and working elements, read from vectors."""

from pathlib import Path

import numpy as np
import pytest

from wor_match.embedding import bundled
from wor_match.embedding.bundled import bundled_folder
from wor_match.embedding.heads import ELEMENTS, Heads
from wor_match.embedding.needs import NEEDS, SUPPORT, heads_of
from wor_match.errors import ModelError


@pytest.fixture(scope="module")
def heads() -> Heads:
    return Heads.load(bundled_folder())


def test_the_bundled_encoder_brings_its_heads() -> None:
    assert heads_of(bundled()) is not None


def test_probabilities_have_one_column_a_label(heads: Heads) -> None:
    vectors = bundled().encode_queries(
        ["Mw 81, weduwe sinds februari.", "Kan de huur niet betalen."]
    )
    for run, labels in (
        (heads.needs, NEEDS),
        (heads.answers, NEEDS),
        (heads.elements, ELEMENTS),
        (heads.support, SUPPORT),
        (heads.offers, ELEMENTS),
    ):
        probabilities = run(vectors)
        assert probabilities.shape == (2, len(labels))
        assert probabilities.dtype == np.float32
        assert ((probabilities >= 0) & (probabilities <= 1)).all()


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("Haar man is in februari overleden, ze mist hem elke avond.", "grief"),
        ("Drie maanden huurachterstand, deurwaarder voor de deur, maakt post niet open.", "money"),
        ("Ligt elke nacht wakker, slaapt hooguit drie uur.", "sleep"),
        (
            "Zorgt dag en nacht voor haar dementerende man en houdt het niet meer vol.",
            "caregiver_strain",
        ),
    ],
)
def test_plain_stories_are_understood(heads: Heads, text: str, need: str) -> None:
    probability = heads.needs(bundled().encode_queries([text]))[0]
    assert NEEDS[int(probability.argmax())] == need or probability[NEEDS.index(need)] > 0.5


def test_offers_are_understood(heads: Heads) -> None:
    vector = bundled().encode_passages(
        ["Wandelen door het bos, elke dinsdag een uur in de natuur."]
    )
    best = {ELEMENTS[i] for i in heads.offers(vector)[0].argsort()[-3:]}
    assert {"movement", "nature"} <= best


def test_no_texts_give_no_rows(heads: Heads) -> None:
    assert heads.needs(np.zeros((0, heads.dimension), np.float32)).shape == (0, len(NEEDS))


def test_vectors_of_another_length_are_refused(heads: Heads) -> None:
    with pytest.raises(ModelError, match="length"):
        heads.needs(np.zeros((1, 7), np.float32))


def test_missing_and_foreign_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"heads\.npz"):
        Heads.load(tmp_path)
    with np.load(bundled_folder() / "heads.npz") as stored:
        arrays = dict(stored)
    np.savez(tmp_path / "heads.npz", **(arrays | {"needs": np.array(["other"])}))
    with pytest.raises(ModelError, match="other labels"):
        Heads.load(tmp_path)
