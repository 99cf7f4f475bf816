"""Results of a large run to a file, a client at a time: JSON Lines or Parquet.

The file is written under another name and moved into place when it is whole, so a run that
breaks off leaves nothing that looks like a result.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from wor_match.errors import InputError, MissingExtraError

_ROWS = 50_000  # rows of a Parquet group: some 5 MB in memory


def write_lines(lines: Iterable[str], path: str | Path) -> int:
    """Write results as they come.

    Parameters
    ----------
    lines
        From :meth:`~wor_match.sharing.many.Plan.lines`.
    path
        ``.jsonl``: everything, one client a line. ``.parquet`` (extra ``parquet``): one row for
        each proposal, see :func:`proposals`; no words of a client or of the reading get in.

    Returns
    -------
    int
        The number of clients written.

    Raises
    ------
    InputError
        Another ending.
    MissingExtraError
        Parquet without PyArrow.
    """
    target = Path(path)
    if target.suffix == ".jsonl":
        return _jsonl(lines, target)
    if target.suffix == ".parquet":
        return _parquet(lines, target)
    raise InputError(f"{target}: expected a name that ends in .jsonl or .parquet")


def proposals(index: int, line: str) -> list[dict[str, Any]]:
    """Flatten one client's line: a row for each proposal, or one without an activity.

    ``index`` is the position of the client in the call; ``error`` names the wrong fields of a
    client that could not be read.
    """
    result = json.loads(line)
    if "faults" in result:
        wrong = ", ".join(fault["field"] or "all" for fault in result["faults"])
        return [_row(index, error=f"fields: {wrong}")]
    common = {"client_id": result["client_id"], "held": result["held"]}
    rows = [
        _row(
            index,
            **common,
            rank=match["rank"],
            activity_id=match["activity"]["id"],
            wait=match["wait"]["state"],
            **{name: match[name] for name in ("score", "fit", "distance", "capacity", "minutes")},
        )
        for match in result["matches"]
    ]
    return rows or [_row(index, **common)]


_COLUMNS = {
    "index": "int64", "client_id": "string", "held": "string", "rank": "int32",
    "activity_id": "string", "score": "float64", "fit": "float64", "distance": "float64",
    "capacity": "float64", "minutes": "float64", "wait": "string", "error": "string",
}  # fmt: skip


def _row(index: int, **values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(_COLUMNS), "index": index, **values}


def _jsonl(lines: Iterable[str], target: Path) -> int:
    count = 0
    with _whole(target) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    return count


def _parquet(lines: Iterable[str], target: Path) -> int:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("pyarrow", "parquet") from error

    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in _COLUMNS.items()])
    count = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal count
        for index, line in enumerate(lines):
            count += 1
            yield from proposals(index, line)

    with _whole(target) as draft, parquet.ParquetWriter(draft, schema) as file:
        flat = rows()
        while group := list(islice(flat, _ROWS)):
            file.write_table(pa.Table.from_pylist(group, schema))
    return count


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Give a name to write under, and move it into place when nothing went wrong."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
