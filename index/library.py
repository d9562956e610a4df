"""The source folder as staff change it: files come whole, and leave to where they can be found."""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from index import catalogue, sandbox
from index.errors import SourceError, UnreadableFile
from index.extract import Limits
from index.sandbox import Task
from index.types import Metadata

REMOVED = ".removed"


def check_files(
    files: Sequence[Path], folder: Path, limits: Limits, *, replace: bool = False
) -> None:
    """Make sure that every file can be taken and read, before any is.

    Raises:
        SourceError: no such file, its name cannot be taken, or another file has it.
        UnreadableFile: it cannot be read.
    """
    for n, path in enumerate(files):
        _check_name(path, folder, replace=replace)
        if any(path.name == before.name for before in files[:n]):
            raise SourceError(f"两个文件同名 {path.name}，请改名后再试")
    tasks = [Task(path, path.name, Metadata()) for path in files]
    for task, outcome in zip(tasks, sandbox.parse_files(tasks, limits), strict=True):
        if isinstance(outcome, UnreadableFile):
            raise UnreadableFile(f"{task.path} 没有放入：{outcome}") from outcome


def _check_name(path: Path, folder: Path, *, replace: bool) -> None:
    name = path.name
    if not path.is_file():
        raise SourceError(f"没有文件 {path}")
    if name.startswith(".") or name == catalogue.FILE_NAME:
        raise SourceError(f"文件名 {name} 不能用，请改名后再试")
    target = folder / name
    if target.exists() and not replace and target.read_bytes() != path.read_bytes():
        raise SourceError(f"已有同名文件 {name}，要替换请加 --replace")


def add_file(path: Path, folder: Path, *, replace: bool = False) -> str:
    """Copy a file into the source folder; its name there.

    Raises:
        SourceError: no such file, its name cannot be taken, or another file has it.
    """
    _check_name(path, folder, replace=replace)
    name, target = path.name, folder / path.name
    if target.exists():
        if target.read_bytes() == path.read_bytes():
            return name
        _put_away(target, folder)
    part = folder / f".{os.getpid()}.part"
    try:
        shutil.copyfile(path, part)
        os.replace(part, target)
    except OSError as error:
        raise SourceError(f"无法放入 {folder}：{error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return name


def remove_file(source: str, folder: Path) -> Path:
    """Take a file out of the source folder; where it lies now.

    Raises:
        SourceError: no such file in the folder.
    """
    path = folder / source
    inside = path.resolve().is_relative_to(folder.resolve())
    if not inside or not path.is_file() or path.name == catalogue.FILE_NAME:
        raise SourceError(f"来源文件夹里没有文件 {source[:200]}，可用 policyqa documents list 查看")
    return _put_away(path, folder)


def _put_away(path: Path, folder: Path) -> Path:
    shelf = folder / REMOVED
    try:
        shelf.mkdir(exist_ok=True)
        target = shelf / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**6}-{path.name}"
        os.replace(path, target)
    except OSError as error:
        raise SourceError(f"无法移走 {path}：{error.strerror or error}") from error
    return target
