"""From spreadsheets to a judged set, and a blind pool for coaches to judge.

A workbook (``.xlsx``) holds a sheet ``clients`` and one sheet per judge, named after the
judge; CSV files do the same, each file named after what it holds (``clients.csv``,
``anna.csv``). The columns are listed in ``docs/evaluate-your-own.md``.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from wor_match.activity import Activity
from wor_match.catalogue import Catalogue
from wor_match.catalogue.formats import flatten, read_activities
from wor_match.client import TEXT_FIELDS, Client
from wor_match.errors import (
    CatalogueError,
    Fault,
    InputError,
    JudgedSetError,
    MissingExtraError,
    faults_of,
)
from wor_match.evaluation import peers
from wor_match.evaluation.judged import FileFault, JudgedSet
from wor_match.evaluation.judgments import BEST_GRADE
from wor_match.matching import match
from wor_match.messy import amount, flag

CLIENT_COLUMNS = (
    "id", *TEXT_FIELDS, "age", "gender", "languages", "postcode", "travel_mode", "travel_minutes",
    "availability", "max_cost_month", "needs",
)  # fmt: skip
"""Columns of the sheet ``clients``; only ``id`` must be there. Lists are parted by ``;``."""

JUDGE_COLUMNS = ("client_id", "activity_id", "grade", "unwanted", "signal")
"""Columns of a judge's sheet; the last two may be missing. Other columns are not read."""

_CLIENT_SHEETS = frozenset({"clients", "client", "clienten", "cliënten"})
_DUTCH = {
    "client": "client_id", "cliënt": "client_id", "clientnummer": "client_id",
    "activiteit": "activity_id", "activiteit_id": "activity_id", "activity": "activity_id",
    "cijfer": "grade", "oordeel": "grade", "score": "grade",
    "ongewenst": "unwanted", "signaal": "signal", "verwijzing": "referral",
    "klachten": "complaints",
    "interesses": "interests", "wil_niet": "dislikes", "doelen": "goals", "leeftijd": "age",
    "geslacht": "gender", "talen": "languages", "vervoer": "travel_mode",
    "reistijd": "travel_minutes", "beschikbaar": "availability", "budget": "max_cost_month",
}  # fmt: skip
_WINDOW = re.compile(r"([^\W\d]+)\.?(?:\s+([\d.:u]+)\s*[-–]\s*([\d.:u]+))?")
_SHOWN = (
    "title", "description", "category", "place", "schedule", "start_date", "end_date",
    "cost_amount", "cost_per", "age_min", "age_max", "gender", "languages", "accessibility",
    "group_size",
)  # fmt: skip

Table = list[tuple[int, dict[str, str]]]
"""Rows of a sheet with the number that the spreadsheet shows beside them."""


def judged_set(
    folder: str | Path,
    sheets: Sequence[str | Path],
    catalogue: str | Path,
    *,
    clients: str | Path | None = None,
    as_of: dt.date | None = None,
    name: str | None = None,
) -> JudgedSet:
    """Write a judged set from spreadsheets and read it back, checked.

    Parameters
    ----------
    folder
        Where the set goes; made where it is missing.
    sheets
        Workbooks or CSV files with the judgments, and with the clients too unless
        ``clients`` says where they are.
    catalogue
        The snapshot that was judged: ``.jsonl``, ``.csv`` or ``.xlsx``.
    clients
        The clients as JSON Lines or as a spreadsheet.
    as_of
        The day of judging; by default today.
    name
        For tables; by default the folder's name.

    Raises
    ------
    JudgedSetError
        One report of everything that is wrong in the sheets, or in the set they make.

    Notes
    -----
    The truth is what the clients' own fields say; ``unwanted`` is what every judge of a
    client marked, ``unwanted_either`` what one of them marked.
    """
    folder = Path(folder)
    tables = [item for path in sheets for item in _tables(Path(path)).items()]
    judges = {title: table for title, table in tables if title not in _CLIENT_SHEETS}
    if clients is None:
        rows = [row for title, table in tables if title in _CLIENT_SHEETS for row in table]
        people = _clients(rows, "clients", str(folder))
    else:
        people = read_clients(clients)
    activities, faults = read_activities(Path(catalogue))
    if faults:
        raise CatalogueError(str(catalogue), faults)
    judged = {title: _judge(title, table) for title, table in judges.items()}
    wrong = [fault for _, found in judged.values() for fault in found]
    if not judges:
        wrong.append(FileFault(0, "", "no sheet of a judge", "at least one", str(folder)))
    if wrong:
        raise JudgedSetError(str(folder), wrong)
    folder.mkdir(parents=True, exist_ok=True)
    _write_lines(folder / "catalogue.jsonl", (_bare(a) for a in activities))
    _write_lines(folder / "clients.jsonl", (_bare(c) for c in people))
    marks = {title: rows for title, (rows, _) in judged.items()}
    _write_lines(folder / "truth.jsonl", (_truth(client, marks) for client in people))
    for title, table in marks.items():
        lines = [f"{c}\t{a}\t{grade:g}" for c, a, grade, _, _ in table if grade is not None]
        text = "\n".join(["client_id\tactivity_id\tgrade", *lines, ""])
        (folder / f"{title}.qrels.tsv").write_text(text, encoding="utf-8")
    day = as_of or dt.date.today()
    title = json.dumps(name or folder.name, ensure_ascii=False)
    (folder / "set.toml").write_text(f"name = {title}\nas_of = {day}\n", encoding="utf-8")
    return JudgedSet.read(folder)


def read_clients(path: str | Path) -> list[Client]:
    """Read clients from JSON Lines, or from the first fitting sheet of a spreadsheet.

    Raises
    ------
    JudgedSetError
        One report of everything that is wrong; no client's text is shown.
    """
    path = Path(path)
    if path.suffix.casefold() == ".jsonl":
        return _clients_of_lines(path)
    tables = _tables(path)
    named = [table for title, table in tables.items() if title in _CLIENT_SHEETS]
    return _clients((named or [*tables.values()])[0], path.name, str(path))


def pool_for_judging(
    clients: Sequence[Client],
    catalogue: Catalogue,
    path: str | Path,
    *,
    as_of: dt.date | None = None,
    depth: int = 10,
    show_clients: bool = False,
    seed: int = 0,
) -> int:
    """Write what a coach should judge: the first of several systems, mixed, without a name.

    The pool of one client is everything that any system puts among its first ``depth``:
    keyword search, character search and distance with filters, the engine's model alone,
    and the engine. Rows are in random order per client and say neither which system found
    them nor how high, so that a judge cannot follow a ranking.

    Parameters
    ----------
    clients
        Whom to judge for.
    catalogue
        The snapshot.
    path
        The CSV file to write (``;`` between cells, as Dutch Excel reads it).
    as_of
        Reference date; by default today.
    depth
        How far down each system is pooled.
    show_clients
        Put the clients' texts beside the activities. They are health data: only with
        invented or pseudonymous clients, or on a machine where the texts may be.
    seed
        Same seed, same order.

    Returns
    -------
    int
        How many rows there are to judge.
    """
    pd = _pandas()
    activities = [*catalogue]
    day = as_of or dt.date.today()
    column = {activity.id: at for at, activity in enumerate(activities)}
    lists = peers.run(clients, activities, day, {"model": catalogue.model}, depth=depth)
    rng = np.random.default_rng(seed)
    rows = []
    for at, client in enumerate(clients):
        answer = match(client, catalogue, limit=depth, as_of=day, acknowledge_attention=True)
        pool = {column[m.activity.id] for m in answer}
        for name, order in lists.items():
            if name.endswith(peers.WITH_FILTERS):
                pool.update(int(i) for i in order[at] if i >= 0)
        for index in rng.permutation(sorted(pool)):
            row = {"client_id": client.id, "activity_id": activities[index].id}
            row |= {"grade": "", "unwanted": "", "signal": ""}
            if show_clients:
                row |= _shown_client(client)
            facts = flatten(activities[index])
            rows.append(row | {name: facts[name] for name in _SHOWN})
    pd.DataFrame(rows).to_csv(path, sep=";", index=False, encoding="utf-8-sig")
    return len(rows)


def _shown_client(client: Client) -> dict[str, str]:
    shown = {name: getattr(client, name) for name in TEXT_FIELDS}
    texts = {k: v if isinstance(v, str) else "; ".join(v) for k, v in shown.items()}
    return texts | {"client_age": "" if client.age is None else str(client.age)}


def _tables(path: Path) -> dict[str, Table]:
    """Read every sheet of a workbook, or a CSV file as the one sheet of its name."""
    pd = _pandas()
    kinds = {"dtype": str, "keep_default_na": False}
    try:
        if path.suffix.casefold() == ".xlsx":
            frames = pd.read_excel(path, sheet_name=None, **kinds)
        else:
            # sep=None sniffs ";" (Dutch Excel), "," and tab.
            frames = {path.stem: pd.read_csv(path, sep=None, engine="python",
                                             encoding="utf-8-sig", **kinds)}  # fmt: skip
    except (OSError, ValueError) as error:
        fault = Fault(0, "", str(error), "a workbook (.xlsx) or a CSV file in UTF-8")
        raise JudgedSetError(str(path), [fault]) from error
    return {str(title).strip().casefold(): _rows(frame) for title, frame in frames.items()}


def _rows(frame: Any) -> Table:
    names = [re.sub(r"[\s.\-]+", "_", str(c).strip().casefold()) for c in frame.columns]
    names = [_DUTCH.get(name, name) for name in names]
    table = []
    for number, cells in enumerate(frame.itertuples(index=False), start=2):
        row = {n: str(cell).strip() for n, cell in zip(names, cells, strict=True)}
        if any(row.values()):
            table.append((number, row))
    return table


def _judge(
    title: str, table: Table
) -> tuple[list[tuple[str, str, float | None, bool, bool]], list[FileFault]]:
    """Read a judge's rows: client, activity, grade (None where left open), unwanted, signal."""
    rows, faults = [], []
    present = {name for _, row in table for name in row}
    faults += [
        FileFault(1, name, "no such column", "it must be there", title)
        for name in JUDGE_COLUMNS[:3]
        if table and name not in present
    ]
    for number, row in table if not faults else []:
        text = row["grade"]
        grade: float | None = None
        marks = [flag(row.get(name, "")) for name in ("unwanted", "signal")]
        if text:
            try:
                grade = float(amount(text))
            except ValueError:
                grade = -1.0
            if not 0 <= grade <= BEST_GRADE:
                faults.append(FileFault(number, "grade", repr(text), "a number 0 to 3", title))
        for name, mark in zip(("unwanted", "signal"), marks, strict=True):
            if not isinstance(mark, bool):
                faults.append(FileFault(number, name, repr(mark), "x, ja or nothing", title))
        unwanted, signal = (mark is True for mark in marks)
        rows.append((row["client_id"], row["activity_id"], grade, unwanted, signal))
    return rows, faults


def _clients(table: Table, file: str, source: str) -> list[Client]:
    people, faults = [], []
    if not table:
        faults.append(FileFault(0, "", "no clients", "a sheet clients with a row each", file))
    for number, row in table:
        try:
            people.append(Client.model_validate(_unflat(row)))
        except InputError as error:
            faults.append(FileFault(number, "availability", str(error), "ma 09:00-12:00; …", file))
        except ValidationError as error:
            for fault in faults_of(error, number, hide_values=TEXT_FIELDS):
                place = (fault.line, fault.field, fault.found, fault.expected, file)
                faults.append(FileFault(*place))
    if faults:
        raise JudgedSetError(source, faults)
    return people


def _clients_of_lines(path: Path) -> list[Client]:
    people, faults = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        if line.strip():
            try:
                people.append(Client.model_validate_json(line))
            except ValidationError as error:
                faults += faults_of(error, number, hide_values=TEXT_FIELDS)
    if faults:
        raise JudgedSetError(str(path), faults)
    return people


def _unflat(row: Mapping[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {name: row[name] for name in CLIENT_COLUMNS if row.get(name)}
    if "id" not in record and row.get("client_id"):
        record["id"] = row["client_id"]
    mode, minutes = record.pop("travel_mode", None), record.pop("travel_minutes", None)
    if mode or minutes:
        record["travel"] = {"mode": mode or "walk", "max_minutes": minutes}
    for name in ("languages", "needs"):
        if name in record:
            record[name] = [part for part in re.split(r"[;,\s]+", record[name]) if part]
    if "availability" in record:
        record["availability"] = _windows(record["availability"])
    return record


def _windows(text: str) -> list[dict[str, str]]:
    windows = []
    for part in filter(str.strip, text.split(";")):
        found = _WINDOW.fullmatch(part.strip())
        if found is None:
            raise InputError(repr(part.strip()))
        window = {"weekday": found[1], "start": found[2], "end": found[3]}
        windows.append({name: value for name, value in window.items() if value})
    return windows


def _truth(
    client: Client, judges: Mapping[str, list[tuple[str, str, float | None, bool, bool]]]
) -> dict[str, Any]:
    marked = [
        {activity for c, activity, _, unwanted, _ in rows if c == client.id and unwanted}
        for rows in judges.values()
        if any(c == client.id for c, *_ in rows)
    ]
    every = set.intersection(*marked) if marked else set()
    some = set.union(*marked) if marked else set()
    signals = [any(c == client.id and s for c, _, _, _, s in rows) for rows in judges.values()]
    fields = client.model_dump(mode="json")
    return {
        "client_id": client.id,
        "needs": fields["needs"],
        "travel": fields["travel"],
        "availability": fields["availability"] or None,
        "max_cost_month": fields["max_cost_month"],
        "unwanted": sorted(every),
        "unwanted_either": sorted(some - every),
        "red_flag": all(signals) and bool(signals),
        "red_flag_either": any(signals),
    }


def _bare(model: Activity | Client) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def _write_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(text, encoding="utf-8")


def _pandas() -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("pandas", "evaluation") from error
    return pd
