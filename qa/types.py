"""What is asked and what is answered. Field names are the command line's and the HTTP API's."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, computed_field, model_validator

from policyqa.index.types import DateOrNone, IsoDate, Kind, Value
from policyqa.qa.wording import NOTES

MAX_QUESTION_CHARS = 2000
MAX_HISTORY_TURNS = 50
MAX_CHOICES = 100
MAX_TYPED_CHARS = 20_000  # of one text; a question beyond its limit is refused with words
MAX_NAME_CHARS = 200  # of an id, a region, an attribute

Status = Literal["answered", "abstained", "error"]
Completeness = Literal["", "full", "partial"]
Role = Literal["lead", "statement", "item", "step", "earlier", "conflict", "target"]
Reason = Literal["no_evidence", "out_of_scope", "ambiguous", "refused", "bad_question", "failed"]
NoteKind = Literal[
    "refused", "talk", "thanks", "who", "noted", "unclear", "which_one", "out_of_scope",
    "no_evidence", "near", "next_step", "ask_issuer", "contact", "items_left", "not_said", "target",
    "elsewhere", "conflict", "model_fell_back", "staff", "not_in_force", "self_check", "tell_more",
    "is_it_so", "difference", "doubtful", "other",
]  # fmt: skip


def writable(value: object) -> object:
    """Text without halves of surrogate pairs, which no file or terminal can take."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def identifier(value: object) -> object:
    """An id as text; whole numbers are taken too."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else writable(value)


Text = Annotated[str, BeforeValidator(writable)]
Typed = Annotated[Text, Field(max_length=MAX_TYPED_CHARS)]
Name = Annotated[Text, Field(max_length=MAX_NAME_CHARS)]


class Turn(Value):
    """One message of the conversation so far, as OpenAI-style clients send it."""

    role: Literal["user", "assistant", "system"]
    content: Typed


class Filters(Value):
    """Which documents are asked: those of these regions, of these kinds, dated from `since` to
    `until` (ISO, year, month or day). Empty: all."""

    regions: tuple[Name, ...] = Field(default=(), max_length=MAX_CHOICES)
    kinds: tuple[Kind, ...] = Field(default=(), max_length=MAX_CHOICES)
    since: DateOrNone = ""
    until: DateOrNone = ""


class Question(Value):
    """A question as asked, with the turns before it, the day it is asked for, and what is asked.

    `question` is checked for sense by the assistant and not here, so that a batch line with an
    empty one still gets its answer line. `forget` names attributes of which nothing that was told
    before counts any more (`Told.attribute`).
    """

    question: Typed
    id: Annotated[str, BeforeValidator(identifier)] = Field(default="", max_length=MAX_NAME_CHARS)
    history: tuple[Turn, ...] = Field(default=(), max_length=MAX_HISTORY_TURNS)
    as_of: IsoDate | None = None
    filters: Filters = Filters()
    forget: tuple[Name, ...] = Field(default=(), max_length=MAX_CHOICES)
    k: int = Field(default=10, ge=1, le=100)


class Hit(Value):
    """What a query sees of a passage: its rank (from 1) and score (larger is better).

    `text == document.text[start:end]`; `context` are the words it stands under that are elsewhere
    in the document: the number of its article, the header of its table, the introduction of its
    list.
    """

    rank: int
    passage_id: str
    doc_id: str
    source: str
    start: int
    end: int
    score: float
    text: str
    context: tuple[str, ...] = ()
    section: str = ""
    title: str = ""

    @property
    def shown(self) -> str:
        """The text under its context, a line each."""
        return "\n".join((*self.context, self.text))


class Citation(Value):
    """Proof of a claim: `quote == document.text[start:end]`. `page` of a PDF and `row` of a sheet
    (named in `section`) say where it stands in the file. What is cited of a `staff_answer` is no
    policy, and is marked wherever it is shown."""

    n: int
    doc_id: str
    source: str
    title: str
    section: str
    issuer: str
    doc_number: str
    date: str
    quote: str
    start: int
    end: int
    passage_id: str
    page: int | None = None
    row: int | None = None
    region: str = ""
    kind: Kind = "other"
    validity: str = ""
    validity_because: str = ""
    permalink: str = ""


class Resolved(Value):
    """What 今年 or 该区 means, put after the character `at` of a sentence, and marked as ours."""

    at: int
    text: str


class AnswerSentence(Value):
    """One sentence of the answer and the numbers of the citations that carry it.

    `text` is in the words of the documents; `resolved` is what `Answer.answer` puts into it in
    〔〕. `role` says what it does: an item of a list or a step, a value of an earlier date, a value
    that another document of the same date contradicts, what is to be reached beside what is; a
    figure in front (`lead`) is only in answers and receipts that earlier versions kept.
    """

    text: str
    citations: tuple[int, ...]
    role: Role = "statement"
    resolved: tuple[Resolved, ...] = ()

    @property
    def shown(self) -> str:
        """The text with what is resolved in it."""
        words = self.text
        for each in reversed(self.resolved):
            words = f"{words[: each.at]}〔{each.text}〕{words[each.at :]}"
        return words


class Compared(Value):
    """One row of a small table: a day or a place, what holds of it, the number of its citation."""

    label: str
    value: str
    citation: int


class Condition(Value):
    """One demand of a rule beside what the asker tells: `label` names what it is about, `demanded`
    and `told` are in words, `met` is null where it is not settled, `citation` is the number of the
    rule's citation, `gap` what is lacking where time or money may reach it."""

    label: str
    demanded: str
    told: str
    met: bool | None
    citation: int
    gap: str = ""


class Told(Value):
    """Something that the asker told in an earlier turn and that still counts: the name of its
    attribute (for `Question.forget`), what it is about, and his words."""

    attribute: str
    label: str
    said: str


class Timings(Value):
    """Milliseconds a stage; `total` includes what no stage counts."""

    embed: float = 0.0
    retrieve: float = 0.0
    answer: float = 0.0
    model: float = 0.0
    total: float = 0.0


class OutlineEntry(Value):
    """A section of a document: where its text starts, how deep it lies (from 0), its heading."""

    start: int
    depth: int
    title: str


class Contact(Value):
    """Who is responsible for the nearest document, as far as documents say: its `issuer`, and the
    sentence that names an office or a telephone, with its citation; "" and None for none."""

    issuer: str = ""
    text: str = ""
    citation: Citation | None = None


class LeftOut(Value):
    """What a day or filters kept from being asked: how many documents, and the passages among the
    nearest to the question that are in them, with the rank they would have had."""

    documents: int = 0
    hits: tuple[Hit, ...] = ()


class Note(Value):
    """What is said in our own words: which of them (`wording.NOTES`), and what is put into them,
    in order. Whoever shows a note words it, in the reader's language; `text` is its Chinese, and
    stands in the JSON for whoever reads that."""

    kind: NoteKind
    parts: tuple[str, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def text(self) -> str:
        """The note in Chinese."""
        return NOTES[self.kind].format(*self.parts)

    @model_validator(mode="before")
    @classmethod
    def _without_text(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: held for name, held in value.items() if name != "text"}
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        places = NOTES[self.kind].count("{}")
        if len(self.parts) != places:
            raise ValueError(f"{self.kind} takes {places} parts, not {len(self.parts)}")
        return self


def _before(kind: NoteKind) -> Callable[[Any], Any]:
    """Makes a note of the text that stood in its place in answers of earlier versions."""
    return lambda value: {"kind": kind, "parts": (value,)} if isinstance(value, str) else value


class PageLink(Value):
    """A page of ours that goes on from an answer: its address on this host, what it is called, and
    how far it may be relied on (已签, 未签, 待核; "" where that is no question)."""

    path: str
    words: str
    mark: str = ""


class Answer(Value):
    """An answer with its proof, or a reasoned abstention.

    `understood` is how a question was taken that leans on earlier ones, "" for one that was taken
    as it stands. `confidence` is the calibrated probability that the documents answer the question.
    `verdict` is 可以, 不可以 or 视条件而定 where the question asks that and a document says it,
    还不能判断 where the asker told too little, 符合 where he meets all that a list demands.
    `completeness` says whether all that was asked is answered, `missing` what is not. `notes`
    are ours (a target, another region, documents that contradict each other; all that is said
    where there is no answer) and claim nothing of the policy. `compared` are the values of one
    thing at several times, newest first, or in several places (`compared_by`). `conditions` are
    the demands of the cited rules beside what the asker tells of it, `told` what he told in
    earlier turns, without what the question would have forgotten (`forget`). `choices` are what
    may be meant where a question is ambiguous, and what may be replied to a condition that is
    asked back. `by` says who put the words together: the documents' own, or a language model's.
    `as_of` and `filters` are the question's, `left_out` what they kept from being asked. `links`
    are pages of the web service, which only that adds.
    """

    id: str
    question: str
    query: str
    status: Status
    reason: Reason | None
    answer: str
    understood: str = ""
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0
    verdict: str = ""
    completeness: Completeness = ""
    missing: tuple[Annotated[Note, BeforeValidator(_before("not_said"))], ...] = ()
    notes: tuple[Annotated[Note, BeforeValidator(_before("other"))], ...] = ()
    compared: tuple[Compared, ...] = ()
    compared_by: Literal["", "time", "place"] = ""
    conditions: tuple[Condition, ...] = ()
    told: tuple[Told, ...] = ()
    forget: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()
    contact: Contact | None = None
    by: Literal["documents", "model"] = "documents"
    as_of: str | None = None
    filters: Filters = Filters()
    left_out: LeftOut = LeftOut()
    links: tuple[PageLink, ...] = ()
    timings_ms: Timings = Timings()
    corpus: str = ""
