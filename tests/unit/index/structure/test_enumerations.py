"""Which sentences belong to one list, and what introduces it."""

from collections.abc import Sequence

import pytest

from policyqa.index.structure.enumerations import (
    Enumeration,
    around,
    continued,
    excepted,
    numbered,
    sentences_of,
)
from policyqa.index.text.sentences import sentence_spans
from policyqa.index.types import Document, Metadata, Passage, Sentence

POLICY = """三、申请材料
1. 居民身份证；
2. 学历证书。
配偶随迁的，另需结婚证。
3. 劳动合同。
四、办理流程
1. 网上预审。
2. 窗口受理。"""


def document_of(text: str) -> tuple[Document, tuple[Passage, ...]]:
    document = Document(doc_id="a", source="a", sha256="", metadata=Metadata(), text=text)
    sentences = []
    at = 0
    for line in text.split("\n"):
        kind = "heading" if line[1:2] == "、" else "text"
        for start, end in sentence_spans(line):
            sentences.append(
                Sentence.model_validate({"start": at + start, "end": at + end, "kind": kind})
            )
        at += len(line) + 1
    passage = Passage(
        passage_id="p", doc_id="a", start=0, end=len(text), text=text, sentences=tuple(sentences)
    )
    return document, (passage,)


def words_of(text: str, found: Enumeration) -> list[str]:
    return [text[item.start : item.end] for item in found.items]


def sentence_with(passages: Sequence[Passage], text: str, words: str) -> Sentence:
    return next(s for s in sentences_of(passages) if words in text[s.start : s.end])


def test_numbered_items_are_one_list_whatever_stands_between() -> None:
    document, passages = document_of(POLICY)
    lists = [words_of(POLICY, found) for found in numbered(document, passages)]
    assert ["1. 居民身份证；", "2. 学历证书。", "3. 劳动合同。"] in lists
    assert ["1. 网上预审。", "2. 窗口受理。"] in lists


def test_a_long_list_has_all_its_items() -> None:
    lines = [f"（{n}）第{n}类紧缺人才；" for n in range(1, 31)]
    text = "\n".join(["对下列人才给予奖励：", *lines])
    (found,) = numbered(*document_of(text))
    assert words_of(text, found) == lines


def test_a_list_is_found_from_any_of_its_sentences_with_what_leads_to_it() -> None:
    document, passages = document_of(POLICY)
    (found, *_) = around(document, passages, sentence_with(passages, POLICY, "结婚证"))
    assert found.lead is not None
    assert POLICY[slice(*found.lead)] == "三、申请材料"
    assert len(found.items) == 3


@pytest.mark.parametrize(
    "text",
    [
        "主要问题：一是总量不足；二是结构不优；三是服务不精。",
        "主要问题如下。一是总量不足，占比低。二是结构不优。三是服务不精。",
    ],
)
def test_spoken_numbers_make_a_list_in_one_sentence_and_over_several(text: str) -> None:
    document, passages = document_of(text)
    (found, *_) = around(document, passages, sentence_with(passages, text, "一是"))
    assert [words.rstrip("；。") for words in words_of(text, found)][1:] == [
        "二是结构不优",
        "三是服务不精",
    ]
    assert found.lead is not None
    assert text[slice(*found.lead)].startswith("主要问题")


def test_is_it_is_no_number() -> None:
    text = "同意与否一是看条件。二是否可行要看结果。"
    document, passages = document_of(text)
    assert around(document, passages, sentences_of(passages)[0]) == ()


def test_a_sentence_that_goes_on_with_a_list() -> None:
    text = "平台提供住房、医疗服务。此外，还提供子女入学服务。大会昨日开幕。"
    document, passages = document_of(text)
    first, second, _ = sentences_of(passages)
    assert continued(document, sentences_of(passages), first.end) == second
    assert continued(document, sentences_of(passages), second.end) is None


def test_what_a_case_needs_besides_goes_on_with_a_list_and_an_article_does_not() -> None:
    text = "应当提交劳动合同。在国外取得学历的，还需提交学历认证书。第四条 另需公示的，公示五日。"
    document, passages = document_of(text)
    first, second, _ = sentences_of(passages)
    assert continued(document, sentences_of(passages), first.end) == second
    assert continued(document, sentences_of(passages), second.end) is None


@pytest.mark.parametrize("exception", [
    "但下列人员除外。",
    "已购房的，不予发放。",
    "博士年龄可放宽至45周岁。",
])  # fmt: skip
def test_what_limits_a_sentence_follows_it_in_its_paragraph(exception: str) -> None:
    document, passages = document_of(f"硕士可以申请租房补贴。{exception}")
    first, second = sentences_of(passages)
    assert excepted(document, sentences_of(passages), first.end) == second
    document, passages = document_of(f"硕士可以申请租房补贴。\n{exception}")
    assert excepted(document, sentences_of(passages), first.end) is None


def test_what_only_follows_limits_nothing() -> None:
    document, passages = document_of("硕士可以申请租房补贴。补贴按月发放。")
    first, _ = sentences_of(passages)
    assert excepted(document, sentences_of(passages), first.end) is None
