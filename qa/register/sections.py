"""What the parts of a document tell of: by the words of their headings, conditions, materials, …"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from policyqa.index.structure.enumerations import numbered, sentences_of
from policyqa.index.structure.headings import CLAUSE_NUMBER, marker, without_marker
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.types import Document, Passage, Sentence, Span

MAX_HEAD_CHARS = 24
NO_MARKS: Mapping[int, str] = MappingProxyType({})
STOPS = ("。", "；", ";")
ENDS = (
    r"(?:[及和与、或:：]|一览|清单|目录|要求|说明|规定|安排|范围|标准|条件|程序|流程|方式|办法|[（(].*)?"
    r"[^，。；]{0,5}$"
)
GIVEN = r"(?:补贴|补助|奖励|资助|待遇|保障|租金|扶持|支持|享受|发放|计发|支付)"
# By the first that fits: 补贴标准 before 标准, 申请材料 before 申请.
HEADS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(words + ENDS))
    for field, words in (
        ("exclusions", r"(?:不得同时|不予重复|不可兼得|不重复)[^，。；]{0,8}"),
        ("materials", r"(?:材料|资料(?!库)|证件|证明文件)"),
        ("basis", r"(?:设定|办理|政策|法律|文件|实施)依据"),
        ("conditions", r"(?:条件(?!准入)|资格(?!审))"),
        ("for_whom", r"(?:对象|适用人员|服务人群|保障人群)"),
        ("phone", r"(?:电话|联系方式|咨询方式|联系人|业务咨询|政策咨询)"),
        ("time_limit", r"(?:时限|办结时间|审批期限|办理期限)"),
        ("fee", r"(?:收费|办理费用|费用标准|工本费)"),
        ("window", r"(?:受理|申报|申请|报名|办理|办公|登记)(?:的)?(?:时间|日期)"),
        ("place", r"(?:受理|申报|申请|报名|办理|服务|登记)(?:的)?(?:地点|地址|机构|窗口|部门)"),
        ("channel", r"(?:申报|申请|办理|受理|服务)(?:的)?(?:渠道|途径|入口|平台)"),
        ("benefits", rf"{GIVEN}的?(?:标准|内容|额度|金额|方式|项目|待遇)"),
        ("steps", r"(?:流程|程序|步骤|(?:办理|申请|申报|申办)(?:方法|方式|手续))"),
    )
)  # fmt: skip
_STAGE = (
    r"(?:总则|附则|申请|申报|办理|受理|审[核批查]|准入|登记|公示|轮候|配租|配售|退出|管理|监督|保障|实施|组织|工作|"
    r"领导|机构|职责|法律责任|罚则|评估|服务|使用|其他|相关|有关|规定|要求|事项|说明|附件|问答|办法|指南|须知)"
)
NOT_ITS_OWN = re.compile(rf"^(?:{_STAGE}[、与和及的]*)+$")  # what stands above it names it
# The introduction of a list says what its items are, where no heading does.
LEADS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(words + r"[^。；]{0,30}[：:]$"))
    for field, words in (
        (
            "materials",
            r"(?:提[供交]|出具|携带|出示|持|备齐|附)[^。；]{0,30}(?:材料|资料|证件|证明)",
        ),
        ("conditions", r"(?:符合|具备|满足)[^。；]{0,20}条件"),
        ("steps", r"(?:按|依|程序|流程|步骤)[^。；]{0,20}(?:程序|流程|步骤)"),
    )
)


class Part(NamedTuple):
    """A sentence, table row or item, the headings above it, and what field those say it is of (""
    for none). `owner` are the headings above the one that says so, `under` is what stands below
    it (1.本区户籍). One that is
    `alone` says what it is of by itself, and not as one of a section."""

    sentence: Sentence
    path: tuple[str, ...]
    owner: tuple[str, ...]
    field: str
    clause: str
    under: str = ""
    alone: bool = False


class Item(NamedTuple):
    """One thing of a list, or a sentence: its words without the mark, what stands over it
    (深圳户籍适龄儿童), and its place."""

    text: str
    label: str
    span: Span

    @property
    def said(self) -> str:
        """As readers see it."""
        return f"{self.label}：{self.text}" if self.label else self.text


def parts(
    document: Document, passages: Sequence[Passage], marked: Mapping[int, str] = NO_MARKS
) -> Iterator[Part]:
    """The sentences of a document below its headings, in the text's order.

    Args:
        document: has the words.
        passages: of this document.
        marked: the field of sentences of which neither heading nor introduction says so, by where
            they begin.
    """
    clause, listed = "", _listed(document, passages)
    for passage in passages:
        path = tuple(passage.section.split(SECTION_SEPARATOR)) if passage.section else ()
        owner, field = _owned(path, document.metadata.title)
        under = title_of(path[-1]) if field and not field_of(path[-1]) else ""
        for sentence in passage.sentences:
            words = document.text[sentence.start : sentence.end]
            if number := CLAUSE_NUMBER.match(words):
                clause = number[1]
            if sentence.kind in ("text", "row", "note"):
                said, learned = listed.get(sentence.start, ""), marked.get(sentence.start, "")
                if (said or learned) and not field:
                    above = _own(path[:-1], document.metadata.title)
                    yield Part(sentence, path, above, said or learned, clause, alone=not said)
                else:
                    yield Part(sentence, path, owner, said or field, clause, under)


def _listed(document: Document, passages: Sequence[Passage]) -> dict[int, str]:
    """What field the introduction of a list gives its items, by where each sentence begins."""
    fields: dict[int, str] = {}
    every = sentences_of(passages)
    for found in numbered(document, passages):
        lead = document.text[slice(*found.lead)].strip() if found.lead else ""
        field = next((name for name, words in LEADS if words.search(lead)), "")
        if field and found.lead:
            start, end = found.lead[0], found.items[-1].end
            fields |= {s.start: field for s in every if start <= s.start < end}
    return fields


def field_of(heading: str) -> str:
    """Which field a heading announces, "" for none."""
    plain = title_of(heading)
    if len(plain) > MAX_HEAD_CHARS:
        return ""
    return next((field for field, words in HEADS if words.search(plain)), "")


def title_of(heading: str) -> str:
    """A heading without its number and marks."""
    text = re.sub(r"^第[^章节条编]{1,6}[章节条编]\s*", "", heading.strip())
    return without_marker(text).strip(" 　：:★【】[]")


def _owned(path: tuple[str, ...], title: str) -> tuple[tuple[str, ...], str]:
    """The headings above the highest one that announces a field, and that field; all of them where
    none does. The document's title announces nothing."""
    for depth, heading in enumerate(path):
        if title_of(heading) != title and (field := field_of(heading)):
            return _own(path[:depth], title), _deeper(path[depth + 1 :]) or field
    return path, ""


def _own(path: tuple[str, ...], title: str) -> tuple[str, ...]:
    """The headings that name a programme: not the document's, nor a stage of it (申请与审核)."""
    plain = [(each, title_of(each)) for each in path]
    return tuple(each for each, said in plain if said != title and not NOT_ITS_OWN.match(said))


def _deeper(path: Sequence[str]) -> str:
    return next((field for heading in reversed(path) if (field := field_of(heading))), "")


def items(document: Document, found: Sequence[Part]) -> list[Item]:
    """The single things of a section: its marked items, below what they are for; its sentences
    where it has none."""
    words = [document.text[p.sentence.start : p.sentence.end].strip() for p in found]
    marks = [marker(each) for each in words]
    if not any(marks):
        return [
            Item(_shown(each), part.under, _span(part))
            for each, part in zip(words, found, strict=True)
            if not each.endswith(("：", ":"))
        ]
    held: list[Item] = []
    label, over = "", ""
    numbered_items = [(n, mark.family) for n, mark in enumerate(marks) if mark]
    after = [family for _, family in numbered_items[1:]] + [""]
    for (n, family), following in zip(numbered_items, after, strict=True):
        text = _shown(without_marker(words[n]))
        goes_down = following not in ("", family, over)
        if goes_down and len(text) <= MAX_HEAD_CHARS and not words[n].endswith(STOPS):
            label, over = text.rstrip("：:"), family
        elif text:
            label = "" if family == over else label
            held.append(Item(text, label or found[n].under, _span(found[n])))
    return held


def _shown(words: str) -> str:
    return " ".join(words.split()).rstrip("；;。，,、")


def _span(part: Part) -> Span:
    return part.sentence.start, part.sentence.end
