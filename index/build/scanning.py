"""The files of a source folder, and what tells that one has changed."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from policyqa.index.errors import SourceError
from policyqa.index.metadata import catalogue, office
from policyqa.index.read.detect import APPLE_DOUBLE, APPLE_REASON
from policyqa.index.store.search_index import SourceFile
from policyqa.index.types import FileReport, Metadata

ABOUT = frozenset({catalogue.FILE_NAME, office.FILE_NAME})  # what staff say, and no document
REGISTER, REGISTER_SUFFIX = "register", ".toml"  # so are the files of this folder


def scan(source: Path) -> list[SourceFile]:
    """Every file of the source folder, by name, with its state; none is parsed.

    A file with status `read` may still prove unreadable. Links that lead out of the folder are not
    followed: what is answered from is what lies there.

    Raises:
        SourceError: no such folder, no file in it, or a wrong catalogue.
    """
    check_folder(source)
    entries = catalogue.load(source)
    return [_scanned(path, source, entries) for path in sorted(paths(source))]


def check_folder(source: Path) -> None:
    """Do nothing where there is such a source folder.

    Raises:
        SourceError: there is none.
    """
    if not source.is_dir():
        raise SourceError(f"没有文件夹 {source}，请用 policyqa index --source 指定存放文件的文件夹")


def state(sha256: str, metadata: Metadata) -> str:
    """What a document is made from: its bytes and what the catalogue says of it."""
    said = metadata.model_dump_json(exclude={"basis"} if not metadata.basis else None)
    emptied = sorted(name for name in metadata.model_fields_set if not getattr(metadata, name))
    words = f"{sha256}\n{said}" + "".join(f"\n{name} = ?" for name in emptied)
    return hashlib.sha256(words.encode()).hexdigest()


def paths(source: Path) -> Iterator[Path]:
    """Every file of the folder and of its subfolders, but the hidden, those `ABOUT` others, and
    the register of programmes."""
    for path in source.rglob("*"):
        folder = path.is_dir() and not path.is_symlink()
        said = path.name in ABOUT or _is_of_the_register(path, source)
        if not folder and not said and not _is_hidden(path, source):
            yield path


def _is_of_the_register(path: Path, source: Path) -> bool:
    return path.parent == source / REGISTER and path.suffix == REGISTER_SUFFIX


def _is_hidden(path: Path, source: Path) -> bool:
    parts = path.relative_to(source).parts
    return any(part.startswith(".") and not part.startswith("._") for part in parts)


def _scanned(path: Path, source: Path, entries: dict[str, Metadata]) -> SourceFile:
    raw = path.relative_to(source).as_posix()
    name = os.fsencode(raw).decode("utf-8", "replace")
    sha256 = ""
    status, reason = "read", ""
    if skipped := _skipped(path, source):
        status, reason = "skipped", skipped
    elif name != raw:
        status, reason = "failed", "文件名不是 UTF-8 编码，请改名后再试"
    else:
        try:
            with path.open("rb") as data:
                sha256 = hashlib.file_digest(data, "sha256").hexdigest()
        except OSError as error:
            status, reason = "failed", f"无法读取：{error.strerror}"
    report = FileReport.model_validate({"source": name, "status": status, "reason": reason})
    metadata = entries.get(name, Metadata())
    return SourceFile(source=name, state=state(sha256, metadata), report=report)


def _skipped(path: Path, source: Path) -> str:
    """Why a file is not looked into, "" when it is."""
    if path.is_symlink() and not path.exists():
        return "链接所指的文件不存在"
    if not path.resolve().is_relative_to(source.resolve()):
        return "链接指向来源文件夹之外，请把文件本身放进来"
    if not path.is_file():
        return "不是普通文件"
    return APPLE_REASON if path.name.startswith("._") and _is_stub(path) else ""


def _is_stub(path: Path) -> bool:
    try:
        with path.open("rb") as data:
            return data.read(len(APPLE_DOUBLE)) == APPLE_DOUBLE
    except OSError:
        return False
