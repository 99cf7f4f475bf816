"""The ledger: two coaches at once, expiry, and processes that are killed in mid-write."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from wor_match.errors import InputError
from wor_match.sharing.errors import LedgerError
from wor_match.sharing.ledger import Ledger

TODAY = dt.date(2026, 11, 16)
NEXT_WEEK = TODAY + dt.timedelta(days=7)


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.db")


def test_hold_until_full_then_release(ledger):
    first = ledger.hold("a1", free=2, on=TODAY, until=NEXT_WEEK)
    assert ledger.hold("a1", free=2, on=TODAY, until=NEXT_WEEK)
    assert ledger.hold("a1", free=2, on=TODAY, until=NEXT_WEEK) is None
    assert ledger.held(TODAY) == {"a1": 2}
    assert ledger.release(first.id)
    assert not ledger.release(first.id)
    assert ledger.hold("a1", free=2, on=TODAY, until=NEXT_WEEK)


def test_a_hold_ends_after_its_last_day(ledger):
    ledger.hold("a1", free=1, on=TODAY, until=NEXT_WEEK, hold_id="h1")
    assert ledger.held(NEXT_WEEK) == {"a1": 1}
    day_after = NEXT_WEEK + dt.timedelta(days=1)
    assert ledger.held(day_after) == {}
    assert ledger.hold("a1", free=1, on=day_after, until=day_after, hold_id="h1")
    ledger.forget_before(day_after + dt.timedelta(days=1))
    assert ledger.holds(TODAY) == []


def test_the_same_id_again_is_the_same_hold(ledger):
    hold = ledger.hold("a1", free=1, on=TODAY, until=NEXT_WEEK, hold_id="h1")
    assert ledger.hold("a1", free=1, on=TODAY, until=NEXT_WEEK, hold_id="h1") == hold
    assert ledger.held(TODAY) == {"a1": 1}
    with pytest.raises(InputError, match="already holds"):
        ledger.hold("a2", free=1, on=TODAY, until=NEXT_WEEK, hold_id="h1")


@pytest.mark.parametrize("name", ["Mw. Jansen", "j@example.org", "", "x" * 65])
def test_an_id_must_be_a_pseudonym(ledger, name):
    with pytest.raises(InputError, match="pseudonym") as error:
        ledger.hold("a1", free=1, on=TODAY, until=TODAY, hold_id=name)
    assert not name or name not in str(error.value)
    assert ledger.held(TODAY) == {}


def test_a_batch_is_written_whole_or_not_at_all(ledger):
    held = ledger.hold_many([("a1", 1), ("a1", 1), ("a2", 5)], on=TODAY, until=TODAY)
    assert [bool(h) for h in held] == [True, False, True]
    with pytest.raises(InputError):
        ledger.hold_many([("a3", 1), ("a3", 1)], on=TODAY, until=TODAY, ids=["ok", "not ok"])
    assert ledger.held(TODAY) == {"a1": 1, "a2": 1}


def test_until_before_today_is_an_error(ledger):
    with pytest.raises(InputError, match="before"):
        ledger.hold("a1", free=1, on=TODAY, until=TODAY - dt.timedelta(days=1))


def test_proposals_are_counted_per_day(ledger):
    ledger.count_proposals({"a1": 2, "a2": 1}, on=TODAY)
    ledger.count_proposals({"a1": 3}, on=TODAY)
    ledger.count_proposals({"a1": 1}, on=NEXT_WEEK)
    assert ledger.proposed() == {"2026-11-16": {"a1": 5, "a2": 1}, "2026-11-23": {"a1": 1}}
    ledger.forget_before(NEXT_WEEK)
    assert list(ledger.proposed()) == ["2026-11-23"]


def test_reading_does_not_make_a_file(ledger):
    assert ledger.held(TODAY) == {}
    assert ledger.proposed() == {}
    assert not ledger.path.exists()


def test_another_file_is_refused(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("Mw. Jansen houdt van tuinieren. " * 50)
    with pytest.raises(LedgerError, match="no ledger"):
        Ledger(text).held(TODAY)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as rows:
        rows.execute("CREATE TABLE client(name)")
    with pytest.raises(LedgerError, match="no ledger"):
        Ledger(other).hold("a1", free=1, on=TODAY, until=TODAY)
    with pytest.raises(LedgerError, match="folder"):
        Ledger(tmp_path / "nowhere" / "x.db").hold("a1", free=1, on=TODAY, until=TODAY)


def test_a_later_format_is_refused(ledger):
    ledger.hold("a1", free=1, on=TODAY, until=TODAY)
    with sqlite3.connect(ledger.path) as rows:
        rows.execute("UPDATE format SET version = 2")
    with pytest.raises(LedgerError, match="format"):
        ledger.held(TODAY)


def test_a_lock_that_stays_is_a_clear_error(ledger):
    ledger.hold("a1", free=1, on=TODAY, until=TODAY)
    rows = sqlite3.connect(ledger.path, isolation_level=None)
    rows.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="lock"):
        Ledger(ledger.path, wait_seconds=0.1).hold("a1", free=2, on=TODAY, until=TODAY)
    rows.execute("ROLLBACK")
    rows.close()
    assert ledger.hold("a1", free=2, on=TODAY, until=TODAY)


def _grab(path, tries):
    got = [Ledger(path).hold("a1", free=37, on=TODAY, until=TODAY) for _ in range(tries)]
    return [h.id for h in got if h]


def test_processes_together_get_exactly_what_is_free(ledger):
    with ProcessPoolExecutor(4) as pool:
        got = [i for ids in pool.map(_grab, [ledger.path] * 4, [25] * 4) for i in ids]
    assert len(got) == len(set(got)) == 37
    assert sorted(got) == [h.id for h in ledger.holds(TODAY)]


# Holds one place after the other and says so only after the write has come back.
_COACH = """
import datetime as dt, sys
from wor_match.sharing.ledger import Ledger
day = dt.date(2026, 11, 16)
while hold := Ledger(sys.argv[1]).hold("a1", free=int(sys.argv[2]), on=day, until=day):
    print(hold.id, flush=True)
"""

# Stops half-way a write, with rows changed on disk that are not committed.
_HALF_WAY = """
import datetime as dt, sqlite3, sys, time
rows = sqlite3.connect(sys.argv[1], isolation_level=None)
rows.execute("PRAGMA cache_size = 1")  # spills to the file before the commit
rows.execute("BEGIN IMMEDIATE")
for i in range(5000):
    rows.execute("INSERT INTO hold VALUES(?, 'a1', '2026-11-16', '2026-11-16')", [f"half{i}"])
print("half", flush=True)
time.sleep(60)
"""


def _start(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def test_a_process_killed_in_mid_write_leaves_nothing_half(ledger):
    ledger.hold("a1", free=3, on=TODAY, until=TODAY, hold_id="before")
    process = _start(_HALF_WAY, ledger.path)
    assert process.stdout.readline() == "half\n"
    assert ledger.path.stat().st_size > 50_000  # the half write is in the file itself
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert [h.id for h in ledger.holds(TODAY)] == ["before"]
    assert ledger.hold("a1", free=2, on=TODAY, until=TODAY)
    assert ledger.hold("a1", free=2, on=TODAY, until=TODAY) is None


@pytest.mark.parametrize("patience", [0.3, 0.5, 0.8])
def test_coaches_killed_at_any_moment_lose_nothing_and_never_oversubscribe(ledger, patience):
    free = 100_000
    coaches = [_start(_COACH, ledger.path, free) for _ in range(3)]
    for coach in coaches:
        coach.stdout.readline()  # all three are at work
    time.sleep(patience)
    for coach in coaches[:2]:
        coach.send_signal(signal.SIGKILL)
    time.sleep(0.2)
    coaches[2].send_signal(signal.SIGKILL)
    told = []
    for coach in coaches:
        told += coach.stdout.read().split("\n")[:-1]
        coach.stdout.close()
        coach.wait()
    there = {h.id for h in ledger.holds(TODAY)}
    assert set(told) <= there  # what was told is there
    # One hold for each coach may have been written but not yet told; three lines were read above.
    assert len(there) <= len(told) + 6
    assert len(there) > 10
    count = len(there)
    with sqlite3.connect(ledger.path) as rows:
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finisher = _start(_COACH, ledger.path, count + 20)
    finisher.communicate()
    assert ledger.held(TODAY) == {"a1": count + 20}
