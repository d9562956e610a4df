"""The register read anew: what documents say now, beside what staff have made of it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from policyqa.index.errors import SourceError
from policyqa.qa.corpus import Corpus
from policyqa.qa.register.marking import Marker
from policyqa.qa.register.proposing import proposed
from policyqa.qa.register.shelf import Shelf
from policyqa.qa.register.types import Programme

READ_KINDS = ("policy", "plan", "notice", "guide")  # of documents, where no file is named


class Proposal(NamedTuple):
    """A programme as it is read now; `now` is what is to be kept, None where nothing is new."""

    read: Programme
    now: Programme | None


def proposals(
    corpus: Corpus, shelf: Shelf, sources: Sequence[str], marker: Marker | None = None
) -> Iterator[Proposal]:
    """What is read of these files, or of all that hold rules.

    Args:
        corpus: the documents of now.
        shelf: the register of now.
        sources: files; none for all that are policies, plans, notices or guides.
        marker: says what sentences tell of where no heading does.

    Raises:
        SourceError: there is no such file.
    """
    known = {document.source for document in corpus.documents()}
    for source in sources:
        if source not in known:
            said = " ".join(source[:200].split())
            raise SourceError(f"索引里没有文件 {said}，可用 policyqa documents list 查看")
    held = {each.id: each for each in shelf.programmes}
    for document in corpus.documents():
        wanted = document.source in sources if sources else document.metadata.kind in READ_KINDS
        if not wanted:
            continue
        own = (document.doc_id,)
        passages = corpus.passages(*own)
        marked = marker.marked(document, passages) if marker else {}
        for each in proposed(document, passages, corpus.rules(*own), marked):
            yield Proposal(each, renewed(held.get(each.id), each))


def renewed(earlier: Programme | None, now: Programme) -> Programme | None:
    """What is to be kept of a programme that is read anew: cells whose words stand as they did stay
    as staff have them; None where nothing is new.

    Args:
        earlier: its last version, None where it has none.
        now: as it is read now.
    """
    if earlier is None:
        return now
    fields: dict[str, Any] = {}
    for field, _, cell in now.cells():
        old = [c for c in getattr(earlier, field) if c.quote.text == cell.quote.text]
        fields.setdefault(field, []).append(old[0] if old else cell)
    links = {cell.quote.link for _, _, cell in earlier.cells()}
    if all(cell.quote.link in links for cells in fields.values() for cell in cells):
        return None
    kept = earlier.model_dump(include={"id", "kind", "name"})
    return now.model_copy(
        update={
            **kept,
            "version": earlier.version + 1,
            **{field: tuple(cells) for field, cells in fields.items()},
        }
    )
