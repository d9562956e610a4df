"""The chat page: what stands where, and which plain function answers to what a visitor does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any

import gradio as gr

from policyqa.qa.question.filters import choices_of
from policyqa.qa.types import MAX_TYPED_CHARS
from policyqa.ui.assistant import Assistant
from policyqa.ui.chat import panel, reactions, talk
from policyqa.ui.chat.filters import filter_form, wanted
from policyqa.ui.chat.language import english, in_language, language_of
from policyqa.ui.chat.talk import Answers, Asked
from policyqa.ui.clients import client_of
from policyqa.ui.public import may_be_shown
from policyqa.ui.store.records import Records
from policyqa.ui.turns import Turns

TITLE = "渝才问策"
EXPIRED = "这段对话有回答已超过保存期限，或所引文件已撤下，不再显示。"
SOURCES = ("source-", "whole-")
MAX_LINK_CHARS = 100
# Questions that wait for their turn hold a thread each, of the 40 that Gradio has: the rest are for
# opening sources. How many questions may wait at all, and whose is next, `ui.turns` decides.
ASKING_AT_ONCE = 32
# No spinner over the page, and no endpoint for other programs: those have the API.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# Past the queue, for what is not a question: the client drops a question that is asked in the
# moment when the stream of an earlier queued event ends.
AT_ONCE_QUIET: dict[str, Any] = {"queue": False, **QUIET}

HEADER = (
    '<header class="masthead"><span class="seal" aria-hidden="true">渝</span>'
    f"<div><h1>{TITLE}</h1><p>问人才政策，句句有出处</p></div></header>"
)
NOTE = '<p class="note">回答摘自所收文件，办理事项请以发布单位的正式文件为准。</p>'

# The keys are the Chinese words; a language that is not named here would fall back to English.
WORDS = (HEADER, NOTE, "Aa", "历史", "新对话", "问题", "请输入您的问题")
i18n = gr.I18n(
    **{
        "zh-CN": {words: words for words in WORDS},
        "en": {words: english()[words] for words in WORDS},
    }
)


@dataclass(frozen=True)
class Desk:
    """The parts of the page that answer to a visitor."""

    answers: gr.State
    chat: gr.Chatbot
    box: gr.Textbox
    panel: gr.HTML
    clear: gr.Button
    history: gr.HTML
    form: gr.HTML
    wanted: gr.HTML


def build_page(assistant: Assistant, records: Records, turns: Turns) -> gr.Blocks:
    """The page over one assistant; what is asked and thought is kept in the store."""
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as page:
        desk = _laid_out(assistant.examples())
        answered = partial(_answered, assistant, records, turns)
        _connect_talk(answered, desk)
        _connect_panel(assistant, records, desk)
        _connect_history(answered, assistant, records, desk)
        _connect_greeting(assistant, page, desk)
    page.queue(default_concurrency_limit=ASKING_AT_ONCE, api_open=False)
    return page


def script(name: str) -> str:
    """A file that is shipped beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _laid_out(examples: tuple[str, ...]) -> Desk:
    answers = gr.State(())
    with gr.Row(elem_id="masthead"):
        gr.HTML(i18n(HEADER))
        _button("Aa", "display")
        _button("历史", "past")
        clear = _button("新对话", "clear")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            chat = _chat(examples)
            form = gr.HTML("", elem_id="filters")
            box = _question_box()
            gr.HTML(i18n(NOTE))
        panel = gr.HTML("", elem_id="panel", js_on_load=script("page.js"))
    history = gr.HTML("", elem_id="history", js_on_load=script("history.js"))
    held = gr.HTML({}, html_template="", elem_id="wanted", js_on_load=script("filters.js"))
    gr.HTML("", elem_id="settings", js_on_load=script("display.js"))
    return Desk(answers, chat, box, panel, clear, history, form, held)


def _button(words: str, name: str) -> gr.Button:
    return gr.Button(i18n(words), elem_id=name, size="sm", scale=0, min_width=0)


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
        label=i18n("问题"),
        container=False,
        placeholder=i18n("请输入您的问题"),
        lines=1,
        max_lines=5,
        max_length=MAX_TYPED_CHARS,  # beyond the limit it is refused, not cut in silence
        submit_btn="提问",
    )


Answered = Callable[[Asked, Answers, gr.Request], Iterator[tuple[Any, ...]]]


def _answered(
    assistant: Assistant,
    records: Records,
    turns: Turns,
    asked: Asked,
    earlier: Answers,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """The conversation as it grows, the answers so far, and what is in the box."""
    typed: Any = ""
    asked = asked._replace(question=asked.question[:MAX_TYPED_CHARS])
    submit = partial(turns.submit, client_of(request))
    steps = talk.ask(assistant, asked, earlier, submit=submit)
    for messages, now in talk.kept(steps, records, len(earlier)):
        yield _told(messages, request), now, typed
        typed = gr.skip()  # what is typed meanwhile stays


def _connect_talk(answered: Answered, desk: Desk) -> None:
    def on_ask(
        question: str, earlier: Answers, held: Any, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        yield from answered(Asked(question, wanted(held)), earlier, request)

    def on_example(
        earlier: Answers, held: Any, request: gr.Request, event: gr.SelectData
    ) -> Iterator[tuple[Any, ...]]:
        question = str(event.value["text"])
        yield from answered(Asked(question, wanted(held)), earlier, request)

    def on_option(
        earlier: Answers, held: Any, request: gr.Request, event: gr.SelectData
    ) -> Iterator[tuple[Any, ...]]:
        yield from answered(Asked(str(event.value), wanted(held)), earlier, request)

    outputs = [desk.chat, desk.answers, desk.box]
    given = [desk.answers, desk.wanted]
    asking: dict[str, Any] = {"outputs": outputs, "concurrency_id": "ask", **QUIET}
    asked = desk.box.submit(on_ask, [desk.box, *given], **asking)
    chosen = desk.chat.example_select(on_example, given, **asking)
    offered = desk.chat.option_select(on_option, given, **asking)
    stopped = desk.clear.click(None, cancels=[asked, chosen, offered], **QUIET)
    stopped.then(lambda: ([], (), "", ""), outputs=[*outputs, desk.panel], **QUIET)


def _connect_panel(assistant: Assistant, records: Records, desk: Desk) -> None:
    def on_open(given: Answers, request: gr.Request, event: gr.EventData) -> Any:
        link = str(event.link)[:MAX_LINK_CHARS]
        if not link.startswith(SOURCES):
            return _panel(reactions.opened(records, given, link), request)
        return _panel(talk.open_source(assistant, given, link), request)

    def on_send(given: Answers, request: gr.Request, event: gr.EventData) -> Any:
        fields = event.fields if isinstance(event.fields, dict) else {}
        return _panel(
            reactions.sent(records, given, str(event.link)[:MAX_LINK_CHARS], fields), request
        )

    desk.panel.click(on_open, [desk.answers], desk.panel, **AT_ONCE_QUIET)
    desk.panel.submit(on_send, [desk.answers], desk.panel, **AT_ONCE_QUIET)


def _connect_history(
    answered: Answered, assistant: Assistant, records: Records, desk: Desk
) -> None:
    def on_restore(request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        names = event.answers if isinstance(event.answers, list) else []
        kept = talk.restored(records, [str(name) for name in names])
        answers = tuple(each for each in kept if may_be_shown(assistant, each))
        gone = "" if len(answers) == len(names) else panel.gone_panel(EXPIRED)
        shown = _told(talk.conversation(answers), request)
        return shown, answers, gr.skip(), _panel(gone, request)

    def on_edit(
        given: Answers, held: Any, request: gr.Request, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        link = str(event.link)[:MAX_LINK_CHARS]
        if again := talk.forgetting(given, link, wanted(held)):
            for step in answered(*again, request):
                yield (*step, "")
            return
        question, answers = talk.edited(given, link)
        yield _told(talk.conversation(answers), request), answers, question, ""

    outputs = [desk.chat, desk.answers, desk.box, desk.panel]
    desk.history.click(on_restore, None, outputs, **AT_ONCE_QUIET)
    desk.history.submit(
        on_edit, [desk.answers, desk.wanted], outputs, concurrency_id="ask", **QUIET
    )


def _connect_greeting(assistant: Assistant, page: gr.Blocks, desk: Desk) -> None:
    def on_load(request: gr.Request) -> tuple[Any, ...]:  # the index may have changed
        language = language_of(request.cookies)
        documents = assistant.corpus.documents()
        greeting = in_language(talk.welcome(documents), language)
        form = in_language(filter_form(choices_of(documents)), language)
        ask = "Ask" if language == "en" else "提问"  # no property that Gradio translates
        begun = str(request.query_params.get("q", ""))[:MAX_TYPED_CHARS]  # by another page of ours
        typed = {"value": begun} if begun else {}  # else what is typed meanwhile stays
        return gr.Chatbot(placeholder=greeting), form, gr.Textbox(submit_btn=ask, **typed)

    page.load(on_load, None, [desk.chat, desk.form, desk.box], **AT_ONCE_QUIET)


def _told(messages: list[talk.Message], request: gr.Request) -> list[talk.Message]:
    language = language_of(request.cookies)
    return [{**each, "content": in_language(each["content"], language)} for each in messages]


def _panel(html: str | None, request: gr.Request) -> Any:
    return gr.skip() if html is None else in_language(html, language_of(request.cookies))
