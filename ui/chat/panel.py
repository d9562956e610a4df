"""The source panel as HTML: what a source is, and its quote in the text around it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from urllib.parse import quote as quote_path

from policyqa.index.types import Document, Span
from policyqa.qa.question.filters import KINDS
from policyqa.qa.types import Citation, Hit, OutlineEntry
from policyqa.ui.chat.forms import CLOSE
from policyqa.ui.chat.language import say
from policyqa.ui.chat.render import escape, inline, written_date
from policyqa.ui.chat.source_text import LEFT_OUT, text_html

View = Literal["source", "whole"]

CONTEXT_CHARS = 280
MAX_DEPTH = 3
LEFT = "这一版文件已撤下或换了新版，下面是回答时的文字。"


class Source(NamedTuple):
    """What a panel shows: a citation, its document while it can be read, the link that opened it
    (`source-0-2`), how many citations the answer has, the document's sections, whether it is
    answered from now, and the spans that its passage stands under (`Passage.context`)."""

    citation: Citation
    document: Document | None
    link: str
    citations: int = 0
    outline: Sequence[OutlineEntry] = ()
    in_force: bool = True
    context: Sequence[Span] = ()


def source_panel(source: Source, view: View) -> str:
    """The panel: what the source is, and its quote in the text around it or in the whole text.

    When the index has changed since the answer was given and the document is gone, or no longer
    has the quote at its place, the panel says so and shows the quote alone.
    """
    number = source.link.rpartition("-")[2]
    name = say("来源 {}", number) if number.isdigit() else say("相关段落")
    return (
        f'<section class="source {view}" aria-label="{name}">'
        f'<div class="bar"><h2 tabindex="-1">{name}</h2>{_neighbours(source, view)}'
        f"{CLOSE}</div>{_card(source.citation)}{_quoted(source, view)}{_turn_over(source, view)}"
        "</section>"
    )


def source_paper(source: Source) -> str:
    """What the panel says of a source, on a page by itself."""
    return f'<div class="source">{_card(source.citation)}{_quoted(source, "source")}</div>'


def _neighbours(source: Source, view: View) -> str:
    """Buttons to the citations before and after this one."""
    before, _, number = source.link.rpartition("-")
    if not number.isdigit() or source.citations < 2:
        return ""
    turn = before.partition("-")[2]
    buttons = []
    for words, n in (("上一处", int(number) - 1), ("下一处", int(number) + 1)):
        held = "" if 1 <= n <= source.citations else " disabled"
        buttons.append(
            f'<button type="button" data-open="{view}-{turn}-{n}"{held}>{say(words)}</button>'
        )
    return f'<div class="steps">{"".join(buttons)}</div>'


def gone_panel(reason: str) -> str:
    """The panel when a source cannot be shown."""
    return (
        f'<section class="source" aria-label="{say("来源")}"><div class="bar">'
        f'<h2 tabindex="-1">{say("来源")}</h2>{CLOSE}'
        f'</div><p class="remark">{say(reason)}</p></section>'
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
        "类型": say(KINDS[citation.kind]) if citation.kind == "staff_answer" else "",
        "发布单位": escape(citation.issuer),
        "文号": escape(citation.doc_number),
        "日期": written_date(citation.date),
        "章节": escape(citation.section),
        "位置": _place_in_file(citation),
        "效力": _validity(citation),
    }
    rows = "".join(
        f"<div><dt>{say(name)}</dt><dd>{fact}</dd></div>" for name, fact in facts.items() if fact
    )
    return f"<h3>{escape(citation.title or citation.source)}</h3><dl>{rows}</dl>"


def _validity(citation: Citation) -> str:
    because = escape(citation.validity_because)
    return "：".join(
        filter(None, (say(escape(citation.validity)) if citation.validity else "", because))
    )


def _place_in_file(citation: Citation) -> str:
    page = say("第 {} 页", citation.page) if citation.page else ""
    return page or (say("第 {} 行", citation.row) if citation.row else "")


def _quoted(source: Source, view: View) -> str:
    citation, document = source.citation, source.document
    mark = f"<mark>{escape(citation.quote)}</mark>"
    if document is None:
        remark = "这份文件已不在库中，下面是回答时引用的原话。"
        return f'<p class="remark">{say(remark)}</p><div class="text">{mark}</div>'
    text, quote = document.text, (citation.start, citation.end)
    if text[citation.start : citation.end] != citation.quote:
        remark = "这份文件在回答之后有改动，下面是回答时引用的原话。"
        return f'<p class="remark">{say(remark)}</p><div class="text">{mark}</div>'
    left = "" if source.in_force else f'<p class="remark">{say(LEFT)}</p>'
    if view == "whole":
        whole = text_html(text, (0, len(text)), quote, [entry.start for entry in source.outline])
        return f'{left}{_outline(source.outline)}<div class="text" tabindex="0">{whole}</div>'
    first, last = max(0, quote[0] - CONTEXT_CHARS), min(len(text), quote[1] + CONTEXT_CHARS)
    first += len(text[first : quote[0]]) - len(text[first : quote[0]].lstrip())
    last -= len(text[quote[1] : last]) - len(text[quote[1] : last].rstrip())
    first = min([first, *(start for start, end in source.context if start < first < end)])
    above = [span for span in source.context if span[1] <= first]
    around = text_html(text, (first, last), quote, above=above)
    before = LEFT_OUT if min([first, *(start for start, _ in above)]) else ""
    after = LEFT_OUT if last < len(text) else ""
    return f'{left}<div class="text" tabindex="0">{before}{around}{after}</div>'


def _outline(entries: Sequence[OutlineEntry]) -> str:
    """The sections to jump to, folded together."""
    if not entries:
        return ""
    items = "".join(
        f'<li class="depth-{min(entry.depth, MAX_DEPTH)}"><button type="button" '
        f'data-goto="at-{entry.start}">{inline(entry.title)}</button></li>'
        for entry in entries
    )
    return f'<details class="outline"><summary>{say("目录")}</summary><ul>{items}</ul></details>'


def _turn_over(source: Source, view: View) -> str:
    rest = source.link.partition("-")[2]
    if view == "source":
        target, words = f"whole-{rest}", "查看全文"
    else:
        target, words = f"source-{rest}", "返回摘录"
    file = f"/files/{quote_path(source.citation.doc_id)}"
    there = source.document and source.in_force
    original = f'<a class="turn" href="{file}" download>{say("下载原文件")}</a>' if there else ""
    return (
        f'<div class="foot"><button type="button" class="turn" data-open="{target}">'
        f"{say(words)}</button>{original}</div>"
    )
