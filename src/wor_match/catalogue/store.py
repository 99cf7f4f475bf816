"""A snapshot on disk, ready to be mapped into memory: what workers and large runs open.

A folder of ``.npy`` files, one per array, and ``snapshot.json`` with the rest.
Opening maps the arrays read-only, so several processes share one copy, and
nothing is read before it is used. The folder is written under another name and
moved into place when it is whole.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from wor_match.errors import CatalogueError, Fault

FORMAT = 2
META = "snapshot.json"

T = TypeVar("T")


def write_folder(folder: Path, arrays: Mapping[str, Any], meta: Mapping[str, Any]) -> None:
    """Write arrays and meta data as one folder, atomically; an older one is replaced."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array)
        (draft / META).write_text(json.dumps({"format": FORMAT, **meta}), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        draft.replace(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def read_meta(folder: Path) -> dict[str, Any]:
    """Read the meta data of a folder.

    Raises
    ------
    CatalogueError
        It is not a folder of this format.
    """
    try:
        meta: dict[str, Any] = json.loads((folder / META).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fault = Fault(0, META, str(error), "a folder written by Catalogue.save")
        raise CatalogueError(str(folder), [fault]) from error
    if meta.get("format") != FORMAT:
        fault = Fault(0, "format", repr(meta.get("format")), f"{FORMAT}: save the snapshot again")
        raise CatalogueError(str(folder), [fault])
    return meta


def mapped(folder: Path, name: str) -> Any:
    """Map one array, read-only.

    Raises
    ------
    CatalogueError
        The file is missing or damaged.
    """
    try:
        # As a plain array: a memmap does bookkeeping of its own at every index.
        return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))
    except (OSError, ValueError) as error:
        fault = Fault(0, f"{name}.npy", str(error), "an array written by Catalogue.save")
        raise CatalogueError(str(folder), [fault]) from error


def arrays_of(prefix: str, record: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Name the arrays of a dataclass: ``prefix.field``."""
    chosen = names or [field.name for field in fields(record)]
    return {f"{prefix}.{name}": getattr(record, name) for name in chosen}


def mapped_as(folder: Path, prefix: str, kind: type[T], **others: Any) -> T:
    """Make a dataclass of mapped arrays; ``others`` are its fields that are no arrays."""
    names = [field.name for field in fields(kind) if field.name not in others]  # type: ignore[arg-type]
    return kind(**{name: mapped(folder, f"{prefix}.{name}") for name in names}, **others)
