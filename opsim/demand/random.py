"""Random numbers that belong to things.

A reader who comes on 3 May stays 97 minutes. Her 97 minutes must not become 41 because the café next door
raised its price and one other guest stayed at home. So no number here depends on the order in which numbers
are drawn: each is a pure function of three names ::

    key (seed, replication)   entity (this visit)   draw ("reading.stay.duration")
              └──────────────────────┴──────────────────────┘
                            Philox4x32-10 ──▶ 128 random bits

Names enter as 64-bit hashes of text, never as positions, so that adding or reordering things changes
nothing for the others. One uniform number serves one draw, by inverting the distribution function.

References
----------
J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw (2011). Parallel random numbers: as easy as 1, 2, 3.
Proc. SC'11, doi:10.1145/2063384.2063405 (Philox; the known answers of its library Random123 are tests here).
G. L. Steele, D. Lea and C. H. Flood (2014). Fast splittable pseudorandom number generators. OOPSLA'14
(the mixing function of `child`).

"""

from hashlib import blake2b

import numpy as np

from opsim.demand.compiled import compiled, compiled_inline
from opsim.records import Float64, UInt64

_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_MULTIPLY_0, _MULTIPLY_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_1, _12, _27, _30, _31 = np.uint64(1), np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31)
_STEP = 2.0**-52


def name_hash(*parts: str) -> np.uint64:
    """64-bit hash of a name of one or several parts; the same on every machine and in every version.

    The parts are told apart: ``("a", "bc")`` is not ``("ab", "c")``.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return np.uint64(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little"))


def stream_key(seed: int, replication: int) -> np.uint64:
    """Return the 64-bit key of one replication under one seed. Seed 0 is a seed like any other.

    Raises `ValueError` if either number is negative.
    """
    for name, number in (("seed", seed), ("replication", replication)):
        if number < 0:
            raise ValueError(f"{name}(={number}) must be >= 0.")
    return name_hash("seed", str(seed), "replication", str(replication))


@compiled_inline
def philox(low: np.uint64, high: np.uint64, key: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Philox4x32-10 of a 128-bit counter under a 64-bit key; 128 bits as two 64-bit words, lowest first."""
    low, high, key = np.uint64(low), np.uint64(high), np.uint64(key)
    c0, c1, c2, c3 = low & _LOW, low >> _32, high & _LOW, high >> _32
    k0, k1 = key & _LOW, key >> _32
    for _ in range(10):
        p0, p1 = _MULTIPLY_0 * c0, _MULTIPLY_1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + _WEYL_0) & _LOW, (k1 + _WEYL_1) & _LOW
    return c0 | (c1 << _32), c2 | (c3 << _32)


@compiled_inline
def unit(word: np.uint64) -> float:
    """Read a 64-bit word as a number in the open interval (0, 1).

    It is an odd multiple of 2⁻⁵³: 52 random bits and a half step, so that neither 0 nor 1 can occur and
    1 − u is exact. (53 bits and a half step would round to 1.)
    """
    return (np.float64(word >> _12) + 0.5) * _STEP


@compiled_inline
def uniform(key: np.uint64, entity: np.uint64, name: np.uint64) -> float:
    """Return the uniform number in (0, 1) that belongs to an entity's draw of this name."""
    return unit(philox(entity, name, key)[0])


@compiled
def uniforms(key: np.uint64, entities: UInt64, name: np.uint64) -> Float64:
    """`uniform` of each entity; (n,) in, (n,) out."""
    out = np.empty(len(entities))
    for i in range(len(entities)):
        out[i] = uniform(key, entities[i], name)
    return out


@compiled_inline
def child(parent: np.uint64, index: int) -> np.uint64:
    """Name the index-th thing below a named one: day of a cell, band of a day, candidate; 64 bits.

    One to one in the index for a given parent, and the other way round.
    """
    z = np.uint64(parent) + (np.uint64(index) + _1) * _GOLDEN
    z = (z ^ (z >> _30)) * _MIX_1
    z = (z ^ (z >> _27)) * _MIX_2
    return z ^ (z >> _31)
