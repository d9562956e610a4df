"""What lies in a source folder: links, odd names, odd kinds of file are named and not followed."""

import os
from pathlib import Path

import pytest

from policyqa.index.build.scanning import scan

GOOD = "人才支持措施\n博士补贴50万元。"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    return folder


def reports(source: Path) -> dict[str, tuple[str, str]]:
    return {file.source: (file.report.status, file.report.reason) for file in scan(source)}


def test_a_name_that_is_not_utf8_is_named_and_the_rest_is_read(source: Path) -> None:
    """One such name, as an old archive unpacks it, once lost the whole folder."""
    with open(os.fsencode(source) + b"/\xd6\xd8\xc7\xec.txt", "w", encoding="utf-8") as file:
        file.write(GOOD)
    found = reports(source)
    assert found.pop("good.txt") == ("read", "")
    ((name, (status, reason)),) = found.items()
    assert name.encode("utf-8")
    assert (status, reason) == ("failed", "文件名不是 UTF-8 编码，请改名后再试")


def test_links_out_of_the_folder_are_not_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("外面的文件", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (source / "out.txt").symlink_to(tmp_path / "secret.txt")
    (source / "folder").symlink_to(tmp_path / "elsewhere")
    (source / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    (source / "inside.txt").symlink_to(source / "good.txt")
    outside = ("skipped", "链接指向来源文件夹之外，请把文件本身放进来")
    assert reports(source) == {
        "good.txt": ("read", ""),
        "inside.txt": ("read", ""),
        "out.txt": outside,
        "folder": outside,
        "gone.txt": ("skipped", "链接所指的文件不存在"),
    }


def test_what_is_no_file_is_named(source: Path) -> None:
    os.mkfifo(source / "pipe.txt")
    (source / "loop").symlink_to(source)
    assert reports(source) == {
        "good.txt": ("read", ""),
        "pipe.txt": ("skipped", "不是普通文件"),
        "loop": ("skipped", "不是普通文件"),
    }
