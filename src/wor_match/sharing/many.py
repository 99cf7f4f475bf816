"""Many clients at once: one proposal each for which a place is held, over all of them together.

clients ─► read ─► candidate edges, block by block ─► assign ─► a result for each client

What this makes is a plan of proposals. A coach and a client decide. It is not made, and may
not be used, to rank people's right to a service (EU AI Act, Annex III 5(a);
``docs/scarce-places.md``).
"""

import datetime as dt
import json
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ValidationError

from wor_match.catalogue import Catalogue
from wor_match.client import TEXT_FIELDS, Client
from wor_match.embedding.encoder import Encoder, Vectors
from wor_match.errors import Fault, InputError, faults_of
from wor_match.feasibility import constraints_of
from wor_match.matching import AnyClient
from wor_match.policy import Policy
from wor_match.prepared import Prepared, prepare
from wor_match.result import MatchResult
from wor_match.sharing.assign import Assignment, assign
from wor_match.sharing.blocks import blocks_of
from wor_match.sharing.candidates import BlockEdges, candidates_of, places_free
from wor_match.sharing.edges import Edges, Ints
from wor_match.sharing.planned import planned
from wor_match.sharing.runs import Progress, run_blocks
from wor_match.sharing.seeds import keys_of
from wor_match.sharing.snapshots import Snapshot, shared
from wor_match.sharing.solvers import Solver

CANDIDATES = 50
"""Candidate edges of each client in the first round."""

BLOCK = 128
"""Clients in a block: some 0.5 s of work, so that progress is seen and little is lost."""


@dataclass(frozen=True, slots=True)
class ClientFault:
    """A client that could not be read; the others are served.

    Attributes
    ----------
    index
        Position in the call, from 0.
    faults
        Every wrong field; the texts of a client are not shown.
    """

    index: int
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        said = (f"field {f.field}: found {f.found}; expected {f.expected}" for f in self.faults)
        return f"client {self.index}: " + "; ".join(said)


@dataclass(frozen=True)
class Plan:
    """Proposals for many clients, with a place held for as many as can be.

    Iterating gives for each client, in the order of the call, a
    :class:`~wor_match.MatchResult` or a :class:`ClientFault`; each is made when it is
    asked for, so a large plan need not fit in memory.

    Attributes
    ----------
    held
        Id of the activity where a place is held for each client of the call, or None.
    faults
        Clients that could not be read.
    assignment
        How good the plan is: value, optimum, regret, overflow, the worst-off, the spread.
    widened
        Clients for whom a second round looked beyond the first candidates.
    """

    held: tuple[str | None, ...]
    faults: tuple[ClientFault, ...]
    assignment: Assignment
    widened: int
    _batch: "_Batch" = field(repr=False)
    _rows: Ints = field(repr=False)

    def __len__(self) -> int:
        return len(self.held)

    @property
    def proposed(self) -> dict[str, int]:
        """Activity id → places held in this plan; what the ledger counts."""
        counts: dict[str, int] = {}
        for activity in self.held:
            if activity is not None:
                counts[activity] = counts.get(activity, 0) + 1
        return dict(sorted(counts.items()))

    def __iter__(self) -> Iterator[MatchResult | ClientFault]:
        bad = {fault.index: fault for fault in self.faults}
        good = iter(zip(self._batch.clients, self._rows.tolist(), strict=True))
        for index in range(len(self)):
            yield bad[index] if index in bad else self._batch.result(*next(good))

    def lines(
        self, *, executor: Executor | None = None, progress: Progress | None = None
    ) -> Iterator[str]:
        """Yield each client's result as JSON, in the order of the call, by way of an executor."""
        bad = {fault.index: fault for fault in self.faults}
        good = self._batch.lines(self._rows, executor, progress)
        for index in range(len(self)):
            yield _fault_line(bad[index]) if index in bad else next(good)


def match_many(
    clients: Sequence[AnyClient],
    catalogue: Catalogue,
    *,
    limit: int = 10,
    policy: Policy | None = None,
    as_of: dt.date | None = None,
    acknowledge_attention: bool = False,
    arrival: ArrayLike | None = None,
    held_already: Mapping[str, int] | None = None,
    seed: int | str = 0,
    solver: Solver = "scipy",
    candidates: int = CANDIDATES,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Share the places of a snapshot among many clients.

    Parameters
    ----------
    clients
        As in :func:`~wor_match.match`. One that cannot be read is reported, by index and field.
    catalogue, limit, policy, as_of, acknowledge_attention
        As in :func:`~wor_match.match`. No place is held for a client whose list is withheld.
        ``policy.sharing`` holds the objective, its tolerance, the least share of a client's own
        best at which a place is held, and what is held where no number of places is known.
    arrival, solver
        As in :func:`~wor_match.sharing.assign.assign`; ``arrival`` is in the order of ``clients``.
    held_already
        Activity id → places that are held by others (:meth:`Ledger.held`).
    seed
        Decides ties, together with the ids of clients and activities.
    candidates
        Edges for each client in the first round. Who is left without a place though there
        were more gets all of them in a second round.
    executor
        Where the work runs; the result is the same for each.
    folder
        For processes on more than one machine: a folder that all of them can read.
    progress
        Told how many clients are done.

    Raises
    ------
    InputError
        An option that cannot be used.
    WorkerError
        A worker ended without a result; nothing is held.
    """
    if limit < 1 or candidates < 1:
        raise InputError(f"limit, candidates: found {limit}, {candidates}; expected at least 1")
    policy, as_of = policy or Policy.default(), as_of or dt.date.today()
    sharing = policy.sharing
    times = np.zeros(len(clients)) if arrival is None else np.asarray(arrival, np.float64)
    if times.shape != (len(clients),):
        raise InputError(f"arrival: {times.shape} found, ({len(clients)},) expected")
    good, faults = _read(clients)
    encoders = _encoders(good.values(), catalogue)
    with shared(catalogue, executor, encoders=encoders, folder=folder) as snapshot:
        prepared = _prepared(good, catalogue, snapshot, as_of, executor)
        batch = _Batch(prepared, catalogue, policy, as_of, limit, acknowledge_attention, folder)
        free = places_free(catalogue, policy, as_of, most=len(clients))
        _take(free, catalogue, held_already or {})
        indices = np.array(sorted(good), np.int64)
        keys = keys_of(_distinct_ids(prepared), seed), keys_of(catalogue.ids, seed)

        def shared_out(edges: Edges) -> Assignment:
            return assign(
                edges,
                free,
                objective=sharing.objective,
                client_keys=keys[0],
                activity_keys=keys[1],
                arrival=times[indices],
                tolerance=sharing.tolerance,
                solver=solver,
            )

        served = batch.may_be_shown
        edges, found = batch.edges(served, free, candidates, snapshot, executor, progress)
        assignment = shared_out(edges)
        left = assignment.unmatched
        short = left[found[left] > candidates]
        if len(short):
            more, _ = batch.edges(short, free, len(catalogue), snapshot, executor, None)
            edges = Edges.joined([edges, more], edges.n_clients, edges.n_activities)
            assignment = shared_out(edges)
    held: list[str | None] = [None] * len(clients)
    for index, row in zip(indices.tolist(), assignment.activity.tolist(), strict=True):
        held[index] = catalogue.ids[row] if row >= 0 else None
    return Plan(tuple(held), faults, assignment, len(short), batch, assignment.activity)


@dataclass(frozen=True)
class _Batch:
    """The clients that could be read, and what they are matched with."""

    clients: Sequence[Prepared]
    catalogue: Catalogue
    policy: Policy
    as_of: dt.date
    limit: int
    acknowledged: bool
    folder: Path | None = None

    @property
    def may_be_shown(self) -> Ints:
        """Clients whose list is not withheld for an acute signal."""
        shown = [
            self.acknowledged or not any(signal.acute for signal in client.profile.signals)
            for client in self.clients
        ]
        return np.flatnonzero(np.array(shown, bool))

    def blocks(self, who: Ints) -> list[Ints]:
        """Put clients in blocks of neighbours."""
        points = np.full((len(who), 2), np.nan)
        for number, client in enumerate(who.tolist()):
            one = self.clients[client]
            place = constraints_of(one.client, one.profile, self.policy, self.as_of).place
            if place is not None:
                points[number] = place.lat, place.lon
        return [who[rows] for rows in blocks_of(points[:, 0], points[:, 1], BLOCK)]

    def edges(
        self,
        who: Ints,
        free: Ints,
        most: int,
        snapshot: Snapshot,
        executor: Executor | None,
        progress: Progress | None,
    ) -> tuple[Edges, Ints]:
        """Return the candidate edges of some clients, and how many each had before the cut."""
        blocks = self.blocks(who)
        task = partial(
            _edges_task,
            snapshot=snapshot,
            free=free,
            policy=self.policy,
            as_of=self.as_of,
            most=most,
        )
        parts: Iterator[BlockEdges] = run_blocks(
            task,
            [[_slim(self.clients[i]) for i in block] for block in blocks],
            size_of=len,
            count_of=_clients_in,
            executor=executor,
            progress=progress,
        )
        found = np.zeros(len(self.clients), np.int64)
        ends: list[NDArray[np.int64]] = []
        rows: list[NDArray[np.int32]] = []
        values: list[NDArray[np.float64]] = []
        for block, part in zip(blocks, parts, strict=True):
            found[block] = part.found
            ends.append(np.repeat(block, part.counts))
            rows.append(part.rows)
            values.append(part.values)
        edges = Edges.of(
            np.concatenate([np.empty(0, np.int64), *ends]),
            np.concatenate([np.empty(0, np.int32), *rows]),
            np.concatenate([np.empty(0), *values]),
            len(self.clients),
            len(self.catalogue),
        )
        return edges, found

    def result(self, client: Prepared, row: int) -> MatchResult:
        """Return one client's result, with the held activity (-1: none) as first proposal."""
        return planned(
            client,
            self.catalogue,
            policy=self.policy,
            as_of=self.as_of,
            limit=self.limit,
            acknowledge_attention=self.acknowledged,
            held=None if row < 0 else row,
        )

    def lines(
        self, rows: Ints, executor: Executor | None, progress: Progress | None
    ) -> Iterator[str]:
        """Yield results as JSON in the order of the clients."""
        starts = range(0, len(self.clients), BLOCK)
        blocks = [
            [
                (_slim(client), row)
                for client, row in zip(
                    self.clients[start : start + BLOCK],
                    rows[start : start + BLOCK].tolist(),
                    strict=True,
                )
            ]
            for start in starts
        ]
        encoders = _encoders(self.clients, self.catalogue)
        with shared(self.catalogue, executor, encoders=encoders, folder=self.folder) as snapshot:
            task = partial(
                _lines_task,
                snapshot=snapshot,
                policy=self.policy,
                as_of=self.as_of,
                limit=self.limit,
                acknowledged=self.acknowledged,
            )
            parts = run_blocks(
                task, blocks, size_of=len, count_of=len, executor=executor, progress=progress
            )
            for part in parts:
                yield from part


@dataclass(frozen=True, slots=True)
class _EncoderName:
    """Stands in for an encoder where only its name matters: its vectors lie in the snapshot."""

    name: str
    dimension: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError("a worker embeds nothing")

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError("a worker embeds nothing")


def _encoders(clients: Iterable[Client | Prepared], catalogue: Catalogue) -> list[Encoder]:
    """Return the models that these clients are matched with, one of each name."""
    found: dict[str, Encoder] = {}
    for client in clients:
        encoder = client.encoder if isinstance(client, Prepared) else catalogue.model
        found.setdefault(encoder.name, encoder)
    return list(found.values())


def _slim(client: Prepared) -> Prepared:
    """Return a prepared client that can be sent to another process."""
    encoder: Encoder = _EncoderName(client.encoder.name, client.encoder.dimension)
    return replace(client, encoder=encoder)


def _edges_task(
    block: Sequence[Prepared],
    snapshot: Snapshot,
    free: Ints,
    policy: Policy,
    as_of: dt.date,
    most: int,
) -> BlockEdges:
    return candidates_of(
        block,
        snapshot.catalogue(),
        free,
        policy,
        as_of,
        most=most,
        least_share=policy.sharing.least_share,
    )


def _clients_in(part: BlockEdges) -> int:
    return len(part.counts)


def _lines_task(
    block: Sequence[tuple[Prepared, int]],
    snapshot: Snapshot,
    policy: Policy,
    as_of: dt.date,
    limit: int,
    acknowledged: bool,
) -> list[str]:
    batch = _Batch((), snapshot.catalogue(), policy, as_of, limit, acknowledged)
    return [batch.result(client, row).model_dump_json() for client, row in block]


def _prepare_task(block: Sequence[Client], snapshot: Snapshot, as_of: dt.date) -> list[Prepared]:
    encoder = snapshot.catalogue().model
    return [_slim(prepare(client, encoder, as_of=as_of)) for client in block]


def _read(
    clients: Sequence[AnyClient],
) -> tuple[dict[int, Client | Prepared], tuple[ClientFault, ...]]:
    good: dict[int, Client | Prepared] = {}
    faults = []
    for index, client in enumerate(clients):
        try:
            good[index] = client if isinstance(client, Prepared) else _client_of(client)
        except ValidationError as error:
            faults.append(ClientFault(index, tuple(faults_of(error, 0, hide_values=TEXT_FIELDS))))
        except (TypeError, ValueError):
            expected = "a Client, a mapping of its fields, or JSON of it"
            faults.append(ClientFault(index, (Fault(0, "", type(client).__name__, expected),)))
    return good, tuple(faults)


def _client_of(client: Client | Mapping[str, Any] | str) -> Client:
    if isinstance(client, str):
        return Client.model_validate_json(client)
    return client if isinstance(client, Client) else Client.model_validate(dict(client))


def _prepared(
    good: Mapping[int, Client | Prepared],
    catalogue: Catalogue,
    snapshot: Snapshot,
    as_of: dt.date,
    executor: Executor | None,
) -> list[Prepared]:
    """Read and embed who is not yet; in the workers where each can have its own model."""
    raw = {index: client for index, client in good.items() if isinstance(client, Client)}
    if snapshot.folder is None or catalogue.encoder is not None or _forks(executor):
        # A forked child has the model's memory but not its threads, and would wait for ever.
        done = {i: prepare(client, catalogue.model, as_of=as_of) for i, client in raw.items()}
    else:
        order = list(raw)
        blocks = [
            [raw[i] for i in order[start : start + BLOCK]] for start in range(0, len(order), BLOCK)
        ]
        task = partial(_prepare_task, snapshot=snapshot, as_of=as_of)
        parts = run_blocks(task, blocks, size_of=len, count_of=len, executor=executor)
        done = dict(zip(order, (one for part in parts for one in part), strict=True))
    return [done[i] if isinstance(client, Client) else client for i, client in good.items()]


def _forks(executor: Executor | None) -> bool:
    context = getattr(executor, "_mp_context", None)
    if context is None:
        return False
    return bool((context.get_start_method() or multiprocessing.get_start_method()) == "fork")


def _take(free: Ints, catalogue: Catalogue, held: Mapping[str, int]) -> None:
    """Take away what others hold already; ids of another snapshot are of no matter."""
    known = sorted(set(held).intersection(catalogue.ids))
    rows = catalogue.rows_of(known)
    free[rows] = np.maximum(free[rows] - np.array([held[i] for i in known], np.int64), 0)


def _distinct_ids(clients: Sequence[Prepared]) -> list[str]:
    """Return the ids; where one occurs more often, the content tells them apart."""
    ids = [client.client.id for client in clients]
    often = {name for name, count in Counter(ids).items() if count > 1}
    return [
        f"{name}\0{client.client.model_dump_json()}" if name in often else name
        for name, client in zip(ids, clients, strict=True)
    ]


def _fault_line(fault: ClientFault) -> str:
    faults = [{"field": f.field, "found": f.found, "expected": f.expected} for f in fault.faults]
    return json.dumps({"index": fault.index, "faults": faults}, ensure_ascii=False)
