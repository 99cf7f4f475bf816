"""Vectors of catalogue texts, kept between runs: one SQLite file per model.

SQLite gives atomic writes and safe sharing between processes. Every vector
carries a checksum; what does not check is made again, and a file that is no
database any more is replaced. No client text ever comes here.
"""

import contextlib
import hashlib
import os
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_CHUNK = 512
_BUSY_SECONDS = 30.0


def cache_folder() -> Path:
    """Where the cache lives: ``$WOR_MATCH_CACHE`` or the user's cache folder."""
    chosen = os.environ.get("WOR_MATCH_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("wor-match"))


class VectorCache:
    """Vectors of one model, by text.

    Parameters
    ----------
    model
        Name of the weights.
    dimension
        Length of a vector.
    folder
        Where the file goes; by default :func:`cache_folder`.
    """

    def __init__(self, model: str, dimension: int, folder: Path | None = None) -> None:
        self._dimension = dimension
        file_name = re.sub(r"[^\w.@-]+", "_", model) + ".sqlite"
        self.path = (folder or cache_folder()) / file_name

    def vectors(
        self, texts: Sequence[str], encode: Callable[[Sequence[str]], Iterable[Vectors]]
    ) -> Vectors:
        """Return the vectors of ``texts`` (n, d); only those not kept yet are encoded.

        ``encode`` yields blocks of vectors; every block is kept as soon as it is
        there, so an interrupted run goes on where it stopped. A cache that cannot
        be read or written costs time, never the result.
        """
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        found = self._read(set(keys))
        missing = list(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in found}.items()
        )
        done = 0
        for block in encode([text for _, text in missing]) if missing else ():
            fresh = {
                key: row
                for (key, _), row in zip(missing[done : done + len(block)], block, strict=True)
            }
            self._write(fresh)
            found |= fresh
            done += len(block)
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        return np.stack([found[key] for key in keys])

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
        connection.execute(
            "create table if not exists vectors (key blob primary key, crc integer, vector blob)"
        )
        return connection

    def _read(self, keys: set[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        try:
            with contextlib.closing(self._connect()) as connection:
                wanted = list(keys)
                for start in range(0, len(wanted), _CHUNK):
                    part = wanted[start : start + _CHUNK]
                    marks = ",".join("?" * len(part))
                    rows = connection.execute(
                        f"select key, crc, vector from vectors where key in ({marks})",  # noqa: S608  (question marks)
                        part,
                    )
                    found |= {
                        key: np.frombuffer(blob, np.float32)
                        for key, crc, blob in rows
                        if self._sound(crc, blob)
                    }
        except sqlite3.OperationalError:  # locked, read-only, no folder: go without
            return found
        except sqlite3.DatabaseError:  # not a database (any more)
            self.path.unlink(missing_ok=True)
        except OSError:
            return found
        return found

    def _write(self, fresh: dict[bytes, Vectors]) -> None:
        rows = [
            (key, zlib.crc32(blob), blob)
            for key, row in fresh.items()
            for blob in (row.astype(np.float32).tobytes(),)
        ]
        with (
            contextlib.suppress(sqlite3.Error, OSError),
            contextlib.closing(self._connect()) as connection,
            connection,
        ):
            connection.executemany("insert or replace into vectors values (?, ?, ?)", rows)

    def _sound(self, crc: object, blob: object) -> bool:
        return (
            isinstance(blob, bytes) and len(blob) == 4 * self._dimension and zlib.crc32(blob) == crc
        )
