"""What staff see of the stored documents."""

from pathlib import Path
from typing import Any

from index import search_index
from index.errors import SourceError
from index.search_index import SearchIndex, SourceFile
from index.types import Document
from qa import settings as configuration


def stored(index: Path | None) -> SearchIndex:
    """The index in force, read without the embedding model.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: see `index.search_index.load`.
    """
    folder = index or configuration.load().index
    return search_index.load(folder, model=search_index.read_manifest(folder).model)


def entries(index: SearchIndex) -> list[dict[str, Any]]:
    """One entry a file, in the order of names; skipped and failed ones too."""
    documents = {document.source: document for document in index.documents}
    return [_entry(index, file, documents.get(file.source)) for file in index.manifest.files]


def _entry(index: SearchIndex, file: SourceFile, document: Document | None) -> dict[str, Any]:
    metadata = document.metadata.model_dump() if document else {}
    count = sum(p.doc_id == document.doc_id for p in index.passages) if document else 0
    return {
        "doc_id": document.doc_id if document else "",
        "source": file.source,
        **{name: metadata.get(name, "") for name in ("title", "issuer", "doc_number", "date")},
        "effective": "",
        "expires": "",
        "region": metadata.get("region", ""),
        "kind": metadata.get("kind", "other"),
        "validity": "不明",
        "passages": count,
        "warnings": list(document.warnings) if document else [],
        "status": file.report.status,
        "reason": file.report.reason,
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
        raise SourceError(f"索引里没有文件 {source[:200]},可用 policyqa documents list 查看")
    text = next((d.text for d in index.documents if d.source == source), "")
    names = ("passage_id", "start", "end", "section", "text", "page")
    passages = [
        p.model_dump(include=set(names)) for p in index.passages if p.doc_id == entry["doc_id"]
    ]
    return {**entry, "text": text, "passages": passages}
