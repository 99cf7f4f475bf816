"""A ledger of held places and of what was proposed: counts only, safe among processes.

Two coaches, each in their own process, must not give away the same last place, and a
power cut must not lose what was held. That needs locks and atomic writes; SQLite has
had both, tested, for twenty years (https://www.sqlite.org/atomiccommit.html) and comes
with Python. The file is an ordinary SQLite database that other tools can open.

::

    format(name, version)              'wor-match ledger', 1
    hold(id, activity, made, until)    one held place; id is a pseudonym of the hold
    proposed(day, activity, count)     how often an activity was proposed on a day

No client stands in it: a hold has an id of its own, which only the caller can connect to
a person. No clock is read either: each call gets its day. A hold made until a day counts
on that day, and no longer on the next.

SQLite's locks do not work on many network drives: keep the ledger on a local disk, or
let one process serve the coaches.
"""

import datetime as dt
import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from wor_match.errors import InputError
from wor_match.sharing.errors import LedgerError

FORMAT = ("wor-match ledger", 1)

_SCHEMA = """
CREATE TABLE format(name TEXT NOT NULL, version INTEGER NOT NULL);
CREATE TABLE hold(
    id TEXT PRIMARY KEY, activity TEXT NOT NULL, made TEXT NOT NULL, until TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX hold_activity ON hold(activity, until);
CREATE TABLE proposed(
    day TEXT NOT NULL, activity TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY(day, activity)
) WITHOUT ROWID;
"""
# A pseudonym, not a name or a sentence: what does not fit here is refused.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Hold:
    """One held place: ``until`` is the last day on which it counts."""

    id: str
    activity: str
    made: dt.date
    until: dt.date


class Ledger:
    """A ledger file. Cheap to make; every call opens, locks and closes the file.

    Parameters
    ----------
    path
        Where the file is, or will be.
    wait_seconds
        How long a call waits for another process before it gives up.
    """

    def __init__(self, path: str | Path, *, wait_seconds: float = 30.0) -> None:
        self.path = Path(path)
        self.wait_seconds = wait_seconds

    def hold(
        self,
        activity: str,
        *,
        free: int,
        on: dt.date,
        until: dt.date,
        hold_id: str | None = None,
    ) -> Hold | None:
        """Hold one place, or return None when all free places are held.

        Parameters
        ----------
        activity
            Id of the activity.
        free
            Free places in the catalogue snapshot, before any hold.
        on, until
            Today, and the last day of the hold.
        hold_id
            Pseudonym of the hold; left out, one is drawn. The same id again returns the
            hold that is there, so a call may be repeated after a failure.
        """
        return self.hold_many([(activity, free)], on=on, until=until, ids=[hold_id])[0]

    def hold_many(
        self,
        wanted: Sequence[tuple[str, int]],
        *,
        on: dt.date,
        until: dt.date,
        ids: Sequence[str | None] | None = None,
    ) -> list[Hold | None]:
        """Hold places for a batch, all in one write: after a crash all of it is there, or none.

        Parameters
        ----------
        wanted
            Pairs of an activity id and its free places in the snapshot.
        on, until, ids
            As in :meth:`hold`.

        Returns
        -------
        list
            For each pair the hold, or None where no place was left.
        """
        if until < on:
            raise InputError(f"hold until {until}: that is before {on}")
        names = list(ids) if ids is not None else [None] * len(wanted)
        if len(names) != len(wanted):
            raise InputError(f"hold: {len(names)} ids for {len(wanted)} places")
        holds: list[Hold | None] = []
        with self._writing() as rows:
            for (activity, free), name in zip(wanted, names, strict=True):
                holds.append(self._hold_one(rows, activity, free, on, until, name))
        return holds

    def release(self, hold_id: str) -> bool:
        """Give a held place back; False when there is no such hold (any more)."""
        with self._writing() as rows:
            return rows.execute("DELETE FROM hold WHERE id = ?", [hold_id]).rowcount > 0

    def held(self, on: dt.date) -> dict[str, int]:
        """Return held places for each activity id on a day."""
        query = "SELECT activity, count(*) FROM hold WHERE until >= ? GROUP BY activity ORDER BY 1"
        with self._reading() as rows:
            return dict(rows.execute(query, [on.isoformat()])) if rows else {}

    def holds(self, on: dt.date) -> list[Hold]:
        """Return the holds that count on a day, in order of their id."""
        query = "SELECT id, activity, made, until FROM hold WHERE until >= ? ORDER BY id"
        with self._reading() as rows:
            found = rows.execute(query, [on.isoformat()]).fetchall() if rows else []
        return [
            Hold(name, activity, dt.date.fromisoformat(made), dt.date.fromisoformat(until))
            for name, activity, made, until in found
        ]

    def forget_before(self, day: dt.date) -> None:
        """Remove what is over: holds that ended before a day, and proposals of earlier days."""
        with self._writing() as rows:
            rows.execute("DELETE FROM hold WHERE until < ?", [day.isoformat()])
            rows.execute("DELETE FROM proposed WHERE day < ?", [day.isoformat()])

    def count_proposals(self, counts: Mapping[str, int], *, on: dt.date) -> None:
        """Add what was proposed on a day: activity id → how often."""
        query = (
            "INSERT INTO proposed VALUES(?, ?, ?)"
            " ON CONFLICT(day, activity) DO UPDATE SET count = count + excluded.count"
        )
        with self._writing() as rows:
            rows.executemany(query, [(on.isoformat(), a, n) for a, n in counts.items()])

    def proposed(self) -> dict[str, dict[str, int]]:
        """Return day → activity id → proposals, for :func:`~wor_match.sharing.spreading.lately`."""
        days: dict[str, dict[str, int]] = {}
        with self._reading() as rows:
            query = "SELECT day, activity, count FROM proposed ORDER BY day, activity"
            for day, activity, count in rows.execute(query) if rows else ():
                days.setdefault(day, {})[activity] = count
        return days

    @staticmethod
    def _hold_one(
        rows: sqlite3.Connection,
        activity: str,
        free: int,
        on: dt.date,
        until: dt.date,
        name: str | None,
    ) -> Hold | None:
        if name is not None and not _ID.fullmatch(name):
            raise InputError("hold id: expected a pseudonym of at most 64 letters, digits, _ and -")
        hold_id = name or secrets.token_hex(8)
        query = "SELECT activity, made, until FROM hold WHERE id = ?"
        there = rows.execute(query, [hold_id]).fetchone()
        if there and there[2] < on.isoformat():
            rows.execute("DELETE FROM hold WHERE id = ?", [hold_id])  # over: as if it never was
        elif there:
            if there[0] != activity:
                raise InputError(f"hold id {hold_id}: it already holds a place at {there[0]}")
            return Hold(hold_id, activity, *map(dt.date.fromisoformat, there[1:]))
        query = "SELECT count(*) FROM hold WHERE activity = ? AND until >= ?"
        (taken,) = rows.execute(query, [activity, on.isoformat()]).fetchone()
        if taken >= free:
            return None
        row = (hold_id, activity, on.isoformat(), until.isoformat())
        rows.execute("INSERT INTO hold VALUES(?, ?, ?, ?)", row)
        return Hold(hold_id, activity, on, until)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open for writing under the lock; commit at the end, or change nothing."""
        with self._opened("rwc") as rows:
            rows.execute("BEGIN IMMEDIATE")  # the lock of all writers, before anything is read
            if not self._has_format(rows):
                for statement in _SCHEMA.strip().split(";")[:-1]:
                    rows.execute(statement)
                rows.execute("INSERT INTO format VALUES(?, ?)", FORMAT)
            try:
                yield rows
            except BaseException:
                rows.execute("ROLLBACK")
                raise
            rows.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Open for reading; None when there is nothing yet. A reader does not make the file."""
        if not self.path.exists():
            yield None
            return
        # Opened for writing too, because a reader may have to undo the write of a killed process.
        with self._opened("rw") as rows:
            yield rows if self._has_format(rows) else None

    @contextmanager
    def _opened(self, mode: str) -> Iterator[sqlite3.Connection]:
        address = f"{self.path.resolve().as_uri()}?mode={mode}"
        try:
            with closing(
                sqlite3.connect(address, timeout=self.wait_seconds, uri=True, isolation_level=None)
            ) as rows:
                rows.execute("PRAGMA synchronous = FULL")
                yield rows
        except sqlite3.Error as error:
            raise LedgerError(f"{self.path}: {error}; {_advice(error)}") from error

    def _has_format(self, rows: sqlite3.Connection) -> bool:
        """Tell a ledger from an empty file; anything else is an error."""
        tables = [name for (name,) in rows.execute("SELECT name FROM sqlite_master")]
        if not tables:
            return False
        if "format" in tables:
            found = rows.execute("SELECT name, version FROM format").fetchone()
            if found == FORMAT:
                return True
            raise LedgerError(f"{self.path}: format {found}; this version reads {FORMAT}")
        raise LedgerError(f"{self.path}: an SQLite file, but no ledger of wor-match")


def _advice(error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return "another process holds the lock; try again"
    if "not a database" in str(error):
        return "this is no ledger; choose another path"
    return "check that the folder exists, that it may be written and that the disk is not full"
