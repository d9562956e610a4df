"""A source folder to an index: what is new is read and embedded, the rest is kept."""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index import catalogue, scanning, search_index
from index.embedding import Embedder, Vectors
from index.errors import IndexBusy, IndexError_, PolicyQAError, SourceError
from index.lexical import LexicalIndex
from index.passages import display, parse
from index.reading import decode
from index.search_index import Manifest, SearchIndex, SourceFile
from index.types import Document, FileReport, IndexReport, Metadata, Passage
from index.vectors import FaissStore, stacked
from index.words import bigrams, simplified, words

CONTEXT_CHARS = 80
Progress = Callable[[str, int, int], None]  # stage, done, total


@dataclass(frozen=True)
class Embedded:
    """One document with its passages and vectors: what a later build can keep."""

    document: Document
    passages: tuple[Passage, ...]
    passage_vectors: Vectors
    sentence_vectors: Vectors
    title_vector: Vectors


@dataclass(frozen=True)
class Parsed:
    """One document with its passages, before embedding."""

    document: Document
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class SourceText:
    """A text that is no file of a folder: a record of a collection."""

    source: str
    text: str
    metadata: Metadata


def build(
    source: Path, folder: Path, embedder: Embedder, *, progress: Progress | None = None
) -> IndexReport:
    """Bring the index of a folder up to date with its files; an unchanged source is a no-op.

    Args:
        source: folder of documents; files of all subfolders are taken.
        folder: index folder; the version in force stays usable until the new one is complete.
        embedder: of the model to index with.
        progress: called with (stage, done, total) during long work.

    Raises:
        SourceError: the source folder is absent or has no readable file.
        IndexBusy: another process is indexing here.
        PolicyQAError: the disk is full or cannot be written.
    """
    if source.resolve() == folder.resolve():
        raise SourceError(f"索引不能放在来源文件夹 {source} 里,请用 --index 指定另一个文件夹")
    files = scanning.scan(source)
    entries = catalogue.load(source)

    def parsed(file: SourceFile) -> Parsed:
        data = (source / file.source).read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        metadata = entries.get(file.source, Metadata())
        return _parsed(decode(data), file.source, metadata, sha256)

    return _brought_up_to_date(files, parsed, folder, embedder, progress)


def build_texts(
    texts: Sequence[SourceText],
    folder: Path,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
) -> IndexReport:
    """As `build`, of texts in memory. Raises as `build`."""
    by_source = {text.source: text for text in texts}
    files = [
        SourceFile(
            source=text.source,
            state=scanning.state(hashlib.sha256(text.text.encode()).hexdigest(), text.metadata),
            report=FileReport(source=text.source, status="read"),
        )
        for text in texts
    ]

    def parsed(file: SourceFile) -> Parsed:
        item = by_source[file.source]
        sha256 = hashlib.sha256(item.text.encode()).hexdigest()
        return _parsed(item.text, item.source, item.metadata, sha256)

    return _brought_up_to_date(files, parsed, folder, embedder, progress)


def _brought_up_to_date(
    files: Sequence[SourceFile],
    parsed: Callable[[SourceFile], Parsed],
    folder: Path,
    embedder: Embedder,
    progress: Progress | None,
) -> IndexReport:
    """The report of an index that is as it should be (nothing is written then, so that it may be
    read-only), else of its update under a lock."""
    started = time.perf_counter()
    report = _unchanged(_usable(folder, embedder), files, embedder)
    if report is None:
        report = _locked(lambda: _update(files, parsed, folder, embedder, progress), folder)
    return report.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})


def _unchanged(
    old: SearchIndex | None, files: Sequence[SourceFile], embedder: Embedder
) -> IndexReport | None:
    wanted = search_index.fingerprint(embedder.fingerprint, files)
    if old and old.manifest.fingerprint == wanted:
        return _report(old, files, old.manifest.files)
    return None


def _locked(update: Callable[[], IndexReport], folder: Path) -> IndexReport:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            return update()
    except Timeout as error:
        raise IndexBusy(f"另一个进程正在更新索引 {folder},请稍后再试") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise PolicyQAError(f"写入索引 {folder} 失败:{reason},原有索引不受影响") from error


def _update(
    files: Sequence[SourceFile],
    parsed: Callable[[SourceFile], Parsed],
    folder: Path,
    embedder: Embedder,
    progress: Progress | None,
) -> IndexReport:
    old = _usable(folder, embedder)  # again: another process may have come first
    report = _unchanged(old, files, embedder)
    if report:
        return report
    kept = _kept(old, files) if old else {}
    new = [f for f in files if f.report.status == "read" and f.source not in kept]
    fresh = embed([parsed(file) for file in new], embedder, progress)
    embedded = {e.document.source: e for e in fresh} | kept
    ordered = [embedded[f.source] for f in files if f.source in embedded]
    index = assemble(ordered, embedder, files, progress)
    search_index.save(index, folder)
    return _report(index, files, old.manifest.files if old else ())


def _usable(folder: Path, embedder: Embedder) -> SearchIndex | None:
    """The index in force, unless there is none that this program can read."""
    try:
        return search_index.load(folder, model=embedder.fingerprint)
    except IndexError_:
        return None


def _parsed(text: str, source: str, metadata: Metadata, sha256: str) -> Parsed:
    document, cut = parse(text, source=source, metadata=metadata, sha256=sha256)
    return Parsed(document, cut)


def _kept(old: SearchIndex, files: Sequence[SourceFile]) -> dict[str, Embedded]:
    """Documents of the old index whose file and catalogue entry are as they were."""
    states = {file.source: file.state for file in old.manifest.files}
    same = {f.source for f in files if states.get(f.source) == f.state}
    return {e.document.source: e for e in disassemble(old) if e.document.source in same}


def disassemble(index: SearchIndex) -> Iterable[Embedded]:
    """An index as its documents; `assemble` puts them together again."""
    starts = index.sentence_starts
    for row, document in enumerate(index.documents):
        rows = np.flatnonzero(index.document_of == row)
        sentences = [np.arange(starts[r], starts[r + 1]) for r in rows]
        flat = np.concatenate(sentences) if sentences else np.zeros(0, np.int64)
        yield Embedded(
            document,
            tuple(index.passages[r] for r in rows),
            index.passage_vectors.vectors(rows),
            index.sentence_vectors.vectors(flat),
            index.title_vectors.vectors(np.array([row])),
        )


def context_of(document: Document, passage: Passage) -> str:
    """What is embedded and tokenised before a passage's own words: its title and section."""
    return f"{document.metadata.title} {passage.section}".strip()[:CONTEXT_CHARS]


def embed(
    parsed: Sequence[Parsed], embedder: Embedder, progress: Progress | None = None
) -> Iterable[Embedded]:
    """Vectors for documents, all their passages in one run so that batches are full."""
    cut = [(p.document, passage) for p in parsed for passage in p.passages]
    if not parsed:
        return []
    titles = [p.document.metadata.title or p.document.source for p in parsed]
    whole = [passage.text for _, passage in cut]
    sentences = [display(document, s) for document, passage in cut for s in passage.sentences]
    texts = [simplified(text) for text in (*titles, *whole, *sentences)]
    vectors = _encoded_once(texts, embedder, progress)
    ends = np.cumsum([len(titles), len(whole)])
    by_title, by_passage, by_sentence = np.split(vectors, ends)
    return _parted(parsed, by_passage, by_sentence, by_title)


def _encoded_once(texts: Sequence[str], embedder: Embedder, progress: Progress | None) -> Vectors:
    """Vectors of texts, shape (texts, dimension); equal texts (a passage of one sentence, a
    repeated heading) are embedded once."""
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    distinct = list(places)
    on_batch = _ticker(progress, "向量", len(distinct))
    vectors = embedder.encode_documents(distinct, on_batch=on_batch)
    return vectors[[places[text] for text in texts]]


def _ticker(progress: Progress | None, stage: str, total: int) -> Callable[[int], None] | None:
    if progress is None:
        return None
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        progress(stage, done, total)

    return tick


def _parted(
    parsed: Sequence[Parsed], by_passage: Vectors, by_sentence: Vectors, titles: Vectors
) -> Iterable[Embedded]:
    at = sentence_at = 0
    for row, item in enumerate(parsed):
        count = len(item.passages)
        sentences = sum(len(passage.sentences) for passage in item.passages)
        yield Embedded(
            item.document,
            item.passages,
            by_passage[at : at + count],
            by_sentence[sentence_at : sentence_at + sentences],
            titles[row : row + 1],
        )
        at, sentence_at = at + count, sentence_at + sentences


def assemble(
    embedded: Sequence[Embedded],
    embedder: Embedder,
    files: Sequence[SourceFile],
    progress: Progress | None = None,
) -> SearchIndex:
    """Everything that is searched, from documents with their vectors."""
    dimension = embedder.dimension
    cut = [(e.document, passage) for e in embedded for passage in e.passages]
    if progress:
        progress("词语", 0, len(cut))
    texts = [f"{context_of(document, passage)}\n{passage.text}" for document, passage in cut]
    whole = [f"{e.document.metadata.title}\n{e.document.text}" for e in embedded]
    manifest = Manifest(
        format=search_index.FORMAT,
        model=embedder.fingerprint,
        dimension=dimension,
        parser=search_index.PARSER,
        files=tuple(files),
        fingerprint=search_index.fingerprint(embedder.fingerprint, files),
    )
    return SearchIndex(
        manifest=manifest,
        documents=tuple(e.document for e in embedded),
        passages=tuple(passage for _, passage in cut),
        passage_vectors=FaissStore.build(stacked([e.passage_vectors for e in embedded], dimension)),
        sentence_vectors=FaissStore.build(
            stacked([e.sentence_vectors for e in embedded], dimension)
        ),
        title_vectors=FaissStore.build(stacked([e.title_vector for e in embedded], dimension)),
        words=LexicalIndex.build([words(text) for text in texts]),
        bigrams=LexicalIndex.build([bigrams(text) for text in texts]),
        document_bigrams=LexicalIndex.build([bigrams(text) for text in whole]),
    )


def _report(
    index: SearchIndex, files: Sequence[SourceFile], before: Sequence[SourceFile]
) -> IndexReport:
    old = {f.source: f.state for f in before if f.report.status == "read"}
    new = {f.source: f.state for f in files if f.report.status == "read"}
    return IndexReport(
        documents=len(index.documents),
        passages=len(index.passages),
        added=tuple(s for s in new if s not in old),
        changed=tuple(s for s in new if s in old and old[s] != new[s]),
        removed=tuple(s for s in old if s not in new),
        unchanged=sum(old.get(s) == state for s, state in new.items()),
        failed=tuple(f.report for f in files if f.report.status == "failed"),
        seconds=0.0,
        fingerprint=index.manifest.fingerprint,
    )
