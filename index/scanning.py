"""The files of a source folder: which can be read, and what tells that one has changed."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from index import catalogue
from index.errors import SourceError, UnreadableFile
from index.reading import SUFFIXES, read_text
from index.search_index import SourceFile
from index.types import FileReport, Metadata


def scan(source: Path) -> list[SourceFile]:
    """Every file of the source folder, by name, with its state and whether it can be read.

    Links that lead out of the folder are not followed: what is answered from is what lies there.

    Raises:
        SourceError: no such folder, no readable file in it, or a wrong catalogue.
    """
    if not source.is_dir():
        raise SourceError(f"没有文件夹 {source},请用 --source 指定存放文件的文件夹")
    entries = catalogue.load(source)
    files = [_scanned(path, source, entries) for path in sorted(_paths(source))]
    if not any(file.report.status == "read" for file in files):
        named = ";".join(f"{f.source}:{f.report.reason}" for f in files[:3]) or "文件夹是空的"
        raise SourceError(f"{source} 里没有可读取的文件({named})")
    return files


def state(sha256: str, metadata: Metadata) -> str:
    """What a document is made from: its bytes and what the catalogue says of it."""
    return hashlib.sha256(f"{sha256}\n{metadata.model_dump_json()}".encode()).hexdigest()


def _paths(source: Path) -> Iterator[Path]:
    for path in source.rglob("*"):
        folder = path.is_dir() and not path.is_symlink()
        if not folder and path.name != catalogue.FILE_NAME and not _is_hidden(path, source):
            yield path


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
        status, reason = "failed", "文件名不是 UTF-8 编码,请改名后再试"
    else:
        try:
            read_text(path)
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except UnreadableFile as error:
            status, reason = "failed", str(error)
        except OSError as error:
            status, reason = "failed", f"无法读取:{error.strerror}"
    report = FileReport.model_validate({"source": name, "status": status, "reason": reason})
    metadata = entries.get(name, Metadata())
    return SourceFile(source=name, state=state(sha256, metadata), report=report)


def _skipped(path: Path, source: Path) -> str:
    """Why a file is not looked into, "" when it is."""
    if path.is_symlink() and not path.exists():
        return "链接所指的文件不存在"
    if not path.resolve().is_relative_to(source.resolve()):
        return "链接指向来源文件夹之外,请把文件本身放进来"
    if not path.is_file():
        return "不是普通文件"
    if path.name.startswith("._"):
        return "苹果系统的附属文件,没有正文"
    if path.suffix.lower() not in SUFFIXES:
        return f"暂不支持 {path.suffix or '无后缀'} 格式,请另存为 .txt"
    return ""
