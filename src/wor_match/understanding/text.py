"""A client's text prepared for reading: sentences, clauses, and whose they are."""

from dataclasses import dataclass, field

from wor_match.knowledge import tables
from wor_match.language.clauses import Clause, clauses
from wor_match.language.patterns import Line
from wor_match.language.times import Mention, mentions_of
from wor_match.language.tokens import Token, sentences, tokenise

_SHORT_QUESTION, _ASIDE, _OPENING, _TITLE = 8, 5, 7, 2  # words


@dataclass(slots=True)
class Sentence:
    """One sentence, or a short question together with its answer.

    Attributes
    ----------
    tokens, line, clauses, times
        The words, what the patterns see of them, the clauses, and the times that are named.
    others
        Per clause, whether its subject is somebody else than the client.
    question
        Whether it only asks, so that nothing is said.
    """

    tokens: list[Token]
    line: Line
    clauses: list[Clause]
    times: list[Mention]
    others: list[bool] = field(default_factory=list)
    question: bool = False

    def clause_of(self, position: int) -> int:
        """Return the number of the clause in which a token stands (or that follows it)."""
        for number, clause in enumerate(self.clauses):
            if position < clause.end:
                return number
        return len(self.clauses) - 1


@dataclass(slots=True)
class Reading:
    """A text of one field of the client, cut up for the steps that follow."""

    field: str
    text: str
    sentences: list[Sentence]

    def words(self, first: Token, last: Token) -> tuple[str, int, int]:
        """Return the text from one token to another, with its offsets."""
        start, end = min(first.start, last.start), max(first.end, last.end)
        return self.text[start:end], start, end


def read(field_name: str, text: str) -> Reading:
    """Prepare one text."""
    parts = _with_answers(sentences(tokenise(text)))
    own = _client_is_relative(parts)
    found = []
    for tokens in map(_asides_last, parts):
        line = Line(tokens)
        sentence = Sentence(tokens, line, clauses(tokens), mentions_of(tokens))
        sentence.question = _only_asks(tokens)
        sentence.others = _others(sentence, own)
        found.append(sentence)
    return Reading(field_name, text, found)


def _with_answers(parts: list[list[Token]]) -> list[list[Token]]:
    """Join "Breien?" with the "Liever niet" that answers it."""
    answers = tables.word_set("answers")
    joined: list[list[Token]] = []
    for tokens in parts:
        first = next((t.norm for t in tokens if t.word), "")
        before = joined[-1] if joined else []
        short = sum(t.word for t in before) <= _SHORT_QUESTION
        asked = next((t.norm for t in before if t.word), "")
        fronted = bool(before) and before[-1].norm == "?" and asked not in tables.word_set("asks")
        if fronted and short and first in answers:
            joined[-1] = before + tokens
        else:
            joined.append(tokens)
    return joined


def _asides_last(tokens: list[Token]) -> list[Token]:
    """Move "(17)" and "(littekens)" behind the sentence, so that they do not cut it in two."""
    opening = next((at for at, t in enumerate(tokens) if t.norm == "("), None)
    closing = next((at for at, t in enumerate(tokens) if t.norm == ")"), None)
    if (
        opening is None
        or closing is None
        or not 0 < opening < closing
        or closing - opening > _ASIDE
    ):
        return tokens
    rest = tokens[:opening] + tokens[closing + 1 :]
    end = len(rest) - (rest[-1].norm in ".!?" and not rest[-1].word)
    return rest[:end] + tokens[opening : closing + 1] + rest[end:]


def _only_asks(tokens: list[Token]) -> bool:
    """A question that was not answered, or that is asked back of the reader."""
    first = next((t.norm for t in tokens if t.word), "")
    if tokens[-1].norm == "?":
        return True
    marks = [at for at, token in enumerate(tokens) if token.norm == "?"]
    return first == "of" and bool(marks)


def _client_is_relative(parts: list[list[Token]]) -> bool:
    """Whether a child writes about "mijn vader": then he is the client."""
    words = {t.norm for tokens in parts for t in tokens}
    return not words & (tables.word_set("client_named") | tables.word_set("writer"))


def _others(sentence: Sentence, own: bool) -> list[bool]:
    """Tell per clause whether somebody else is its subject; it lasts until the client returns."""
    result: list[bool] = []
    other = False
    for clause in sentence.clauses:
        # "ex-stratenmaker" is the client's own past, "haar ex" is not.
        tokens = sentence.tokens[clause.start : clause.end]
        words = [
            t.norm if not (at + 1 < len(tokens) and tokens[at + 1].glued) else f"{t.norm}-"
            for at, t in enumerate(tokens)
        ]
        verdict = _subject_is_other(words, own)
        if verdict is not None:
            other = verdict
        result.append(other)
    return result


def _subject_is_other(words: list[str], own: bool) -> bool | None:
    """True: somebody else; False: the client; None: not said here."""
    relatives, determiners = (
        tables.word_set("relative"),
        tables.word_set("poss") | {"de", "een", "het"},
    )
    client, reports = tables.word_set("client"), tables.word_set("report")
    prepositions = tables.word_set("preposition")
    for at, word in enumerate(words[:_OPENING]):
        if word in client:
            return False
        if word not in relatives or (word == "broertje" and "dood" in words[at : at + 2]):
            continue
        before = words[at - 1] if at else ""
        start = at - 1 if before in determiners else at
        if start > 0 and words[start - 1] in prepositions:
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        if after in reports or (start > 0 and words[start - 1] in reports):
            return None
        if before not in determiners and at > 0:
            continue
        family = word in tables.word_set("family_client")
        if family and (before == "" or (own and before in ("mijn", "ons", "onze"))):
            return None
        return after != "" or len(words) > _TITLE
    return None
