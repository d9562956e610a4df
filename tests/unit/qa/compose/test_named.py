"""A section that a question names answers it, where it asks for it as a whole."""

import pytest

from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.compose.named import CHARS, SENTENCES, sections_named
from policyqa.qa.question.asked import understood
from policyqa.qa.retrieve.evidence import Evidence, Quote, Signals

TITLE = "高新区人才发展规划"


def evidence_of(section: str, *texts: str, doc: str = "a") -> list[Evidence]:
    whole = "".join(texts)
    about = Metadata(title=TITLE, region="重庆高新区")
    document = Document(doc_id=doc, source=doc, sha256="", metadata=about, text=whole)
    spans, at = [], 0
    for text in texts:
        spans.append(Sentence(start=at, end=at + len(text)))
        at += len(text)
    passage = Passage(
        passage_id=f"{doc}-{section}", doc_id=doc, start=0, end=len(whole), text=whole,
        section=section, sentences=tuple(spans),
    )  # fmt: skip
    quotes = [Quote(document, passage, s, t) for s, t in zip(spans, texts, strict=True)]
    return [made(quote) for quote in quotes]


def made(quote: Quote) -> Evidence:
    return Evidence(quote=quote, signals=Signals(0, 0, 0, False, 0))


CARD = evidence_of(
    "第二节 服务 › （1）实施“金凤凰”人才支持政策", "全面实施政策。", "确保覆盖。", "另一句。"
)
OTHER = evidence_of("第二节 服务 › （2）建设人才公寓", "新建公寓两千套。")


@pytest.mark.parametrize(
    "question", ["金凤凰政策是什么", "什么是金凤凰政策", "金凤凰有哪些支持", "高新区有哪些支持政策"]
)
def test_what_stands_under_its_heading_answers(question: str) -> None:
    found = sections_named(understood(question), [*OTHER, *reversed(CARD)])
    assert [each.text for each in found] == ["全面实施政策。", "确保覆盖。"]
    assert len(found) == SENTENCES


@pytest.mark.parametrize(
    "question",
    [
        "金凤凰政策的申请电话是什么",
        "金凤凰政策什么时候发布",
        "金凤凰每月补贴多少元",
        "银凤凰政策是什么",
        "我能享受金凤凰政策吗",
        "金凤凰2024年有什么政策",
        "哪些人不能享受金凤凰政策",
    ],
)
def test_something_in_particular_is_not_answered_by_a_heading(question: str) -> None:
    assert sections_named(understood(question), CARD) == []


def test_several_sections_of_that_name_are_said_in_turn() -> None:
    other = evidence_of("三、金凤凰人才支持政策", "另一份文件的规定。", doc="b")
    found = sections_named(understood("金凤凰政策有哪些"), [*CARD, *other])
    assert [each.document.doc_id for each in found] == ["a", "a", "b"]


def test_of_a_long_section_the_beginning_is_said() -> None:
    long = evidence_of("金凤凰政策", "长" * CHARS + "。", "再一句。")
    assert len(sections_named(understood("金凤凰政策是什么"), long)) == 1


def test_the_rule_can_be_left_out() -> None:
    asked = understood("金凤凰政策是什么", without={"named"})
    assert sections_named(asked, CARD) == []


NEWS = evidence_of(
    "“青才汇”管家上岗",
    "“过去到处找人，现在‘青才汇’主动推送。”",
    "全市打造“青才汇”，办事一网通办。",
    "“青才汇”包括三个端口。",
    "打造“无障碍”创业环境。",
)


@pytest.mark.parametrize("question", ["青才汇是什么", "什么是青才汇平台", "“青才汇”是什么?"])
def test_a_thing_is_told_of_by_what_sets_it_up_or_says_what_it_is(question: str) -> None:
    found = sections_named(understood(question), NEWS)
    assert [each.text for each in found] == [
        "全市打造“青才汇”，办事一网通办。",
        "“青才汇”包括三个端口。",
    ]


@pytest.mark.parametrize("question", ["无障碍是什么", "青才汇的电话是什么", "青才汇服务大厅是什么"])
def test_a_mere_word_in_quotation_marks_tells_of_nothing(question: str) -> None:
    assert sections_named(understood(question), NEWS[1:]) == []
