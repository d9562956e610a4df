"""The chat page. Handlers are plain functions of values; `build_page` only connects them.

A visitor's answers are the page's whole state, held in `gr.State`, so two visitors never share.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NotRequired, TypedDict
from uuid import uuid4

import gradio as gr

from index.errors import PolicyQAError
from index.types import Document
from qa.types import MAX_HISTORY_TURNS, MAX_QUESTION_CHARS, Answer, Citation, Question, Turn
from ui import panel, reactions, render
from ui.assistant import Assistant
from ui.store.records import Records

logger = logging.getLogger(__name__)

Answers = tuple[Answer, ...]
Pause = Callable[[float], None]

TITLE = "渝才问策"
TAGLINE = "问人才政策，句句有出处"
STREAM_STEPS = 18
STREAM_S = 0.35
TOO_LONG = "这段对话已经很长，请点“新对话”后再问。"
EXPIRED = "这段对话有回答已超过保存期限，不再显示。"
SOURCES = ("source-", "whole-")
MAX_ANSWERS = 100
WAITING_QUESTIONS = 64
AT_ONCE = 2
# No spinner over the page, and no endpoint for other programs: those have the API.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

HEADER = (
    '<header class="masthead"><span class="seal" aria-hidden="true">渝</span>'
    f"<div><h1>{TITLE}</h1><p>{TAGLINE}</p></div></header>"
)
NOTE = '<p class="note">回答摘自所收文件，办理事项请以发布单位的正式文件为准。</p>'


class Option(TypedDict):
    """A button below a message: what it asks, and what stands on it."""

    value: str
    label: str


class Message(TypedDict):
    """A chat message as `gr.Chatbot` takes it."""

    role: str
    content: str
    options: NotRequired[list[Option]]


def ask(
    assistant: Assistant, question: str, answers: Answers, pause: Pause = time.sleep
) -> Iterator[tuple[list[Message], Answers]]:
    """Answer a question after the earlier ones: the conversation as it grows.

    Yields (messages, answers); the answer is among `answers` once it is whole, and what may be
    asked next, looked for after it, stands below it in the last pair. The pauses together are at
    most `STREAM_S` seconds. Nothing asked changes nothing.
    """
    said = conversation(answers)
    if not question.strip():
        yield said, answers
        return
    asked = Message(role="user", content=render.question_message(question, len(answers)))
    yield [*said, asked, _reply(render.PENDING)], answers
    turn = len(answers)
    if turn >= MAX_ANSWERS:
        yield [*said, asked, _reply(render.notice(TOO_LONG))], answers
        return
    name = uuid4().hex
    answer = _answer(assistant, Question(id=name, question=question, history=history(answers)))
    for part in render.answer_parts(answer, turn, steps=STREAM_STEPS):
        yield [*said, asked, _reply(part)], answers
        pause(STREAM_S / STREAM_STEPS)
    whole, now = render.answer_message(answer, turn), (*answers, answer)
    yield [*said, asked, _reply(whole)], now
    if options := next_questions(assistant, answer):
        yield [*said, asked, Message(role="assistant", content=whole, options=options)], now


def next_questions(assistant: Assistant, answer: Answer) -> list[Option]:
    """What a reader may ask with one click: what may have been meant, or what else the documents
    of the answer say."""
    if answer.reason == "ambiguous":
        return [Option(value=f"{name}{answer.question}", label=name) for name in answer.choices]
    if answer.status != "answered":
        return []
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


def restored(records: Records, names: Sequence[str]) -> Answers:
    """The answers of a conversation by their ids, without those that are kept no longer."""
    try:
        found = [records.answer(name) for name in names[:MAX_ANSWERS]]
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


def history(answers: Answers) -> tuple[Turn, ...]:
    """The conversation as turns of plain text, the latest `MAX_HISTORY_TURNS`, without errors."""
    turns = [
        turn
        for answer in answers
        if answer.status != "error"
        for turn in (
            Turn(role="user", content=answer.question),
            Turn(role="assistant", content=answer.answer),
        )
    ]
    return tuple(turns[-MAX_HISTORY_TURNS:])


def open_source(assistant: Assistant, answers: Answers, link: str) -> str:
    """The source panel for a link: `source-0-2` or `whole-0-2`, `h1` for a hit; "" closes it."""
    view, _, rest = link.partition("-")
    turn, _, key = rest.partition("-")
    if view not in ("source", "whole") or not turn.isdecimal() or int(turn) >= len(answers):
        return panel.gone_panel("这条来源属于另一段对话，请重新提问。")
    answer = answers[int(turn)]
    citation, document = _found(assistant, answer, key)
    if citation is None:
        return panel.gone_panel("没有找到这条来源，请重新提问。")
    shown: panel.View = "whole" if view == "whole" else "source"
    outline = assistant.outline(document.doc_id) if document and view == "whole" else ()
    link, count = f"source-{turn}-{key}", len(answer.citations)
    return panel.source_panel(panel.Source(citation, document, link, count, outline), shown)


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


def _answer(assistant: Assistant, question: Question) -> Answer:
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
    for hit in answer.hits:
        document = _document(assistant, hit.doc_id) if f"h{hit.rank}" == key else None
        if document is not None:
            return panel.citation_of(hit, document), document
    return None, None


def _document(assistant: Assistant, doc_id: str) -> Document | None:
    try:
        return assistant.document(doc_id)
    except PolicyQAError:
        return None


@dataclass(frozen=True)
class Desk:
    """The parts of the page that answer to a visitor."""

    answers: gr.State
    chat: gr.Chatbot
    box: gr.Textbox
    panel: gr.HTML
    clear: gr.Button
    history: gr.HTML


def build_page(assistant: Assistant, records: Records) -> gr.Blocks:
    """The page over one assistant; what is asked and thought is kept in the store."""
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as page:
        desk = _laid_out(assistant.examples())
        _connect_talk(assistant, records, desk)
        _connect_panel(assistant, records, desk)
        _connect_history(records, desk)
        _connect_greeting(assistant, page, desk)
    page.queue(max_size=WAITING_QUESTIONS, default_concurrency_limit=AT_ONCE, api_open=False)
    return page


def script(name: str) -> str:
    """A file that is shipped beside this module."""
    return files("ui").joinpath(name).read_text(encoding="utf-8")


def _laid_out(examples: tuple[str, ...]) -> Desk:
    answers = gr.State(())
    with gr.Row(elem_id="masthead"):
        gr.HTML(HEADER)
        gr.Button("历史", elem_id="past", size="sm", scale=0, min_width=0)
        clear = gr.Button("新对话", elem_id="clear", size="sm", scale=0, min_width=0)
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            chat = _chat(examples)
            box = _question_box()
            gr.HTML(NOTE)
        panel = gr.HTML("", elem_id="panel", js_on_load=script("page.js"))
    history = gr.HTML("", elem_id="history", js_on_load=script("history.js"))
    return Desk(answers, chat, box, panel, clear, history)


def welcome(documents: Sequence[Document]) -> str:
    """What the page is and what it covers: how many documents, and the newest of them."""
    newest = max(documents, key=lambda document: document.metadata.date, default=None)
    covers = f"已收录 {len(documents)} 份文件"
    if newest is not None and newest.metadata.date:
        day = render.chinese_date(newest.metadata.date)
        title = newest.metadata.title or newest.source
        covers += f"，最新的是 {day}的《{render.escape(title)}》"
    return (
        '<div class="welcome"><div class="hello">您好，想了解哪项人才政策？</div>'
        f"<p>{covers}。<br>只依据这些文件作答，每句话都标明出处，点开句末的编号可以核对原文。</p></div>"
    )


def _chat(examples: tuple[str, ...]) -> gr.Chatbot:
    """The conversation; empty, it greets and offers the examples."""
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height="100%",
        layout="bubble",
        buttons=[],
        latex_delimiters=[],
        allow_tags=False,
        allow_file_downloads=False,
        group_consecutive_messages=False,
        examples=[{"text": example} for example in examples],
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        show_label=False,
        label="问题",
        container=False,
        placeholder="请输入您的问题",
        lines=1,
        max_lines=5,
        max_length=10 * MAX_QUESTION_CHARS,  # beyond the limit it is refused, not cut in silence
        submit_btn="提问",
    )


def _connect_talk(assistant: Assistant, records: Records, desk: Desk) -> None:
    def on_ask(question: str, earlier: Answers) -> Iterator[tuple[Any, ...]]:
        typed: Any = ""
        for messages, now in kept(ask(assistant, question, earlier), records, len(earlier)):
            yield messages, now, typed
            typed = gr.skip()  # what is typed meanwhile stays

    def on_example(earlier: Answers, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from on_ask(str(event.value["text"]), earlier)

    def on_option(earlier: Answers, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        yield from on_ask(str(event.value), earlier)

    outputs = [desk.chat, desk.answers, desk.box]
    asking: dict[str, Any] = {"outputs": outputs, "concurrency_id": "ask", **QUIET}
    asked = desk.box.submit(on_ask, [desk.box, desk.answers], **asking)
    chosen = desk.chat.example_select(on_example, [desk.answers], **asking)
    offered = desk.chat.option_select(on_option, [desk.answers], **asking)
    stopped = desk.clear.click(None, cancels=[asked, chosen, offered], **QUIET)
    stopped.then(lambda: ([], (), "", ""), outputs=[*outputs, desk.panel], **QUIET)


def _connect_panel(assistant: Assistant, records: Records, desk: Desk) -> None:
    def on_open(given: Answers, event: gr.EventData) -> Any:
        link = str(event.link)
        if not link.startswith(SOURCES):
            return _or_skip(reactions.opened(records, given, link))
        return open_source(assistant, given, link)

    def on_send(given: Answers, event: gr.EventData) -> Any:
        fields = event.fields if isinstance(event.fields, dict) else {}
        return _or_skip(reactions.sent(records, given, str(event.link), fields))

    # Not queued: the client drops a question that is asked in the moment when the stream of an
    # earlier queued event ends.
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    desk.panel.click(on_open, [desk.answers], desk.panel, **at_once)
    desk.panel.submit(on_send, [desk.answers], desk.panel, **at_once)


def _connect_history(records: Records, desk: Desk) -> None:
    def on_restore(event: gr.EventData) -> tuple[Any, ...]:
        names = event.answers if isinstance(event.answers, list) else []
        answers = restored(records, [str(name) for name in names])
        gone = "" if len(answers) == len(names) else panel.gone_panel(EXPIRED)
        return conversation(answers), answers, gr.skip(), gone

    def on_edit(given: Answers, event: gr.EventData) -> tuple[Any, ...]:
        question, answers = edited(given, str(event.link))
        return conversation(answers), answers, question, ""

    outputs = [desk.chat, desk.answers, desk.box, desk.panel]
    at_once: dict[str, Any] = {"outputs": outputs, "queue": False, **QUIET}
    desk.history.click(on_restore, None, **at_once)
    desk.history.submit(on_edit, [desk.answers], **at_once)


def _connect_greeting(assistant: Assistant, page: gr.Blocks, desk: Desk) -> None:
    def on_load() -> Any:  # at each visit, since the index may have changed
        return gr.Chatbot(placeholder=welcome(assistant.documents()))

    page.load(on_load, None, desk.chat, queue=False, **QUIET)


def _or_skip(panel: str | None) -> Any:
    return gr.skip() if panel is None else panel
