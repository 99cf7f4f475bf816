"""How a worker gets at the catalogue: mapped from disk, once for each process.

A pickled catalogue would be copied into every worker and with every block. Instead a
block carries the folder and the fingerprint; a process maps the folder at its first
block, read-only, and all processes of one machine share the pages.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wor_match.catalogue import Catalogue
from wor_match.catalogue.store import META, read_meta
from wor_match.embedding.encoder import Encoder
from wor_match.sharing.errors import WorkerError

_open: dict[tuple[int, str], Catalogue] = {}
"""By process and fingerprint: a forked child does not take its parent's for its own."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a catalogue lies on disk (None: only in this process), and which one it is."""

    folder: Path | None
    fingerprint: str

    def catalogue(self) -> Catalogue:
        """Return the catalogue, mapped at the first call in a process.

        Raises
        ------
        WorkerError
            The folder holds another catalogue than the caller's.
        """
        key = (os.getpid(), self.fingerprint)
        found = _open.get(key)
        if found is not None:
            return found
        if self.folder is None:
            raise WorkerError("the catalogue lives in the calling process; pass threads or nothing")
        catalogue = Catalogue.open(self.folder)
        if catalogue.fingerprint != self.fingerprint:
            raise WorkerError(f"{self.folder}: another catalogue than the call was made with")
        _open[key] = catalogue
        return catalogue


@contextmanager
def shared(
    catalogue: Catalogue,
    executor: Executor | None,
    *,
    encoders: Iterable[Encoder] = (),
    folder: Path | None = None,
) -> Iterator[Snapshot]:
    """Make a catalogue reachable for the workers of an executor while the context lasts.

    Parameters
    ----------
    catalogue
        The caller's.
    executor
        Threads, or none, use it as it is; everything else gets it by way of the disk.
    encoders
        Models whose vectors will be asked for; they are made here, so that no worker has to.
    folder
        A folder that :meth:`Catalogue.save` wrote, or one that all workers can read and that
        it may be saved in; left out, a temporary folder of this machine.
    """
    names = set()
    for encoder in encoders:
        catalogue.vectors(encoder)
        catalogue.answers(encoder)
        names.add(encoder.name)
    key = (os.getpid(), catalogue.fingerprint)
    before = _open.get(key)
    _open[key] = catalogue
    try:
        if executor is None or isinstance(executor, ThreadPoolExecutor):
            yield Snapshot(None, catalogue.fingerprint)
            return
        if folder is not None and (folder / META).is_file():
            yield Snapshot(folder, catalogue.fingerprint)
            return
        with tempfile.TemporaryDirectory(prefix="wor-match-") as temporary:
            target = (folder or Path(temporary)) / catalogue.fingerprint[:16]
            if not target.is_dir() or not names <= set(read_meta(target)["models"]):
                catalogue.save(target)
            yield Snapshot(target, catalogue.fingerprint)
    finally:
        if before is None:
            _open.pop(key, None)
        else:
            _open[key] = before
