"""Files come into the source folder whole and leave to where they can be found."""

import time
from pathlib import Path

import pytest

from policyqa.index.build.library import (
    REMOVED,
    Library,
    add_file,
    check_files,
    place_for,
    remove_file,
)
from policyqa.index.errors import SourceError, UnreadableFile
from policyqa.index.metadata import catalogue
from policyqa.index.read.extract import Limits
from policyqa.index.store.embedding import HashingEmbedder

TEXT = "人才支持措施\n博士补贴50万元。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "source"
    made.mkdir()
    (made / "a.txt").write_text(TEXT, encoding="utf-8")
    return made


@pytest.fixture
def other(tmp_path: Path) -> Path:
    made = tmp_path / "desk" / "a.txt"
    made.parent.mkdir()
    made.write_text("住房办法\n免租三年。", encoding="utf-8")
    return made


def test_a_file_is_copied_under_its_name(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(TEXT, encoding="utf-8")
    assert add_file(tmp_path / "b.txt", folder) == "b.txt"
    assert (folder / "b.txt").read_text(encoding="utf-8") == TEXT
    assert (tmp_path / "b.txt").exists()


def test_another_file_of_the_same_name_is_not_overwritten(folder: Path, other: Path) -> None:
    with pytest.raises(SourceError, match=r"已有同名文件 a\.txt，要替换请加 --replace"):
        add_file(other, folder)
    assert (folder / "a.txt").read_text(encoding="utf-8") == TEXT


def test_what_is_replaced_is_kept_aside(folder: Path, other: Path) -> None:
    add_file(other, folder, replace=True)
    assert (folder / "a.txt").read_bytes() == other.read_bytes()
    (kept,) = (folder / REMOVED).iterdir()
    assert kept.read_text(encoding="utf-8") == TEXT


def test_the_same_file_again_changes_nothing(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "a.txt"
    copy.parent.mkdir()
    copy.write_text(TEXT, encoding="utf-8")
    add_file(copy, folder)
    assert sorted(p.name for p in folder.iterdir()) == ["a.txt"]


@pytest.mark.parametrize("name", [".hidden.txt", "catalogue.toml", "words.toml"])
def test_names_that_mean_something_else_are_refused(
    folder: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(TEXT, encoding="utf-8")
    with pytest.raises(SourceError, match="不能用，请改名后再试"):
        add_file(tmp_path / name, folder)


def test_files_that_cannot_be_read_are_refused_before_any_is_taken(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "bad.docx").write_bytes(b"PK\x03\x04")
    with pytest.raises(UnreadableFile, match=r"bad\.docx 没有放入：文件已损坏"):
        check_files([tmp_path / "good.txt", tmp_path / "bad.docx"], folder, Limits())
    with pytest.raises(SourceError, match="没有文件"):
        check_files([tmp_path / "gone.txt"], folder, Limits())


def test_two_files_of_one_name_at_once_are_refused(
    folder: Path, tmp_path: Path, other: Path
) -> None:
    (tmp_path / "a.txt").write_text("另一份\n内容。", encoding="utf-8")
    with pytest.raises(SourceError, match=r"两个文件同名 a\.txt"):
        check_files([other, tmp_path / "a.txt"], folder, Limits(), replace=True)


def library(folder: Path) -> Library:
    return Library(folder, folder.with_name("index"), HashingEmbedder(8), Limits())


def test_a_file_takes_the_place_of_the_one_that_has_its_name(folder: Path, tmp_path: Path) -> None:
    for place in ("区县/b.txt", "市级/c.txt", "区县/c.txt", ".removed/d.txt"):
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_text(TEXT, encoding="utf-8")
    places = [place_for(name, folder) for name in ("a.txt", "b.txt", "d.txt", "new.txt")]
    assert places == ["a.txt", "区县/b.txt", "d.txt", "new.txt"]
    with pytest.raises(SourceError, match=r"区县/c\.txt、市级/c\.txt"):
        place_for("c.txt", folder)
    newer = tmp_path / "b.txt"
    newer.write_text("新的\n一条。", encoding="utf-8")
    with pytest.raises(SourceError, match="已有同名文件"):
        add_file(newer, folder)
    assert add_file(newer, folder, replace=True) == "区县/b.txt"
    assert (folder / "区县" / "b.txt").read_bytes() == newer.read_bytes()
    assert not (folder / "b.txt").exists()


def test_nothing_takes_the_place_of_a_signed_answer(folder: Path) -> None:
    catalogue.put(folder, "答复.txt", {"kind": "staff_answer", "issuer": "li"})
    for there in (False, True):
        if there:
            (folder / "答复.txt").write_text(TEXT, encoding="utf-8")
        with pytest.raises(SourceError, match="是签发的答复，不能替换"):
            library(folder).place_for("答复.txt")
    assert library(folder).place_for("别的.txt") == "别的.txt"


def test_a_version_is_forgotten_once(folder: Path) -> None:
    name = remove_file("a.txt", folder).name
    kept = library(folder)
    kept.forget("../a.txt")
    kept.forget(name)
    kept.forget(name)
    assert kept.versions() == []


def test_a_file_of_a_subfolder_leaves_and_comes_back_there(folder: Path) -> None:
    (folder / "区县").mkdir()
    (folder / "区县" / "a.txt").write_text("另一份\n内容。", encoding="utf-8")
    remove_file("区县/a.txt", folder)
    remove_file("a.txt", folder)
    versions = {v.source: v for v in library(folder).versions()}
    assert set(versions) == {"a.txt", "区县/a.txt"}
    (folder / "区县").rmdir()
    path = library(folder).version(versions["区县/a.txt"].name)
    assert add_file(path, folder, place="区县/a.txt") == "区县/a.txt"
    assert (folder / "区县" / "a.txt").read_text(encoding="utf-8") == "另一份\n内容。"
    assert library(folder).others("区县/a.txt") == []


@pytest.mark.parametrize("place", ["../a.txt", "/tmp/a.txt", "x/../../a.txt"])
def test_no_file_is_put_outside_the_folder(folder: Path, other: Path, place: str) -> None:
    with pytest.raises(SourceError, match="不在来源文件夹里"):
        add_file(other, folder, place=place)


def test_a_removed_file_can_be_found_again(folder: Path) -> None:
    kept = remove_file("a.txt", folder)
    assert not (folder / "a.txt").exists()
    assert kept.parent == folder / REMOVED
    assert kept.name.startswith(time.strftime("%Y"))
    assert kept.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("source", ["b.txt", "../outside.txt", "catalogue.toml", "", "."])
def test_only_files_of_the_folder_are_removed(folder: Path, source: str) -> None:
    (folder / "catalogue.toml").touch()
    (folder.parent / "outside.txt").touch()
    with pytest.raises(SourceError, match="来源文件夹里没有文件"):
        remove_file(source, folder)
    assert (folder.parent / "outside.txt").exists()
