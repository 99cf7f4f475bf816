"""Words with a meaning, looked up in all their forms and inside compounds.

How a word is written in a table says how it is looked up::

    koor        the word and its forms
    =bos        only exactly this
    koffie*     also as the beginning of a compound
    *koor       as the ending of a word
    jeu de boules   these words in a row
"""

from collections.abc import Iterable, Iterator, Sequence

from wor_match.language.stems import bases, forms
from wor_match.language.tokens import Token, fold, tokenise


class Lexicon:
    """An index from words to values; every distinct word is worked out once."""

    def __init__(self, entries: Iterable[tuple[str, str]], exceptions: Iterable[str] = ()) -> None:
        self._words: dict[str, tuple[str, ...]] = {}
        self._exact: dict[str, tuple[str, ...]] = {}
        self._beginnings: dict[str, tuple[str, ...]] = {}
        self._endings: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        silent = list(exceptions)
        self._exceptions = frozenset(fold(word) for word in silent)
        self._known: dict[str, tuple[str, ...]] = {}
        for word, value in entries:
            self._add(word, value)
        for word in silent:
            if " " in word:
                self._add(word, "")
        for phrases in self._phrases.values():
            phrases.sort(key=lambda item: -len(item[0]))

    def _add(self, word: str, value: str) -> None:
        plain = [t.norm for t in tokenise(word.strip("*="))]
        if len(plain) > 1:
            self._phrases.setdefault(plain[0], []).append((tuple(plain), value))
        elif word.startswith("="):
            _append(self._exact, plain[0], value)
        elif word.startswith("*"):
            _append(self._endings, plain[0], value)
            for root in bases(plain[0]):
                _append(self._endings, root, value)
        elif word.endswith("*"):
            _append(self._beginnings, plain[0], value)
        else:
            _append(self._words, plain[0], value)
            for root in bases(plain[0]):
                _append(self._words, root, value)

    def of_word(self, word: str) -> tuple[str, ...]:
        """Return the values of one folded word."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            known = self._known[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> tuple[str, ...]:
        listed = word in self._exact or word in self._words
        if word in self._exceptions and not listed:
            return ()
        found = list(self._exact.get(word, ()))
        for form in forms(word):
            if form in self._words:
                found += self._words[form]
                break
        found += self._by_part(word)
        return tuple(dict.fromkeys(found))

    def _by_part(self, word: str) -> Iterator[str]:
        """Values by the longest known beginning, and by the longest known ending."""
        for size in range(len(word), 3, -1):
            if word[:size] in self._beginnings:
                yield from self._beginnings[word[:size]]
                break
        for form in forms(word):
            for start in range(len(form) - 2):
                if form[start:] in self._endings:
                    yield from self._endings[form[start:]]
                    return

    def find(self, tokens: Sequence[Token]) -> list[tuple[str, int, int]]:
        """Return (value, first token, past the last token); phrases go before words."""
        found: list[tuple[str, int, int]] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            size = 1
            if token.word:
                phrases = self._phrase_at(tokens, at)
                if phrases:
                    size = len(phrases[0][0])
                    found += [(value, at, at + size) for _, value in phrases if value]
                else:
                    found += [(value, at, at + 1) for value in self.of_word(token.norm)]
            at += size
        return found

    def _phrase_at(self, tokens: Sequence[Token], at: int) -> list[tuple[tuple[str, ...], str]]:
        best: list[tuple[tuple[str, ...], str]] = []
        for phrase, value in self._phrases.get(tokens[at].norm, ()):
            if best and len(phrase) < len(best[0][0]):
                break
            if len(tokens) - at >= len(phrase) and all(
                tokens[at + i].norm == phrase[i] for i in range(1, len(phrase))
            ):
                best.append((phrase, value))
        return best


_MOST_KNOWN = 200_000


def _append(table: dict[str, tuple[str, ...]], key: str, value: str) -> None:
    if value not in table.get(key, ()):
        table[key] = (*table.get(key, ()), value)
