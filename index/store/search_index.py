"""The stored index: what it holds, how it is saved in one step, and how damage is noticed."""

import hashlib
import os
import re
import shutil
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from policyqa.index.conditions import trees
from policyqa.index.conditions.types import Rule
from policyqa.index.errors import IndexDamaged, IndexMismatch, IndexMissing
from policyqa.index.metadata import readings as metadata
from policyqa.index.metadata.office import NO_WORDS, OfficeWords
from policyqa.index.store.files import LARGE_BYTES, read_values, write_values
from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.store.places import OfDocuments, Places, Starts
from policyqa.index.store.token_sets import TokenLists, TokenSets
from policyqa.index.store.vectors import FaissStore
from policyqa.index.structure import blocks_of as structure
from policyqa.index.structure import parsing, passages
from policyqa.index.text import cleaning, words
from policyqa.index.types import Document, FileReport, Passage, Value

FORMAT = 8
CURRENT = "CURRENT"
OURS = re.compile(r"v-[0-9a-f]{16}(-\d+)?|\.building-\d+")
ATTEMPTS = 3  # of a reader whose version is replaced while it reads
MANIFEST = "manifest.json"
PARSER = ".".join(
    m.VERSION for m in (cleaning, structure, passages, parsing, metadata, words, trees)
)
LEXICALS = ("words", "bigrams", "document_bigrams")
VECTORS = "passage_vectors"
PLACES = "places"
RULES = "conditions.jsonl"
TOKENS: Mapping[str, type[TokenLists]] = {
    "passage_words": TokenLists,
    "sentence_words": TokenSets,
    "sentence_bigrams": TokenSets,
}
EVERY_HASH: Mapping[str, int] = {}
REBUILD = "请运行 policyqa index 重建"


class SourceFile(Value):
    """A file as it was indexed; `state` is a hash of its bytes and its catalogue entry."""

    source: str
    state: str
    report: FileReport


class Manifest(Value):
    """What an index was made with and from. `root` is the source folder, "" when the texts were no
    files; `office` are the words that its texts were cut with; `vectors` is how they are searched
    (`store.vectors`); `contents` is sha256 by file of the index folder, `mapped` bytes by file of
    those that are too large to be hashed whenever the index is opened."""

    format: int
    model: str
    dimension: int
    parser: str
    files: tuple[SourceFile, ...]
    fingerprint: str
    root: str = ""
    office: OfficeWords = NO_WORDS
    vectors: str = ""
    contents: dict[str, str] = Field(default_factory=dict)
    mapped: dict[str, int] = Field(default_factory=dict)


@dataclass(frozen=True)
class SearchIndex:
    """Documents, passages and everything that finds them; `rules` are the trees of conditions, in
    the order of the documents and of their texts. Rows of `passage_vectors`, `words`, `bigrams` and
    `passage_words` (of which `words` is made) are passages; rows of `sentence_words` and
    `sentence_bigrams` are their sentences in order, as they are shown; rows of `document_bigrams`
    are documents."""

    manifest: Manifest
    documents: Sequence[Document]
    passages: Sequence[Passage]
    rules: Sequence[Rule]
    places: Places
    passage_vectors: FaissStore
    words: LexicalIndex
    bigrams: LexicalIndex
    document_bigrams: LexicalIndex
    passage_words: TokenLists
    sentence_words: TokenSets
    sentence_bigrams: TokenSets

    def row_of(self, passage: Passage) -> int:
        """Row of a passage; those of a document stand in the order of its text."""
        document = self.document_rows[passage.doc_id]
        rows = range(*map(int, self.places.passage_starts[document : document + 2]))
        return rows[bisect_left(rows, passage.start, key=lambda row: self.passages[row].start)]

    def sentence_rows(self, row: int) -> range:
        """Rows of the sentences of a passage."""
        return range(int(self.sentence_starts[row]), int(self.sentence_starts[row + 1]))

    @cached_property
    def document_rows(self) -> dict[str, int]:
        """Row of each document by its id."""
        return {doc_id: row for row, doc_id in enumerate(self.places.ids)}

    @property
    def rules_of(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules of each document by its id."""
        return OfDocuments(self.rules, self.document_rows, self.places.rule_starts)

    @property
    def passages_of(self) -> Mapping[str, tuple[Passage, ...]]:
        """The passages of each document by its id."""
        return OfDocuments(self.passages, self.document_rows, self.places.passage_starts)

    @property
    def document_of(self) -> Starts:
        """Document row of each passage, shape (passages,)."""
        return self.places.document_of

    @property
    def sentence_starts(self) -> Starts:
        """First sentence row of each passage and the end of the last, shape (passages + 1,)."""
        return self.places.sentence_starts


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
    write_values(folder / "documents.jsonl", index.documents)
    write_values(folder / "passages.jsonl", index.passages)
    write_values(folder / RULES, index.rules)
    index.places.save(folder / PLACES)
    index.passage_vectors.save(folder / VECTORS)
    for name in (*LEXICALS, *TOKENS):
        getattr(index, name).save(folder / name)
    about = {"vectors": index.passage_vectors.kind, "contents": _contents(folder)}
    manifest = index.manifest.model_copy(update={**about, "mapped": _mapped(folder)})
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def _contents(folder: Path) -> dict[str, str]:
    return {name: _sha256(folder / name) for name in _files(folder)}


def _mapped(folder: Path) -> dict[str, int]:
    sizes = {name: (folder / name).stat().st_size for name in _files(folder)}
    return {name: size for name, size in sizes.items() if size >= LARGE_BYTES}


def _files(folder: Path) -> list[str]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    return sorted(p.relative_to(folder).as_posix() for p in files)


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
    """Read the version in force after checking that nothing in it has changed; of files that are
    mapped only the size is looked at (`check` hashes them too).

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
        _check_contents(version, manifest, mapped=manifest.mapped)
        return _read(version, manifest)
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"索引 {version} 损坏，{REBUILD}") from error


def _read(version: Path, manifest: Manifest) -> SearchIndex:
    lexicals = {name: LexicalIndex.load(version / name) for name in LEXICALS}
    tokens: dict[str, Any] = {name: kind.load(version / name) for name, kind in TOKENS.items()}
    return SearchIndex(
        manifest=manifest,
        documents=read_values(version / "documents.jsonl", Document),
        passages=read_values(version / "passages.jsonl", Passage),
        rules=read_values(version / RULES, Rule),
        places=Places.load(version / PLACES),
        passage_vectors=FaissStore.load(version / VECTORS),
        words=lexicals["words"],
        bigrams=lexicals["bigrams"],
        document_bigrams=lexicals["document_bigrams"],
        passage_words=tokens["passage_words"],
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


def _check_contents(
    folder: Path, manifest: Manifest, *, mapped: Mapping[str, int] = EVERY_HASH
) -> None:
    """Compare each file with the manifest: the `mapped` by their bytes, others by their hash."""
    if manifest.fingerprint != fingerprint(manifest.model, manifest.files, manifest.office):
        raise IndexDamaged(f"索引清单 {folder / MANIFEST} 被改动，{REBUILD}")
    found = set(_files(folder))
    for name in sorted(found | manifest.contents.keys()):
        path = folder / name
        if name not in found:
            raise IndexDamaged(f"索引文件 {name} 缺失，{REBUILD}")
        if name in mapped:
            same = path.stat().st_size == mapped[name]
        else:
            same = _sha256(path) == manifest.contents.get(name)
        if not same:
            raise IndexDamaged(f"索引文件 {name} 被改动或不完整，{REBUILD}")
