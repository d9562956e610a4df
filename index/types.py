"""What is stored: documents, their sentences and passages. All spans are half-open code points."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["policy", "plan", "news", "event", "notice", "other"]
SentenceKind = Literal["text", "heading", "row", "header", "note", "caption"]
Span = tuple[int, int]


class Value(BaseModel):
    """A frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Metadata(Value):
    """What staff or the text say of a document. Dates are ISO (`2021-07-13`), "" is unknown."""

    title: str = ""
    issuer: str = ""
    doc_number: str = ""
    date: str = Field(default="", pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")
    kind: Kind = "other"
    region: str = ""


class Sentence(Value):
    """One sentence, table row or heading of a document: `text[start:end]`.

    `head` is the span of the table's header row when the sentence is a row of one; the cells of
    both are separated by tabs, an empty cell (merged with the one above) is an empty string.
    `label` is what a footnote is cited as (`脚注3`).
    """

    start: int
    end: int
    kind: SentenceKind = "text"
    head: Span | None = None
    label: str = ""


class Passage(Value):
    """The span that is indexed: `document.text[start:end] == text`, a run of whole sentences.

    `section` is the path of headings above it (`第三章 主要任务 › 第二节 …`), "" at the top.
    """

    passage_id: str
    doc_id: str
    start: int
    end: int
    text: str
    section: str = ""
    sentences: tuple[Sentence, ...]
    page: int | None = None


class Document(Value):
    """A policy text, cleaned once; every offset of the system points into `text`.

    `doc_id` is a hash of source name and content. `seams` are offsets where something that stood
    between in the original (a caption, a doubled line, a footnote) was taken out: a quote that
    crosses a seam does not stand in one piece in the original file.
    """

    doc_id: str
    source: str
    sha256: str
    metadata: Metadata
    text: str
    seams: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


class FileReport(Value):
    """What became of one file of the source folder."""

    source: str
    status: Literal["read", "skipped", "failed"]
    reason: str = ""


class IndexReport(Value):
    """What one run of indexing did; `seconds` is wall time."""

    documents: int
    passages: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[FileReport, ...]
    seconds: float
    fingerprint: str
