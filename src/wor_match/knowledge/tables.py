"""Read the tables of this folder: checked when first used, then kept.

A table is CSV with a header. Cells hold one value, or several with ``;``
between them. Every fault of a table is reported together, with its line.
"""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from wor_match.errors import Fault, KnowledgeError, shorten

Row = Mapping[str, str]

OWN_TABLES = "WOR_MATCH_TABLES"
"""Environment variable: a folder whose tables replace those of the same name, for a trial."""

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "reasons": ("code", "audience", "nl", "en"),
        "provider_cues": ("fact", "pattern", "source"),
        "shorthand": ("form", "norm", "stop"),
        "classes": ("name", "words"),
        "topics": (
            "topic",
            "label_nl",
            "label_en",
            "parents",
            "client_words",
            "activity_words",
            "effort",
            "demands",
        ),
        "topic_exceptions": ("word", "why"),
        "cues": ("id", "plain", "negated", "pattern", "target"),
        "conditions": ("condition", "words"),
        "limits": (
            "code",
            "label_nl",
            "label_en",
            "subject",
            "mode",
            "weekdays",
            "start",
            "end",
            "field",
        ),
        "limit_cues": ("id", "code", "pattern"),
        "time_words": ("word", "unit"),
        "complaints": ("complaint", "words", "icpc", "needs", "evidence", "source"),
        "needs": (
            "need",
            "label_nl",
            "label_en",
            "elements",
            "topics",
            "categories",
            "evidence",
            "source",
        ),
        "elements": ("element", "label_nl", "label_en"),
        "support": ("domain", "label_nl", "label_en", "patterns", "source"),
        "body": ("id", "limit", "topics"),
        "trades": ("trade", "words", "topics"),
        "cautions": ("code", "when", "months", "text_nl", "source"),
        "signals": ("id", "kind", "pattern"),
        "signal_scope": ("id", "effect", "pattern"),
        "routes": (
            "kind",
            "prompt_nl",
            "prompt_en",
            "route_nl",
            "route_en",
            "verified_on",
            "source",
        ),
    }
)
"""The columns that each table must have; others are allowed."""


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Return the rows of a table.

    Raises
    ------
    KnowledgeError
        If a column is missing or a row has too many or too few cells.
    """
    return parse(name, _text(name))


def parse(name: str, text: str) -> tuple[Row, ...]:
    """Read the text of a table and check its form, as :func:`rows` does."""
    reader = csv.DictReader(text.splitlines())
    faults: list[Fault] = []
    missing = [c for c in COLUMNS[name] if c not in (reader.fieldnames or ())]
    if missing:
        faults.append(
            Fault(
                1, "", shorten(",".join(reader.fieldnames or ())), f"columns {', '.join(missing)}"
            )
        )
    found: list[Row] = []
    for row in reader:
        if None in row or None in row.values():
            faults.append(
                Fault(reader.line_num, "", "another number of cells", "a cell for every column")
            )
        else:
            found.append(MappingProxyType({key: value.strip() for key, value in row.items()}))
    if faults:
        raise KnowledgeError(f"{name}.csv", faults)
    return tuple(found)


@cache
def own_tables() -> Path | None:
    """Return the folder whose tables replace the shipped ones in this process, if there is one."""
    folder = os.environ.get(OWN_TABLES)
    return Path(folder) if folder else None


def _text(name: str) -> str:
    folder = own_tables()
    if folder is not None and (folder / f"{name}.csv").is_file():
        return (folder / f"{name}.csv").read_text(encoding="utf-8")
    return resources.files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")


def parts(cell: str) -> list[str]:
    """Return the values of a cell: ``"a; b"`` → ``["a", "b"]``."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def weighted(cell: str) -> dict[str, float]:
    """Return the weights of a cell: ``"grief:1; meaning:.5"``."""
    return {
        key.strip(): float(weight or 1)
        for key, _, weight in (p.partition(":") for p in parts(cell))
    }


@cache
def shorthand() -> Mapping[str, str]:
    """Shorthand, dialect and spelling variants → the form that patterns use."""
    return MappingProxyType({row["form"]: row["norm"] for row in rows("shorthand") if row["norm"]})


@cache
def abbreviations() -> frozenset[str]:
    """Forms whose full stop ends a sentence only before a capital."""
    return frozenset(row["form"] for row in rows("shorthand") if row["stop"] == "may")


@cache
def abbreviations_before() -> frozenset[str]:
    """Forms whose full stop never ends a sentence ("mw. Jansen")."""
    return frozenset(row["form"] for row in rows("shorthand") if row["stop"] == "never")


@cache
def word_class(name: str) -> tuple[str, ...]:
    """Return the words of a class, other classes in it (``@name``) written out."""
    words: list[str] = []
    for row in rows("classes"):
        if row["name"] == name:
            for word in row["words"].split():
                words += word_class(word[1:]) if word.startswith("@") else (word,)
    if not words:
        raise KnowledgeError(
            "classes.csv", [Fault(0, "name", shorten(name), "a class that exists")]
        )
    return tuple(dict.fromkeys(words))


@cache
def word_set(name: str) -> frozenset[str]:
    """Return the words of a class as a set."""
    return frozenset(word_class(name))


def faults(check: Callable[[], Iterator[tuple[str, Fault]]]) -> None:
    """Raise the faults that a check finds, grouped by table."""
    by_table: dict[str, list[Fault]] = {}
    for table, fault in check():
        by_table.setdefault(table, []).append(fault)
    for table, found in by_table.items():
        raise KnowledgeError(f"{table}.csv", found)
