"""What staff see of the stored documents."""

from datetime import date
from pathlib import Path
from typing import Any

from policyqa.index.build import scanning
from policyqa.index.errors import SourceError
from policyqa.index.metadata.validity import validity
from policyqa.index.store import search_index
from policyqa.index.store.search_index import SearchIndex, SourceFile
from policyqa.index.types import Document, Metadata, Passage
from policyqa.qa import settings as configuration
from policyqa.qa.eligibility.showing import shown as rule_shown

FIELDS = (
    "title", "issuer", "doc_number", "date", "effective", "expires", "region", "kind",
)  # fmt: skip
UNKNOWN = "不明"


def stored(index: Path | None) -> SearchIndex:
    """The index in force, read without the embedding model.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: see `index.store.search_index.load`.
    """
    folder = index or configuration.load().index
    return search_index.load(folder, model=search_index.read_manifest(folder).model)


def entries(index: SearchIndex, *, as_of: str | None = None) -> list[dict[str, Any]]:
    """One entry a file, in the order of names; skipped and failed ones too.

    Args:
        index: the stored index.
        as_of: the day whose validity is meant, ISO; today when None.
    """
    day = as_of or date.today().isoformat()
    documents = {document.source: document for document in index.documents}
    return [_entry(index, file, documents.get(file.source), day) for file in index.manifest.files]


def _entry(
    index: SearchIndex, file: SourceFile, document: Document | None, as_of: str
) -> dict[str, Any]:
    metadata = (document.metadata if document else Metadata()).model_dump()
    count = sum(p.doc_id == document.doc_id for p in index.passages) if document else 0
    held = validity(document, index.documents, as_of) if document else None
    return {
        "doc_id": document.doc_id if document else "",
        "source": file.source,
        **{name: metadata[name] for name in FIELDS},
        "validity": held.state if held else UNKNOWN,
        "passages": count,
        "warnings": list(document.warnings) if document else [],
        "status": file.report.status,
        "reason": file.report.reason,
        "validity_because": held.because if held else "",
        **{name: metadata[name] for name in ("audience", "trial", "replaces")},
    }


def shown(index: SearchIndex, source: str) -> dict[str, Any]:
    """One file's entry with its text and passages.

    Raises:
        SourceError: no file of this name.
    """
    for entry in entries(index):
        if entry["source"] == source:
            break
    else:
        raise SourceError(f"索引里没有文件 {source[:200]}，可用 policyqa documents list 查看")
    text = next((d.text for d in index.documents if d.source == source), "")
    passages = [_passage(text, p) for p in index.passages if p.doc_id == entry["doc_id"]]
    readings = [r.model_dump() for d in index.documents if d.source == source for r in d.readings]
    return {**entry, "readings": readings, "text": text, "passages": passages}


def conditions(index: SearchIndex, source: str) -> list[dict[str, Any]]:
    """The rules of one file as trees of conditions, each with its words, in the text's order.

    Raises:
        SourceError: no file of this name.
    """
    doc_id = shown(index, source)["doc_id"]
    document = next((each for each in index.documents if each.doc_id == doc_id), None)
    return [rule_shown(document, rule) for rule in index.rules_of.get(doc_id, ()) if document]


def _passage(text: str, passage: Passage) -> dict[str, Any]:
    """A passage of a document's text, with the words it stands under."""
    names = {"passage_id", "start", "end", "section", "text", "page"}
    context = [text[slice(*span)] for span in passage.context]
    return {**passage.model_dump(include=names), "context": context}


def check(index: SearchIndex) -> dict[str, Any]:
    """What staff should look at: counts, files not read, warnings, and what has changed in the
    source folder since it was indexed."""
    listed = entries(index)
    return {
        "files": len(listed),
        "documents": sum(entry["status"] == "read" for entry in listed),
        "passages": len(index.passages),
        "not_read": [
            {name: e[name] for name in ("source", "status", "reason")}
            for e in listed
            if e["status"] != "read"
        ],
        "warnings": [
            {"source": entry["source"], "warning": warning}
            for entry in listed
            for warning in entry["warnings"]
        ],
        "without": {
            name: [e["source"] for e in listed if e["status"] == "read" and not e[name]]
            for name in ("issuer", "date", "region")
        },
        **_pending(index),
    }


def _pending(index: SearchIndex) -> dict[str, list[str]]:
    """Files of the source folder that the index does not have as they are now."""
    root = Path(index.manifest.root)
    if not index.manifest.root or not root.is_dir():
        return {"new": [], "changed": [], "gone": []}
    now = {file.source: file.state for file in scanning.scan(root)}
    then = {file.source: file.state for file in index.manifest.files}
    return {
        "new": sorted(now.keys() - then.keys()),
        "changed": sorted(s for s in now.keys() & then.keys() if now[s] != then[s]),
        "gone": sorted(then.keys() - now.keys()),
    }
