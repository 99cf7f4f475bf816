"""A judged set: a folder with a snapshot, clients, graded judgments and the resolved truth.

The format is the project's data contract (``docs/data-format.md``)::

    catalogue.jsonl        the activities
    clients.jsonl          the clients
    <judge>.qrels.tsv      client_id, activity_id, grade: each judge's own
    qrels.tsv              the same, mean of the judges; made from the judges where missing
    truth.jsonl            per client what a careful human read from text and fields together
    tags.tsv               optional: client_id and comma-separated tags, only for slices
    corrections.tsv        optional: activity_id, field, value (JSON): what the judges found
                           wrong in the snapshot, for example an office as the place of a
                           home visit. Only the truth uses it, never an engine.
    set.toml               optional: ``name`` and ``as_of``, the date that the set is read for
"""

import datetime as dt
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wor_match.activity import Activity
from wor_match.client import TEXT_FIELDS, Client, Need, Travel, Window
from wor_match.errors import Fault, JudgedSetError, faults_of, shorten
from wor_match.evaluation.judgments import BEST_GRADE, Judgments, mean

_Model = TypeVar("_Model", bound=BaseModel)

CONTRACT_DATE = dt.date(2026, 11, 16)
"""The reference date of the data contract, for sets without a ``set.toml``."""

_ROUNDED = 0.01
"""How far a stated mean may be off: a mean of three judges is written with two digits."""


@dataclass(frozen=True, slots=True)
class FileFault(Fault):
    """A fault with the file of the set that it stands in."""

    file: str = ""

    def __str__(self) -> str:
        # Not super(): slots make a new class, which the zero-argument form does not know.
        return f"{self.file}, {Fault.__str__(self)}"


class Truth(BaseModel):
    """What a careful human read of one client; ``None`` means: nothing read, no limit."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    client_id: str
    needs: tuple[Need, ...] | None = ()
    travel: Travel | None = None
    availability: tuple[Window, ...] | None = None
    max_cost_month: float | None = None
    unwanted: tuple[str, ...] = ()
    unwanted_either: tuple[str, ...] = ()
    red_flag: bool = False
    red_flag_either: bool = False
    red_flag_kind: str | None = None
    support_domains: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSet:
    """One judged set in memory; rows of all arrays are in the order of the files.

    Attributes
    ----------
    name
        For tables.
    catalogue_path
        The snapshot, as an engine reads it.
    activities, clients
        Validated; ``activities`` as the file says, without the judges' corrections.
    corrected
        The activities after ``corrections.tsv``: for the truth only.
    judgments
        Mean of the judges.
    judges
        Each judge's own, by name.
    truth, tags
        One per client.
    as_of
        The date that seasons and capacity are read for.
    """

    name: str
    catalogue_path: Path
    activities: tuple[Activity, ...]
    corrected: tuple[Activity, ...]
    clients: tuple[Client, ...]
    judgments: Judgments
    judges: Mapping[str, Judgments]
    truth: tuple[Truth, ...]
    tags: tuple[frozenset[str], ...]
    as_of: dt.date

    @classmethod
    def read(cls, folder: str | Path) -> "JudgedSet":
        """Read a folder and check it against itself.

        Raises
        ------
        JudgedSetError
            The set has faults; one error holds all of them, each with file, line and field.
        """
        return _Reader(Path(folder)).read()

    @property
    def activity_ids(self) -> tuple[str, ...]:
        """The ids in the order of the columns."""
        return tuple(a.id for a in self.activities)

    @property
    def client_ids(self) -> tuple[str, ...]:
        """The ids in the order of the rows."""
        return tuple(c.id for c in self.clients)


@dataclass
class _Reader:
    """Reads one folder and collects faults instead of stopping at the first."""

    folder: Path
    faults: list[FileFault] = field(default_factory=list)

    def read(self) -> JudgedSet:
        if not self.folder.is_dir():
            raise JudgedSetError(str(self.folder), [Fault(0, "", "no folder", "a judged set")])
        name, as_of = self._settings()
        activities = self._models("catalogue.jsonl", Activity, "id", hide=())
        clients = self._models("clients.jsonl", Client, "id", hide=TEXT_FIELDS)
        rows = {c: i for i, c in enumerate(clients)}
        columns = {a: i for i, a in enumerate(activities)}
        judges = {
            path.name.removesuffix(".qrels.tsv"): self._qrels(path.name, rows, columns)
            for path in sorted(self.folder.glob("*.qrels.tsv"))
        }
        judgments = self._mean(judges, rows, columns)
        truth = self._truth(rows, columns)
        tags = self._tags(rows)
        corrected = self._corrections(activities)
        if self.faults:
            raise JudgedSetError(str(self.folder), self.faults)
        return JudgedSet(
            name=name,
            catalogue_path=self.folder / "catalogue.jsonl",
            activities=tuple(activities.values()),
            corrected=tuple(corrected.values()),
            clients=tuple(clients.values()),
            judgments=judgments,
            judges=judges,
            truth=tuple(truth[c] for c in clients),
            tags=tuple(tags.get(c, frozenset()) for c in clients),
            as_of=as_of,
        )

    def _fault(self, file: str, line: int, field_: str, found: str, expected: str) -> None:
        self.faults.append(FileFault(line, field_, found, expected, file))

    def _lines(self, file: str) -> Iterator[tuple[int, str]]:
        """Yield numbered lines that hold something; a file that cannot be read is a fault."""
        try:
            text = (self.folder / file).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self._fault(file, 0, "", "no file", "this file in the folder")
            return
        except (OSError, UnicodeDecodeError) as error:
            self._fault(file, 0, "", str(error), "a text file in UTF-8")
            return
        # Only "\n": str.splitlines also splits at characters that JSON texts may hold.
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield number, line.rstrip("\r")

    def _json(self, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, line in self._lines(file):
            try:
                value = json.loads(line)
            except ValueError:
                self._fault(file, number, "", "no JSON", "one JSON object a line")
                continue
            if isinstance(value, dict):
                yield number, value
            else:
                self._fault(file, number, "", shorten(value), "one JSON object a line")

    def _models(
        self, file: str, model: type[_Model], key: str, hide: tuple[str, ...]
    ) -> dict[str, _Model]:
        """Read one model a line, by id; of two lines with one id the first stays."""
        found: dict[str, _Model] = {}
        lines: dict[str, int] = {}
        for number, record in self._json(file):
            try:
                item = model.model_validate(record)
            except ValidationError as error:
                for fault in faults_of(error, number, hide_values=hide):
                    self._fault(file, number, fault.field, fault.found, fault.expected)
                # An item with a fault still has an id: judgments of it are not unknown.
                item = model.model_construct(None, **{key: str(record.get(key, ""))})
            id_ = str(getattr(item, key))
            if id_ in found:
                self._fault(file, number, key, f"{id_!r} again", f"one line (first: {lines[id_]})")
                continue
            found[id_], lines[id_] = item, number
        return found

    def _table(self, file: str, *header: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of a tab-separated file under its header line."""
        for at, (number, line) in enumerate(self._lines(file)):
            cells = [cell.strip() for cell in line.split("\t")]
            if at == 0:
                if cells != list(header):
                    self._fault(file, number, "", shorten(line), "the header " + " ".join(header))
                    if len(cells) != len(header):
                        return
                continue
            if len(cells) == len(header):
                yield number, cells
            else:
                self._fault(file, number, "", f"{len(cells)} columns", f"{len(header)}")

    def _qrels(self, file: str, rows: dict[str, int], columns: dict[str, int]) -> Judgments:
        pairs: dict[tuple[int, int], float] = {}
        lines: dict[tuple[str, str], int] = {}
        for number, (client, activity, text) in self._table(
            file, "client_id", "activity_id", "grade"
        ):
            if client not in rows:
                self._fault(file, number, "client_id", repr(client), "an id of clients.jsonl")
            if activity not in columns:
                self._fault(file, number, "activity_id", repr(activity), "an id of catalogue.jsonl")
            try:
                grade = float(text)
            except ValueError:
                grade = -1.0
            if not 0 <= grade <= BEST_GRADE:
                self._fault(file, number, "grade", repr(text), "a number from 0 to 3")
            first = lines.setdefault((client, activity), number)
            if first != number:
                pair = f"{client} and {activity} again"
                self._fault(file, number, "", pair, f"one grade a pair (first: line {first})")
            elif client in rows and activity in columns:
                pairs[rows[client], columns[activity]] = grade
        return Judgments.of(((c, a, g) for (c, a), g in pairs.items()), (len(rows), len(columns)))

    def _mean(
        self, judges: dict[str, Judgments], rows: dict[str, int], columns: dict[str, int]
    ) -> Judgments:
        file = "qrels.tsv"
        if judges and not (self.folder / file).exists():
            judgments = mean([*judges.values()])
        else:
            judgments = self._qrels(file, rows, columns)
            if judges and not self.faults:
                self._compare(judgments, mean([*judges.values()]), [*rows], [*columns])
        judged = set(judgments.client.tolist())
        for client, row in rows.items():
            if row not in judged:
                self._fault(file, 0, "client_id", f"nothing for {client!r}", "a judgment of each")
        return judgments

    def _compare(self, stated: Judgments, made: Judgments, rows: list[str], ids: list[str]) -> None:
        """Hold the stated mean to the judges' files, so that a later change is found."""
        tables = [
            {(c, a): g for c, a, g in zip(j.client, j.activity, j.grade, strict=True)}
            for j in (stated, made)
        ]
        for c, a in sorted(tables[0].keys() | tables[1].keys()):
            if abs(tables[0].get((c, a), 0.0) - tables[1].get((c, a), 0.0)) > _ROUNDED:
                pair = f"{rows[c]} and {ids[a]}"
                self._fault("qrels.tsv", 0, "grade", pair, "the mean of the judges' files")

    def _truth(self, rows: dict[str, int], columns: dict[str, int]) -> dict[str, Truth]:
        file = "truth.jsonl"
        truth = self._models(file, Truth, "client_id", hide=("notes",))
        for id_ in truth:
            if id_ not in rows:
                self._fault(file, 0, "client_id", repr(id_), "an id of clients.jsonl")
        for id_ in rows:
            if id_ not in truth:
                self._fault(file, 0, "client_id", f"nothing for {id_!r}", "a line for each client")
        for id_, item in truth.items():
            for name in ("unwanted", "unwanted_either"):
                for activity in getattr(item, name, ()):
                    if activity not in columns:
                        found = f"{activity!r} of {id_}"
                        self._fault(file, 0, name, found, "an id of catalogue.jsonl")
        return truth

    def _tags(self, rows: dict[str, int]) -> dict[str, frozenset[str]]:
        file = "tags.tsv"
        tags: dict[str, frozenset[str]] = {}
        if not (self.folder / file).exists():
            return tags
        for number, (client, text) in self._table(file, "client_id", "tags"):
            if client not in rows:
                self._fault(file, number, "client_id", repr(client), "an id of clients.jsonl")
            if client in tags:
                self._fault(file, number, "client_id", f"{client!r} again", "one line a client")
            tags[client] = frozenset(tag.strip() for tag in text.split(",") if tag.strip())
        return tags

    def _corrections(self, activities: dict[str, Activity]) -> dict[str, Activity]:
        file = "corrections.tsv"
        corrected = dict(activities)
        if not (self.folder / file).exists():
            return corrected
        for number, (id_, name, text) in self._table(file, "activity_id", "field", "value"):
            if id_ not in corrected:
                self._fault(file, number, "activity_id", repr(id_), "an id of catalogue.jsonl")
                continue
            try:
                changed = corrected[id_].model_dump() | {name: json.loads(text)}
                corrected[id_] = Activity.model_validate(changed)
            except ValidationError as error:
                for fault in faults_of(error, number):
                    self._fault(file, number, fault.field, fault.found, fault.expected)
            except ValueError:
                self._fault(file, number, "value", shorten(text), 'JSON: true, 5, "text", …')
        return corrected

    def _settings(self) -> tuple[str, dt.date]:
        file = self.folder / "set.toml"
        if not file.exists():
            return self.folder.name, CONTRACT_DATE
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            self._fault(file.name, 0, "", str(error), "TOML")
            return self.folder.name, CONTRACT_DATE
        as_of = settings.get("as_of", CONTRACT_DATE)
        if not isinstance(as_of, dt.date) or isinstance(as_of, dt.datetime):
            self._fault(file.name, 0, "as_of", shorten(as_of), "a date, as 2026-11-16")
            as_of = CONTRACT_DATE
        return str(settings.get("name", self.folder.name)), as_of
