"""Every error that the library raises on purpose.

::

    WorMatchError
    ├── InputError          a client, policy or option that cannot be read
    ├── CatalogueError      a catalogue file with faults; ``.faults`` lists them all
    ├── KnowledgeError      a knowledge table with faults; ``.faults`` lists them all
    ├── JudgedSetError      a judged set with faults; ``.faults`` lists them all
    ├── ModelError          an embedding model that is missing or damaged
    ├── MissingExtraError   an optional package is needed; the message names the extra
    ├── LedgerError         a ledger of holds that cannot be used (``sharing.errors``)
    └── WorkerError         a worker of a large run ended without a result (``sharing.errors``)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError


class WorMatchError(Exception):
    """Base of all errors of this library."""


class InputError(WorMatchError):
    """Input that cannot be used, with the field and what to do."""


class ModelError(WorMatchError):
    """An embedding model that is missing, damaged or of another shape."""


class MissingExtraError(WorMatchError):
    """A feature needs a package that the core install does not bring."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"{package} is not installed; install it with: pip install 'wor-match[{extra}]'"
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong at one place of a file.

    Attributes
    ----------
    line
        Line in a text file or row in a sheet, counted from 1; 0 is the file as a whole.
    field
        Name of the field, dotted for nested fields; empty for the whole line.
    found
        What stands there, shortened.
    expected
        What should stand there.
    """

    line: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "file"
        field = f", field {self.field}" if self.field else ""
        return f"{where}{field}: found {self.found}; expected {self.expected}"


class FaultsError(WorMatchError):
    """Faults of one file, reported together."""

    shown = 20

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        self.source = source
        self.faults = tuple(faults)
        lines = [f"{source}: {len(faults)} fault{'s' if len(faults) != 1 else ''}"]
        lines += [f"  {fault}" for fault in self.faults[: self.shown]]
        if len(self.faults) > self.shown:
            lines.append(f"  … and {len(self.faults) - self.shown} more")
        super().__init__("\n".join(lines))


class CatalogueError(FaultsError):
    """A catalogue that cannot be read whole."""


class KnowledgeError(FaultsError):
    """A knowledge table that breaks its own rules."""


class JudgedSetError(FaultsError):
    """A judged set that contradicts itself or its catalogue."""


def shorten(value: Any, length: int = 60) -> str:
    """Return ``repr(value)`` cut to ``length`` characters, for an error text."""
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def faults_of(error: ValidationError, line: int, *, hide_values: Iterable[str] = ()) -> list[Fault]:
    """Translate a pydantic error into faults of one line.

    Parameters
    ----------
    error
        What pydantic reported.
    line
        Line of the file.
    hide_values
        Top-level fields whose value must not be shown (client texts are health data).
    """
    hidden = frozenset(hide_values)
    faults = []
    for item in error.errors(include_url=False):
        path = item["loc"]
        whole = not path or isinstance(item["input"], dict)
        found = "a value" if whole or path[0] in hidden else shorten(item["input"])
        if item["type"] == "missing":
            found = "nothing"
        message = item["msg"].removeprefix("Value error, ")
        faults.append(Fault(line, ".".join(map(str, path)), found, message))
    return faults
