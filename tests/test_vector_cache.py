import sqlite3

import numpy as np
import pytest

from wor_match.embedding.cache import VectorCache
from wor_match.testing.strategies import WordEncoder


class Counting:
    def __init__(self):
        self.texts = []
        self.encoder = WordEncoder()

    def __call__(self, texts):
        self.texts += texts
        yield self.encoder.encode_passages(texts)


@pytest.fixture
def cache(tmp_path):
    return VectorCache("m@1", WordEncoder.dimension, tmp_path)


def test_only_new_texts_are_encoded(cache):
    first, second = Counting(), Counting()
    before = cache.vectors(["koffie", "thee", "koffie"], first)
    after = cache.vectors(["thee", "breien", "koffie"], second)
    assert first.texts == ["koffie", "thee"]
    assert second.texts == ["breien"]
    assert np.array_equal(before[[1, 0]], after[[0, 2]])


def test_a_damaged_vector_is_made_again(cache):
    whole = cache.vectors(["koffie"], Counting())
    with sqlite3.connect(cache.path) as connection:
        connection.execute("update vectors set vector = zeroblob(256)")
    connection.close()
    again = Counting()
    assert np.array_equal(cache.vectors(["koffie"], again), whole)
    assert again.texts == ["koffie"]


def test_a_file_that_is_no_database_is_replaced(cache):
    whole = cache.vectors(["koffie"], Counting())
    cache.path.write_bytes(b"no database at all, but long enough to be one" * 30)
    assert np.array_equal(cache.vectors(["koffie"], Counting()), whole)
    later = Counting()
    cache.vectors(["koffie"], later)
    assert later.texts == []


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path):
    (tmp_path / "file").write_text("x")
    cache = VectorCache("m@1", WordEncoder.dimension, tmp_path / "file")
    assert cache.vectors(["koffie"], Counting()).shape == (1, WordEncoder.dimension)


def test_no_text_no_vectors(cache):
    assert cache.vectors([], Counting()).shape == (0, WordEncoder.dimension)
