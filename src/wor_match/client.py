"""One client: what the referrer and the coach wrote, after the data contract."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from wor_match import messy
from wor_match.activity import Clock, Euros, Language, Latitude, Longitude, Postcode, Weekday, Words

Need = Literal[
    "wheelchair", "low_stimulus", "hearing_loop", "visual", "ground_floor", "small_group"
]
Mode = Literal["walk", "bike", "public_transport", "car"]

_MODE_WORDS = {
    "lopend": "walk", "lopen": "walk", "te voet": "walk", "wandelen": "walk",
    "walking": "walk", "foot": "walk",
    "fiets": "bike", "fietsen": "bike", "met de fiets": "bike",
    "bicycle": "bike", "cycling": "bike",
    "ov": "public_transport", "openbaar vervoer": "public_transport", "bus": "public_transport",
    "trein": "public_transport", "transit": "public_transport",
    "auto": "car", "met de auto": "car", "driving": "car",
}  # fmt: skip
_GENDER_WORDS = {
    "vrouw": "woman", "v": "woman", "f": "woman", "female": "woman",
    "man": "man", "m": "man", "male": "man",
    "x": "other", "anders": "other", "non-binair": "other", "nonbinary": "other",
}  # fmt: skip


def _known(words: dict[str, str]) -> BeforeValidator:
    return BeforeValidator(
        lambda v: words.get(v.strip().casefold(), v) if isinstance(v, str) else v
    )


Phrases = Annotated[tuple[str, ...], BeforeValidator(messy.words)]
Grade = Annotated[float, Field(ge=0, le=10), BeforeValidator(messy.amount)]


class Point(Words):
    """A point in WGS84 degrees."""

    lat: Latitude
    lon: Longitude


class Travel(Words):
    """How far the client can go, one way."""

    mode: Annotated[Mode, _known(_MODE_WORDS)]
    max_minutes: Annotated[int, BeforeValidator(messy.minutes), Field(ge=0, le=600)]


class Window(Words):
    """A time at which the client can be there."""

    weekday: Weekday
    start: Clock = "00:00"
    end: Clock = "24:00"

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end <= self.start:
            raise ValueError("an end later than the start, on the same day")
        return self


class PositiveHealth(Words):
    """The six dimensions of the spider web, 0 to 10; a conversation aid, not a measurement."""

    bodily_functions: Grade | None = None
    mental_wellbeing: Grade | None = None
    meaningfulness: Grade | None = None
    quality_of_life: Grade | None = None
    participation: Grade | None = None
    daily_functioning: Grade | None = None


class Tried(Words):
    """An earlier step and how it went."""

    activity_id: str
    outcome: Literal["liked", "disliked", "dropped_out"]


class Client(Words):
    """What is known of one client. Every field may be empty.

    ``corrections`` is the coach's last word on the reading: keys of profile
    items (as ``result.profile`` shows them, for example ``"limit:not_evening"``)
    that the text does not mean after all. Signals cannot be corrected away.
    """

    id: str = "client"
    referral: Annotated[str, Field(repr=False)] = ""
    complaints: Annotated[Phrases, Field(repr=False)] = ()
    interests: Phrases = ()
    dislikes: Phrases = ()
    goals: Phrases = ()
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    gender: Annotated[Literal["woman", "man", "other"], _known(_GENDER_WORDS)] | None = None
    languages: Annotated[tuple[Language, ...], BeforeValidator(messy.words)] = ()
    postcode: Postcode | None = None
    location: Point | None = None
    travel: Travel | None = None
    availability: tuple[Window, ...] = ()
    max_cost_month: Euros | None = None
    needs: Annotated[tuple[Need, ...], BeforeValidator(messy.words)] = ()
    positive_health: PositiveHealth | None = None
    tried: tuple[Tried, ...] = ()
    corrections: Phrases = ()


TEXT_FIELDS = ("referral", "complaints", "interests", "dislikes", "goals")
"""Fields whose content is health data and may not be shown in an error."""
