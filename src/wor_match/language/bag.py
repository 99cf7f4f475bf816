"""A text as its bag of Dutch stems, for the word index."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W_]{2,}")
_STEMMER = snowballstemmer.stemmer("dutch")


def stems(text: str) -> list[str]:
    """Return the stems of a text in order: ``"Samen breien"`` → ``["sam", "brei"]``."""
    return [_stem(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]


def stem_words(text: str) -> dict[str, str]:
    """Return for each stem of a text the first word that has it."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    return {_stem(word.casefold()): word for word in reversed(words)}


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))
