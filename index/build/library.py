"""The source folder as staff change it: files come whole, and leave to where they can be found."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from policyqa.index.build import building, sandbox, scanning
from policyqa.index.build.building import Progress
from policyqa.index.build.sandbox import Parsed, Task
from policyqa.index.errors import NameTaken, SourceError, UnreadableFile
from policyqa.index.metadata import catalogue
from policyqa.index.read.extract import Limits
from policyqa.index.store.embedding import Embedder
from policyqa.index.types import IndexReport, Metadata

REMOVED = ".removed"
SHELVED = re.compile(r"(\d{8}-\d{6})-(\d+)-(.+)", re.S)
MAX_NAME_BYTES = 180


class Version(NamedTuple):
    """A file that was taken out of the source folder or replaced there: its path on the shelf, the
    path that it had, and when (local time, ISO) it left."""

    name: str
    source: str
    left: str


class Library:
    """The source folder of one index and the index that follows it.

    Every method may be called again after it was cut off and then does what is left of it.

    Args:
        folder: where the documents lie.
        index: folder of the index.
        embedder: of the model to index with.
        limits: bounds on each file.
    """

    def __init__(self, folder: Path, index: Path, embedder: Embedder, limits: Limits) -> None:
        self.folder = folder
        self.limits = limits
        self._index = index
        self._embedder = embedder

    def check(self, files: Sequence[Path], *, replace: bool = False, place: str = "") -> None:
        """See `check_files`."""
        check_files(files, self.folder, self.limits, replace=replace, place=place)

    def add(self, path: Path, *, replace: bool = False, place: str = "") -> str:
        """See `add_file`."""
        return add_file(path, self.folder, replace=replace, place=place)

    def place_for(self, name: str) -> str:
        """Where a file that somebody sends goes; see `place_for`.

        Raises:
            SourceError: as there, or it is the file of an answer that staff have signed.
        """
        place = place_for(name, self.folder)
        if self.said(place).kind == "staff_answer":
            raise SourceError(f"{name} 是签发的答复，不能替换；要改请撤下后另行签发")
        return place

    def forget(self, name: str) -> None:
        """Take a version off the shelf; nothing where it is not there."""
        if any(version.name == name for version in self.versions()):
            (self.folder / REMOVED / name).unlink(missing_ok=True)

    def remove(self, source: str) -> Path:
        """See `remove_file`."""
        return remove_file(source, self.folder)

    def others(self, source: str) -> list[str]:
        """The files that are left when one is removed, by what can be seen without reading them."""
        found = scanning.scan(self.folder)
        return [f.source for f in found if f.report.status == "read" and f.source != source]

    def describe(self, source: str, fields: Mapping[str, object]) -> None:
        """See `catalogue.put`."""
        catalogue.put(self.folder, source, fields)

    def said(self, source: str) -> Metadata:
        """What the catalogue says of a file."""
        return catalogue.load(self.folder).get(source, Metadata())

    def versions(self) -> list[Version]:
        """What has left the folder, newest first."""
        shelf = self.folder / REMOVED
        found = [_version(path.relative_to(shelf)) for path in shelf.rglob("*") if path.is_file()]
        return sorted(filter(None, found), key=_stamp, reverse=True)

    def version(self, name: str) -> Path:
        """Where a version lies.

        Raises:
            SourceError: there is none of this name.
        """
        if not any(version.name == name for version in self.versions()):
            raise SourceError("没有这个旧版本。")
        return self.folder / REMOVED / name

    def read(self, version: Version) -> Parsed:
        """A version as a document.

        Raises:
            SourceError, UnreadableFile: it is not there or cannot be read.
        """
        task = Task(self.version(version.name), version.source, self.said(version.source))
        (outcome,) = sandbox.parse_files([task], self.limits)
        if isinstance(outcome, UnreadableFile):
            raise outcome
        return outcome

    def update(self, progress: Progress | None = None) -> IndexReport:
        """Bring the index up to date; see `index.build.building.build`."""
        return building.build(
            self.folder, self._index, self._embedder, limits=self.limits, progress=progress
        )


def _version(path: Path) -> Version | None:
    match = SHELVED.fullmatch(path.name)
    if not match:
        return None
    left = datetime.strptime(match[1], "%Y%m%d-%H%M%S").isoformat()
    return Version(path.as_posix(), path.with_name(match[3]).as_posix(), left)


def _stamp(version: Version) -> str:
    return version.name.rpartition("/")[2]


def place_for(name: str, folder: Path) -> str:
    """The path in the folder that a file of this name gets: that of the one file which has the
    name, in whatever subfolder it lies, else the top of the folder.

    Raises:
        SourceError: several files in subfolders have the name.
    """
    if (folder / name).exists():
        return name
    found = [path for path in scanning.paths(folder) if path.name == name]
    if len(found) > 1:
        where = "、".join(sorted(path.relative_to(folder).as_posix() for path in found))
        raise SourceError(f"有几份同名的文件（{where}），不知替换哪一份，请改名后再试")
    return found[0].relative_to(folder).as_posix() if found else name


def check_files(
    files: Sequence[Path],
    folder: Path,
    limits: Limits,
    *,
    replace: bool = False,
    place: str = "",
) -> None:
    """Make sure that every file can be taken and read, before any is. `place` is where a single one
    goes, "" for where `place_for` says.

    Raises:
        SourceError: no such file, its name cannot be taken, or another file has it.
        UnreadableFile: it cannot be read.
    """
    for n, path in enumerate(files):
        _check_name(path, folder, replace=replace, place=place)
        if any(path.name == before.name for before in files[:n]):
            raise SourceError(f"两个文件同名 {path.name}，请改名后再试")
    tasks = [Task(path, path.name, Metadata()) for path in files]
    for task, outcome in zip(tasks, sandbox.parse_files(tasks, limits), strict=True):
        if isinstance(outcome, UnreadableFile):
            raise UnreadableFile(f"{task.path.name} 没有放入：{outcome}") from outcome


def check_name(name: str) -> None:
    """Refuse a name that no file of a source folder may have.

    Raises:
        SourceError: it is hidden, too long, or not to be read.
    """
    if name.startswith(".") or name in scanning.ABOUT or not name.isprintable():
        raise SourceError(f"文件名 {name!r} 不能用，请改名后再试")
    if len(os.fsencode(name)) > MAX_NAME_BYTES:
        raise SourceError(f"文件名太长（最多 {MAX_NAME_BYTES} 字节），请改短后再试")


def _check_name(path: Path, folder: Path, *, replace: bool, place: str = "") -> None:
    name = path.name
    if not path.is_file():
        raise SourceError(f"没有文件 {path}")
    check_name(name)
    target = folder / (place or place_for(name, folder))
    if target.exists() and not replace and target.read_bytes() != path.read_bytes():
        raise NameTaken(f"已有同名文件 {name}，要替换请加 --replace")


def add_file(path: Path, folder: Path, *, replace: bool = False, place: str = "") -> str:
    """Copy a file into the source folder; its path there, `place` or as `place_for` has it.

    Raises:
        SourceError: no such file, its name cannot be taken, or another file has it.
    """
    if not place:
        _check_name(path, folder, replace=replace)
    place = place or place_for(path.name, folder)
    target, part = folder / place, folder / f".{os.getpid()}.part"
    if not target.resolve().is_relative_to(folder.resolve()):
        raise SourceError(f"{place[:200]} 不在来源文件夹里")
    try:
        if target.exists():
            if target.read_bytes() == path.read_bytes():
                return place
            _shelve(target, folder, copy=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, part)
        os.replace(part, target)
    except OSError as error:
        raise SourceError(f"无法放入 {folder}：{error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return place


def remove_file(source: str, folder: Path) -> Path:
    """Take a file out of the source folder; where it lies now.

    Raises:
        SourceError: no such file in the folder.
    """
    path = folder / source
    inside = path.resolve().is_relative_to(folder.resolve())
    if not inside or not path.is_file() or path.name in scanning.ABOUT:
        raise SourceError(f"来源文件夹里没有文件 {source[:200]}，可用 policyqa documents list 查看")
    return _shelve(path, folder)


def _shelve(path: Path, folder: Path, *, copy: bool = False) -> Path:
    """Put a file, or a copy of it, where what has left the folder can be found."""
    shelf = folder / REMOVED / path.parent.relative_to(folder)
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        target = shelf / f"{datetime.now():%Y%m%d-%H%M%S-%f}-{path.name}"
        if copy:
            part = shelf / f".{os.getpid()}.part"
            shutil.copyfile(path, part)
            os.replace(part, target)
        else:
            os.replace(path, target)
    except OSError as error:
        raise SourceError(f"无法移走 {path}：{error.strerror or error}") from error
    return target
