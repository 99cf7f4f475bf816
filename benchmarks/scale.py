"""Large synthetic catalogues: activities of the shipped snapshots, spread over the country."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from wor_match import Catalogue
from wor_match.catalogue.columns import Access
from wor_match.catalogue.spatial import bands_of, runs_of
from wor_match.catalogue.words import WordIndex
from wor_match.geography.distance import coordinates
from wor_match.geography.postcodes import _table

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOTS = (
    ROOT / "catalogues/zwolle/catalogue.jsonl",
    ROOT / "catalogues/nijmegen/catalogue.jsonl",
)
JITTER_DEGREES = 0.005


def spread(count: int, *, seed: int = 0) -> Catalogue:
    """Make a catalogue of ``count`` activities.

    Each is one of the shipped activities (times, cost, audience, places, words)
    at a random postcode area of the Netherlands, with a vector of its own near
    that of its example.
    """
    base = Catalogue.from_records([a for path in SNAPSHOTS for a in Catalogue.read(path)])
    random = np.random.default_rng(seed)
    chosen = random.integers(len(base), size=count)
    areas = np.array([(place.lat, place.lon) for place in _table().values()])
    where = areas[random.integers(len(areas), size=count)]
    where += random.normal(scale=JITTER_DEGREES, size=where.shape)
    access = base.columns.access[chosen]
    placed = access != Access.ANYWHERE
    lat, lon = (np.where(placed, where[:, i], 0).astype(np.float32) for i in (0, 1))
    order = np.lexsort((lon, bands_of(lat), access))
    rows, lat, lon = chosen[order], lat[order], lon[order]
    ids = [f"a{number:07d}" for number in range(count)]
    columns = replace(
        base.columns.take(rows),
        id_rank=np.arange(count, dtype=np.int32),
        lat=lat,
        lon=lon,
        xyz=coordinates(lat, lon),
        slack_km=np.zeros(count, np.float32),
        placed=placed[order],
    )
    words = taken(base.words, rows)
    vectors = np.empty((count, base.model.dimension), np.float32)
    for start in range(0, count, 50_000):
        block = base.vectors()[rows[start : start + 50_000]]
        block = block + random.normal(scale=0.02, size=block.shape).astype(np.float32)
        vectors[start : start + len(block)] = block / np.linalg.norm(block, axis=1, keepdims=True)
    answers = base.answers()
    return replace(
        base,
        source=f"{count} synthetic activities",
        columns=columns,
        records=base.records.take(rows),
        words=words,
        ids=ids,
        _vectors={base.model.name: vectors},
        _answers={base.model.name: None if answers is None else answers[rows]},
    )


def taken(words: WordIndex, rows: np.ndarray) -> WordIndex:
    """Make the word index of some rows, with repeats."""
    numbers = np.repeat(np.arange(len(words.rarity), dtype=np.int32), np.diff(words.ends))
    numbers = numbers[np.argsort(words.postings, kind="stable")]
    counts = np.bincount(words.postings, minlength=len(words.length_factor))
    ends = np.cumsum(counts)
    every = runs_of((ends - counts)[rows], ends[rows])
    return WordIndex.of_numbers(words.vocabulary, numbers[every], counts[rows])
