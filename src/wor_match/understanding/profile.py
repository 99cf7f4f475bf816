"""What was understood of a client: every item with the words it was read from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Certainty = Literal["stated", "read", "heard", "inferred"]
"""Who says so: a field (stated), the text by a rule (read) or to the model's ear (heard), or
nobody: it follows (inferred)."""

SignalKind = Literal[
    "suicidality", "domestic_violence", "sexual_violence", "psychosis", "severe_depression",
    "addiction", "money_acute", "homeless", "child_unsafe", "medical_alarm", "self_neglect",
]  # fmt: skip


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Item):
    """Where an item stands and which table row drew the conclusion.

    ``start`` and ``end`` are character offsets in the field's text as the caller
    gave it, so ``text == field_text[start:end]``; both are ``None`` where the
    whole field is the evidence.
    """

    field: str
    text: str
    start: int | None = None
    end: int | None = None
    rule: str
    certainty: Certainty


class Topic(_Item):
    """Something the client wants, does not want, cannot do, or that is not the case.

    ``key`` is what ``Client.corrections`` takes; ``topics`` are rows of
    ``knowledge/topics.csv`` (activity kinds) that the phrase names.
    """

    key: str
    phrase: str
    topics: tuple[str, ...] = ()
    evidence: Evidence


class Limit(_Item):
    """A limit from the closed list of ``knowledge/limits.csv``."""

    key: str
    code: str
    evidence: Evidence


class WeightedCode(_Item):
    """A need or a working element with its weight in [0, 1]."""

    key: str
    code: str
    weight: float
    evidence: Evidence


class SupportDomain(_Item):
    """A question for practical support: money, housing, safety, care, work, legal, language."""

    key: str
    code: str
    evidence: Evidence


class Signal(_Item):
    """Something that a person must look at first. Neutral: no diagnosis, no severity.

    ``acute`` signals withhold the list until the caller acknowledges them;
    the others (negated, past, of somebody else) ask to be talked about.
    """

    kind: SignalKind
    acute: bool
    prompt: str
    route: str
    evidence: Evidence


class Caution(_Item):
    """A contraindication or a matter of timing that the coach should weigh."""

    key: str
    code: str
    text: str
    evidence: Evidence


class Profile(_Item):
    """Everything that was understood of one client."""

    wishes: tuple[Topic, ...] = ()
    not_wanted: tuple[Topic, ...] = ()
    cannot: tuple[Topic, ...] = ()
    absent: tuple[Topic, ...] = ()
    limits: tuple[Limit, ...] = ()
    needs: tuple[WeightedCode, ...] = ()
    elements: tuple[WeightedCode, ...] = ()
    support: tuple[SupportDomain, ...] = ()
    signals: tuple[Signal, ...] = ()
    cautions: tuple[Caution, ...] = ()
