"""The conversation: what is asked, what is shown of it, and the panel beside it. Plain functions of
values; `ui.chat.page` connects them to Gradio.

A visitor's answers are the page's whole state, held in `gr.State`, so two visitors never share.
What is shown is HTML with the marks of `ui.chat.language`.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import NamedTuple, NotRequired, TypedDict
from uuid import uuid4

from policyqa.index.errors import PolicyQAError
from policyqa.index.types import Document, Span
from policyqa.qa.types import MAX_HISTORY_TURNS, MAX_TYPED_CHARS, Answer, Citation, Question, Turn
from policyqa.ui.assistant import Assistant, in_force
from policyqa.ui.chat import panel, render
from policyqa.ui.chat.filters import Wanted
from policyqa.ui.chat.language import say
from policyqa.ui.errors import TryLater
from policyqa.ui.public import is_there
from policyqa.ui.store.records import Records
from policyqa.ui.store.tables import ID_CHARS
from policyqa.ui.turns import Submit

logger = logging.getLogger(__name__)

Answers = tuple[Answer, ...]
Pause = Callable[[float], None]

STREAM_STEPS = 18
STREAM_S = 0.35
# An answer that comes sooner is shown without a word of waiting before it, which would only take
# time from it: drawing it cost a tenth of an ask.
PATIENCE_S = 0.2
ASIDE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ask")  # of one who asks alone
PROMISE = "只依据这些文件作答，每句话都标明出处，点开句末的编号可以核对原文。"
OTHER_TALK = "这条来源属于另一段对话，请重新提问。"
WITHDRAWN = "这份文件已撤下，不再显示。"
NOT_FOUND = "没有找到这条来源，请重新提问。"
TOO_LONG = "这段对话已经很长，请点“新对话”后再问。"
CROWDED = "现在提问的人太多，请 {} 秒后再问。"
TOO_FAST = "问得太频繁了，请 {} 秒后再问。"
MAX_ANSWERS = 100


class Option(TypedDict):
    """A button below a message: what it asks, and what stands on it."""

    value: str
    label: str


class Message(TypedDict):
    """A chat message as `gr.Chatbot` takes it."""

    role: str
    content: str
    options: NotRequired[list[Option]]


class Asked(NamedTuple):
    """What a visitor asks: the question, the documents that it is asked of, and the attributes of
    what was told before that do not count."""

    question: str
    wanted: Wanted = Wanted()
    forget: tuple[str, ...] = ()


def ask(
    assistant: Assistant,
    asked: Asked,
    answers: Answers,
    pause: Pause = time.sleep,
    submit: Submit = ASIDE.submit,
) -> Iterator[tuple[list[Message], Answers]]:
    """Answer a question after the earlier ones: the conversation as it grows.

    Yields (messages, answers); where the answer takes longer than `PATIENCE_S`, the first says
    that it is on its way. It is among `answers` as soon as its sources are shown, its text grows
    after that, and what may be asked next, looked for last, stands below it in the last
    pair. The pauses together are at most `STREAM_S` seconds. Nothing asked changes nothing, nor
    does what `submit`, which has it answered aside, refuses.
    """
    said, turn = conversation(answers), len(answers)
    if not asked.question.strip():
        yield said, answers
        return
    said.append(Message(role="user", content=render.question_message(asked.question, turn)))
    if turn >= MAX_ANSWERS:
        yield [*said, _reply(render.notice(TOO_LONG))], answers
        return
    try:
        coming = submit(_answer, assistant, asked, answers)
    except TryLater as late:
        words = CROWDED if late.status == 503 else TOO_FAST
        yield [*said, _reply(render.notice(say(words, late.retry_s)))], answers
        return
    if wait([coming], timeout=PATIENCE_S).not_done:
        yield [*said, _reply(render.PENDING)], answers
    answer = coming.result()
    now = (*answers, answer)
    for part in render.answer_parts(answer, turn, steps=STREAM_STEPS):
        yield [*said, _reply(part)], now
        pause(STREAM_S / STREAM_STEPS)
    whole = render.answer_message(answer, turn)
    yield [*said, _reply(whole)], now
    if options := next_questions(assistant, answer):
        yield [*said, Message(role="assistant", content=whole, options=options)], now


def next_questions(assistant: Assistant, answer: Answer) -> list[Option]:
    """What a reader may ask with one click: what may have been meant, or what else the documents
    of the answer say."""
    if answer.reason == "ambiguous":
        return [Option(value=f"{name}{answer.question}", label=name) for name in answer.choices]
    if answer.status != "answered":
        return []
    if answer.choices:  # a condition that is asked back
        return [Option(value=each, label=each.rpartition("：")[2]) for each in answer.choices]
    try:
        return [Option(value=text, label=text) for text in assistant.suggestions(answer)]
    except PolicyQAError:
        return []  # an answer stands without them


def conversation(answers: Answers) -> list[Message]:
    """All messages so far: a question and a reply for each answer."""
    messages = []
    for turn, answer in enumerate(answers):
        content = render.question_message(answer.question, turn)
        messages.append(Message(role="user", content=content))
        messages.append(_reply(render.answer_message(answer, turn)))
    return messages


def welcome(documents: Sequence[Document]) -> str:
    """What the page is and what it covers: how many documents, and the newest of them."""
    newest = max(documents, key=lambda document: document.metadata.date, default=None)
    covers = say("已收录 {} 份文件", len(documents))
    if newest is not None and newest.metadata.date:
        day = render.written_date(newest.metadata.date)
        title = render.escape(newest.metadata.title or newest.source)
        covers = say("已收录 {} 份文件，最新的是 {}的《{}》", len(documents), day, title)
    return (
        f'<div class="welcome"><div class="hello">{say("您好，想了解哪项人才政策？")}</div>'
        f"<p>{covers}{say('。')}<br>{say(PROMISE)}</p></div>"
    )


def restored(records: Records, names: Sequence[str]) -> Answers:
    """The answers of a conversation by their ids, without those that are kept no longer."""
    try:
        found = [records.answer(name[:ID_CHARS]) for name in names[:MAX_ANSWERS]]
    except PolicyQAError:
        logger.exception("a conversation was not restored")
        return ()
    return tuple(each.answer for each in found if each)


def edited(answers: Answers, link: str) -> tuple[str, Answers]:
    """The question of a turn (`edit-2`) to be asked otherwise, and the answers before it."""
    turn = link.removeprefix("edit-")
    if not turn.isdecimal() or int(turn) >= len(answers):
        return "", answers
    return answers[int(turn)].question, answers[: int(turn)]


def forgetting(answers: Answers, link: str, wanted: Wanted) -> tuple[Asked, Answers] | None:
    """The question of a turn (`forget-2-age`) to be asked again without what was told before of an
    attribute, and the answers before it; None for a link that is none."""
    turn, _, attribute = link.removeprefix("forget-").partition("-")
    if not link.startswith("forget-") or not turn.isdecimal() or int(turn) >= len(answers):
        return None
    answer = answers[int(turn)]
    forget = tuple(dict.fromkeys((*answer.forget, attribute)))
    return Asked(answer.question, wanted, forget), answers[: int(turn)]


def history(answers: Answers) -> tuple[Turn, ...]:
    """The conversation as turns of plain text, the latest `MAX_HISTORY_TURNS`, without errors."""
    turns = [
        turn
        for answer in answers
        if answer.status != "error"
        for turn in (
            Turn(role="user", content=answer.question[:MAX_TYPED_CHARS]),
            Turn(role="assistant", content=answer.answer[:MAX_TYPED_CHARS]),
        )
    ]
    return tuple(turns[-MAX_HISTORY_TURNS:])


def open_source(assistant: Assistant, answers: Answers, link: str) -> str:
    """The source panel for a link: `source-0-2` or `whole-0-2`, `h1` for a hit; "" closes it."""
    view, _, rest = link.partition("-")
    turn, _, key = rest.partition("-")
    if view not in ("source", "whole") or not turn.isdecimal() or int(turn) >= len(answers):
        return panel.gone_panel(OTHER_TALK)
    answer = answers[int(turn)]
    citation, document = _found(assistant, answer, key)
    if citation is None:
        return panel.gone_panel(NOT_FOUND)
    if not is_there(assistant, citation):
        return panel.gone_panel(WITHDRAWN)
    shown: panel.View = "whole" if view == "whole" else "source"
    outline = assistant.corpus.outline(document.doc_id) if document and view == "whole" else ()
    link, count = f"source-{turn}-{key}", len(answer.citations)
    current = in_force(assistant, citation.doc_id)
    above = _stands_under(assistant, citation) if document else ()
    source = panel.Source(citation, document, link, count, outline, current, above)
    return panel.source_panel(source, shown)


def kept(
    steps: Iterator[tuple[list[Message], Answers]], records: Records, earlier: int
) -> Iterator[tuple[list[Message], Answers]]:
    """The steps of an answer, which is kept as soon as it stands; it is shown all the same when it
    cannot be."""
    done = False
    for messages, now in steps:
        yield messages, now
        if not done and len(now) > earlier:
            done = True
            try:
                records.keep(now[-1])
            except PolicyQAError:
                logger.exception("an answer was not kept")


def _reply(content: str) -> Message:
    return Message(role="assistant", content=content)


def _answer(assistant: Assistant, asked: Asked, answers: Answers) -> Answer:
    question = Question(
        id=uuid4().hex,
        question=asked.question,
        history=history(answers),
        as_of=asked.wanted.as_of,
        filters=asked.wanted.filters,
        forget=asked.forget or (answers[-1].forget if answers else ()),
    )
    try:
        return assistant.ask(question)
    except PolicyQAError as error:
        return Answer(
            id=question.id,
            question=question.question,
            query="",
            status="error",
            reason="failed",
            answer=str(error),
        )


def _found(
    assistant: Assistant, answer: Answer, key: str
) -> tuple[Citation | None, Document | None]:
    """The citation a key names, and its document while the index still has it."""
    for citation in answer.citations:
        if str(citation.n) == key:
            return citation, _document(assistant, citation.doc_id)
    hits = {f"{render.ASKED}{hit.rank}": hit for hit in answer.hits}
    hits |= {f"{render.LEFT_OUT}{hit.rank}": hit for hit in answer.left_out.hits}
    if hit := hits.get(key):
        document = _document(assistant, hit.doc_id)
        if document is not None:
            return panel.citation_of(hit, document), document
    return None, None


def _stands_under(assistant: Assistant, citation: Citation) -> tuple[Span, ...]:
    """The context of the passage that a citation begins in."""
    try:
        passages = assistant.corpus.passages(citation.doc_id)
    except PolicyQAError:
        return ()
    return next((p.context for p in passages if p.start <= citation.start < p.end), ())


def _document(assistant: Assistant, doc_id: str) -> Document | None:
    try:
        return assistant.corpus.document(doc_id)
    except PolicyQAError:
        return None
