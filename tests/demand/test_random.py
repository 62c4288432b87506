import numpy as np
import pytest
from scipy import stats

from opsim.demand.random import child, name_hash, philox, stream_key, uniform, uniforms, unit


def words(*parts: int) -> np.uint64:
    """Two 32-bit words, lowest first, as one 64-bit word."""
    return np.uint64(parts[0] | parts[1] << 32)


# The known answers of Random123 for Philox4x32-10: counter, key, output.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer):
    low, high = philox(words(*counter[:2]), words(*counter[2:]), words(*key))
    assert (low, high) == (words(*answer[:2]), words(*answer[2:]))


def test_array_and_scalar_agree_and_python_integers_are_welcome():
    entities = np.array([0, 7, 2**64 - 1], np.uint64)
    expected = [uniform(np.uint64(9), entity, np.uint64(2**63 + 5)) for entity in entities]
    assert uniforms(np.uint64(9), entities, np.uint64(2**63 + 5)).tolist() == expected
    assert uniform(9, 7, 2**63 + 5) == expected[1]


def test_the_interval_is_open():
    assert unit(np.uint64(0)) == 2.0**-53
    assert unit(np.uint64(2**64 - 1)) == 1 - 2.0**-53


def test_hash_is_blake2b_and_tells_parts_apart():
    assert name_hash("cafe") == np.uint64(0x33DE45CE80285AF3)
    assert name_hash("a", "bc") != name_hash("ab", "c") != name_hash("abc")
    assert name_hash("1:a") != name_hash("a")


def test_keys_of_seeds_and_replications_are_all_different():
    keys = {int(stream_key(seed, replication)) for seed in range(60) for replication in range(60)}
    assert len(keys) == 3600
    assert stream_key(1, 2) != stream_key(2, 1)
    assert stream_key(12, 3) != stream_key(1, 23)


@pytest.mark.parametrize(("seed", "replication", "name"), [(-1, 0, "seed"), (0, -1, "replication")])
def test_negative_seeds_are_refused(seed, replication, name):
    with pytest.raises(ValueError, match=rf"{name}\(=-1\) must be >= 0"):
        stream_key(seed, replication)


def test_uniform_over_entities_and_names():
    """Kolmogorov-Smirnov at 0.1 % each, and no correlation between names, replications or neighbors."""
    entities = np.arange(20_000, dtype=np.uint64)
    base = uniforms(stream_key(0, 0), entities, name_hash("duration"))
    others = [
        uniforms(stream_key(0, 0), entities, name_hash("patience")),
        uniforms(stream_key(0, 1), entities, name_hash("duration")),
        uniforms(stream_key(1, 0), entities, name_hash("duration")),
        np.roll(base, 1),
    ]
    assert stats.kstest(base, "uniform").pvalue > 0.001
    for other in others:
        assert stats.kstest(other, "uniform").pvalue > 0.001
        assert abs(np.corrcoef(base, other)[0, 1]) < 3.3 / np.sqrt(20_000)


def test_children_are_distinct():
    parents = [name_hash("a"), name_hash("b")]
    ids = {int(child(parent, index)) for parent in parents for index in range(50_000)}
    assert len(ids) == 100_000
