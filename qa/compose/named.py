"""Sections and things that a question names: asked for as a whole (什么是包干制, 金凤凰政策有哪些),
it is what stands under its heading that answers, or what names the thing in quotation marks,
however unlike a question its sentences are."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.text.words import normalise
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.query import content_words
from policyqa.qa.retrieve.evidence import LEADS_IN, Evidence

# What a question asks for as a whole, and headings call it so or otherwise.
FRAME = frozenset({
    "政策", "支持", "措施", "举措", "内容", "服务", "待遇", "情况", "规定", "扶持", "优惠", "方面",
    "工作", "主要", "具体", "介绍", "意思", "回事", "怎么回事",
})  # fmt: skip
# What kind of thing a question calls what it names.
KIND_OF_THING = frozenset(
    {"平台", "系统", "应用", "计划", "工程", "项目", "行动", "模式", "机制", "品牌"}
)
# A name in quotation marks that a sentence sets up or says something of: 开通“人才专线”,
# “人才专线”是指; no mere word of it: 打造“无障碍”创业环境.
NAME = re.compile(
    "(?:打造|开发|开通|开办|推出|推行|上线|设立|成立|组建|建立|建设|搭建|构建|创建|创办|启动|发布|投用|出台|实施|实行)"
    "[^,，。；“”]{0,10}[“「](?P<made>[^“”「」]{2,16})[”」][^,，。；、“”]{0,3}[,，。；;]"
    "|[“「](?P<told>[^“”「」]{2,16})[”」](?:是(?!否)|指|即|包括|由|为)"
)
SPEECH = re.compile("[“「][^“”「」]*[,，。！？]")
WHOLE = ("", "definition")  # kinds of answers: no number, day or place is asked for
ASKING = frozenset({"list", "yes_no"})  # wants that ask for no more
MOST_NAMED = 0.9  # of the words by rarity, in title and heading
SECTIONS, SENTENCES, CHARS = 3, 2, 220  # that are said, of each section


def sections_named(asked: Asked, found: Sequence[Evidence]) -> list[Evidence]:
    """The best sentences that name, in quotation marks, the thing that is asked for (渝才荟是什么),
    else the first of the sections that a question names, in the order of their best; nothing where
    it asks for something in particular or names none.

    Args:
        asked: the question.
        found: sentences of the passages that were read, best first.
    """
    if not asked.uses("named") or not _asks_for_a_whole(asked):
        return []
    usable = [e for e in found if not e.barred and e.sentence.kind == "text"]
    telling = [e for e in usable if _tells_of(asked, e)]
    headed = [e for e in usable if _is_named(asked, e)]
    order = list(dict.fromkeys(_section(e) for e in headed))[:SECTIONS]
    by_section = {key: list(own) for key, own in groupby(sorted(headed, key=_place), key=_section)}
    firsts = [each for key in order for each in _first(by_section[key])]
    more = (each for each in firsts if each not in telling)
    return [*telling, *more][:SENTENCES] if telling else firsts


def _tells_of(asked: Asked, evidence: Evidence) -> bool:
    """Whether a sentence has in quotation marks all that the question names; what somebody is
    quoted to have said does not count."""
    if asked.expectation.kind != "definition" or SPEECH.match(evidence.text):
        return False
    quoted = (normalise(m["made"] or m["told"]) for m in NAME.finditer(evidence.text))
    rests = (asked.plain.replace(name, " ") for name in quoted if name in asked.plain)
    return any(set(content_words(rest)) <= FRAME | KIND_OF_THING for rest in rests)


def _asks_for_a_whole(asked: Asked) -> bool:
    plain = asked.wants <= ASKING and not asked.parts and not asked.numbers
    return plain and not asked.years and asked.expectation.kind in WHOLE


def _section(evidence: Evidence) -> tuple[str, str]:
    return evidence.document.doc_id, evidence.passage.section


def _place(evidence: Evidence) -> tuple[str, str, int]:
    return (*_section(evidence), evidence.sentence.start)


def _is_named(asked: Asked, evidence: Evidence) -> bool:
    """Whether the heading over a sentence has the words of the question that the document's title
    has not; where the title has all, those that say what is asked for."""
    about = evidence.document.metadata
    heading = normalise(evidence.passage.section.split(SECTION_SEPARATOR)[-1])
    title = normalise(f"{about.title} {about.region}")
    named = {w: asked.words.rarity.get(w, 1.0) for w in asked.content if w not in FRAME}
    own = {word: rarity for word, rarity in named.items() if word not in title}
    wanted = own or {word: 1.0 for word in asked.content if word in FRAME}
    share = sum(r for word, r in wanted.items() if word in heading)
    return bool(named) and share > 0 and share >= MOST_NAMED * sum(wanted.values())


def _first(own: Sequence[Evidence]) -> Iterator[Evidence]:
    chars = 0
    for n, each in enumerate(own):
        chars += len(each.text)
        if n and (n >= SENTENCES or chars > CHARS):
            return
        if n or not each.text.endswith(LEADS_IN) or len(own) > 1:
            yield each
