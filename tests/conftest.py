"""Fixtures of all tests: a cache of their own, hypothesis profiles, the shipped snapshots."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from wor_match import Catalogue
from wor_match.testing.strategies import WordEncoder

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("dev", max_examples=60, deadline=None)
settings.register_profile("ci", max_examples=150, deadline=None, derandomize=True)
settings.register_profile(
    "fast", max_examples=10, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory):
    """No test reads or writes the user's cache."""
    patch = pytest.MonkeyPatch()
    if "WOR_MATCH_CACHE" not in os.environ:
        patch.setenv("WOR_MATCH_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def words():
    return WordEncoder()


@pytest.fixture(scope="session")
def nijmegen():
    """The shipped snapshot with an encoder that needs no model."""
    path = ROOT / "catalogues/nijmegen/catalogue.jsonl"
    return Catalogue.read(path, encoder=WordEncoder(), cache=False)
