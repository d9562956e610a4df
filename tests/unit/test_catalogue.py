"""The catalogue: what it says is taken, what is wrong in it is named."""

from pathlib import Path

import pytest

from index import catalogue
from index.errors import SourceError
from index.types import Metadata


def write(folder: Path, text: str) -> Path:
    (folder / catalogue.FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def test_without_a_catalogue_nothing_is_known(tmp_path: Path) -> None:
    assert catalogue.load(tmp_path) == {}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_entries_are_read_by_file_name(tmp_path: Path, mark: str) -> None:
    entry = '["子/a.txt"]\ntitle = "人才规划"\ndate = "2021-07-13"\nkind = "plan"\n["b.txt"]\n'
    assert catalogue.load(write(tmp_path, mark + entry)) == {
        "子/a.txt": Metadata(title="人才规划", date="2021-07-13", kind="plan"),
        "b.txt": Metadata(),
    }


@pytest.mark.parametrize("date", ["", "2021", "2021-07", "2021-07-13"])
def test_a_date_may_end_where_knowledge_ends(tmp_path: Path, date: str) -> None:
    found = catalogue.load(write(tmp_path, f'["a.txt"]\ndate = "{date}"'))
    assert found["a.txt"].date == date


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ('["a.txt"]\ndate = "2021年7月"', "date"),
        ('["a.txt"]\nkind = "law"', "kind"),
        ('["a.txt"]\ntitel = "人才规划"', "titel"),
        ('["a.txt"]\ntitle = 3', "title"),
        ('"a.txt" = "人才规划"', "整节"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, entry: str, field: str) -> None:
    with pytest.raises(SourceError, match=rf"catalogue.toml 中 \[a.txt\] 的 {field} 有误"):
        catalogue.load(write(tmp_path, entry))


@pytest.mark.parametrize("data", [b"[a.txt", b'["a.txt"]\ntitle = "\xff"', b"title"])
def test_what_is_no_toml_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / catalogue.FILE_NAME).write_bytes(data)
    with pytest.raises(SourceError, match=r"catalogue.toml 无法读取"):
        catalogue.load(tmp_path)
