"""Does what staff want done with the documents, one thing after the other, beside the pages.

What is wanted is kept first (`ui.store.changes`), with the file in a folder of its own; then the
source folder is changed, then the index, and at last the change is marked as done. A process that
is killed anywhere in between takes up what is left when it starts again.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from filelock import FileLock
from sqlalchemy.orm import Session

from policyqa.index.build.library import Library, Version, check_name
from policyqa.index.errors import IndexBusy, NameTaken, PolicyQAError, SourceError, UnreadableFile
from policyqa.ui.store.changes import Change, Changes, new_id
from policyqa.ui.store.occupied import KEEPING

logger = logging.getLogger(__name__)

CHUNK = 1 << 20
TRY_AGAIN_S = 2.0
FOLLOW_S = 60.0
KEEPING_S = 600  # for a backup
NOT_FOLLOWED = "新的索引没有换上，仍用原来的回答，请看服务器的日志。"
TAKEN = "已有内容不同的同名文件 {name}，要替换它请勾选“替换同名文件”再放一次。"
LAST = "这是最后一份文件，撤下后就没有可以回答的了。请先放入别的文件。"
STAGES = {"解析": "读取文件", "向量": "计算向量", "词语": "整理词语"}


class Step(NamedTuple):
    """How far the work at hand is."""

    stage: str
    done: int
    total: int


class Librarian:
    """Keeps the source folder and the index as staff want them.

    Args:
        library: the folder and its index.
        changes: where what is wanted is kept.
        staging: where files lie until they are taken.
        corpus: the fingerprint of what is answered from now, which follows the index; a change is
            done when it is there.
    """

    def __init__(
        self, library: Library, changes: Changes, staging: Path, corpus: Callable[[], str]
    ) -> None:
        self.library = library
        self.changes = changes
        self._staging = staging
        self._corpus = corpus
        self._step: Step | None = None
        self._leaving: frozenset[str] = frozenset()
        self._wake = threading.Event()
        self._turn = threading.Lock()

    @property
    def step(self) -> Step | None:
        """How far the work at hand is, None while there is none."""
        return self._step

    @property
    def leaving(self) -> frozenset[str]:
        """The files that are withdrawn and may still be in the index."""
        return self._leaving

    @property
    def max_bytes(self) -> int:
        """What one file may have."""
        return self.library.limits.max_bytes

    def start(self) -> threading.Thread:
        """Take up what is left, then whatever comes."""
        self._sweep()
        thread = threading.Thread(target=self._run, name="librarian", daemon=True)
        self._wake.set()
        thread.start()
        return thread

    def add(self, who: str, name: str, file: BinaryIO, *, replace: bool = False) -> str:
        """A file that somebody sends; the id of the change.

        Raises:
            SourceError: the file is too large, or cannot be kept or called so.
        """
        check_name(name)
        source, change_id = self.library.place_for(name), new_id()
        self._stage(change_id, name, file)
        self.changes.begin("document_added", who, source, change_id=change_id, replace=replace)
        self._wake.set()
        return change_id

    def withdraw(self, who: str, source: str) -> None:
        """Take a file out of what is answered from; it stays on the shelf."""
        self.changes.begin("document_withdrawn", who, source)
        self._leaving |= {source}
        self._wake.set()

    def restore(self, who: str, version: Version) -> None:
        """Put a version back in place of what is there now.

        Raises:
            SourceError: it is not there any more.
        """
        change_id = new_id()
        with self.library.version(version.name).open("rb") as file:
            self._stage(change_id, PurePosixPath(version.source).name, file)
        self.changes.begin(
            "document_restored", who, version.source, change_id=change_id, version=version.name
        )
        self._wake.set()

    def correct(
        self,
        who: str,
        source: str,
        fields: Mapping[str, object],
        before: Mapping[str, object] | None = None,
    ) -> None:
        """Correct what is said of a file; None reads a field from the text again. `before` is what
        was said of them, for the log."""
        self.changes.begin(
            "metadata_corrected", who, source, fields=dict(fields), before=dict(before or {})
        )
        self._wake.set()

    def publish(
        self,
        who: str,
        name: str,
        text: str,
        fields: Mapping[str, object],
        also: Callable[[Session], None],
    ) -> None:
        """An answer of the office's own as a document; `also` writes in the same transaction."""
        change_id = new_id()
        folder = self._staging / change_id
        folder.mkdir(mode=0o700, parents=True)
        (folder / name).write_text(text, encoding="utf-8")
        self.changes.begin(
            "answer_signed", who, name, change_id=change_id, also=also, fields=dict(fields)
        )
        self._wake.set()

    def settle(self) -> None:
        """Do all that is wanted now; not while the office is being backed up.

        Raises:
            Timeout: that takes longer than `KEEPING_S`; what is wanted stays wanted.
        """
        keeping = self._staging.with_name(KEEPING)
        with self._turn, FileLock(keeping, timeout=KEEPING_S):
            try:
                applied = [each for each in self.changes.waiting() if self._is_applied(each)]
                reason = self._indexed() if applied else ""
            finally:
                self._step = None
            for change in applied:
                self._ended(change, reason)

    def _indexed(self) -> str:
        """Bring the index up to date; "" or why it could not be. `IndexBusy` where another process
        is at it."""
        try:
            report = self.library.update(self._progress)
        except IndexBusy:
            raise
        except PolicyQAError as error:
            return str(error)
        self._step = Step("换用新的索引", 0, 1)
        until = time.monotonic() + FOLLOW_S
        while self._corpus() != report.fingerprint:
            if time.monotonic() > until:
                return NOT_FOLLOWED
            time.sleep(FOLLOW_S / 600)
        return ""

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            try:
                self.settle()
            except Exception:
                logger.exception("what staff want done is tried again")
                time.sleep(TRY_AGAIN_S)
                self._wake.set()

    def _progress(self, stage: str, done: int, total: int) -> None:
        self._step = Step(STAGES.get(stage, stage), done, total)

    def _is_applied(self, change: Change) -> bool:
        """Change the source folder; where that cannot be, say so of the change."""
        try:
            self._apply(change)
        except NameTaken:
            self._ended(change, TAKEN.format(name=change.source))
            return False
        except (SourceError, UnreadableFile) as error:
            self._ended(change, str(error))
            return False
        return True

    def _apply(self, change: Change) -> None:
        fields = change.details.get("fields")
        described: Mapping[str, object] = fields if isinstance(fields, dict) else {}
        if change.act == "document_withdrawn":
            if (self.library.folder / change.source).is_file():  # else it was, before a kill
                if not self.library.others(change.source):
                    raise SourceError(LAST)
                self.library.remove(change.source)
        elif change.act == "metadata_corrected":
            self.library.describe(change.source, described)
        else:
            path = self._staging / change.id / PurePosixPath(change.source).name
            own = change.act in ("document_restored", "answer_signed")  # the name is theirs
            replace = own or bool(change.details.get("replace"))
            self._step = Step("读取文件", 0, 1)
            self.library.check([path], replace=replace, place=change.source)
            if described:
                self.library.describe(change.source, described)
            self.library.add(path, replace=replace, place=change.source)
            if version := change.details.get("version"):
                self.library.forget(str(version))  # it is in the folder again

    def _stage(self, change_id: str, name: str, file: BinaryIO) -> None:
        """Keep a file until it is taken."""
        folder = self._staging / change_id
        try:
            folder.mkdir(mode=0o700, parents=True)
            size = 0
            with (folder / name).open("xb") as out:
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    if size > self.max_bytes:
                        most = self.max_bytes // 2**20
                        raise SourceError(f"{name} 超过 {most} MB，没有放入，请拆分后再试。")
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise SourceError(f"{name} 没有放入：{error.strerror or error}。") from error
        except SourceError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _ended(self, change: Change, reason: str = "") -> None:
        """Mark a change as done or failed; then its file is not needed any more. A file that was
        withdrawn is here again only where it has stayed."""
        if reason:
            self.changes.failed(change.id, reason)
        else:
            self.changes.done(change.id)
        if not reason or (self.library.folder / change.source).is_file():
            self._leaving -= {change.source}
        shutil.rmtree(self._staging / change.id, ignore_errors=True)

    def _sweep(self) -> None:
        """Know again what is being withdrawn, and remove files whose change was never kept, since
        the process was killed before."""
        changes = self.changes.waiting()
        waiting = {change.id for change in changes}
        self._leaving = frozenset(c.source for c in changes if c.act == "document_withdrawn")
        for folder in list(self._staging.glob("*")):
            if folder.name not in waiting:
                shutil.rmtree(folder, ignore_errors=True)
