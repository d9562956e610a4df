"""A source folder to an index: what is new is read and embedded, the rest is kept."""

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from policyqa.index.build import sandbox, scanning
from policyqa.index.build.sandbox import Parsed, Task
from policyqa.index.build.unfinished import PART, Unfinished
from policyqa.index.conditions.types import Rule
from policyqa.index.errors import (
    IndexBusy,
    IndexError_,
    MissingTool,
    PolicyQAError,
    SourceError,
    UnreadableFile,
    UnsupportedFile,
)
from policyqa.index.metadata import catalogue
from policyqa.index.metadata import office as office_words
from policyqa.index.metadata.office import NO_WORDS, OfficeWords
from policyqa.index.read import tools
from policyqa.index.read.extract import Extract, Limits, Plain
from policyqa.index.store import search_index
from policyqa.index.store.embedding import Embedder
from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.store.places import Places
from policyqa.index.store.search_index import Manifest, SearchIndex, SourceFile
from policyqa.index.store.token_sets import TokenLists, TokenSets
from policyqa.index.store.vectors import FaissStore, Vectors, stacked
from policyqa.index.structure.quotes import display, heading_of, in_context
from policyqa.index.text.words import bigrams, cutting, simplified, words
from policyqa.index.types import Document, FileReport, IndexReport, Metadata, Passage

Progress = Callable[[str, int, int], None]  # stage, done, total
Parser = Callable[[Sequence[SourceFile]], Iterator[Parsed | UnreadableFile]]


Words = Sequence[Collection[str]]  # of each of some texts


@dataclass(frozen=True)
class Embedded:
    """One document with its passages, rules and vectors: what a later build can keep. So are the
    words of each passage and of each sentence, where they were cut before."""

    document: Document
    passages: tuple[Passage, ...]
    rules: tuple[Rule, ...]
    vectors: Vectors
    words: Words | None = None
    said: Words | None = None


@dataclass(frozen=True)
class Wanted:
    """The files that an index shall hold, how to parse new ones, the folder they lie in, the words
    of the office that they are of, and whether a text under two names is taken once."""

    files: tuple[SourceFile, ...]
    parsed: Parser
    root: str = ""
    office: OfficeWords = NO_WORDS
    once: bool = False


@dataclass(frozen=True)
class SourceText:
    """A text that is no file of a folder: a record of a collection."""

    source: str
    text: str
    metadata: Metadata


def build(
    source: Path,
    folder: Path,
    embedder: Embedder,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> IndexReport:
    """Bring the index of a folder up to date with its files; an unchanged source is a no-op.

    Only files whose content or catalogue entry is new are parsed, in child processes; what cannot
    be read is named in the report. Texts that the old index holds are not embedded again. Where the
    office's words have changed, all texts are cut into words anew, and none is parsed or embedded.

    Args:
        source: folder of documents; files of all subfolders are taken.
        folder: index folder; the version in force stays usable until the new one is complete.
        embedder: of the model to index with.
        limits: bounds on each file.
        progress: called with (stage, done, total) during long work.

    Raises:
        SourceError: the source folder is absent or has no readable file, or what stands about the
            files (catalogue, words) is wrong.
        IndexBusy: another process is indexing here.
        PolicyQAError: the disk is full or cannot be written.
    """
    if source.resolve() == folder.resolve():
        raise SourceError(f"索引不能放在来源文件夹 {source} 里，请用 --index 指定另一个文件夹")
    files = scanning.scan(source)
    entries = catalogue.load(source)

    def parsed(new: Sequence[SourceFile]) -> Iterator[Parsed | UnreadableFile]:
        tasks = [Task(source / f.source, f.source, entries.get(f.source, Metadata())) for f in new]
        return sandbox.parse_files(tasks, limits or Limits())

    office = office_words.load(source)
    wanted = Wanted(tuple(files), parsed, str(source.resolve()), office, once=True)
    return _brought_up_to_date(wanted, folder, embedder, progress)


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
            state=scanning.state(_sha256(text.text), text.metadata),
            report=FileReport(source=text.source, status="read"),
        )
        for text in texts
    ]

    def parsed(new: Sequence[SourceFile]) -> Iterator[Parsed]:
        return (_parsed_text(by_source[file.source]) for file in new)

    return _brought_up_to_date(Wanted(tuple(files), parsed), folder, embedder, progress)


def _parsed_text(item: SourceText) -> Parsed:
    extract = Extract((Plain(item.text),))
    sha256 = _sha256(item.text)
    return sandbox.parsed(extract, source=item.source, metadata=item.metadata, sha256=sha256)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _brought_up_to_date(
    wanted: Wanted,
    folder: Path,
    embedder: Embedder,
    progress: Progress | None,
) -> IndexReport:
    """The report of an index that is as it should be (nothing is written then, so that it may be
    read-only), else of its update under a lock."""
    started = time.perf_counter()
    version, old = _in_force(folder), _usable(folder, embedder)
    report = _unchanged(old, wanted)
    if report is None:

        def update() -> IndexReport:
            same = _in_force(folder) == version  # else another process has come first
            now = old if same else _usable(folder, embedder)
            return _update(now, wanted, folder, embedder, progress)

        report = _locked(update, folder)
    return report.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})


def _unchanged(old: SearchIndex | None, wanted: Wanted) -> IndexReport | None:
    if old is None or old.manifest.root != wanted.root or old.manifest.office != wanted.office:
        return None
    if _states(old.manifest.files) != _states(wanted.files):
        return None
    return _report(old, old.manifest.files)


def _states(files: Sequence[SourceFile]) -> dict[str, str]:
    """What each file was made from; a file that now could be read, since the tool it lacked has
    come, counts as changed."""
    lacking = {f.report.tool for f in files if f.report.tool}
    come = tools.installed() & lacking if lacking else lacking
    return {f.source: f.state for f in files if f.report.tool not in come}


def _locked(update: Callable[[], IndexReport], folder: Path) -> IndexReport:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            return update()
    except Timeout as error:
        raise IndexBusy(f"另一个进程正在更新索引 {folder}，请稍后再试") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise PolicyQAError(f"写入索引 {folder} 失败：{reason}，原有索引不受影响") from error


def _in_force(folder: Path) -> str:
    """Name of the version in force, "" where there is none."""
    try:
        return search_index.version_in_force(folder)
    except IndexError_:
        return ""


def _update(
    old: SearchIndex | None,
    wanted: Wanted,
    folder: Path,
    embedder: Embedder,
    progress: Progress | None,
) -> IndexReport:
    report = _unchanged(old, wanted)
    if report:
        return report
    before = old.manifest.files if old else ()
    files = _with_known_failures(wanted.files, before)
    kept = _kept(old, wanted.files, wanted.office) if old else {}
    new = [f for f in files if f.report.status == "read" and f.source not in kept]
    files, fresh = _parse_new(files, new, wanted.parsed, progress)
    if not kept and not fresh:
        raise SourceError(_nothing_readable(files))
    if wanted.once:
        files = _each_once(files, [*kept.values(), *fresh])
        once = {f.source for f in files if not f.report.same_as}
        kept = {source: item for source, item in kept.items() if source in once}
        fresh = [item for item in fresh if item.document.source in once]
    known = _known_vectors(old, [item.document.source for item in fresh])
    unfinished = Unfinished(folder, embedder.fingerprint)
    done = embed(fresh, embedder, progress, known, unfinished)
    embedded = {e.document.source: e for e in done} | kept
    ordered = [embedded[f.source] for f in files if f.source in embedded]
    index = assemble(
        ordered, embedder, files, root=wanted.root, office=wanted.office, progress=progress
    )
    search_index.save(index, folder)
    unfinished.done()
    recut = old is not None and old.manifest.office != wanted.office
    return _report(index, before).model_copy(update={"words_changed": recut})


def _with_known_failures(
    files: Sequence[SourceFile], before: Sequence[SourceFile]
) -> list[SourceFile]:
    """Files that could not be read and have not changed are not tried again, nor those whose
    content stands in another one, while that is as it was."""
    states, now = _states(before), {f.source: f.state for f in files}
    failed = {f.source: f for f in before if f.report.status != "read"}
    for file in before:
        other = file.report.same_as
        if other and states.get(other) != now.get(other):
            failed.pop(file.source)
    return [
        failed[f.source] if f.source in failed and states.get(f.source) == f.state else f
        for f in files
    ]


def _parse_new(
    files: Sequence[SourceFile],
    new: Sequence[SourceFile],
    parsed: Parser,
    progress: Progress | None,
) -> tuple[list[SourceFile], list[Parsed]]:
    """All files with what became of them, and the documents of the new ones."""
    fresh: list[Parsed] = []
    reports: dict[str, FileReport] = {}
    for done, (file, outcome) in enumerate(zip(new, parsed(new), strict=True), start=1):
        if isinstance(outcome, UnreadableFile):
            reports[file.source] = _refusal(file.source, outcome)
        else:
            fresh.append(outcome)
        if progress:
            progress("解析", done, len(new))
    named = [
        f.model_copy(update={"report": reports[f.source]}) if f.source in reports else f
        for f in files
    ]
    return named, fresh


def _each_once(files: Sequence[SourceFile], items: Sequence[Parsed | Embedded]) -> list[SourceFile]:
    """The files, those named whose content stands in an earlier one: the same text, with nothing
    else said of it but a title."""
    documents = {item.document.source: item.document for item in items}
    first: dict[tuple[str, Metadata], str] = {}
    named: list[SourceFile] = []
    for file in files:
        document = documents.get(file.source)
        same = (
            file.source if document is None else first.setdefault(_content(document), file.source)
        )
        report = file.report if same == file.source else _twin(file.source, same)
        named.append(file.model_copy(update={"report": report}))
    return named


def _content(document: Document) -> tuple[str, Metadata]:
    text = _sha256("".join(document.text.split()))
    return text, document.metadata.model_copy(update={"title": ""})


def _twin(source: str, same_as: str) -> FileReport:
    reason = f"与 {same_as} 内容相同，只收录一次"
    return FileReport(source=source, status="skipped", reason=reason, same_as=same_as)


def _refusal(source: str, error: UnreadableFile) -> FileReport:
    return FileReport(
        source=source,
        status="skipped" if isinstance(error, UnsupportedFile) else "failed",
        reason=str(error),
        tool=error.tool if isinstance(error, MissingTool) else "",
    )


def _nothing_readable(files: Sequence[SourceFile]) -> str:
    named = "；".join(f"{f.source}：{f.report.reason}" for f in files[:3]) or "文件夹是空的"
    return f"来源文件夹里没有可读取的文件（{named}）"


def _usable(folder: Path, embedder: Embedder) -> SearchIndex | None:
    """The index in force, unless there is none that this program can read."""
    try:
        return search_index.load(folder, model=embedder.fingerprint)
    except IndexError_:
        return None


def _kept(
    old: SearchIndex, files: Sequence[SourceFile], office: OfficeWords
) -> dict[str, Embedded]:
    """Documents of the old index whose file and catalogue entry are as they were."""
    states = _states(old.manifest.files)
    same = {f.source for f in files if states.get(f.source) == f.state}
    kept = {e.document.source: e for e in disassemble(old) if e.document.source in same}
    if old.manifest.office != office:  # its words are cut otherwise
        kept = {source: replace(e, words=None, said=None) for source, e in kept.items()}
    return kept


def _known_vectors(old: SearchIndex | None, sources: Iterable[str]) -> dict[str, Vectors]:
    """Vectors of texts that stood in the old versions of these files, by text."""
    wanted = set(sources)
    known: dict[str, Vectors] = {}
    for item in disassemble(old) if old else ():
        if item.document.source in wanted:
            known |= zip(_texts([item]), item.vectors, strict=True)
    return known


def disassemble(index: SearchIndex) -> Iterable[Embedded]:
    """An index as its documents; `assemble` puts them together again."""
    for row, document in enumerate(index.documents):
        rows = np.arange(*index.places.passage_starts[row : row + 2])
        said = range(*map(int, index.sentence_starts[[rows[0], rows[-1] + 1]])) if len(rows) else ()
        yield Embedded(
            document,
            index.passages_of[document.doc_id],
            index.rules_of[document.doc_id],
            index.passage_vectors.vectors(rows),
            [index.passage_words.of(row) for row in rows.tolist()],
            [index.sentence_words.of(row) for row in said],
        )


def text_of(document: Document, passage: Passage) -> str:
    """A passage as it is embedded and cut into words: what it stands under, what it needs to be
    read alone, its own words."""
    return f"{heading_of(document, passage)}\n{in_context(document, passage)}"


def embed(
    parsed: Sequence[Parsed],
    embedder: Embedder,
    progress: Progress | None = None,
    known: Mapping[str, Vectors] | None = None,
    unfinished: Unfinished | None = None,
) -> Iterable[Embedded]:
    """Vectors for documents, all their passages in one run so that batches are full.

    Args:
        parsed: the documents.
        embedder: of the model to index with.
        progress: see `build`.
        known: vectors of texts that were embedded before.
        unfinished: where they are kept until the index is whole, and were by a killed build.
    """
    if not parsed:
        return []
    vectors = _encoded_once(_texts(parsed), embedder, progress, known or {}, unfinished)
    ends = np.cumsum([len(item.passages) for item in parsed])[:-1]
    parts = np.split(vectors, ends)
    return [
        Embedded(i.document, i.passages, i.rules, own) for i, own in zip(parsed, parts, strict=True)
    ]


def _texts(parsed: Sequence[Parsed | Embedded]) -> list[str]:
    """What is embedded of documents: their passages."""
    passages = [(item.document, passage) for item in parsed for passage in item.passages]
    return [simplified(text_of(document, passage)) for document, passage in passages]


def _encoded_once(
    texts: Sequence[str],
    embedder: Embedder,
    progress: Progress | None,
    known: Mapping[str, Vectors],
    unfinished: Unfinished | None,
) -> Vectors:
    """Vectors of texts, shape (texts, dimension); equal texts (a repeated heading) are embedded
    once."""
    vectors = {**(unfinished.known(texts) if unfinished else {}), **known}
    missing = [text for text in dict.fromkeys(texts) if text not in vectors]
    on_batch = _ticker(progress, "向量", len(missing))
    for first in range(0, len(missing), PART):
        part = missing[first : first + PART]
        fresh = embedder.encode_documents(part, on_batch=on_batch)
        vectors |= zip(part, fresh, strict=True)
        if unfinished and len(part) == PART:
            unfinished.keep(part, fresh)
    found = [vectors[text] for text in texts]
    return np.array(found, np.float32).reshape(len(texts), embedder.dimension)


def _ticker(progress: Progress | None, stage: str, total: int) -> Callable[[int], None] | None:
    if progress is None:
        return None
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        progress(stage, done, total)

    return tick


def assemble(
    embedded: Sequence[Embedded],
    embedder: Embedder,
    files: Sequence[SourceFile],
    *,
    root: str = "",
    office: OfficeWords = NO_WORDS,
    progress: Progress | None = None,
) -> SearchIndex:
    """Everything that is searched, from documents with their vectors; `office` are the words that
    their texts are cut with."""
    dimension = embedder.dimension
    cut = [(e.document, passage) for e in embedded for passage in e.passages]
    if progress:
        progress("词语", 0, len(cut))
    texts = [text_of(document, passage) for document, passage in cut]
    whole = [f"{e.document.metadata.title}\n{e.document.text}" for e in embedded]
    said = [display(document, sentence) for document, p in cut for sentence in p.sentences]
    manifest = Manifest(
        format=search_index.FORMAT,
        model=embedder.fingerprint,
        dimension=dimension,
        parser=search_index.PARSER,
        files=tuple(files),
        fingerprint=search_index.fingerprint(embedder.fingerprint, files, office),
        root=root,
        office=office,
    )
    with cutting(office.terms):
        in_words, said_in_words = _cut(embedded)
    documents = tuple(e.document for e in embedded)
    passages = tuple(passage for _, passage in cut)
    rules = tuple(rule for e in embedded for rule in e.rules)
    return SearchIndex(
        manifest=manifest,
        documents=documents,
        passages=passages,
        rules=rules,
        places=Places.of(documents, passages, rules),
        passage_vectors=FaissStore.build(stacked([e.vectors for e in embedded], dimension)),
        passage_words=TokenLists.build(in_words),
        words=LexicalIndex.build(in_words),
        bigrams=LexicalIndex.build([bigrams(text) for text in texts]),
        document_bigrams=LexicalIndex.build([bigrams(text) for text in whole]),
        sentence_words=TokenSets.build(said_in_words),
        sentence_bigrams=TokenSets.build([bigrams(text) for text in said]),
    )


def _cut(embedded: Sequence[Embedded]) -> tuple[list[Collection[str]], list[Collection[str]]]:
    """The words of all passages and of all sentences, cut now where they were not before."""
    in_words: list[Collection[str]] = []
    said: list[Collection[str]] = []
    for e in embedded:
        if e.words is None or e.said is None:
            in_words += (words(text_of(e.document, passage)) for passage in e.passages)
            sentences = (sentence for passage in e.passages for sentence in passage.sentences)
            said += (words(display(e.document, sentence)) for sentence in sentences)
        else:
            in_words += e.words
            said += e.said
    return in_words, said


def _report(index: SearchIndex, before: Sequence[SourceFile]) -> IndexReport:
    files = index.manifest.files
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
        skipped=tuple(f.report for f in files if f.report.status == "skipped"),
        seconds=0.0,
        fingerprint=index.manifest.fingerprint,
    )
