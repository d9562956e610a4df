"""All that an office has in one file, and back again: documents with what is said of them and the
office's words, what has left the folder, the database, files that wait, the index, and which
settings were given. Of secrets there is nothing but what the database holds.

The file is a ZIP whose `manifest.json` names every other member with its size and SHA-256.
"""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Literal, NamedTuple

from filelock import FileLock, Timeout
from pydantic import ValidationError

from policyqa.index.build.library import REMOVED
from policyqa.index.errors import IndexMissing
from policyqa.index.store import search_index
from policyqa.index.store.search_index import CURRENT, OURS
from policyqa.index.types import Value
from policyqa.qa.settings import Setting
from policyqa.ui.errors import BackupError, StoreError
from policyqa.ui.store.database import FILE, open_database
from policyqa.ui.store.dumps import PG_FILE, dumped, put_back
from policyqa.ui.store.occupied import KEEPING, serving

FORMAT = 1
MANIFEST, SETTINGS, UPLOADS = "manifest.json", "settings.json", "uploads"
NEW, OLD = ".restoring", ".before-restore-"  # in each folder that is put back
CHUNK = 1 << 20
WAIT_S = 600  # for an index that is being made
BUSY = "另一个进程正在更新索引或备份，等了 {} 秒，请稍后再试。"
DAMAGED = "{} 不是完整的备份（{}），什么也没有改动。"
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, RuntimeError)

Kind = Literal["sqlite", "postgresql", "none"]


@dataclass(frozen=True)
class Places:
    """Where an office keeps what is backed up; `url` is of its database, "" for SQLite among the
    data."""

    source: Path
    index: Path
    data: Path
    url: str = ""

    @property
    def folders(self) -> dict[str, Path]:
        """Each by its name in a backup."""
        return {"source": self.source, "index": self.index, "data": self.data}


class Digest(Value):
    """What a member must be."""

    size: int
    sha256: str


class Manifest(Value):
    """What a backup holds; `index` is the name of the index's version, "" where there was none."""

    format: int
    program: str
    time: str
    database: Kind
    index: str
    files: dict[str, Digest]


class Restored(NamedTuple):
    """What was put back, where what was there before lies now, and which settings are not as they
    were then: name, then, now."""

    manifest: Manifest
    before: tuple[Path, ...]
    settings: tuple[tuple[str, str, str], ...]


def back_up(
    file: Path, at: Places, settings: Sequence[Setting] = (), *, database: bool = True
) -> Manifest:
    """Write a backup, also while the service runs: what staff want done waits so long. Whoever is
    killed meanwhile leaves the file that was there before.

    Raises:
        BackupError: the file cannot be written, or would lie in what it is to hold.
        StoreError: the database cannot be read.
    """
    file = file.absolute()
    if any(file.resolve().is_relative_to(each.resolve()) for each in at.folders.values()):
        raise BackupError(f"备份不能放在它要备份的文件夹里：{file}。")
    work = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with _quiet(at):
            for left in file.parent.iterdir():  # of a process that was killed
                if left.name.startswith(f".{file.name}.") and left.name.endswith(".part"):
                    shutil.rmtree(left)
            work.mkdir(mode=0o700)
            manifest = _written(work / MANIFEST, at, settings, database)
        os.replace(work / MANIFEST, file)
        _settle(file.parent)
    except UnicodeEncodeError as error:
        raise BackupError(f"文件名 {error.object!r} 不是 UTF-8，请改名后再备份。") from error
    except OSError as error:
        raise BackupError(f"写不成备份 {file}：{error.strerror or error}。") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _written(path: Path, at: Places, settings: Sequence[Setting], database: bool) -> Manifest:
    """Write the archive. The database comes first: what it says is still to be done is done anew
    after a restore, whatever of it the folders hold already."""
    given = {each.name: each.value for each in settings if each.from_environment}
    files: dict[str, Digest] = {}
    kind: Kind = "none"
    with (
        open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        if database:
            kind = "postgresql" if at.url else "sqlite"
            dump = dumped(at.data, at.url, path.parent)
            files[f"data/{dump.name}"] = _add(archive, dump, f"data/{dump.name}")
        name, version_folder = _version(at.index)
        for prefix, folder, found in (
            (f"data/{UPLOADS}", at.data / UPLOADS, _all(at.data / UPLOADS) if database else ()),
            ("source", at.source, _documents(at.source)),
            ("index", version_folder, _all(version_folder) if name else ()),
        ):
            for each in found:
                member = f"{prefix}/{each.relative_to(folder).as_posix()}"
                files[member] = _add(archive, each, member)
        said = json.dumps(given, ensure_ascii=False).encode()
        archive.writestr(SETTINGS, said)
        files[SETTINGS] = Digest(size=len(said), sha256=hashlib.sha256(said).hexdigest())
        manifest = Manifest(
            format=FORMAT,
            program=version("policyqa"),
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            database=kind,
            index=name,
            files=files,
        )
        archive.writestr(MANIFEST, manifest.model_dump_json())
    with path.open("rb") as written:
        os.fsync(written.fileno())
    return manifest


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> Digest:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file, archive.open(info, "w", force_zip64=True) as member:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return Digest(size=size, sha256=digest.hexdigest())


def restore(file: Path, at: Places, settings: Sequence[Setting] = ()) -> Restored:
    """Put an office back as a backup has it. What is there is set aside, all at the end, when all
    of the backup is known to be whole; whoever is killed in between does it again.

    Raises:
        BackupError: the file is no whole backup or is of another kind of database, or there is no
            room; nothing is changed then.
        StoreError: the service is running, or the database is of a later version.
    """
    try:
        with file.open("rb") as raw:
            archive, manifest = _opened(raw, file)
            _fits(manifest, at)
            then = json.loads(archive.read(SETTINGS))
            with serving(at.data, alone=True), _quiet(at):
                before = _put(archive, manifest, at)
    except OSError as error:
        raise BackupError(f"放不回 {file}：{error.strerror or error}，什么也没有改动。") from error
    return Restored(manifest, before, tuple(_changed(then, settings)))


def _opened(raw: IO[bytes], file: Path) -> tuple[zipfile.ZipFile, Manifest]:
    """The archive, once every member is known to be as it was written."""
    try:
        archive = zipfile.ZipFile(raw)
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
        names = archive.namelist()
        if sorted(names) != sorted((*manifest.files, MANIFEST)):
            raise ValueError("缺少或多出内容")
        for name, digest in manifest.files.items():
            if not _is_plain(name):
                raise ValueError(f"不该有 {name[:80]!r}")
            if _digest(archive, name, digest.size) != digest:
                raise ValueError(f"{name[:80]} 与记下的哈希不符")
    except (*FAULTS, ValidationError) as error:
        known = isinstance(error, ValueError) and not isinstance(error, ValidationError)
        reason = str(error).splitlines()[0] if known else "读不出来"
        raise BackupError(DAMAGED.format(file, reason)) from error
    if manifest.format != FORMAT:
        line = f"备份的格式是 {manifest.format}，这个版本认得的是 {FORMAT}，请升级 policyqa。"
        raise BackupError(line)
    return archive, manifest


def _is_plain(name: str) -> bool:
    """Whether a member may be written where its name says."""
    path = PurePosixPath(name)
    if str(path) != name or path.is_absolute() or ".." in path.parts or "\x00" in name:
        return False
    head, *rest = path.parts
    if head == "data":
        return rest in ([FILE], [PG_FILE]) or (len(rest) > 2 and rest[0] == UPLOADS)
    if head == "source":
        return bool(rest) and _is_kept(rest[0])
    return name == SETTINGS or (head == "index" and bool(rest))


def _digest(archive: zipfile.ZipFile, name: str, most: int) -> Digest:
    """What a member is; of one that is larger than it should be not all is read."""
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as member:
        while size <= most and (chunk := member.read(CHUNK)):
            digest.update(chunk)
            size += len(chunk)
    return Digest(size=size, sha256=digest.hexdigest())


def _fits(manifest: Manifest, at: Places) -> None:
    """Refuse a backup that cannot be put back here."""
    here: Kind = "postgresql" if at.url else "sqlite"
    if manifest.database not in (here, "none"):
        raise BackupError(
            f"备份里的数据库是 {manifest.database}，现在设的是 {here}：请照备份时设 "
            "POLICYQA_STORE__URL，放回后用 policyqa data export、import 换。"
        )
    if manifest.index and not OURS.fullmatch(manifest.index):
        raise BackupError(f"备份里的索引名 {manifest.index[:80]!r} 不对。")
    needed = sum(each.size for each in manifest.files.values())
    for folder in at.folders.values():
        place = next(
            each for each in (folder.absolute(), *folder.absolute().parents) if each.exists()
        )
        if (free := shutil.disk_usage(place).free) < needed:
            words = f"磁盘不够：放回要 {needed / 2**20:.0f} MB，{place} 只有 {free / 2**20:.0f} MB"
            raise BackupError(f"{words}，什么也没有改动。")


def _put(archive: zipfile.ZipFile, manifest: Manifest, at: Places) -> tuple[Path, ...]:
    """Unpack beside what is there, try the database, then change places."""
    folders = at.folders
    try:
        for name, folder in folders.items():
            shutil.rmtree(folder / NEW, ignore_errors=True)
            (folder / NEW).mkdir(mode=0o700, parents=True)
            _unpack(archive, manifest, f"{name}/", folder / NEW)
        if manifest.index:
            _arrange(at.index / NEW, manifest.index, at.source)
        if manifest.database == "sqlite":
            open_database(at.data / NEW).dispose()  # a damaged or later one is told of here
            (at.data / NEW / f"{FILE}.lock").unlink(missing_ok=True)
        os.sync()
        stamp = OLD + datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        moves = list(_moves(folders, manifest.database, stamp))
        dump = at.data / NEW / PG_FILE
        with _moved(moves):
            if manifest.database == "postgresql":
                put_back(dump, at.url)
    finally:
        for folder in folders.values():
            shutil.rmtree(folder / NEW, ignore_errors=True)
    return tuple(f / stamp for f in folders.values() if (f / stamp).exists())


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, prefix: str, into: Path) -> None:
    for name in manifest.files:
        if name.startswith(prefix):
            path = into / name.removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = 0o600 if prefix == "data/" else 0o666
            opener = partial(os.open, mode=mode)
            with archive.open(name) as member, open(path, "xb", opener=opener) as out:
                shutil.copyfileobj(member, out, CHUNK)


def _arrange(folder: Path, name: str, source: Path) -> None:
    """Make an index of the files of its version, for documents that lie here."""
    files = list(folder.iterdir())
    (folder / name).mkdir()
    for path in files:
        path.rename(folder / name / path.name)
    search_index.move_root(folder / name, source)
    (folder / CURRENT).write_text(name + "\n", encoding="utf-8")


def _moves(folders: Mapping[str, Path], database: Kind, stamp: str) -> Iterator[tuple[Path, Path]]:
    """What is there aside, then what is new in its place; within each folder, so that nothing is
    copied."""
    for name, folder in folders.items():
        if name == "data" and database == "none":
            continue
        there = [path for path in folder.iterdir() if _goes(name, path.name, database)]
        yield from ((path, folder / stamp / path.name) for path in there)
        new = [path for path in (folder / NEW).iterdir() if path.name != PG_FILE]
        yield from ((path, folder / path.name) for path in new)


def _goes(folder: str, name: str, database: Kind) -> bool:
    """Whether what lies in a folder makes room for what comes."""
    if folder == "source":
        return _is_kept(name)
    if folder == "index":
        return name == CURRENT or bool(OURS.fullmatch(name))
    files = (FILE, f"{FILE}-wal", f"{FILE}-shm") if database == "sqlite" else ()
    return name in (UPLOADS, *files)


@contextmanager
def _moved(moves: Sequence[tuple[Path, Path]]) -> Iterator[None]:
    """Rename each; back again, the last first, where one fails or what is done meanwhile does."""
    done: list[tuple[Path, Path]] = []
    try:
        for here, there in moves:
            there.parent.mkdir(mode=0o700, exist_ok=True)
            here.rename(there)
            done.append((here, there))
        yield
    except BaseException:
        for here, there in reversed(done):
            there.rename(here)
        for folder in {there.parent for _, there in moves if OLD in there.parent.name}:
            shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _quiet(at: Places) -> Iterator[None]:
    """Hold off what changes documents and index."""
    at.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with ExitStack() as held:
            held.enter_context(FileLock(at.data / KEEPING, timeout=WAIT_S))
            if at.index.is_dir():
                held.enter_context(FileLock(at.index / ".lock", timeout=WAIT_S))
            yield
    except Timeout as error:
        raise StoreError(BUSY.format(WAIT_S)) from error


def _version(index: Path) -> tuple[str, Path]:
    """The version of the index in force and its folder; "" where there is none."""
    try:
        name = search_index.version_in_force(index)
    except IndexMissing:
        return "", index
    return name, index / name


def _documents(source: Path) -> Iterator[Path]:
    """The files of a source folder, what is said of them, and what has left; no link leads out."""
    root = source.resolve()
    for path in _all(source):
        if _is_kept(path.relative_to(source).parts[0]) and path.resolve().is_relative_to(root):
            yield path


def _all(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_kept(name: str) -> bool:
    """Whether a name in a source folder is of a document, of what is said of them, or the shelf."""
    return name == REMOVED or not name.startswith(".") or name.startswith("._")


def _changed(
    then: Mapping[str, object], settings: Sequence[Setting]
) -> Iterator[tuple[str, str, str]]:
    """Settings that were given then or are now, and differ."""
    for each in settings:
        was = then.get(each.name, each.default)
        if was != each.value and (each.name in then or each.from_environment):
            yield each.name, str(was), str(each.value)


def _settle(folder: Path) -> None:
    """Let a renaming outlast a power cut."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
