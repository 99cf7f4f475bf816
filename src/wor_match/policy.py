"""What a municipality sets: every number that it may want to change, read from TOML."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from math import isclose
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wor_match.activity import CATEGORIES, Category
from wor_match.client import Mode
from wor_match.errors import InputError, faults_of

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weights(_Section):
    """``score = fit·w_fit + distance·w_distance + capacity·w_capacity``; they sum to 1."""

    fit: Share
    distance: Share
    capacity: Share

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        if not isclose(self.fit + self.distance + self.capacity, 1):
            raise ValueError("weights that sum to 1")
        return self


class FitWeights(_Section):
    """How the parts of fit add up; they sum to 1. ``unwanted`` and ``unsure`` take a share away."""

    story: Share
    wishes: Share
    needs: Share
    words: Share
    unwanted: Share
    unsure: Share

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        if not isclose(self.story + self.wishes + self.needs + self.words, 1):
            raise ValueError("story, wishes, needs and words that sum to 1")
        return self


class Similarity(_Section):
    """When a similarity counts: cosine of no evidence (``low``) and of full evidence (``high``).

    ``words_half`` is the BM25 weight that counts as half.
    """

    story_low: float
    story_high: float
    wish_low: float
    wish_high: float
    dislike_low: float
    dislike_high: float
    words_half: Positive

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for low, high in (
            (self.story_low, self.story_high),
            (self.wish_low, self.wish_high),
            (self.dislike_low, self.dislike_high),
        ):
            if low >= high:
                raise ValueError("low below high")
        return self


class ModeOfTravel(_Section):
    """``minutes = overhead + 60 · km · detour / speed_kmh`` with km in a straight line."""

    speed_kmh: Positive
    detour: Annotated[float, Field(ge=1)]
    overhead: NonNegative


class TravelPolicy(_Section):
    """Speeds per mode and what is assumed where a client says nothing."""

    default_mode: Mode
    default_minutes: Annotated[int, Field(gt=0)]
    nearby_minutes: Annotated[int, Field(gt=0)]
    home_visit_km: Positive
    home_closeness: Share
    online_closeness: Share
    modes: dict[Mode, ModeOfTravel]

    @model_validator(mode="after")
    def _all_modes(self) -> Self:
        missing = {"walk", "bike", "public_transport", "car"} - set(self.modes)
        if missing:
            raise ValueError(f"a section for each of {sorted(missing)}")
        return self


class CapacityPolicy(_Section):
    """Places and waiting: what is acceptable and how fast places come free."""

    max_wait_weeks: NonNegative
    half_life_days: Positive
    turnover_per_week: dict[Category, Share]

    @model_validator(mode="after")
    def _all_categories(self) -> Self:
        missing = set(CATEGORIES) - set(self.turnover_per_week)
        if missing:
            raise ValueError(f"a turnover for each of {sorted(missing)}")
        return self


class Costs(_Section):
    """Budgets that stand in words, and how to spread a course without dates."""

    low_budget_month: NonNegative
    course_weeks: Positive


class Groups(_Section):
    """What "small" means, in people."""

    small: Annotated[int, Field(ge=2)]


class Ranking(_Section):
    """How the list is cut and varied."""

    min_fit: Share
    min_share_of_best: Share
    diversity: Share
    few: Annotated[int, Field(ge=1)]
    most_waiting: Annotated[int, Field(ge=0)]
    start_within_days: Annotated[int, Field(ge=0)]


class Sharing(_Section):
    """Scarce places: many clients at once, and what steers one at a time."""

    objective: Literal["total", "fair", "first_come"]
    least_share: Share
    tolerance: Annotated[float, Field(gt=0, le=1)]
    unknown_places: Annotated[int, Field(ge=0)]
    spread_strength: Share
    rotation: Share
    price_most: Share


class Policy(_Section):
    """All settings of one municipality; ``Policy.default()`` is what ships."""

    categories: tuple[Category, ...] = CATEGORIES
    weights: Weights
    fit: FitWeights
    similarity: Similarity
    travel: TravelPolicy
    capacity: CapacityPolicy
    costs: Costs
    groups: Groups
    ranking: Ranking
    sharing: Sharing

    @cached_property
    def fingerprint(self) -> str:
        """The first 12 hex digits of the SHA-256 of every setting."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @classmethod
    def default(cls) -> "Policy":
        """The policy that ships, with its provenance in ``knowledge/policy.toml``."""
        return _default()

    @classmethod
    def read(cls, path: str | Path) -> "Policy":
        """Read a TOML file; what it leaves out is taken from the default.

        Raises
        ------
        InputError
            The file is missing, is no TOML or holds an unknown or impossible value.
        """
        try:
            changes = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read as a policy: {error}") from error
        return cls.default().with_changes(changes, source=str(path))

    def with_changes(self, changes: Mapping[str, Any], *, source: str = "policy") -> "Policy":
        """Return a policy with some values changed, given as nested mappings."""
        try:
            return Policy.model_validate(_merged(self.model_dump(), changes))
        except ValidationError as error:
            faults = "; ".join(str(fault) for fault in faults_of(error, 0))
            raise InputError(f"{source}: {faults}") from error


@cache
def _default() -> Policy:
    text = files("wor_match.knowledge").joinpath("policy.toml").read_text(encoding="utf-8")
    return Policy.model_validate(tomllib.loads(text))


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(old, Mapping)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged
