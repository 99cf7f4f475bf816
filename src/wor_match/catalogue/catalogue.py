"""The snapshot that clients are matched to."""

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from wor_match.activity import Activity
from wor_match.catalogue.columns import Access, Columns, Numbering, columns_of, joined, ranks
from wor_match.catalogue.formats import read_activities
from wor_match.catalogue.holds import held, released
from wor_match.catalogue.records import Records
from wor_match.catalogue.schedule import Weeks
from wor_match.catalogue.spatial import SpatialIndex, bands_of
from wor_match.catalogue.store import arrays_of, mapped, mapped_as, read_meta, write_folder
from wor_match.catalogue.words import WordIndex
from wor_match.embedding.cache import VectorCache
from wor_match.embedding.encoder import Encoder, Vectors
from wor_match.embedding.needs import heads_of
from wor_match.embedding.query import activity_text
from wor_match.errors import CatalogueError, Fault, InputError, faults_of
from wor_match.language.bag import stems

T = TypeVar("T")

_BLOCK = 20_000
_ENCODE_BLOCK = 256
_BAR_FROM = 512
_PARSED = 4096
_KEPT = 4


@dataclass(frozen=True)
class Catalogue:
    """One immutable snapshot: columns, words, places and (once asked for) vectors.

    Make one with :meth:`read`, :meth:`from_records` or :meth:`open`. Rows stand
    in an order of their own (see :mod:`wor_match.catalogue.columns`), which does
    not depend on the order of the file.

    Attributes
    ----------
    source
        Where it came from, for messages.
    columns, records, weeks, words
        The facts, the lines themselves, the schedules, the word index.
    ids, languages
        Id of each row; language of each bit.
    faults
        What was left out when it was read with ``strict=False``.
    holds
        Activity id → places held on top of the provider's figures; see :meth:`hold`.
    """

    source: str
    columns: Columns
    records: Records
    weeks: Weeks
    words: WordIndex
    ids: Sequence[str]
    languages: Sequence[str]
    faults: Sequence[Fault] = ()
    encoder: Encoder | None = field(default=None, repr=False)
    cache: Path | bool = True
    saved_fingerprint: str | None = field(default=None, repr=False)
    holds: Mapping[str, int] = field(default_factory=dict)
    _vectors: dict[str, Vectors] = field(default_factory=dict, repr=False)
    _answers: dict[str, NDArray[np.float32] | None] = field(default_factory=dict, repr=False)
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        strict: bool = True,
        encoder: Encoder | str | Path | None = None,
        cache: Path | bool = True,
    ) -> Self:
        """Read a snapshot file (``.jsonl``, ``.csv``, ``.xlsx``).

        Parameters
        ----------
        path
            The file; its format is described in ``docs/data-format.md``.
        strict
            Raise when anything is wrong. Otherwise the good rows are kept and
            ``.faults`` tells what was left out.
        encoder
            An :class:`~wor_match.embedding.Encoder`, or the name or path of a
            sentence-transformers model; by default the bundled model.
        cache
            Keep vectors between runs (True: in the user's cache folder).

        Raises
        ------
        CatalogueError
            The file cannot be read, holds no activity, or (``strict``) has faults.
        """
        path = Path(path)
        activities, faults = read_activities(path)
        if faults and strict:
            raise CatalogueError(str(path), faults)
        if not activities:
            raise CatalogueError(
                str(path), [*faults, Fault(0, "", "no activity", "at least one activity")]
            )
        return cls._of(activities, str(path), faults=faults, encoder=encoder, cache=cache)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Activity | Mapping[str, Any]],
        *,
        encoder: Encoder | str | Path | None = None,
        cache: Path | bool = True,
    ) -> Self:
        """Make a snapshot from activities or dicts; ``line`` in an error is the position from 1."""
        return cls._of(_validated(records), "records", encoder=encoder, cache=cache)

    @classmethod
    def _of(
        cls,
        activities: Iterable[Activity],
        source: str,
        *,
        faults: Sequence[Fault] = (),
        encoder: Encoder | str | Path | None,
        cache: Path | bool,
    ) -> Self:
        numbering = Numbering()
        ids: list[str] = []
        blocks: list[Columns] = []
        lines: list[Records] = []
        words: list[list[str]] = []
        for block in _blocks(activities, _BLOCK):
            ids += [activity.id for activity in block]
            blocks.append(columns_of(block, numbering))
            lines.append(Records.of(block))
            words += [stems(activity_text(a.title, a.description)) for a in block]
        if not ids:
            raise CatalogueError(source, [Fault(0, "", "no activity", "at least one activity")])
        columns = joined(blocks)
        columns.id_rank[:] = ranks(ids)
        lat, lon = np.nan_to_num(columns.lat), np.nan_to_num(columns.lon)
        order = np.lexsort((columns.id_rank, lon, bands_of(lat), columns.access))
        return cls(
            source=source,
            columns=columns.take(order),
            records=Records.joined(lines).take(order),
            weeks=Weeks.of(numbering.schedules),
            words=WordIndex.of(words[row] for row in order),
            ids=[ids[row] for row in order],
            languages=list(numbering.languages),
            faults=tuple(faults),
            encoder=_encoder(encoder),
            cache=cache,
        )

    def save(self, folder: str | Path) -> None:
        """Write the snapshot as a folder that :meth:`open` maps into memory.

        Vectors that were made are saved with it, so a worker needs no encoder.
        """
        models = list(self._vectors)
        arrays = {
            **arrays_of("columns", self.columns),
            **arrays_of("records", self.records),
            **arrays_of("weeks", self.weeks),
            **arrays_of("words", self.words, ("rarity", "postings", "ends", "length_factor")),
            **{f"vectors.{i}": self._vectors[model] for i, model in enumerate(models)},
            **{
                f"answers.{i}": answers
                for i, model in enumerate(models)
                if (answers := self._answers.get(model)) is not None
            },
        }
        meta = {
            "source": self.source,
            "fingerprint": self._content,
            "ids": list(self.ids),
            "languages": list(self.languages),
            "vocabulary": list(self.words.vocabulary),
            "models": models,
            "holds": dict(self.holds),
        }
        write_folder(Path(folder), arrays, meta)

    @classmethod
    def open(cls, folder: str | Path, *, encoder: Encoder | str | Path | None = None) -> Self:
        """Map a folder that :meth:`save` wrote; the arrays are shared and read-only.

        Raises
        ------
        CatalogueError
            The folder is missing, damaged or of another format.
        """
        folder = Path(folder)
        meta = read_meta(folder)
        vocabulary = {stem: number for number, stem in enumerate(meta["vocabulary"])}
        models = list(enumerate(meta["models"]))
        with_answers = [(i, m) for i, m in models if (folder / f"answers.{i}.npy").is_file()]
        return cls(
            source=meta["source"],
            columns=mapped_as(folder, "columns", Columns),
            records=mapped_as(folder, "records", Records),
            weeks=mapped_as(folder, "weeks", Weeks),
            words=mapped_as(folder, "words", WordIndex, vocabulary=vocabulary),
            ids=meta["ids"],
            languages=meta["languages"],
            encoder=_encoder(encoder),
            saved_fingerprint=meta["fingerprint"],
            holds=meta["holds"],
            _vectors={model: mapped(folder, f"vectors.{i}") for i, model in models},
            _answers={model: mapped(folder, f"answers.{i}") for i, model in with_answers},
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, activity_id: str) -> Activity:
        return self.activity(self.row(activity_id))

    @cached_property
    def activity(self) -> Callable[[int], Activity]:
        """The activity of a row; those asked for lately are kept parsed."""
        return lru_cache(maxsize=_PARSED)(self._activity)

    def _activity(self, row: int) -> Activity:
        activity = self.records[row]
        count = self.holds.get(activity.id)
        if not count or activity.capacity is None or not self.columns.counted[row]:
            return activity
        enrolled = activity.capacity.enrolled + count
        capacity = activity.capacity.model_copy(update={"enrolled": enrolled})
        return activity.model_copy(update={"capacity": capacity})

    def __iter__(self) -> Iterator[Activity]:
        return (self._activity(row) for row in range(len(self)))

    def __contains__(self, activity_id: object) -> bool:
        return activity_id in self._rows

    def row(self, activity_id: str) -> int:
        """Row of an id.

        Raises
        ------
        InputError
            There is no such activity in this snapshot.
        """
        try:
            return self._rows[activity_id]
        except KeyError:
            raise InputError(f"{self.source}: no activity with id {activity_id!r}") from None

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {activity_id: row for row, activity_id in enumerate(self.ids)}

    def rows_of(self, activity_ids: Iterable[str]) -> NDArray[np.intp]:
        """Rows of the ids that this snapshot has; earlier steps may be of an older one."""
        return np.array([self._rows[i] for i in activity_ids if i in self._rows], np.intp)

    def hold(self, places: Mapping[str, int]) -> Self:
        """Return this snapshot with places held: counted as enrolled, each until it is released.

        With ``Ledger.held(day)`` these are the holds of a day, and what is over is not among them.
        Where the number of places is not known there is nothing to count, and nothing changes.

        Parameters
        ----------
        places
            Activity id → places to hold on top of what is held already.

        Raises
        ------
        InputError
            No such activity, a count below 1, or more than is free.
        """
        enrolled = held(self.columns, places, self.row)
        return self._with_holds(enrolled, Counter(self.holds) + Counter(places))

    def release(self, places: Mapping[str, int]) -> Self:
        """Return this snapshot with held places given back.

        Raises
        ------
        InputError
            No such activity, a count below 1, or more than is held.
        """
        enrolled = released(self.columns, places, self.holds, self.row)
        return self._with_holds(enrolled, Counter(self.holds) - Counter(places))

    def _with_holds(self, enrolled: NDArray[np.int32], holds: Mapping[str, int]) -> Self:
        return replace(
            self,
            columns=replace(self.columns, enrolled=enrolled),
            holds=dict(sorted(holds.items())),
            _kept={},
        )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the content and of what is held; the same whatever the order of the file."""
        if not self.holds:
            return self._content
        return hashlib.sha256(f"{self._content} {sorted(self.holds.items())}".encode()).hexdigest()

    @cached_property
    def _content(self) -> str:
        if self.saved_fingerprint is not None:
            return self.saved_fingerprint
        digest = hashlib.sha256(self.records.data.data)
        digest.update(self.records.ends.tobytes())
        return digest.hexdigest()

    @cached_property
    def block_starts(self) -> NDArray[np.intp]:
        """First row of each :class:`Access` block, and the number of rows."""
        return np.searchsorted(self.columns.access, [*Access, len(Access)])

    @cached_property
    def largest_slack_km(self) -> float:
        """How coarse the coarsest place is."""
        return float(self.columns.slack_km.max(initial=0.0))

    @cached_property
    def indexes(self) -> tuple[SpatialIndex, SpatialIndex]:
        """Spatial indexes of the blocks that are travelled to and that visit at home."""
        travel, home, anywhere = (int(start) for start in self.block_starts[:3])
        lat, lon = self.columns.lat, self.columns.lon
        return (
            SpatialIndex.of(lat[travel:home], lon[travel:home], travel),
            SpatialIndex.of(lat[home:anywhere], lon[home:anywhere], home),
        )

    def vectors(self, encoder: Encoder | None = None) -> Vectors:
        """Vectors of all activities under a model, float32 (n, d), in row order.

        Made at the first call and kept in memory; texts that the cache knows are
        not encoded again. Long work shows a progress bar.
        """
        encoder = encoder or self.model
        if encoder.name not in self._vectors:
            self._vectors[encoder.name] = self._embedded(encoder)
        return self._vectors[encoder.name]

    def answers(self, encoder: Encoder | None = None) -> NDArray[np.float32] | None:
        """How well each activity answers each need: float32 (n, needs) in [0, 1].

        None for a model without heads.
        """
        encoder = encoder or self.model
        if encoder.name not in self._answers:
            heads = heads_of(encoder)
            self._answers[encoder.name] = heads.answers(self.vectors(encoder)) if heads else None
        return self._answers[encoder.name]

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` makes of this snapshot, made at the first call with this key.

        The latest few are kept: a service asks for one day and one policy, over and over.
        """
        kept = self._kept.get(key)  # nothing that is made is None
        if kept is None:
            kept = make()
            for oldest in list(self._kept)[: max(0, len(self._kept) + 1 - _KEPT)]:
                self._kept.pop(oldest, None)
            self._kept[key] = kept
        return cast("T", kept)

    @cached_property
    def model(self) -> Encoder:
        """The encoder that this snapshot is matched with."""
        if self.encoder is not None:
            return self.encoder
        from wor_match.embedding.bundled import bundled

        return bundled()

    def _embedded(self, encoder: Encoder) -> Vectors:
        texts = [activity_text(activity.title, activity.description) for activity in self]

        def encode(missing: Sequence[str]) -> Iterator[Vectors]:
            for block in _progress(list(_blocks(missing, _ENCODE_BLOCK)), len(missing)):
                yield encoder.encode_passages(block)

        if self.cache is False:
            return np.concatenate(list(encode(texts)))
        folder = self.cache if isinstance(self.cache, Path) else None
        return VectorCache(encoder.name, encoder.dimension, folder).vectors(texts, encode)


def _validated(records: Iterable[Activity | Mapping[str, Any]]) -> list[Activity]:
    activities: list[Activity] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for line, record in enumerate(records, start=1):
        try:
            activity = record if isinstance(record, Activity) else Activity.model_validate(record)
        except ValidationError as error:
            faults += faults_of(error, line)
            continue
        first = seen.setdefault(activity.id, line)
        if first != line:
            faults.append(
                Fault(line, "id", repr(activity.id), f"an id that is not record {first} already")
            )
        activities.append(activity)
    if faults:
        raise CatalogueError("records", faults)
    return activities


def _encoder(encoder: Encoder | str | Path | None) -> Encoder | None:
    if isinstance(encoder, str | Path):
        from wor_match.embedding.sentence_transformers import sentence_transformers_encoder

        return sentence_transformers_encoder(encoder)
    return encoder


def _blocks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while block := list(islice(iterator, size)):
        yield block


def _progress(blocks: Sequence[Any], texts: int) -> Iterable[Any]:
    if texts < _BAR_FROM:
        return blocks
    from tqdm import tqdm

    return tqdm(blocks, desc="embedding", unit="block", unit_scale=_ENCODE_BLOCK, leave=False)
