"""The documents of one index: what an answer may cite and a page may show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile

from policyqa.index.conditions.types import Rule
from policyqa.index.errors import SourceError
from policyqa.index.metadata.validity import Validity, successors, validity
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.types import Document, FileReport, Passage, Span
from policyqa.qa.types import OutlineEntry


@dataclass(frozen=True)
class Citable:
    """What one answer may cite: documents by id, the passages of each, and the successor's id by
    that of a document that is replaced on the day of the question."""

    documents: Mapping[str, Document]
    passages: Mapping[str, Sequence[Passage]]
    replaced: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents by their id in the order of their names, passages and rules of each, what became of
    every file, and the fingerprint of the index that they are of. Documents of the version before
    (`earlier`) stay readable, for answers that were given from it."""

    fingerprint: str
    by_id: Mapping[str, Document]
    passages_by_id: Mapping[str, Sequence[Passage]]
    reports: tuple[FileReport, ...] = ()
    earlier: "Corpus | None" = None
    rules_by_id: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, index: SearchIndex) -> "Corpus":
        """The corpus of a loaded index."""
        manifest = index.manifest
        reports = tuple(file.report for file in manifest.files)
        by_id = {document.doc_id: document for document in index.documents}
        of_each = index.passages_of
        return cls(manifest.fingerprint, by_id, of_each, reports, rules_by_id=index.rules_of)

    @classmethod
    def holding(
        cls,
        documents: Sequence[Document],
        passages: Sequence[Passage] = (),
        reports: tuple[FileReport, ...] = (),
        fingerprint: str = "",
    ) -> "Corpus":
        """A corpus of these documents and passages."""
        of_each: dict[str, list[Passage]] = {document.doc_id: [] for document in documents}
        for passage in passages:
            of_each[passage.doc_id].append(passage)
        return cls(fingerprint, {d.doc_id: d for d in documents}, of_each, reports)

    def after(self, earlier: "Corpus") -> "Corpus":
        """The same, with the version before it still readable."""
        return replace(self, earlier=replace(earlier, earlier=None))

    def without(self, sources: Collection[str]) -> "Corpus":
        """The same without the documents of these files; of the version before only those whose
        file is still there."""
        there = {d.source for d in self.documents()} - set(sources)
        return replace(
            self,
            by_id=_of(self.by_id, there),
            earlier=self.earlier
            and replace(self.earlier, by_id=_of(self.earlier.by_id, there), earlier=None),
        )

    def documents(self) -> tuple[Document, ...]:
        """All documents, in the order of their names."""
        return tuple(self.by_id.values())

    def document(self, doc_id: str) -> Document:
        """One document, also of the version before.

        Raises:
            SourceError: no document has this id.
        """
        return self._holding(doc_id).by_id[doc_id]

    def passages(self, doc_id: str) -> tuple[Passage, ...]:
        """The passages of a document in the order of its text.

        Raises:
            SourceError: no document has this id.
        """
        return tuple(self._holding(doc_id).passages_by_id[doc_id])

    def rules(self, doc_id: str) -> tuple[Rule, ...]:
        """The trees of conditions of a document in the order of its text.

        Raises:
            SourceError: no document has this id.
        """
        return self._holding(doc_id).rules_by_id.get(doc_id, ())

    def outline(self, doc_id: str) -> tuple[OutlineEntry, ...]:
        """The sections of a document in the order of its text.

        Raises:
            SourceError: no document has this id.
        """
        entries: list[OutlineEntry] = []
        before: list[str] = []
        for passage in self.passages(doc_id):
            path = passage.section.split(SECTION_SEPARATOR) if passage.section else []
            pairs = zip(path, before, strict=False)
            same = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
            entries += [
                OutlineEntry(start=passage.start, depth=depth, title=path[depth])
                for depth in range(same, len(path))
            ]
            before = path
        return tuple(entries)

    def files(self) -> tuple[FileReport, ...]:
        """What became of each file of the source folder, those that were not read among them."""
        return self.reports

    def passage_of(self, doc_id: str, span: Span) -> str:
        """Id of the passage that a span stands in, "" when none holds all of it."""
        held = (p for p in self.passages(doc_id) if p.start <= span[0] and span[1] <= p.end)
        return next((p.passage_id for p in held), "")

    def validity(self, document: Document, day: str) -> Validity:
        """Whether a document holds on a day (ISO)."""
        return validity(document, self._successors.get(document.doc_id, ()), day)

    def replaced(self, day: str) -> Mapping[str, str]:
        """The successor's id by that of each document that is replaced on a day (ISO)."""
        held = {doc_id: self.validity(self.by_id[doc_id], day) for doc_id in self._successors}
        return {doc_id: each.by for doc_id, each in held.items() if each.by}

    @cached_property
    def _successors(self) -> Mapping[str, tuple[Document, ...]]:
        return successors(self.documents())

    def _holding(self, doc_id: str) -> "Corpus":
        if doc_id in self.by_id:
            return self
        if self.earlier is not None and doc_id in self.earlier.by_id:
            return self.earlier
        raise SourceError(f"没有编号为 {doc_id[:40]} 的文件")


def _of(by_id: Mapping[str, Document], sources: Collection[str]) -> Mapping[str, Document]:
    return {doc_id: each for doc_id, each in by_id.items() if each.source in sources}
