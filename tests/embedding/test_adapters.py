"""Other models behind the same protocol."""

import sys
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from wor_match.embedding import EncodeAdapter, Encoder, bundled, sentence_transformers_encoder
from wor_match.embedding.bundled import bundled_folder
from wor_match.errors import MissingExtraError, ModelError
from wor_match.testing.encoder_contract import TEXTS, EncoderContract


class CharacterCounts:
    """A toy model: how often each letter occurs."""

    def encode(self, texts: list[str]) -> list[list[float]]:
        letters = "abcdefghijklmnopqrstuvwxyz"
        return [[1.0, *(float(text.count(letter)) for letter in letters)] for text in texts]


class TestAdapter(EncoderContract):
    """Anything with ``encode`` keeps the contract."""

    @pytest.fixture
    def encoder(self) -> Encoder:
        return EncodeAdapter(CharacterCounts(), name="counts")

    def test_prefixes_are_part_of_the_name(self) -> None:
        plain = EncodeAdapter(CharacterCounts(), name="counts")
        other = EncodeAdapter(CharacterCounts(), name="counts", query_prefix="query: ")
        assert plain.name != other.name


@pytest.mark.parametrize(
    ("answer", "message"),
    [(np.ones(3), "one vector a text"), (np.full((1, 3), np.nan), "not finite")],
)
def test_a_model_that_answers_nonsense_is_named(answer: Any, message: str) -> None:
    class Nonsense:
        def encode(self, texts: list[str]) -> Any:
            return answer

    with pytest.raises(ModelError, match=message):
        EncodeAdapter(Nonsense(), name="nonsense")


def test_a_name_is_asked_for() -> None:
    with pytest.raises(ModelError, match="name"):
        EncodeAdapter(CharacterCounts(), name="")


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"wor-match\[sentence-transformers\]"):
        sentence_transformers_encoder("any")


def test_sentence_transformers_loads_the_bundled_folder_with_the_same_vectors() -> None:
    library = pytest.importorskip("sentence_transformers")
    model = library.SentenceTransformer(str(bundled_folder()), trust_remote_code=True)
    for kind, ours in (
        ("query", bundled().encode_queries(TEXTS)),
        ("passage", bundled().encode_passages(TEXTS)),
    ):
        theirs = model.encode(list(TEXTS), prompt_name=kind)
        np.testing.assert_allclose(theirs, ours, atol=1e-5)


@lru_cache(maxsize=1)
def _by_sentence_transformers() -> Encoder:
    pytest.importorskip("sentence_transformers")
    return sentence_transformers_encoder(bundled_folder(), trust_remote_code=True)


class TestSentenceTransformers(EncoderContract):
    """The adapter keeps the contract, with the model's own prompts."""

    @pytest.fixture
    def encoder(self) -> Encoder:
        return _by_sentence_transformers()

    def test_gives_the_vectors_of_the_bundled_encoder(self, encoder: Encoder) -> None:
        np.testing.assert_allclose(
            encoder.encode_queries(TEXTS), bundled().encode_queries(TEXTS), atol=1e-5
        )
