"""Files in the formats in use, read row by row: JSON Lines, CSV, XLSX.

CSV and XLSX hold the same fields, flattened: ``FLAT_FIELDS`` is the list, and
``docs/data-format.md`` explains it. Every reader yields the raw row with its
line number; what is wrong with the file itself comes out as a fault.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json
from rapidfuzz import fuzz, process

from wor_match.activity import Activity
from wor_match.errors import CatalogueError, Fault, faults_of, shorten

FLAT_FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "title": ("title",),
    "description": ("description",),
    "provider": ("provider",),
    "category": ("category",),
    "postcode": ("location", "postcode"),
    "lat": ("location", "lat"),
    "lon": ("location", "lon"),
    "place": ("location", "place"),
    "online": ("online",),
    "visits_home": ("visits_home",),
    "schedule": ("schedule",),
    "start_date": ("start_date",),
    "end_date": ("end_date",),
    "cost_amount": ("cost", "amount"),
    "cost_per": ("cost", "per"),
    "places": ("capacity", "places"),
    "enrolled": ("capacity", "enrolled"),
    "waiting": ("capacity", "waiting"),
    "capacity_updated_at": ("capacity", "updated_at"),
    "age_min": ("audience", "age_min"),
    "age_max": ("audience", "age_max"),
    "gender": ("audience", "gender"),
    "languages": ("audience", "languages"),
    "accessibility": ("accessibility",),
    "group_size": ("group_size",),
    "intensity": ("intensity",),
    "updated_at": ("updated_at",),
}
"""Column of a flat file → field of the activity."""

_FLOATS = frozenset({"lat", "lon"})
_SIMILAR = 60
_SLOT = re.compile(
    r"^\s*([^\W\d]+)\.?\s+([\d.:u]+)\s*[-–]\s*([\d.:u]+)\s*(?:\((week|fortnight|month)\))?\s*$"
)

Row = tuple[int, dict[str, Any] | Fault]


def read_activities(path: Path) -> tuple[list[Activity], list[Fault]]:
    """Read a catalogue file whole.

    Returns
    -------
    activities, faults
        The good rows in file order, and everything that is wrong with the others.

    Raises
    ------
    CatalogueError
        The file cannot be opened, or its kind is not known.
    """
    activities: list[Activity] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for line, row in _rows(path):
        if isinstance(row, Fault):
            faults.append(row)
            continue
        try:
            activity = Activity.model_validate(row)
        except ValidationError as error:
            faults += [_with_suggestion(fault) for fault in faults_of(error, line)]
            continue
        first = seen.setdefault(activity.id, line)
        if first != line:
            faults.append(
                Fault(
                    line, "id", shorten(activity.id), f"an id that is not on line {first} already"
                )
            )
            continue
        activities.append(activity)
    return activities, faults


def unflatten(row: dict[str, Any]) -> dict[str, Any]:
    """Turn one flat row into the nested form; empty cells are left out."""
    nested: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        path = FLAT_FIELDS[name]
        target = nested
        for step in path[:-1]:
            target = target.setdefault(step, {})
        target[path[-1]] = _cell(name, value)
    return nested


def flatten(activity: Activity) -> dict[str, Any]:
    """Turn an activity into one flat row: the inverse of :func:`unflatten`."""
    record = activity.model_dump(mode="json")
    row: dict[str, Any] = {}
    for name, path in FLAT_FIELDS.items():
        value: Any = record
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if name == "schedule" and value:
            value = "; ".join(_slot_text(slot) for slot in value)
        row[name] = "; ".join(value) if isinstance(value, list) else value
    return row


def _rows(path: Path) -> Iterator[Row]:
    readers = {".jsonl": _json_lines, ".ndjson": _json_lines, ".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.casefold())
    if reader is None:
        raise CatalogueError(
            str(path), [Fault(0, "", shorten(path.suffix), f"one of {', '.join(readers)}")]
        )
    try:
        yield from reader(path)
    except OSError as error:
        raise CatalogueError(
            str(path), [Fault(0, "", error.strerror or "no file", "a file that can be read")]
        ) from error


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if not line.strip():
                continue
            try:
                row = from_json(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                yield (
                    number,
                    Fault(
                        number,
                        "",
                        f"byte 0x{line[error.start]:02x} at {error.start}",
                        "text in UTF-8",
                    ),
                )
                continue
            except ValueError as error:
                yield number, Fault(number, "", str(error), "one JSON object")
                continue
            if isinstance(row, dict):
                yield number, row
            else:
                yield number, Fault(number, "", shorten(row), "one JSON object")


def _csv(path: Path) -> Iterator[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        yield (
            0,
            Fault(
                0,
                "",
                f"byte 0x{error.object[error.start]:02x} at {error.start}",
                "text in UTF-8 (save as 'CSV UTF-8')",
            ),
        )
        return
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(reader, [])
    names, faults = _header(header)
    yield from ((1, fault) for fault in faults)
    line = reader.line_num
    for cells in reader:
        first, line = line + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield first, _flat_row(first, names, cells)


def _xlsx(path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  (openpyxl lets zip, XML and key errors through)
        yield 0, Fault(0, "", type(error).__name__, "an Excel workbook (.xlsx)")
        return
    sheet = workbook.worksheets[0].iter_rows(values_only=True)
    names, faults = _header([str(cell or "") for cell in next(sheet, ())])
    yield from ((1, fault) for fault in faults)
    for number, cells in enumerate(sheet, start=2):
        if any(cell not in (None, "") for cell in cells):
            yield number, _flat_row(number, names, cells)
    workbook.close()


def _header(header: Sequence[str]) -> tuple[list[str | None], list[Fault]]:
    """Match a header row to the known columns; what is not known is a fault with a suggestion."""
    names: list[str | None] = []
    faults: list[Fault] = []
    for cell in header:
        name = re.sub(r"[\s.\-]+", "_", cell.strip().casefold())
        if name in FLAT_FIELDS and name not in names:
            names.append(name)
            continue
        if name:
            twice = " (it stands there twice)" if name in names else ""
            faults.append(
                Fault(1, name, f"column {shorten(cell)}{twice}", _suggestion(name, FLAT_FIELDS))
            )
        names.append(None)
    faults += [
        Fault(1, name, "no such column", "it must be there")
        for name in ("id", "title", "category")
        if name not in names
    ]
    return names, faults


def _flat_row(
    line: int, names: Sequence[str | None], cells: Sequence[Any]
) -> dict[str, Any] | Fault:
    if len(cells) > len(names) and any(cell not in (None, "") for cell in cells[len(names) :]):
        return Fault(line, "", f"{len(cells)} cells", f"{len(names)} cells, as in the header")
    try:
        return unflatten({name: cell for name, cell in zip(names, cells, strict=False) if name})
    except ValueError as error:
        return Fault(
            line, "schedule", str(error), "slots such as 'di 10:00-11:30; do 14:00-16:00 (month)'"
        )


def _cell(name: str, value: Any) -> Any:
    if name == "schedule":
        return [_slot(part) for part in re.split(r"[;\n]", str(value)) if part.strip()]
    if name in _FLOATS and isinstance(value, str):
        return value.strip().replace(",", ".")
    if name in {"languages", "accessibility"}:
        return [part for part in re.split(r"[;,\s]+", str(value)) if part]
    if name in {"id", "title", "description", "provider", "place"}:
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.strip() if isinstance(value, str) else value


def _slot(text: str) -> dict[str, str]:
    found = _SLOT.match(text.casefold())
    if not found:
        raise ValueError(shorten(text))
    return {"weekday": found[1], "start": found[2], "end": found[3], "every": found[4] or "week"}


def _slot_text(slot: dict[str, str]) -> str:
    every = f" ({slot['every']})" if slot.get("every", "week") != "week" else ""
    return f"{slot['weekday']} {slot['start']}-{slot['end']}{every}"


def _with_suggestion(fault: Fault) -> Fault:
    if "Extra inputs" not in fault.expected:
        return fault
    return Fault(
        fault.line,
        fault.field,
        fault.found,
        _suggestion(fault.field.rpartition(".")[2], Activity.model_fields),
    )


def _suggestion(name: str, known: Any) -> str:
    best = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=_SIMILAR)
    return (
        f"a known field (did you mean {best[0]}?)"
        if best
        else f"a known field ({', '.join(known)})"
    )
