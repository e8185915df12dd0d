"""Entries of an array in a file, a few and many."""

import numpy as np
import pytest

from warning.collect.mapped_arrays import mapped_array, picked


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.uint32, np.uint8])
@pytest.mark.parametrize("count", [0, 1, 32, 33, 200])
def test_entries_picked_are_those_of_the_whole_array(tmp_path, kind, count):
    path = tmp_path / "numbers.npy"
    np.save(path, np.arange(1_000, dtype=kind))
    places = np.random.default_rng(count).choice(1_000, count, replace=False).astype(np.int64)
    found = picked(path, places)
    assert found.dtype == kind
    assert found.tolist() == mapped_array(path)[places].tolist()


def test_entry_past_the_end_is_an_error_and_so_is_a_file_without_an_array(tmp_path):
    path = tmp_path / "numbers.npy"
    np.save(path, np.arange(3))
    with pytest.raises(IndexError):
        picked(path, np.array([3]))
    path.write_bytes(b"no array " * 20)
    with pytest.raises(ValueError, match="no array"):
        picked(path, np.array([0]))
