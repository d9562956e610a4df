"""Where a permalink leads, as a page: the words that are cited, in the text around them."""

import asyncio
from datetime import date
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policyqa.index.types import Document, Span
from policyqa.qa.check.permalinks import (
    STRANGERS_EFFORT,
    Effort,
    Permalink,
    Resolution,
    parse,
    refuse_long,
    resolve,
)
from policyqa.qa.compose.composer import with_validity
from policyqa.qa.errors import EffortError, PermalinkError
from policyqa.qa.types import Citation
from policyqa.ui.assistant import Assistant
from policyqa.ui.chat.language import Language, in_language, language_of, say
from policyqa.ui.chat.panel import Source, source_paper
from policyqa.ui.chat.papers import HEADERS, absent, policy
from policyqa.ui.chat.render import escape
from policyqa.ui.clients import client_of
from policyqa.ui.turns import Turns

GONE = "这份文件已不在库中，或已撤下、改了名。"
STATES = {
    "unchanged": "所引的原文没有改动。",
    "moved": "文件有改动，所引的原文还在。",
    "changed": "所引的原文已经改动，下面是现在这个位置上的文字。",
}
LANGUAGES = {"zh": "zh-CN", "en": "en"}


def build_cited(assistant: Assistant, turns: Turns) -> APIRouter:
    """`GET /cite?link=pq1:…`. Looking for words that have moved takes time like a question, so it
    waits for its turn like one."""
    router = APIRouter()

    @router.get("/cite")
    async def cited(request: Request, link: str = "") -> Response:
        language = language_of(request.cookies)
        try:
            refuse_long([link])
            coming = turns.submit(client_of(request), _resolved, assistant, parse(link))
            found = await asyncio.wrap_future(coming)
        except (PermalinkError, EffortError) as error:
            return absent(str(error))
        if found.document is None or found.span is None:
            return absent(in_language(say(GONE), language))
        source = _source(assistant, found.document, found.span)
        page = _page(source, STATES[found.state], language)
        return HTMLResponse(page, headers={**HEADERS, "content-security-policy": policy(page)})

    return router


def _resolved(assistant: Assistant, link: Permalink) -> Resolution:
    """Where the words are in their own file; to look through all others would take too long."""
    own = [each for each in assistant.corpus.documents() if each.source == link.source]
    return resolve(link, own, Effort(STRANGERS_EFFORT))


def _source(assistant: Assistant, document: Document, span: Span) -> Source:
    corpus, about = assistant.corpus, document.metadata
    passages = corpus.passages(document.doc_id)
    passage = next((each for each in passages if each.start <= span[0] < each.end), None)
    citation = Citation(
        n=0,
        doc_id=document.doc_id,
        source=document.source,
        title=about.title,
        section=passage.section if passage else "",
        issuer=about.issuer,
        doc_number=about.doc_number,
        date=about.date,
        quote=document.text[slice(*span)],
        start=span[0],
        end=span[1],
        passage_id=passage.passage_id if passage else "",
        region=about.region,
        kind=about.kind,
    )
    held = corpus.validity(document, date.today().isoformat())
    context = passage.context if passage else ()
    return Source(with_validity(citation, held), document, "cite", context=context)


def _page(source: Source, state: str, language: Language) -> str:
    citation = source.citation
    style = files(__package__).joinpath("cited.css").read_text(encoding="utf-8")
    body = (
        f'<p class="state">{say(state)}</p>{source_paper(source)}'
        f'<p><a href="/files/{citation.doc_id}" download>{say("下载原文件")}</a></p>'
    )
    return (
        f'<!doctype html><html lang="{LANGUAGES[language]}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(citation.title or citation.source)}</title><style>{style}</style>"
        f"<main>{in_language(body, language)}</main></html>"
    )
