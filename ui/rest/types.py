"""What the addresses of `/api/v1` take and give, beside what `qa.types` has."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policyqa.index.types import IsoDate, Metadata, Reading, Value
from policyqa.qa.check.permalinks import MAX_CHARS as MAX_PERMALINK_CHARS
from policyqa.qa.check.permalinks import State
from policyqa.qa.check.receipts import SentenceCheck
from policyqa.qa.types import MAX_QUESTION_CHARS, Filters, Hit, Name, Question, Text, Typed
from policyqa.ui.store.tables import ID_CHARS
from policyqa.ui.store.types import MAX_COMMENT_CHARS, Reason, Verdict

MAX_PAGE = 1_000_000
MAX_CLAIMS, MAX_LINKS = 100, 20
MAX_RECEIPT_CHARS = 500_000

Permalink = Annotated[Text, Field(min_length=1, max_length=MAX_PERMALINK_CHARS)]


class Asked(Question):
    """A question; `keep` has the answer kept, so that it can be judged, under an id of ours."""

    keep: bool = False


class Wanted(Value):
    """What is searched: `question` and what narrows it, as `Question` has them."""

    question: Typed
    as_of: IsoDate | None = None
    filters: Filters = Filters()
    k: int = Field(default=10, ge=1, le=100)


class Found(Value):
    """The passages that are nearest to a question, best first."""

    hits: tuple[Hit, ...]
    corpus: str


class Paging(BaseModel):
    """Which page of a list, counted from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: int = Field(default=1, ge=1, le=MAX_PAGE)
    page_size: int = Field(default=20, ge=1, le=100)


class DocumentInfo(Metadata):
    """What a document is, and whether it holds today."""

    doc_id: str
    source: str
    validity: str
    validity_because: str
    warnings: tuple[str, ...] = ()


class DocumentText(DocumentInfo):
    """The same with its text, into which every offset points."""

    readings: tuple[Reading, ...] = ()
    text: str


class DocumentPage(Value):
    """One page of the documents, and how many there are on all."""

    items: tuple[DocumentInfo, ...]
    page: int
    page_size: int
    total: int


class PassageInfo(Value):
    """One passage of a document: `text == document.text[start:end]`; `context` are the words it
    stands under that are elsewhere in the document."""

    passage_id: str
    doc_id: str
    start: int
    end: int
    text: str
    section: str = ""
    context: tuple[str, ...] = ()
    page: int | None = None


class PassagePage(Value):
    """One page of the passages of a document, and how many there are on all."""

    items: tuple[PassageInfo, ...]
    page: int
    page_size: int
    total: int


class Link(BaseModel):
    """A permalink to look up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permalink: Permalink


class Cited(Value):
    """Where a permalink leads now: `permalink` is the one to use from now on, "" where the words
    are others; of words that are gone all is empty."""

    state: State
    doc_id: str = ""
    source: str = ""
    title: str = ""
    start: int = 0
    end: int = 0
    quote: str = ""
    permalink: str = ""


class ClaimSent(Value):
    """A sentence and the permalinks of what should carry it."""

    text: Annotated[Text, Field(min_length=1, max_length=MAX_QUESTION_CHARS)]
    permalinks: tuple[Permalink, ...] = Field(default=(), max_length=MAX_LINKS)


class Proof(Value):
    """What is to be verified: a receipt as it was written, or sentences."""

    receipt: Annotated[Text, Field(max_length=MAX_RECEIPT_CHARS)] = ""
    sentences: tuple[ClaimSent, ...] = Field(default=(), max_length=MAX_CLAIMS)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.receipt) == bool(self.sentences):
            raise ValueError("receipt（回执全文）和 sentences（各句和引文链接）给一样")
        return self


class Verified(Value):
    """What verifying found. `altered` and `same_corpus` are of a receipt, null of sentences."""

    holds: bool
    sentences: tuple[SentenceCheck, ...]
    altered: bool | None = None
    same_corpus: bool | None = None


class Judged(Value):
    """What a reader thinks of an answer that is kept; the last word counts."""

    answer_id: Annotated[Name, Field(min_length=1, max_length=ID_CHARS)]
    verdict: Verdict
    reasons: tuple[Reason, ...] = Field(default=(), max_length=4)
    comment: Annotated[Text, Field(max_length=MAX_COMMENT_CHARS)] = ""
