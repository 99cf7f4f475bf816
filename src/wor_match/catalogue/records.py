"""The snapshot's own lines, kept as bytes: an activity is parsed when somebody asks for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wor_match.activity import Activity


@dataclass(frozen=True, slots=True)
class Records:
    """Activities as JSON, one after the other.

    Attributes
    ----------
    data
        All lines, uint8; may be a read-only map of a file.
    ends
        Where each line ends, shape (n + 1,), the first 0.
    """

    data: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, activities: Iterable[Activity]) -> "Records":
        """Write activities out, each without the fields that hold their default."""
        lines = [a.model_dump_json(exclude_defaults=True).encode() for a in activities]
        ends = np.cumsum([0, *map(len, lines)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(lines), np.uint8), ends)

    @classmethod
    def joined(cls, blocks: Sequence["Records"]) -> "Records":
        """Put several blocks one after the other."""
        lengths = np.concatenate([np.diff(block.ends) for block in blocks])
        return cls(
            np.concatenate([block.data for block in blocks]), np.append(0, np.cumsum(lengths))
        )

    def take(self, rows: NDArray[np.intp]) -> "Records":
        """Return some lines, in the order of ``rows``."""
        lengths = np.diff(self.ends)[rows]
        ends = np.append(0, np.cumsum(lengths))
        data = np.empty(int(ends[-1]), np.uint8)
        for row, start, stop in zip(
            rows.tolist(), ends[:-1].tolist(), ends[1:].tolist(), strict=True
        ):
            data[start:stop] = self.data[self.ends[row] : self.ends[row + 1]]
        return Records(data, ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, row: int) -> Activity:
        return Activity.model_validate_json(
            self.data[self.ends[row] : self.ends[row + 1]].tobytes()
        )
