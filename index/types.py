"""What is stored: documents, their sentences and passages. All spans are half-open code points."""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

Kind = Literal["policy", "plan", "news", "event", "notice", "guide", "staff_answer", "other"]
SentenceKind = Literal["text", "heading", "row", "header", "note", "caption", "byline"]
Origin = Literal["catalogue", "text", "file", "name"]
Span = tuple[int, int]


class Value(BaseModel):
    """A frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FIRST_YEAR = 1000  # earlier ones are slips, as 0024


def _in_the_calendar(value: str) -> str:
    """Refuse what has the shape of a date and is none, as 2024-13."""
    try:
        parts = [int(part) for part in value.split("-")] if value else [FIRST_YEAR]
        datetime.date(*(*parts, 1, 1)[:3])
    except ValueError:
        parts = [0]
    if parts[0] < FIRST_YEAR:
        raise PydanticCustomError("no_date", "没有这一天，请写成 2024、2024-07 或 2024-07-13")
    return value


# A year, month or day in ISO 8601; `DateOrNone` may be "", which is unknown.
IsoDate = Annotated[
    str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"), AfterValidator(_in_the_calendar)
]
DateOrNone = Annotated[
    str, Field(pattern=r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$"), AfterValidator(_in_the_calendar)
]


class Metadata(Value):
    """What staff or the text say of a document. Dates are ISO (`2021-07-13`), "" is unknown.

    `notice` is a call for applications, `guide` tells how a service is got, a `staff_answer` is
    what the office's people wrote where the documents are silent; `basis` are the permalinks of
    what that rests on. `expires` is the last day on which it holds. `trial` is a 试行 or 暂行 text;
    `replaces` are titles that it ends.
    """

    title: str = ""
    issuer: str = ""
    doc_number: str = ""
    date: DateOrNone = ""
    effective: DateOrNone = ""
    expires: DateOrNone = ""
    kind: Kind = "other"
    region: str = ""
    audience: str = ""
    trial: bool = False
    replaces: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()


class Reading(Value):
    """One field of the metadata as it was read: where, and how surely (0 to 1).

    `document.text[start:end]` are the words it rests on when `origin` is `text`; otherwise the
    span is empty.
    """

    field: str
    value: str
    start: int = 0
    end: int = 0
    confidence: float = Field(ge=0, le=1)
    origin: Origin = "text"


class Sentence(Value):
    """One sentence, table row or heading of a document: `text[start:end]`.

    `head` is the span of the table's header row when the sentence is a row of one; the cells of
    both are separated by tabs; a header may stand in an earlier passage. `label` is what a
    footnote is cited as (`脚注3`). `page` of a PDF and `row` of a sheet count from 1.
    """

    start: int
    end: int
    kind: SentenceKind = "text"
    head: Span | None = None
    label: str = ""
    page: int | None = None
    row: int | None = None


class Passage(Value):
    """The span that is indexed: `document.text[start:end] == text`, a run of whole sentences.

    `section` is the path of headings above it (`第三章 主要任务 › 第二节 …`), "" at the top.
    `context` are spans before it that it needs to be read alone, ascending: the number of its
    article, the header of its table, the introduction of its list. It is embedded, searched and
    shown with them (`index.structure.quotes.in_context`).
    """

    passage_id: str
    doc_id: str
    start: int
    end: int
    text: str
    section: str = ""
    sentences: tuple[Sentence, ...]
    context: tuple[Span, ...] = ()
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
    readings: tuple[Reading, ...] = ()
    text: str
    seams: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


class FileReport(Value):
    """What became of one file of the source folder; `tool` is what it lacks, if that is why,
    `same_as` the file that has the same content."""

    source: str
    status: Literal["read", "skipped", "failed"]
    reason: str = ""
    tool: str = ""
    same_as: str = ""


class IndexReport(Value):
    """What one run of indexing did; `words_changed`: the office's words (`words.toml`) are others
    than before, so that all texts were cut anew. `seconds` is wall time."""

    documents: int
    passages: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[FileReport, ...]
    skipped: tuple[FileReport, ...] = ()
    words_changed: bool = False
    seconds: float
    fingerprint: str
