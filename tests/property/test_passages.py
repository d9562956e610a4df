"""Of any text: passages slice back and hold every sentence once; quotes stand in the file."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from policyqa.index.read.extract import Extract, Plain
from policyqa.index.structure.parsing import parse
from policyqa.index.structure.quotes import quote_spans
from policyqa.index.text.cleaning import BYLINE, CREDIT, INVISIBLE, LAYOUT_MARK
from policyqa.index.text.sentences import MAX_CHARS as MAX_SENTENCE_CHARS
from policyqa.index.text.sentences import sentence_spans
from policyqa.index.types import Document, Metadata, Passage

WORDS = [
    "人才", "政策支持", "博士后每人补贴50万元", "西部（重庆）科学城", "到2025年", "3.5%",
    "talent grant", "着力打造人才创新创业生态的重要抓手和关键支撑平台", "統籌推進人才發展",
]  # fmt: skip
MARKS = [
    "，", "。", "；", "：", "！", "“", "”", "（", "）", "《", "》", "、", "—", "……", "?", "*",
    "...", " ", "\t", "\n", "\n\n", "\n\t", "\n\t\n", "\u3000\u3000", "\r\n", "\u2028", "\x0c",
]  # fmt: skip
LAYOUT = [
    "\n第一章 总则\n", "\n第二节 目标\n", "\n一、背景\n", "（一）", "1.", "\n表1 指标\n", "\n# ",
    "\n\t专栏2 计划\n", "[bookmark: _Toc1]", "[footnoteRef:3]", "[3:  指分类目录中的人才] ",
    "[注]", "\u200b", "\ufeff", "\ufe0f", "\n本报记者 李增辉\n", "\n重庆日报供图\n",
    "\n▲科研人员。\n", "\n加入收藏\n", "\n相关阅读\n", "更多>",
]  # fmt: skip
WHITE_SPACE = re.compile(r"\s+")
texts = st.lists(st.sampled_from([*WORDS, *MARKS, *LAYOUT]), max_size=80).map("".join)


def parsed(text: str) -> tuple[Document, tuple[Passage, ...]]:
    return parse(Extract((Plain(text),)), source="a.txt", metadata=Metadata(), sha256="0" * 64)


def plain(text: str) -> str:
    """Without white space and layout marks."""
    return WHITE_SPACE.sub("", LAYOUT_MARK.sub("", INVISIBLE.sub("", text)))


@given(texts)
@settings(max_examples=400, deadline=None)
def test_passages_slice_back_disjoint_and_ascending(text: str) -> None:
    document, passages = parsed(text)
    end = 0
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert end <= passage.start < passage.end
        end = passage.end
    assert end <= len(document.text)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_every_character_stands_in_one_sentence_of_one_passage(text: str) -> None:
    """But for bylines, which are stored and stand in no passage."""
    document, passages = parsed(text)
    held = [0] * len(document.text)
    for passage in passages:
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        for sentence in passage.sentences:
            assert sentence.start < sentence.end
            for at in range(sentence.start, sentence.end):
                held[at] += 1
    assert max(held, default=0) <= 1
    outside = "".join(c if not n else "\n" for c, n in zip(document.text, held, strict=True))
    rest = [line.strip() for line in outside.split("\n") if line.strip()]
    assert all(BYLINE.match(line) or CREDIT.match(line) for line in rest)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_every_part_of_a_quote_stands_in_the_file(text: str) -> None:
    document, passages = parsed(text)
    original = plain(text)
    for sentence in (s for passage in passages for s in passage.sentences):
        spans = quote_spans(document, (sentence.start, sentence.end))
        parts = [document.text[start:end] for start, end in spans]
        assert "".join(parts) == document.text[sentence.start : sentence.end]
        assert all(plain(part) in original for part in parts)


@given(texts)
@settings(max_examples=200, deadline=None)
def test_the_stored_text_is_clean(text: str) -> None:
    stored = parsed(text)[0].text
    assert not INVISIBLE.search(stored)
    assert not LAYOUT_MARK.search(stored)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_sentences_tile_a_paragraph_up_to_white_space(text: str) -> None:
    spans = sentence_spans(text)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(0 < end - start <= MAX_SENTENCE_CHARS for start, end in spans)
    gaps = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert not "".join(gaps).strip()
