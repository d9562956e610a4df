"""Answers and sources as HTML. Pure functions; every text that comes in is data.

A chat message passes through Gradio's Markdown and its sanitiser, which keeps `<img>`: a picture
address in a document would call another host. So `escape` turns *every* ASCII punctuation mark
into a character reference, which neither HTML, Markdown nor LaTeX reads as syntax, and a message
is one HTML block without blank lines, inside which Markdown is not read.
"""

import re
import string
from typing import Literal

from index.types import Document
from qa.types import Answer, AnswerSentence, Citation, Hit
from qa.wording import NEXT_STEP, NO_EVIDENCE

View = Literal["source", "whole"]

CONTEXT_CHARS = 280
PLACE_CHARS = 72
MAX_PLACES = 3
PIECE_CHARS = 9

LABELS = {
    "no_evidence": "暂无依据",
    "out_of_scope": "不在文件范围内",
    "ambiguous": "请说得具体些",
    "refused": "不便回答",
    "bad_question": "请改一改问题",
    "failed": "暂时无法回答",
}
PENDING = '<div class="pending">正在查阅文件…</div>'

_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


def escape(text: str) -> str:
    """`text` as HTML that shows it literally, in Markdown too. Line ends stay."""
    return text.translate(_CONTROLS).translate(_REFERENCES)


def inline(text: str) -> str:
    """`escape`, with line ends as `<br>`, so that no blank line ends the HTML block."""
    return re.sub(r"\s*\n\s*", "<br>", escape(text.strip("\n").replace("\r", "\n")))


def link_of(turn: int, key: int | str) -> str:
    """The name of a source: citation `key` of answer `turn` (from 0), or its hit `h{rank}`."""
    return f"source-{turn}-{key}"


def question_message(question: str) -> str:
    """What was asked, as a chat message."""
    return f'<div class="asked">{inline(question)}</div>'


def answer_message(answer: Answer, turn: int) -> str:
    """The whole chat message: the text with its marks, then its sources or places to look."""
    return _message(answer, "".join(pieces(answer, turn)), _sources(answer, turn))


def notice(words: str) -> str:
    """A chat message of the page itself, which answers nothing."""
    return f'<div class="answer error"><div class="said">{inline(words)}</div></div>'


def answer_parts(answer: Answer, turn: int, *, steps: int) -> list[str]:
    """The message as it grows, at most `steps` of them, the last without its sources."""
    text = pieces(answer, turn)
    stride = max(1, -(-len(text) // steps))
    ends = [*range(stride, len(text), stride), len(text)]
    return [_message(answer, "".join(text[:end])) for end in ends]


def _unanswered(answer: Answer) -> str:
    """Why there is no answer; the places to look are listed below it and not said twice."""
    listed = answer.reason == "no_evidence" and answer.hits
    return NO_EVIDENCE + NEXT_STEP if listed else answer.answer


def pieces(answer: Answer, turn: int) -> list[str]:
    """The answer's HTML in the order it is written: a few characters each.

    A sentence's last character and its marks are one piece, which no line break parts.
    """
    if answer.status != "answered" or not answer.sentences:
        return _cut(_unanswered(answer))
    titles = {citation.n: citation.title or citation.source for citation in answer.citations}
    parts: list[str] = []
    for sentence, breaks in _laid_out(answer):
        parts += ["<br>"] if breaks and parts else []
        text = _bare(sentence)
        marks = "".join(_mark(n, turn, titles.get(n)) for n in sentence.citations)
        parts += [*_cut(text[:-1]), f'<span class="end">{inline(text[-1:])}{marks}</span>']
    return parts


def source_panel(citation: Citation, document: Document | None, link: str, view: View) -> str:
    """The panel: what the source is, and its quote in the text around it or in the whole text.

    `document` is None, or no longer has the quote at its place, when the index has changed since
    the answer was given; the panel says so and shows the quote alone.
    """
    number = link.rpartition("-")[2]
    name = f"来源 {number}" if number.isdigit() else "相关段落"
    return (
        f'<section class="source {view}" aria-label="{name}">'
        f'<div class="bar"><h2 tabindex="-1">{name}</h2>'
        '<button type="button" class="close" data-open="close" aria-label="关闭来源">关闭</button>'
        f"</div>{_card(citation)}{_quoted(citation, document, view)}{_turn_over(link, view)}"
        "</section>"
    )


def gone_panel(reason: str) -> str:
    """The panel when a source cannot be shown."""
    return (
        '<section class="source" aria-label="来源"><div class="bar"><h2 tabindex="-1">来源</h2>'
        '<button type="button" class="close" data-open="close" aria-label="关闭来源">关闭</button>'
        f'</div><p class="remark">{inline(reason)}</p></section>'
    )


def citation_of(hit: Hit, document: Document) -> Citation:
    """A hit as a citation of its whole passage, so that it opens like one."""
    about = document.metadata
    return Citation(
        n=hit.rank,
        doc_id=hit.doc_id,
        source=hit.source,
        title=hit.title or about.title,
        section=hit.section,
        issuer=about.issuer,
        doc_number=about.doc_number,
        date=about.date,
        quote=hit.text,
        start=hit.start,
        end=hit.end,
        passage_id=hit.passage_id,
    )


def chinese_date(date: str) -> str:
    """`2021-07-13` as 2021年7月13日; `2021-07` and `2021` likewise; "" stays."""
    numbers = [str(int(part)) for part in date.split("-") if part.isdigit()]
    return "".join(number + unit for number, unit in zip(numbers, "年月日", strict=False))


def _message(answer: Answer, text: str, after: str = "") -> str:
    label = LABELS.get(answer.reason or "", "") if answer.status != "answered" else ""
    head = f'<div class="verdict">{label}</div>' if label else ""
    return f'<div class="answer {answer.status}">{head}<div class="said">{text}</div>{after}</div>'


def _cut(text: str) -> list[str]:
    pieces_ = re.findall(rf"[^\n]{{1,{PIECE_CHARS}}}|\n+", text.strip("\n"))
    return ["<br>" if piece[0] == "\n" else escape(piece) for piece in pieces_]


def _laid_out(answer: Answer) -> list[tuple[AnswerSentence, bool]]:
    """The sentences, each with whether `answer.answer` starts a new line before it."""
    laid, end = [], 0
    for sentence in answer.sentences:
        start = answer.answer.find(sentence.text, end)
        laid.append((sentence, start > end and "\n" in answer.answer[end:start]))
        end = start + len(sentence.text) if start >= 0 else end
    return laid


def _bare(sentence: AnswerSentence) -> str:
    marks = "".join(f"[{n}]" for n in sentence.citations)
    return sentence.text.removesuffix(marks)


def _mark(n: int, turn: int, title: str | None) -> str:
    """A mark that opens its source; one without a source is shown and opens nothing."""
    if title is None:
        return f'<span class="unsourced">&#91;{n}&#93;</span>'
    return (
        f'<a class="mark" href="#{link_of(turn, n)}" title="{escape(title)}">'
        f"<span>&#91;{n}&#93;</span></a>"
    )


def _sources(answer: Answer, turn: int) -> str:
    if answer.status == "answered":
        items = [_source_item(group, turn) for group in _by_document(answer.citations)]
        return _listed("依据", "sources", items)
    if answer.status == "abstained":
        items = [_place(hit, turn) for hit in answer.hits[:MAX_PLACES]]
        return _listed("也许可以看看", "places", items)
    return ""


def _by_document(citations: tuple[Citation, ...]) -> list[list[Citation]]:
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.doc_id, []).append(citation)
    return list(groups.values())


def _listed(name: str, kind: str, items: list[str]) -> str:
    if not items:
        return ""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f'<div class="{kind}"><div class="name">{name}</div><ul>{rows}</ul></div>'


def _source_item(group: list[Citation], turn: int) -> str:
    """One document: what it is, opening its first quote, and a mark for each quote."""
    first = group[0]
    facts = (first.issuer, first.doc_number, chinese_date(first.date))
    about = " · ".join(escape(fact) for fact in facts if fact)
    title = first.title or first.source
    marks = "".join(_mark(citation.n, turn, title) for citation in group)
    return (
        f'<a class="item" href="#{link_of(turn, first.n)}" title="{escape(title)}">'
        f'<span class="title">{escape(title)}</span><span class="about">{about}</span></a>'
        f'<span class="numbers">{marks}</span>'
    )


def _place(hit: Hit, turn: int) -> str:
    title = escape(hit.title or hit.source)
    words = " ".join(hit.text.split())
    text = escape(words[:PLACE_CHARS]) + ("…" if len(words) > PLACE_CHARS else "")
    return (
        f'<a class="item" href="#{link_of(turn, f"h{hit.rank}")}" title="{title}">'
        f'<span class="title">{title}</span><span class="about">{text}</span></a>'
    )


def _card(citation: Citation) -> str:
    facts = {
        "发布单位": citation.issuer,
        "文号": citation.doc_number,
        "日期": chinese_date(citation.date),
        "章节": citation.section,
        "位置": _place_in_file(citation),
    }
    rows = "".join(
        f"<div><dt>{name}</dt><dd>{escape(fact)}</dd></div>" for name, fact in facts.items() if fact
    )
    return f"<h3>{escape(citation.title or citation.source)}</h3><dl>{rows}</dl>"


def _place_in_file(citation: Citation) -> str:
    page = f"第 {citation.page} 页" if citation.page else ""
    return page or (f"第 {citation.row} 行" if citation.row else "")


def _quoted(citation: Citation, document: Document | None, view: View) -> str:
    mark = f"<mark>{escape(citation.quote)}</mark>"
    if document is None:
        remark = "这份文件已不在库中，下面是回答时引用的原话。"
        return f'<p class="remark">{remark}</p><div class="text">{mark}</div>'
    if document.text[citation.start : citation.end] != citation.quote:
        remark = "这份文件在回答之后有改动，下面是回答时引用的原话。"
        return f'<p class="remark">{remark}</p><div class="text">{mark}</div>'
    before, after = document.text[: citation.start], document.text[citation.end :]
    if view == "source":
        before, after = _tail(before), _head(after)
    return f'<div class="text" tabindex="0">{escape(before)}{mark}{escape(after)}</div>'


def _tail(before: str) -> str:
    if len(before) <= CONTEXT_CHARS:
        return before.lstrip()
    return "…" + before[-CONTEXT_CHARS:].lstrip()


def _head(after: str) -> str:
    if len(after) <= CONTEXT_CHARS:
        return after.rstrip()
    return after[:CONTEXT_CHARS].rstrip() + "…"


def _turn_over(link: str, view: View) -> str:
    rest = link.partition("-")[2]
    if view == "source":
        target, words = f"whole-{rest}", "查看全文"
    else:
        target, words = f"source-{rest}", "返回摘录"
    return (
        '<div class="foot">'
        f'<button type="button" class="turn" data-open="{target}">{words}</button></div>'
    )
