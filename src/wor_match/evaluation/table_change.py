"""What a change of a knowledge table does to judged sets: looked at before it goes live.

The tables are read once a process, so each side is matched in a process of its own.
"""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wor_match.errors import InputError
from wor_match.evaluation.engine import Engine
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.metrics import ndcg, violations
from wor_match.evaluation.truth import breaks
from wor_match.knowledge.tables import COLUMNS, OWN_TABLES, parse
from wor_match.understanding.profile import Profile


@dataclass(frozen=True, slots=True)
class Side:
    """One judged set under one version of the tables; one entry a client."""

    name: str
    clients: tuple[str, ...]
    profiles: tuple[frozenset[str], ...]
    lists: tuple[tuple[str, ...], ...]
    ndcg: tuple[float, ...]
    broken: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class TableChange:
    """Two sides of the same sets, before and after."""

    before: tuple[Side, ...]
    after: tuple[Side, ...]

    def markdown(self) -> str:
        """Return a summary per set and a line for every client that it touches."""
        lines = [
            "| set | clients | other profile | other list | nDCG@10 | with a violation |",
            "|---|---|---|---|---|---|",
        ]
        touched = ["| client | understood now | no longer | list |", "|---|---|---|---|"]
        for old, new in zip(self.before, self.after, strict=True):
            rows = range(len(old.clients))
            profiles = [row for row in rows if old.profiles[row] != new.profiles[row]]
            lists = [row for row in rows if old.lists[row] != new.lists[row]]
            lines.append(
                f"| {old.name} | {len(rows)} | {len(profiles)} | {len(lists)} "
                f"| {_mean(old.ndcg)} → {_mean(new.ndcg)} | {sum(old.broken)} → {sum(new.broken)} |"
            )
            for row in sorted({*profiles, *lists}):
                came, went = (
                    ", ".join(sorted(keys)) or "-"
                    for keys in (
                        new.profiles[row] - old.profiles[row],
                        old.profiles[row] - new.profiles[row],
                    )
                )
                change = f"nDCG {old.ndcg[row]:.2f} → {new.ndcg[row]:.2f}"
                touched.append(
                    f"| {old.clients[row]} | {came} | {went} | {change if row in lists else '-'} |"
                )
        return "\n".join([*lines, "", *touched]) + "\n"


def table_change(own_tables: Path, sets: Sequence[Path]) -> TableChange:
    """Match judged sets with the shipped tables and with edited ones.

    Parameters
    ----------
    own_tables
        A folder with the edited tables, named as in ``wor_match/knowledge``; the others stay.
    sets
        Folders of judged sets.

    Raises
    ------
    InputError
        If the folder holds no table.
    KnowledgeError
        If an edited table has a fault.
    """
    edited = [name for name in COLUMNS if (own_tables / f"{name}.csv").is_file()]
    if not edited:
        raise InputError(f"{own_tables} holds none of the tables: {', '.join(sorted(COLUMNS))}")
    for name in edited:
        parse(name, (own_tables / f"{name}.csv").read_text(encoding="utf-8"))
    return TableChange(_side(None, sets), _side(own_tables, sets))


def _side(own_tables: Path | None, sets: Sequence[Path]) -> tuple[Side, ...]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn, initializer=_use, initargs=(own_tables,)) as process:
        return tuple(process.map(_matched, sets))


def _use(own_tables: Path | None) -> None:
    if own_tables is None:
        os.environ.pop(OWN_TABLES, None)
    else:
        os.environ[OWN_TABLES] = str(own_tables.resolve())


def _matched(folder: Path) -> Side:
    judged = JudgedSet.read(folder)
    answers = Engine(judged).answers()
    ids = judged.activity_ids
    return Side(
        name=judged.name,
        clients=judged.client_ids,
        profiles=tuple(_keys(result.profile) for result in answers.results),
        lists=tuple(tuple(ids[at] for at in top if at >= 0) for top in answers.order),
        ndcg=tuple(ndcg(answers.order, judged.judgments).tolist()),
        broken=tuple((violations(answers.order, breaks(judged)) > 0).tolist()),
    )


def _keys(profile: Profile) -> frozenset[str]:
    """What was understood, by the keys that a coach corrects it with; signals by their kind.

    What only the model hears is marked: it rules nothing out.
    """
    groups = (
        profile.wishes, profile.not_wanted, profile.cannot, profile.absent, profile.limits,
        profile.needs, profile.elements, profile.support, profile.cautions,
    )  # fmt: skip
    signals = frozenset(f"signal:{s.kind}{' (acute)' * s.acute}" for s in profile.signals)
    items = (item for group in groups for item in group)
    marked = (f"{i.key}{' (heard)' * (i.evidence.certainty == 'heard')}" for i in items)
    return signals.union(marked)


def _mean(values: Sequence[float]) -> str:
    """Over the clients for whom something was judged; the others are NaN."""
    return f"{np.nanmean(values):.3f}"
