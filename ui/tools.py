"""What programs may call by name (`policyqa mcp`): each tool with what it takes and gives. All of
them only read, and know nothing of the protocol that they are called through."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field

from policyqa.index.errors import SourceError
from policyqa.index.types import Document, Metadata, Value
from policyqa.qa.check import receipts
from policyqa.qa.check.permalinks import (
    MAX_CHARS,
    STRANGERS_EFFORT,
    Effort,
    State,
    parse,
    refuse_long,
    resolve,
)
from policyqa.qa.check.receipts import Verdict, claims_of, is_altered, parsed
from policyqa.qa.errors import QuestionError
from policyqa.qa.types import MAX_QUESTION_CHARS, Answer, Hit, Name, Question, Text
from policyqa.ui.api import described
from policyqa.ui.assistant import Assistant
from policyqa.ui.store.tokens import Scope

PART_CHARS = 20_000
MAX_PART_CHARS = 100_000
MAX_RECEIPT_CHARS = 500_000
MAX_SENTENCES = 50
MAX_LINKS = 10  # of one sentence

Link = Annotated[Text, Field(max_length=MAX_CHARS, description="引文链接，pq1: 开头")]


class Found(Value):
    """Passages, best first, and the fingerprint of the index that they are of."""

    hits: tuple[Hit, ...]
    corpus: str


class Wanted(Value):
    """A document, and which part of its text."""

    doc_id: Name = Field(description="文件编号，在回答的引文和检索结果里")
    start: int = Field(default=0, ge=0, le=10**9, description="从第几个字起")
    chars: int = Field(default=PART_CHARS, ge=1, le=MAX_PART_CHARS, description="最多几个字")


class Part(Metadata):
    """What a document is, whether it holds today, and `text[start:end]` of its `length`
    characters, which citations point into."""

    doc_id: str
    source: str
    validity: str
    validity_because: str
    warnings: tuple[str, ...]
    text: str
    start: int
    end: int
    length: int


class Cite(Value):
    """The name of a quote."""

    permalink: Link


class Cited(Value):
    """What became of a quote: `quote` are the words that stand there now."""

    state: State
    doc_id: str
    source: str
    title: str
    start: int
    end: int
    quote: str


class Claim(Value):
    """A sentence and the names of the quotes that carry it."""

    text: Annotated[Text, Field(max_length=MAX_QUESTION_CHARS)]
    permalinks: tuple[Link, ...] = Field(max_length=MAX_LINKS)


class Verify(Value):
    """Sentences, or a receipt with its own."""

    sentences: tuple[Claim, ...] = Field(
        default=(), max_length=MAX_SENTENCES, description="要核对的句子，各带所引的引文链接"
    )
    receipt: Annotated[Text, Field(max_length=MAX_RECEIPT_CHARS)] = Field(
        default="", description="回执（.html 或 .md）的全文"
    )


class Given(NamedTuple):
    """What a tool gives, and the documents that it is of."""

    result: Value
    documents: tuple[Document, ...] = ()


class Tool(NamedTuple):
    """One tool: its name, the scope that a token needs for it, what it is called and does in
    Chinese, what it takes and gives, and the function, which raises `PolicyQAError` with one
    line."""

    name: str
    scope: Scope
    title: str
    words: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    work: Callable[[Assistant, Any], Given]


def search(assistant: Assistant, question: Question) -> Given:
    """The passages that an answer would rest on."""
    corpus = assistant.corpus
    hits = assistant.search(question)
    found = Found(hits=hits, corpus=corpus.fingerprint)
    return Given(found, _named(assistant, (hit.doc_id for hit in hits)))


def ask(assistant: Assistant, question: Question) -> Given:
    """An answer with its proof, or a reasoned silence."""
    answer = assistant.ask(question)
    if answer.status == "error":
        raise QuestionError(answer.answer)
    return Given(answer, _named(assistant, (each.doc_id for each in answer.citations)))


def get_document(assistant: Assistant, wanted: Wanted) -> Given:
    """What a document is, and a part of its text."""
    document = document_of(assistant, wanted.doc_id)
    start = min(wanted.start, len(document.text))
    end = min(start + wanted.chars, len(document.text))
    part = Part(
        **described(document, assistant.corpus.documents()),
        text=document.text[start:end],
        start=start,
        end=end,
        length=len(document.text),
    )
    return Given(part, (document,))


def document_of(assistant: Assistant, doc_id: str) -> Document:
    """A document that is there.

    Raises:
        SourceError: no document has this id.
    """
    try:
        return assistant.corpus.document(doc_id)
    except SourceError as error:
        raise SourceError(f"没有编号为 {doc_id[:40]} 的文件。") from error


def cite(assistant: Assistant, named: Cite) -> Given:
    """What became of a quote."""
    refuse_long([named.permalink])
    documents = assistant.corpus.documents()
    found = resolve(parse(named.permalink), documents, Effort(STRANGERS_EFFORT))
    document, (start, end) = found.document, found.span or (0, 0)
    cited = Cited(
        state=found.state,
        doc_id=document.doc_id if document else "",
        source=document.source if document else "",
        title=document.metadata.title if document else "",
        start=start,
        end=end,
        quote=found.quote,
    )
    return Given(cited, (document,) if document else ())


def verify(assistant: Assistant, wanted: Verify) -> Given:
    """Whether sentences, or those of a receipt, hold by what they cite."""
    if bool(wanted.sentences) == bool(wanted.receipt):
        raise QuestionError("请给出 sentences（要核对的句子）或 receipt（回执的全文），二者选一。")
    corpus, receipt = assistant.corpus, None
    claims = tuple(receipts.Claim(**dict(each)) for each in wanted.sentences)
    if wanted.receipt:
        receipt = parsed(wanted.receipt, "这段文字")
        claims = claims_of(receipt)
        if len(claims) > MAX_SENTENCES or any(len(c.text) > MAX_QUESTION_CHARS for c in claims):
            raise QuestionError("回执里的句子太多或太长，请用 policyqa verify 核对。")
    refuse_long(link for claim in claims for link in claim.permalinks)
    verdict = Verdict(
        question=receipt.question if receipt else "",
        altered=receipt is not None and is_altered(wanted.receipt, receipt),
        same_corpus=receipt is None or receipt.corpus == corpus.fingerprint,
        sentences=assistant.verify(claims, corpus.documents(), Effort(STRANGERS_EFFORT)),
    )
    return Given(verdict)


def _named(assistant: Assistant, ids: Iterable[str]) -> tuple[Document, ...]:
    """Documents that are still there, each once."""
    by_id = assistant.corpus.by_id
    return tuple(by_id[doc_id] for doc_id in dict.fromkeys(ids) if doc_id in by_id)


_QUESTION = (
    "question 是问题；可另给 history（前面的问答）、as_of（按哪一天的文件）、"
    "filters（地区、类型、日期）、k（最多几段）。"
)
TOOLS = (
    Tool(
        "search", "search", "检索",
        "在收录的政策文件里查与问题最相关的段落，按相关程度排列，不作回答。" + _QUESTION,
        Question, Found, search,
    ),
    Tool(
        "ask", "ask", "提问",
        "用收录的政策文件回答一个问题，每句话都有出处（citations 里有原文和引文链接 permalink）；"
        "文件没有写的不答（status 是 abstained）。" + _QUESTION,
        Question, Answer, ask,
    ),
    Tool(
        "get_document", "documents", "看文件",
        "给出一份文件的标题、文号、日期、效力和原文；长的分几次取（start、chars，总长是 length）。",
        Wanted, Part, get_document,
    ),
    Tool(
        "cite", "verify", "查引文",
        "查看一条引文现在怎样：unchanged 还在原处，moved 移了位置，changed 已改动，gone 已不在。",
        Cite, Cited, cite,
    ),
    Tool(
        "verify", "verify", "核对",
        "逐句核对所引的原文能不能支持：给出句子和引文链接，或一份回执的全文。"
        "held 是 unchanged、moved 的才有依据；unsupported 是原文没有这样说，"
        "uncited 是没有可用的引文链接。",
        Verify, Verdict, verify,
    ),
)  # fmt: skip
