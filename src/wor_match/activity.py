"""One activity of a catalogue snapshot, after the data contract (``docs/data-format.md``)."""

import datetime as dt
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, model_validator

from wor_match import messy

Category = Literal[
    "sport",
    "volunteering",
    "lotgenotencontact",
    "creative",
    "social",
    "nature",
    "culture",
    "learning",
    "support",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)

Accessibility = Literal["wheelchair", "low_stimulus", "hearing_loop", "visual", "ground_floor"]
Intensity = Literal["none", "light", "moderate", "vigorous"]
Gender = Literal["any", "women", "men"]
CostPeriod = Literal["free", "session", "month", "course"]
SlotPeriod = Literal["week", "fortnight", "month"]

Weekday = Annotated[
    Literal["mo", "tu", "we", "th", "fr", "sa", "su"], BeforeValidator(messy.weekday)
]
Clock = Annotated[
    str, BeforeValidator(messy.clock), Field(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$")
]
Date = Annotated[dt.date, BeforeValidator(messy.date)]
Flag = Annotated[bool, BeforeValidator(messy.flag)]
Language = Annotated[str, BeforeValidator(messy.language), Field(pattern=r"^[a-z]{2,3}$")]
Postcode = Annotated[
    str, BeforeValidator(messy.postcode), Field(pattern=r"^[1-9]\d{3}(?:[A-Z]{2})?$")
]
Euros = Annotated[FiniteFloat, BeforeValidator(messy.amount), Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Latitude = Annotated[FiniteFloat, Field(ge=-90, le=90)]
Longitude = Annotated[FiniteFloat, Field(ge=-180, le=180)]


class Words(BaseModel):
    """Base of the words that come in: unknown fields are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: item for key, item in value.items() if item is not None}
        return value


class Location(Words):
    """Where an activity is held: a point, or a postcode, or both (WGS84 degrees)."""

    postcode: Postcode | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    place: str | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon together, or neither")
        return self


class Slot(Words):
    """A weekly time, local; ``every`` fortnight or month where it is not weekly."""

    weekday: Weekday
    start: Clock
    end: Clock
    every: SlotPeriod = "week"

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end <= self.start:
            raise ValueError("an end later than the start, on the same day")
        return self


class Cost(Words):
    """What a participant pays, in euros."""

    amount: Euros = 0.0
    per: CostPeriod = "free"


class Capacity(Words):
    """Places and who is on them. 0/0/0 is unknown, ``enrolled`` may exceed ``places``."""

    places: Count
    enrolled: Count = 0
    waiting: Count = 0
    updated_at: Date | None = None


class Audience(Words):
    """Whom the activity is for. ``None`` and an empty list mean no restriction known."""

    age_min: Annotated[int, Field(ge=0, le=120)] | None = None
    age_max: Annotated[int, Field(ge=0, le=120)] | None = None
    gender: Gender = "any"
    languages: Annotated[tuple[Language, ...], BeforeValidator(messy.words)] = ()

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        if self.age_min is not None and self.age_max is not None and self.age_min > self.age_max:
            raise ValueError("age_min not above age_max")
        return self


class Activity(Words):
    """One line of a catalogue snapshot.

    Only ``id``, ``title`` and ``category`` must be there; everything else may be
    missing in a real file and then counts as unknown, never as "no".
    """

    id: Annotated[str, Field(min_length=1, max_length=200)]
    title: Annotated[str, Field(min_length=1)]
    description: str = ""
    provider: str = ""
    category: Category
    location: Location | None = None
    online: Flag = False
    visits_home: Flag = False
    schedule: tuple[Slot, ...] = ()
    start_date: Date | None = None
    end_date: Date | None = None
    cost: Cost | None = None
    capacity: Capacity | None = None
    audience: Audience = Audience()
    accessibility: Annotated[tuple[Accessibility, ...], BeforeValidator(messy.words)] = ()
    group_size: Annotated[int, Field(ge=1)] | None = None
    intensity: Intensity | None = None
    updated_at: Date | None = None

    @model_validator(mode="after")
    def _run_in_order(self) -> Self:
        if self.start_date and self.end_date and self.start_date > self.end_date:
            raise ValueError("start_date not after end_date")
        return self
