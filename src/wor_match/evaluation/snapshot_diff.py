"""Whose list changes, and why: before a new snapshot, version, model or policy goes live.

The same clients are matched on both sides; for every activity that came in, went out or
moved a cause is named. Causes are looked for in this order: the activity itself is new or
gone, a field of it changed, a rule now lets it in or keeps it out, and, where nothing of
that kind happened, its score or its rivals.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wor_match.activity import Activity
from wor_match.errors import InputError
from wor_match.result import MatchResult

Move = Literal["entered", "left", "up", "down"]


@dataclass(frozen=True, slots=True)
class Change:
    """One activity on one client's list.

    Attributes
    ----------
    client, activity_id, title
        Which.
    move
        What happened to it.
    before, after
        Its place on the lists, from 1; None where it is not on it.
    cause
        A code: ``new``, ``gone``, ``changed: <fields>``, ``rule: <codes>``, ``waiting``,
        ``score`` or ``rivals``.
    """

    client: str
    activity_id: str
    title: str
    move: Move
    before: int | None
    after: int | None
    cause: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, and how many clients they touch.

    Attributes
    ----------
    clients
        How many were matched on both sides.
    changes
        By client, in the order of the new list.
    unchanged
        Clients whose list is the same, in the same order.
    now_withheld, no_longer_withheld
        Clients whose acute signal is found on one side only: look at these first.
    now_empty
        Clients who had a list and have none now.
    """

    clients: int
    changes: tuple[Change, ...]
    unchanged: int
    now_withheld: tuple[str, ...]
    no_longer_withheld: tuple[str, ...]
    now_empty: tuple[str, ...]

    def causes(self) -> dict[str, int]:
        """Count the causes, most frequent first; fields and rules are counted each."""
        return dict(Counter(change.cause for change in self.changes).most_common())

    def touched(self) -> dict[str, int]:
        """Count for each activity on how many lists it came in, went out or moved."""
        return dict(Counter(change.activity_id for change in self.changes).most_common())

    def markdown(self, most: int = 40) -> str:
        """Return a summary and the first changes as tables."""
        summary = (
            f"{self.clients} clients; {self.unchanged} keep the same list, "
            f"{self.clients - self.unchanged} get another, {len(self.now_empty)} lose theirs."
        )
        lines = [
            summary,
            "",
            "| cause | changes |",
            "|---|---|",
            *(f"| {cause} | {count} |" for cause, count in self.causes().items()),
            "",
            "| client | activity | move | place | cause |",
            "|---|---|---|---|---|",
        ]
        for change in self.changes[:most]:
            place = f"{change.before or '-'} → {change.after or '-'}"
            title = f"{change.title} ({change.activity_id})".replace("|", "/")
            lines.append(
                f"| {change.client} | {title} | {change.move} | {place} | {change.cause} |"
            )
        if len(self.changes) > most:
            lines.append(f"| … | {len(self.changes) - most} more | | | |")
        return "\n".join(lines) + "\n"


def snapshot_diff(
    before: Sequence[MatchResult],
    after: Sequence[MatchResult],
    old: Mapping[str, Activity],
    new: Mapping[str, Activity],
) -> Difference:
    """Compare two runs over the same clients.

    Parameters
    ----------
    before, after
        Results of ``match()``, fresh from it (results read back from JSON cannot explain).
    old, new
        The activities of the two snapshots by id; the same mapping twice where only the
        version, the model or the policy differs.

    Raises
    ------
    InputError
        The two runs are not of the same clients in the same order.
    """
    ids = [[result.client_id for result in run] for run in (before, after)]
    if ids[0] != ids[1]:
        raise InputError("the two runs must be of the same clients, in the same order")
    changes: list[Change] = []
    same = 0
    for one, other in zip(before, after, strict=True):
        found = _changes(one, other, old, new)
        changes += found
        same += not found
    pairs = [*zip(before, after, strict=True)]
    return Difference(
        clients=len(pairs),
        changes=tuple(changes),
        unchanged=same,
        now_withheld=tuple(a.client_id for b, a in pairs if a.withheld and not b.withheld),
        no_longer_withheld=tuple(a.client_id for b, a in pairs if b.withheld and not a.withheld),
        now_empty=tuple(
            a.client_id for b, a in pairs if b.matches and not a.matches and not a.withheld
        ),
    )


def activities_by_id(activities: Sequence[Activity]) -> dict[str, Activity]:
    """Return a mapping by id: ``activities_by_id([*catalogue])``."""
    return {activity.id: activity for activity in activities}


def _changes(
    before: MatchResult,
    after: MatchResult,
    old: Mapping[str, Activity],
    new: Mapping[str, Activity],
) -> list[Change]:
    places = [{m.activity.id: m.rank for m in result} for result in (before, after)]
    titles = {m.activity.id: m.activity.title for result in (before, after) for m in result}
    # Rivals that came in or went out push the others along: that is no change of theirs.
    kept = [[id_ for id_ in one if id_ in places[0] and id_ in places[1]] for one in places]
    found = []
    for id_, title in titles.items():
        was, is_ = (place.get(id_) for place in places)
        if was is not None and is_ is not None:
            step = kept[1].index(id_) - kept[0].index(id_)
            if step == 0:
                continue
            move: Move = "down" if step > 0 else "up"
        else:
            move = "entered" if was is None else "left"
        cause = _cause(id_, move, before, after, old, new)
        found.append(Change(after.client_id, id_, title, move, was, is_, cause))
    return sorted(found, key=lambda c: (c.after or len(titles) + (c.before or 0), c.activity_id))


def _cause(
    id_: str,
    move: Move,
    before: MatchResult,
    after: MatchResult,
    old: Mapping[str, Activity],
    new: Mapping[str, Activity],
) -> str:
    if id_ not in old:
        return "new"
    if id_ not in new:
        return "gone"
    fields = _changed_fields(old[id_], new[id_])
    if fields:
        return f"changed: {', '.join(fields)}"
    return _cause_of_the_engine(id_, move, before, after)


def _cause_of_the_engine(id_: str, move: Move, before: MatchResult, after: MatchResult) -> str:
    """Say why the same activity stands elsewhere: the engine itself explains both sides."""
    if before.withheld or after.withheld:
        return "withheld"
    then, now = before.explain(id_), after.explain(id_)
    # The side on which it is not listed knows why; where it moved, the scores do.
    absent = then if move == "entered" else now
    if absent.status == "excluded":
        return "rule: " + ", ".join(s.code.removeprefix("excluded.") for s in absent.sentences)
    if absent.status == "waiting":
        return "waiting"
    return "rivals" if then.score == now.score else "score"


def _changed_fields(old: Activity, new: Activity) -> list[str]:
    """Fields with another value; the day of the last check alone changes nothing."""
    return [
        name
        for name in Activity.model_fields
        if name != "updated_at" and getattr(old, name) != getattr(new, name)
    ]
