"""The source panel as HTML: what a source is, and its quote in the text around it."""

from typing import Literal

from index.types import Document
from qa.types import Citation, Hit
from ui.render import chinese_date, escape, inline

View = Literal["source", "whole"]

CONTEXT_CHARS = 280


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


def _card(citation: Citation) -> str:
    facts = {
        "发布单位": citation.issuer,
        "文号": citation.doc_number,
        "日期": chinese_date(citation.date),
        "章节": citation.section,
        "位置": _place_in_file(citation),
        "效力": "：".join(filter(None, (citation.validity, citation.validity_because))),
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
