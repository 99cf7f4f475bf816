"""Words and marks with their place in the text as it was given.

The text itself is never changed: a token keeps its offsets and carries a folded
form beside it (lower case, no accents, shorthand written out), which is what
patterns and tables are compared with.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from wor_match.knowledge import tables

_TOKEN = re.compile(
    r"(?P<clock>(?<!\w)['’`´]?[sS][ -]?"
    r"(?i:morgens|ochtends|middags|avonds|nachts|maandags|woensdags|zondags)(?!\w))"
    r"|(?P<range>(?<!\w)(?:t/m|t\.?e\.?m\.)(?!\w))"
    r"|(?P<dotted>(?<!\w)(?:[^\W\d_]{1,2}\.){2,}(?:[^\W\d_](?!\w))?)"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?!\w))"
    r"|(?P<word>['’`´]?[^\W_]+(?:['’`´][^\W_]+)*['’`´]?)"
    r"|(?P<mark>\.{2,}|…|[.!?,;:()/&+=€%\n–—|•]|(?<=\s)-+(?=\s)|-)",
)
_SHORTEST_QUOTED = 3
_SENTENCE_MARKS = frozenset(".!?\n…")
_MARK_FORMS = {"…": ".", "–": ",", "—": ",", "|": ",", "•": ".", "\n": ".", "&": "en", "+": "en"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark.

    Attributes
    ----------
    start, end
        Offsets in the text as given.
    norm
        Folded form with shorthand and dialect written out; what patterns see.
    raw
        Folded form before that; what typed capitals and abbreviations looked like.
    word
        Whether it is a word or number rather than a mark.
    glued
        Whether it hangs on the token before it by a hyphen ("60-plussers").
    capital
        Whether it is written with a capital.
    """

    start: int
    end: int
    norm: str
    raw: str
    word: bool
    glued: bool
    capital: bool


@lru_cache(maxsize=32768)
def fold(word: str) -> str:
    """Lower case without accents, apostrophes straight, none at the edges."""
    if word.isascii():
        plain = word.casefold()
    else:
        split = unicodedata.normalize("NFKD", word.casefold())
        plain = "".join(c for c in split if not unicodedata.combining(c))
        plain = plain.translate(_APOSTROPHES)
    return plain.strip("'`") or plain


_APOSTROPHES = str.maketrans("’`´‘", "''''")


def tokenise(text: str) -> list[Token]:
    """Cut a text into tokens; white space and quotation marks leave no token."""
    shorthand = tables.shorthand()
    tokens: list[Token] = []
    glue_at = -1
    for found in _TOKEN.finditer(text):
        start, end, kind = found.start(), found.end(), found.lastgroup
        piece = found.group()
        if kind == "mark":
            if piece == "-":
                glue_at = end
                continue
            form = "." if piece.startswith("..") else _MARK_FORMS.get(piece, piece)
            if piece.strip("-") == "" and piece != "-":
                form = ","
            is_word = piece in "&+"
            tokens.append(Token(start, end, form, form, is_word, False, False))
            continue
        if not piece.isalnum():
            start, end, piece = _without_quotes(start, end, piece)
        raw = fold(piece)
        if kind in ("clock", "dotted", "range"):
            raw = re.sub(r"[\s.'/`-]", "", raw)
        norm = shorthand.get(raw, raw)
        tokens.append(Token(start, end, norm, raw, True, glue_at == start, piece[:1].isupper()))
    return tokens


def _without_quotes(start: int, end: int, piece: str) -> tuple[int, int, str]:
    """Drop quotation marks that a word took along ("'eer" → "eer", but "'t" stays)."""
    if len(piece) > _SHORTEST_QUOTED and piece[0] in "'’`´" and piece[1:2] not in "tsknm":
        piece, start = piece[1:], start + 1
    if len(piece) > 1 and piece[-1] in "'’`´":
        piece, end = piece[:-1], end - 1
    return start, end, piece


def sentences(tokens: list[Token]) -> list[list[Token]]:
    """Group tokens into sentences; the closing mark belongs to its sentence.

    A full stop after an abbreviation does not end a sentence, unless a capital
    follows and the abbreviation is not one that stands before a name or number.
    """
    result: list[list[Token]] = []
    current: list[Token] = []
    for at, token in enumerate(tokens):
        current.append(token)
        if token.word or token.norm not in _SENTENCE_MARKS:
            continue
        if token.norm == "." and token.end - token.start == 1 and _abbreviated(tokens, at):
            current.pop()
            continue
        result.append(current)
        current = []
    if current:
        result.append(current)
    return [s for s in result if any(t.word for t in s)]


def _abbreviated(tokens: list[Token], at: int) -> bool:
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if before is None or not before.word or before.end != tokens[at].start:
        return False
    if before.raw in tables.abbreviations_before():
        return True
    if before.raw in tables.abbreviations():
        return after is not None and not after.capital
    # "3.000" is one number; "nr. 4" and "ca 4." are covered above.
    return after is not None and after.start == tokens[at].end and after.word and not after.capital
