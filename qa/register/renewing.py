"""The register read anew: what documents say now, beside what staff have made of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policyqa.index.errors import SourceError
from policyqa.index.types import Document
from policyqa.qa.corpus import Corpus
from policyqa.qa.register.marking import Marker
from policyqa.qa.register.proposing import proposed
from policyqa.qa.register.shelf import Shelf
from policyqa.qa.register.standing import found
from policyqa.qa.register.types import FIELDS, Cell, Programme

ABOUT = ("clause", "region", "issuer", "valid_from", "valid_to")
BOUNDS = ("for_whom", "conditions", "exclusions")
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
            yield Proposal(each, renewed(held.get(each.id), each, document))


def renewed(
    earlier: Programme | None, now: Programme, document: Document | None = None
) -> Programme | None:
    """What is to be kept of a programme that is read anew: every cell that staff have signed whose
    words still stand, and whatever bounds who gets something (its words may be gone: then it is
    待核 until they drop it); of the others those that are read again. None where nothing is new.

    Args:
        earlier: its last version, None where it has none.
        now: as it is read now.
        document: that it is read from; None for one without any of the earlier words.
    """
    if earlier is None:
        return now
    links = {cell.quote.link for _, _, cell in earlier.cells()}
    words = {(field, cell.quote.text) for field, _, cell in earlier.cells()}
    if all(c.quote.link in links or (field, c.quote.text) in words for field, _, c in now.cells()):
        return None
    fields: dict[str, tuple[Cell, ...]] = {}
    for field in FIELDS:
        before = {cell.quote.text: cell for cell in getattr(earlier, field)}
        read = {cell.quote.text: cell for cell in getattr(now, field)}
        signed = {
            text: cell
            for text, cell in before.items()
            if cell.signed and (field in BOUNDS or (document and found(cell.quote, document)))
        }
        fields[field] = tuple({**signed, **{t: before.get(t, c) for t, c in read.items()}}.values())
    about = {name: getattr(now, name) or getattr(earlier, name) for name in ABOUT}
    kept = earlier.model_dump(include={"id", "kind", "name"})
    return now.model_copy(update={**kept, **about, "version": earlier.version + 1, **fields})
