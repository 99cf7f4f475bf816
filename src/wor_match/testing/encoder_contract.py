"""Tests that every encoder must pass.

Subclass it in your own test suite::

    class TestMyEncoder(EncoderContract):
        @pytest.fixture
        def encoder(self):
            return MyEncoder()
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from wor_match.embedding.encoder import Encoder

TEXTS = (
    "Mw. 74 jr, wed. sinds 2025, veel alleen. Vroeger altijd in de tuin bezig geweest, nu flat.",
    "P03",
    "wil graag weer onder de mensen, maar geen grote groep",
    "Ma 20u, zaal open 19.45",
    "ik heb veel papir van gemeente en blauw enveloppe ik snap niet",
    "Koffie, thee en een spelletje in het buurthuis. Aanmelden is niet nodig, loop gerust binnen.",
)


class EncoderContract:
    """The promises of `wor_match.embedding.Encoder`, as tests for pytest.

    Give a fixture ``encoder`` in the subclass.
    """

    def test_is_an_encoder(self, encoder: Encoder) -> None:
        assert isinstance(encoder, Encoder)
        assert encoder.name
        assert encoder.dimension > 0

    def test_gives_float32_rows_of_unit_length(self, encoder: Encoder) -> None:
        for encode in (encoder.encode_queries, encoder.encode_passages):
            vectors = encode(TEXTS)
            assert vectors.dtype == np.float32
            assert vectors.shape == (len(TEXTS), encoder.dimension)
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    def test_takes_no_texts(self, encoder: Encoder) -> None:
        assert encoder.encode_queries([]).shape == (0, encoder.dimension)
        assert encoder.encode_passages([]).shape == (0, encoder.dimension)

    def test_takes_an_empty_and_a_very_long_text(self, encoder: Encoder) -> None:
        vectors = encoder.encode_passages(["", "wandelen " * 5_000])
        assert vectors.shape == (2, encoder.dimension)
        assert np.isfinite(vectors).all()

    def test_is_deterministic(self, encoder: Encoder) -> None:
        np.testing.assert_array_equal(encoder.encode_queries(TEXTS), encoder.encode_queries(TEXTS))

    def test_a_vector_does_not_depend_on_its_batch(self, encoder: Encoder) -> None:
        together = encoder.encode_passages([*TEXTS, "lang " * 300])[: len(TEXTS)]
        alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
        backwards = encoder.encode_passages(TEXTS[::-1])[::-1]
        np.testing.assert_allclose(together, alone, atol=1e-5)
        np.testing.assert_allclose(together, backwards, atol=1e-5)

    def test_threads_may_share_it(self, encoder: Encoder) -> None:
        expected = encoder.encode_queries(TEXTS)
        with ThreadPoolExecutor(4) as pool:
            for vectors in pool.map(lambda _: encoder.encode_queries(TEXTS), range(8)):
                np.testing.assert_allclose(vectors, expected, atol=1e-5)
