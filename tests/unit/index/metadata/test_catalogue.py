"""The catalogue: what it says is taken, what is wrong in it is named."""

from pathlib import Path

import pytest

from policyqa.index.errors import SourceError
from policyqa.index.metadata import catalogue
from policyqa.index.types import Metadata


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
    with pytest.raises(SourceError, match=r"catalogue.toml (无法读取|不是 UTF-8)"):
        catalogue.load(tmp_path)


def test_a_correction_keeps_what_people_wrote(tmp_path: Path) -> None:
    folder = write(tmp_path, '# 由科室维护\n["a.txt"]\ntitle = "规划" # 见封面\n')
    catalogue.put(folder, "a.txt", {"date": "2024", "replaces": ("旧规划",)})
    catalogue.put(folder, '子/"b".txt', {"kind": "plan"})
    words = (folder / catalogue.FILE_NAME).read_text("utf-8")
    assert words.startswith("# 由科室维护")
    assert "# 见封面" in words
    assert catalogue.load(folder) == {
        "a.txt": Metadata(title="规划", date="2024", replaces=("旧规划",)),
        '子/"b".txt': Metadata(kind="plan"),
    }


def test_none_takes_a_field_out_of_the_catalogue(tmp_path: Path) -> None:
    catalogue.put(tmp_path, "a.txt", {"date": "2024", "title": "规划"})
    catalogue.put(tmp_path, "a.txt", {"date": None})
    assert catalogue.load(tmp_path)["a.txt"].model_fields_set == {"title"}


def test_a_wrong_value_changes_nothing(tmp_path: Path) -> None:
    catalogue.put(tmp_path, "a.txt", {"date": "2024"})
    before = (tmp_path / catalogue.FILE_NAME).read_bytes()
    with pytest.raises(SourceError, match="date"):
        catalogue.put(tmp_path, "a.txt", {"date": "昨天"})
    assert (tmp_path / catalogue.FILE_NAME).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [catalogue.FILE_NAME]
