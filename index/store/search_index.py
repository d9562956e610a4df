"""The stored index: what it holds, how it is saved in one step, and how damage is noticed."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from policyqa.index.conditions import trees
from policyqa.index.conditions.types import Rule
from policyqa.index.errors import IndexDamaged, IndexMismatch, IndexMissing
from policyqa.index.metadata import readings as metadata
from policyqa.index.metadata.office import NO_WORDS, OfficeWords
from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.store.token_sets import TokenSets
from policyqa.index.store.vectors import FaissStore
from policyqa.index.structure import blocks_of as structure
from policyqa.index.structure import parsing, passages
from policyqa.index.text import cleaning, words
from policyqa.index.types import Document, FileReport, Passage, Value

T = TypeVar("T", bound=Value)
FORMAT = 7
CURRENT = "CURRENT"
OURS = re.compile(r"v-[0-9a-f]{16}(-\d+)?|\.building-\d+")
ATTEMPTS = 3  # of a reader whose version is replaced while it reads
MANIFEST = "manifest.json"
PARSER = ".".join(
    m.VERSION for m in (cleaning, structure, passages, parsing, metadata, words, trees)
)
LEXICALS = ("words", "bigrams", "document_bigrams")
VECTORS = "passage_vectors.faiss"
RULES = "conditions.jsonl"
TOKENS = ("sentence_words", "sentence_bigrams")
REBUILD = "请运行 policyqa index 重建"


class SourceFile(Value):
    """A file as it was indexed; `state` is a hash of its bytes and its catalogue entry."""

    source: str
    state: str
    report: FileReport


class Manifest(Value):
    """What an index was made with and from. `root` is the source folder, "" when the texts were no
    files; `office` are the words that its texts were cut with; `contents` is sha256 by file of the
    index folder."""

    format: int
    model: str
    dimension: int
    parser: str
    files: tuple[SourceFile, ...]
    fingerprint: str
    root: str = ""
    office: OfficeWords = NO_WORDS
    contents: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class SearchIndex:
    """Documents, passages and everything that finds them; `rules` are the trees of conditions, in
    the order of the documents and of their texts. Rows of `passage_vectors`, `words` and `bigrams`
    are passages; rows of `sentence_words` and `sentence_bigrams` are their sentences in order, as
    they are shown; rows of `document_bigrams` are documents."""

    manifest: Manifest
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    rules: tuple[Rule, ...]
    passage_vectors: FaissStore
    words: LexicalIndex
    bigrams: LexicalIndex
    document_bigrams: LexicalIndex
    sentence_words: TokenSets
    sentence_bigrams: TokenSets

    @cached_property
    def passage_rows(self) -> dict[str, int]:
        """Row of each passage by its id."""
        return {passage.passage_id: row for row, passage in enumerate(self.passages)}

    def sentence_rows(self, row: int) -> range:
        """Rows of the sentences of a passage."""
        return range(int(self.sentence_starts[row]), int(self.sentence_starts[row + 1]))

    @cached_property
    def document_rows(self) -> dict[str, int]:
        """Row of each document by its id."""
        return {document.doc_id: row for row, document in enumerate(self.documents)}

    @cached_property
    def rules_of(self) -> dict[str, tuple[Rule, ...]]:
        """The rules of each document by its id; no entry for one without."""
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            found[rule.doc_id] = (*found.get(rule.doc_id, ()), rule)
        return found

    @cached_property
    def document_of(self) -> NDArray[np.int64]:
        """Document row of each passage, shape (passages,)."""
        rows = self.document_rows
        return np.array([rows[passage.doc_id] for passage in self.passages], dtype=np.int64)

    @cached_property
    def sentence_starts(self) -> NDArray[np.int64]:
        """First sentence row of each passage and the end of the last, shape (passages + 1,)."""
        counts = [len(passage.sentences) for passage in self.passages]
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def fingerprint(model: str, files: Sequence[SourceFile], office: OfficeWords = NO_WORDS) -> str:
    """Identifies an index by what it was made with and from."""
    states = sorted(f"{f.source}\t{f.state}\t{f.report.status}" for f in files)
    lines = [f"{FORMAT} {PARSER} {model}", office.model_dump_json(), *states]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def save(index: SearchIndex, folder: Path) -> None:
    """Write a new version beside the old one, then switch to it in one step.

    A process that is killed at any moment leaves the old version in force. A version that is
    rebuilt (since it was damaged) gets a name of its own, so that the old one stays until then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"v-{index.manifest.fingerprint}"
    if (folder / name).exists():
        name += f"-{time.time_ns()}"
    building = folder / f".building-{os.getpid()}"
    shutil.rmtree(building, ignore_errors=True)
    try:
        _write(index, building)
        os.replace(building, folder / name)
        _switch(folder, name)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _tidy(folder, name)


def _write(index: SearchIndex, folder: Path) -> None:
    folder.mkdir(parents=True)
    _write_lines(folder / "documents.jsonl", index.documents)
    _write_lines(folder / "passages.jsonl", index.passages)
    _write_lines(folder / RULES, index.rules)
    index.passage_vectors.save(folder / VECTORS)
    for name in (*LEXICALS, *TOKENS):
        getattr(index, name).save(folder / name)
    manifest = index.manifest.model_copy(update={"contents": _contents(folder)})
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def _write_lines(path: Path, values: Sequence[Value]) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for value in values:
            lines.write(value.model_dump_json(exclude_defaults=True) + "\n")


def _contents(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    return {p.relative_to(folder).as_posix(): _sha256(p) for p in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _switch(folder: Path, name: str) -> None:
    pointer = folder / f".{CURRENT}-{os.getpid()}"
    with pointer.open("w", encoding="utf-8") as out:
        out.write(name + "\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(pointer, folder / CURRENT)


def _tidy(folder: Path, name: str) -> None:
    """Remove other versions and what interrupted builds left; nothing else that lies there."""
    for path in folder.iterdir():
        if OURS.fullmatch(path.name) and path.name != name:
            shutil.rmtree(path, ignore_errors=True)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the version in force.

    Raises:
        IndexMissing: nothing has been indexed here.
        IndexDamaged: the manifest is absent or no manifest.
    """
    return _manifest(_version_folder(folder))


def check(folder: Path) -> Manifest:
    """The manifest of the version in force, when every file is as it was written; with what it was
    made is not looked at. Raises as `read_manifest`, and IndexDamaged for a file."""
    version = _version_folder(folder)
    manifest = _manifest(version)
    try:
        _check_contents(version, manifest)
    except OSError as error:
        raise IndexDamaged(f"索引 {version} 损坏，{REBUILD}") from error
    return manifest


def looks(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Name, size and time of each file of the version in force: whether to `check` again. Raises as
    `read_manifest`."""
    version = _version_folder(folder)
    files = [(path, path.stat()) for path in version.rglob("*") if path.is_file()]
    return frozenset((path.as_posix(), at.st_size, at.st_mtime_ns) for path, at in files)


def move_root(version: Path, root: Path) -> None:
    """Say of a version where its documents lie now. Raises as `read_manifest`."""
    manifest = _manifest(version)
    if manifest.root:
        manifest = manifest.model_copy(update={"root": str(root.resolve())})
    (version / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def version_in_force(folder: Path) -> str:
    """Name of the version that `load` would read. Raises as `read_manifest`."""
    return _version_folder(folder).name


def _version_folder(folder: Path) -> Path:
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissing(f"{folder} 里还没有索引，请先运行 policyqa index") from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"索引 {folder} 无法读取（{error}），{REBUILD}") from error
    if not name.startswith("v-") or "/" in name or not (folder / name).is_dir():
        raise IndexDamaged(f"索引 {folder} 指向的版本 {name!r} 不存在，{REBUILD}")
    return folder / name


def _manifest(folder: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexDamaged(f"索引清单 {folder / MANIFEST} 缺失或损坏，{REBUILD}") from error


def load(folder: Path, *, model: str) -> SearchIndex:
    """Read the version in force after checking that nothing in it has changed.

    A version that another process replaces meanwhile is not damaged: the new one is read.

    Args:
        folder: the index folder.
        model: fingerprint of the embedder that will ask.

    Raises:
        IndexMissing, IndexDamaged: see `read_manifest`; a file was altered or cut short.
        IndexMismatch: made with another model or another version of policyqa.
    """
    for _ in range(ATTEMPTS):
        version = _version_folder(folder)
        try:
            return _loaded(version, model)
        except IndexDamaged:
            if _version_folder(folder) == version:
                raise
    raise IndexDamaged(f"索引 {folder} 正被反复更新，请稍后再试")


def _loaded(version: Path, model: str) -> SearchIndex:
    manifest = _manifest(version)
    check_compatible(manifest, model=model)
    try:
        _check_contents(version, manifest)
        return _read(version, manifest)
    except (OSError, ValidationError) as error:
        raise IndexDamaged(f"索引 {version} 损坏，{REBUILD}") from error


def _read(version: Path, manifest: Manifest) -> SearchIndex:
    lexicals = {name: LexicalIndex.load(version / name) for name in LEXICALS}
    tokens = {name: TokenSets.load(version / name) for name in TOKENS}
    return SearchIndex(
        manifest=manifest,
        documents=_read_lines(version / "documents.jsonl", Document),
        passages=_read_lines(version / "passages.jsonl", Passage),
        rules=_read_lines(version / RULES, Rule),
        passage_vectors=FaissStore.load(version / VECTORS),
        words=lexicals["words"],
        bigrams=lexicals["bigrams"],
        document_bigrams=lexicals["document_bigrams"],
        sentence_words=tokens["sentence_words"],
        sentence_bigrams=tokens["sentence_bigrams"],
    )


def check_compatible(manifest: Manifest, *, model: str) -> None:
    """Raise IndexMismatch, naming both sides, unless this program can use the index."""
    ours = {"格式": str(FORMAT), "解析版本": PARSER, "模型": model}
    theirs = {"格式": str(manifest.format), "解析版本": manifest.parser, "模型": manifest.model}
    for what, value in ours.items():
        if theirs[what] != value:
            raise IndexMismatch(f"索引的{what}是 {theirs[what]}，当前是 {value}，{REBUILD}")


def _check_contents(folder: Path, manifest: Manifest) -> None:
    if manifest.fingerprint != fingerprint(manifest.model, manifest.files, manifest.office):
        raise IndexDamaged(f"索引清单 {folder / MANIFEST} 被改动，{REBUILD}")
    found = _contents(folder)
    for name in sorted(found.keys() | manifest.contents.keys()):
        if found.get(name) != manifest.contents.get(name):
            state = "被改动或不完整" if name in found else "缺失"
            raise IndexDamaged(f"索引文件 {name} {state}，{REBUILD}")


def _read_lines(path: Path, kind: type[T]) -> tuple[T, ...]:
    with path.open(encoding="utf-8") as lines:
        return tuple(kind.model_validate_json(line) for line in lines)
