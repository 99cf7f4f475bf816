"""Chance that depends on ids and a seed, never on the order of the input.

A tie must not go to whoever stands first in a file, nor to the lowest id. Every
id gets a 64-bit key from a seed, by the standard library's BLAKE2b; ordering by
key is a shuffle that another process, or the same call tomorrow, repeats.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


def keys_of(ids: Sequence[str], seed: int | str = 0) -> Keys:
    """Return one key for each id, uint64 (n,)."""
    salt = blake2b(str(seed).encode(), digest_size=16).digest()
    digests = b"".join(blake2b(i.encode(), digest_size=8, key=salt).digest() for i in ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def mixed(keys: Keys, seed: int | str) -> Keys:
    """Return other keys from these keys and a seed, without going back to the ids.

    The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom
    number generators, OOPSLA 2014, doi 10.1145/2660193.2660195): a bijection, so
    different keys stay different.
    """
    salt = np.uint64(int.from_bytes(blake2b(str(seed).encode(), digest_size=8).digest(), "little"))
    z = keys ^ salt
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(keys: Keys) -> NDArray[np.float32]:
    """Turn keys into numbers in [0, 1)."""
    return (keys >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
