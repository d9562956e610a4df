"""Values and arrays of files: the same whether a file is read whole or mapped."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from policyqa.index.errors import IndexDamaged
from policyqa.index.store import files
from policyqa.index.store.files import Records, read_array, read_values, write_values
from policyqa.index.types import FileReport

VALUES = tuple(FileReport(source=f"第{n}份\n{n}.txt", status="read") for n in range(5))


@pytest.fixture(params=["read whole", "mapped"])
def read(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Sequence[FileReport]:
    write_values(tmp_path / "a.jsonl", VALUES)
    if request.param == "mapped":
        monkeypatch.setattr(files, "LARGE_BYTES", 100)
    found = read_values(tmp_path / "a.jsonl", FileReport)
    assert isinstance(found, Records) == (request.param == "mapped")
    return found


def test_values_are_a_sequence(read: Sequence[FileReport]) -> None:
    assert (len(read), tuple(read)) == (5, VALUES)
    assert [read[n] for n in (0, 4, -1)] == [VALUES[n] for n in (0, 4, -1)]
    assert (read[1:3], read[3:99], read[9:]) == (VALUES[1:3], VALUES[3:], ())
    assert VALUES[2] in read
    with pytest.raises(IndexError):
        read[5]


def test_what_is_asked_for_twice_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_values(tmp_path / "a.jsonl", VALUES)
    monkeypatch.setattr(files, "LARGE_BYTES", 100)
    found = read_values(tmp_path / "a.jsonl", FileReport)
    assert found[3] is found[3]


def test_a_mapped_value_that_is_none_is_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    write_values(path, VALUES)
    path.write_bytes(path.read_bytes().replace(b"read", b"lost", 1))
    monkeypatch.setattr(files, "LARGE_BYTES", 100)
    found = read_values(path, FileReport)
    assert found[1] == VALUES[1]
    with pytest.raises(IndexDamaged, match=r"a\.jsonl 被改动.*policyqa index"):
        found[0]


def test_a_large_array_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.arange(200)
    np.save(tmp_path / "a.npy", array)
    whole = read_array(tmp_path / "a.npy")
    monkeypatch.setattr(files, "LARGE_BYTES", 100)
    mapped = read_array(tmp_path / "a.npy")
    np.testing.assert_array_equal(whole, array)
    np.testing.assert_array_equal(mapped, array)
    assert (isinstance(whole.base, np.memmap), isinstance(mapped.base, np.memmap)) == (False, True)
