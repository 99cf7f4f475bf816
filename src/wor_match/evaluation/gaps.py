"""What was asked and not found: wish by neighbourhood by part of day, for who buys and subsidises.

Made from match results, so it counts what clients asked for and not what somebody thinks
they need. A kind of activity is *met* where a proposal on the client's list is of that kind,
and *unmet* otherwise; what stood in the way is said for the offer that came nearest. No
words of a client get in: a wish that names no known kind counts as ``other``. Cells of
fewer than ``least`` clients are suppressed, as are cells that would give away a smaller one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from wor_match.activity import Activity
from wor_match.client import Client
from wor_match.errors import InputError, MissingExtraError
from wor_match.geography.postcodes import locate
from wor_match.language.topics import find_topics, parents
from wor_match.result import MatchResult

SMALL_CELL = 10
"""Fewer clients are not shown: the small-cell rule of reports to a municipality."""

OTHER = "other"
NO_OFFER = "no offer"
TOO_LOW = "other offers fit better"
NO_NEIGHBOURHOOD = "unknown"
ANY_TIME = "any time"
_NOON, _EVENING = "12:00", "18:00"
_WEEKEND = frozenset({"sa", "su"})
PARTS_OF_DAY = ("morning", "afternoon", "evening", "weekend", ANY_TIME)


class Ask(NamedTuple):
    """One wish of one client; ``obstacle`` is what stood in the way, None where it is met."""

    client: str
    wish: str
    neighbourhood: str
    part_of_day: str
    obstacle: str | None

    @property
    def met(self) -> bool:
        """Whether the client's list answers the wish."""
        return self.obstacle is None


@dataclass(frozen=True, slots=True)
class Gap:
    """One cell of the report.

    Attributes
    ----------
    wish, neighbourhood, part_of_day
        What, where (four digits of the postcode) and when.
    asked
        How many clients asked for it; None where that is too few to show.
    unmet
        How many of them found nothing; None where that is too few to show (0 is shown).
    obstacles
        Of the unmet, what stood in the way, most frequent first: ``no offer`` of that kind at
        all, or the rules that the nearest offer breaks.
    """

    wish: str
    neighbourhood: str
    part_of_day: str
    asked: int | None
    unmet: int | None
    obstacles: tuple[str, ...]


def asks(
    clients: Sequence[Client], results: Sequence[MatchResult], activities: Sequence[Activity]
) -> list[Ask]:
    """Return every wish of every client with what stood in its way.

    A client with times in several parts of the day counts in each of them. A withheld list
    says nothing about supply and is left out.

    Parameters
    ----------
    clients, results
        What was matched, and what came out (fresh, so that it can explain).
    activities
        The snapshot: ``[*catalogue]``.
    """
    if len(clients) != len(results):
        raise InputError(f"found {len(clients)} clients and {len(results)} results")
    offers: dict[str, list[str]] = {}
    for activity in activities:
        for kind in _kinds(activity):
            offers.setdefault(kind, []).append(activity.id)
    found = []
    for client, result in zip(clients, results, strict=True):
        if result.withheld:
            continue
        area = (client.postcode or "")[:4] or NO_NEIGHBOURHOOD
        parts = _parts_of_day(client)
        found += [
            Ask(client.id, wish, area, part, obstacle)
            for wish, obstacle in sorted(_wishes(result, offers).items())
            for part in parts
        ]
    return found


def gaps(asked: Iterable[Ask], *, least: int = SMALL_CELL) -> list[Gap]:
    """Return the report, largest gap first.

    Parameters
    ----------
    asked
        From :func:`asks`; of several batches together, to have fuller cells.
    least
        Smallest number of clients that is shown.
    """
    cells: dict[tuple[str, str, str], list[Ask]] = {}
    for ask in asked:
        cells.setdefault((ask.wish, ask.neighbourhood, ask.part_of_day), []).append(ask)
    report = []
    for (wish, area, part), members in cells.items():
        obstacles = Counter(ask.obstacle for ask in members if ask.obstacle is not None)
        count, unmet = len(members), obstacles.total()
        if count < least:
            report.append(Gap(wish, area, part, None, None, ()))
        elif _gives_away(unmet, count, least):
            report.append(Gap(wish, area, part, count, None, ()))
        else:
            often = tuple(name for name, _ in obstacles.most_common(_MOST_OBSTACLES))
            report.append(Gap(wish, area, part, count, unmet, often))
    return sorted(
        report,
        key=lambda g: (-(g.unmet or 0), -(g.asked or 0), g.wish, g.neighbourhood, g.part_of_day),
    )


_MOST_OBSTACLES = 3


def _gives_away(part: int, whole: int, least: int) -> bool:
    """Whether showing both numbers shows a small one: the part, or the rest."""
    return 0 < part < least or 0 < whole - part < least


def by(
    asked: Iterable[Ask], *fields: str, least: int = SMALL_CELL
) -> dict[tuple[str, ...], tuple[int, float]]:
    """Count over fewer fields (``"wish"`` alone): coarser cells hide less.

    Returns
    -------
    dict
        Values of the fields → (clients that asked, share of them unmet), largest gap first;
        small cells are left out.
    """
    unknown = set(fields) - {"wish", "neighbourhood", "part_of_day"}
    if unknown or not fields:
        raise InputError(f"fields: found {fields}; expected wish, neighbourhood, part_of_day")
    people: dict[tuple[str, ...], dict[str, bool]] = {}
    for ask in asked:
        cell = people.setdefault(tuple(getattr(ask, name) for name in fields), {})
        # A client counts once in a cell, as unmet where any of the wishes in it is.
        cell[ask.client] = cell.get(ask.client, False) or not ask.met
    table = {
        key: (len(cell), sum(cell.values()) / len(cell))
        for key, cell in people.items()
        if len(cell) >= least and not _gives_away(sum(cell.values()), len(cell), least)
    }
    return dict(sorted(table.items(), key=lambda item: -item[1][0] * item[1][1]))


def write_csv(report: Iterable[Gap], path: str | Path) -> None:
    """Write the report as a table for a spreadsheet; suppressed cells are empty."""
    frame(report).to_csv(path, sep=";", index=False, encoding="utf-8-sig")


def frame(report: Iterable[Gap]) -> Any:
    """Return the report as a pandas DataFrame, with a point per neighbourhood for a map."""
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("pandas", "evaluation") from error
    rows = []
    for gap in report:
        place = locate(gap.neighbourhood)
        rows.append(
            {
                "wish": gap.wish,
                "neighbourhood": gap.neighbourhood,
                "part_of_day": gap.part_of_day,
                "asked": gap.asked,
                "unmet": gap.unmet,
                "obstacles": ", ".join(gap.obstacles),
                "lat": place.lat if place else None,
                "lon": place.lon if place else None,
            }
        )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.astype({"asked": "Int64", "unmet": "Int64"})


_COLUMNS = ["wish", "neighbourhood", "part_of_day", "asked", "unmet", "obstacles", "lat", "lon"]


def _wishes(result: MatchResult, offers: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    """Return each wished kind with what stood in its way, None where it is met.

    Wishes of no known kind are one ``other``, met by a proposal to which the wishes gave at
    least half of what they can give.
    """
    listed = {match.activity.id for match in result.matches}
    found: dict[str, str | None] = {}
    for kind in {kind for wish in result.profile.wishes for kind in wish.topics}:
        there = offers.get(kind, ())
        found[kind] = None if listed.intersection(there) else _obstacle(result, there)
    if any(not wish.topics for wish in result.profile.wishes):
        likeness = [part.value for m in result.matches for part in m.parts if part.name == "wishes"]
        found[OTHER] = None if max(likeness, default=0.0) >= _ANSWERED else TOO_LOW
    return found


_ANSWERED = 0.5


def _obstacle(result: MatchResult, there: Sequence[str]) -> str:
    """Return what stands between the client and the offer that comes nearest."""
    if not there:
        return NO_OFFER
    nearest: tuple[int, str] | None = None
    for id_ in there:
        explained = result.explain(id_)
        if explained.status == "excluded":
            codes = [said.code.removeprefix("excluded.") for said in explained.sentences]
            nearer = (len(codes), ", ".join(codes))
        else:
            nearer = (0, "full" if explained.status == "waiting" else TOO_LOW)
        nearest = nearer if nearest is None else min(nearest, nearer)
    return nearest[1] if nearest else NO_OFFER


def _kinds(activity: Activity) -> set[str]:
    text = f"{activity.title}. {activity.description}"
    found = find_topics(text, side="activity")
    return {kind for topic in found for kind in parents(topic.topic)}


def _parts_of_day(client: Client) -> list[str]:
    parts = set()
    for window in client.availability:
        if window.weekday in _WEEKEND:
            parts.add("weekend")
            continue
        if window.start < _NOON:
            parts.add("morning")
        if window.start < _EVENING and window.end > _NOON:
            parts.add("afternoon")
        if window.end > _EVENING:
            parts.add("evening")
    return sorted(parts, key=PARTS_OF_DAY.index) or [ANY_TIME]
