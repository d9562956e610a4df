"""Which sentences are said, how they are cut, and what proves them."""

import dataclasses

import pytest

from policyqa.index.structure.quotes import display
from policyqa.index.types import Document, Metadata, Passage, Sentence, Span
from policyqa.qa.compose.composer import (
    MARGIN,
    MAX_CHARS,
    NEAR,
    Composer,
    chosen,
    shortened,
)
from policyqa.qa.question.asked import understood
from policyqa.qa.retrieve.evidence import Evidence, Quote, Signals
from policyqa.qa.settings import AnswerSettings

SETTINGS = AnswerSettings()


def document_of(text: str, *, source: str = "a.txt", seams: tuple[int, ...] = ()) -> Document:
    return Document(
        doc_id=source,
        source=source,
        sha256="0",
        metadata=Metadata(title="办法", issuer="人社局", doc_number="1号", date="2021"),
        text=text,
        seams=seams,
    )


def evidence_of(
    document: Document, quote: str = "", *, score: float = 1.0, head: Span | None = None
) -> Evidence:
    start = document.text.index(quote)
    end = start + len(quote) if quote else len(document.text)
    sentence = Sentence(start=start, end=end, kind="row" if head else "text", head=head)
    passage = Passage(
        passage_id="p", doc_id=document.doc_id, start=0, end=len(document.text),
        text=document.text, section="第一章", sentences=(sentence,),
    )  # fmt: skip
    text = display(document, sentence)
    quote = Quote(document, passage, sentence, text)
    return Evidence(quote, Signals(0.5, 0.5, 0.0, True, 0.0), score=score)


def said(found: list[Evidence], settings: AnswerSettings = SETTINGS) -> list[str]:
    return [evidence.text for evidence in chosen(found, understood(""), settings)]


def test_sentences_stand_in_reading_order_and_the_best_document_first() -> None:
    one = document_of("补贴五十万元。每年申请一次。", source="one.txt")
    two = document_of("材料包括身份证。", source="two.txt")
    found = [
        evidence_of(two, score=3.0),
        evidence_of(one, "每年申请一次。", score=2.9),
        evidence_of(one, "补贴五十万元。", score=2.8),
    ]
    assert said(found) == ["材料包括身份证。", "补贴五十万元。", "每年申请一次。"]


def test_what_says_the_same_is_said_once() -> None:
    # the second has 9 bigrams, and the first has them all
    long = evidence_of(document_of("每年给予博士补贴五十万元", source="one.txt"), score=3.0)
    same = evidence_of(document_of("给予博士补贴五十万元", source="two.txt"), score=2.9)
    other = evidence_of(document_of("硕士没有补贴", source="three.txt"), score=2.8)
    assert said([long, same, other]) == ["每年给予博士补贴五十万元", "硕士没有补贴"]
    assert said([long, long]) == ["每年给予博士补贴五十万元"]


def test_what_scores_far_below_the_best_is_left_out() -> None:
    document = document_of("甲方负责。乙方配合。丙方监督。")
    found = [
        evidence_of(document, "甲方负责。", score=3.0),
        evidence_of(document, "乙方配合。", score=3.05 - MARGIN),
        evidence_of(document, "丙方监督。", score=2.95 - MARGIN),
    ]
    assert said(found) == ["甲方负责。", "乙方配合。"]


def test_the_answer_keeps_its_length_and_a_shorter_sentence_may_still_fit() -> None:
    texts = ["甲乙丙丁戊己庚辛壬癸" * 3, "一二三四五六七八九十" * 2, "子丑寅卯"]
    found = [
        evidence_of(document_of(text, source=f"{n}.txt"), score=3.0) for n, text in enumerate(texts)
    ]
    limited = AnswerSettings(max_chars=40)  # 30, then 20 is too much, then 4
    assert said(found, limited) == [texts[0], texts[2]]
    assert said(found[:1], AnswerSettings(max_chars=40, max_sentences=1)) == texts[:1]
    assert said(found, AnswerSettings(max_sentences=2)) == texts[:2]


def test_the_best_sentence_is_said_however_long() -> None:
    assert said([evidence_of(document_of("博士" * 100))], AnswerSettings(max_chars=40)) != []


def cut(text: str) -> str:
    document = document_of("标题\n" + text)
    return document.text[slice(*shortened(evidence_of(document, text).quote))]


def test_a_sentence_within_the_limit_stays_whole() -> None:
    text = "对符合条件的博士给予补贴五十万元" * 6 + "，由单位申报，营造良好氛围。"
    assert 90 < len(text) < MAX_CHARS
    assert cut(text) == text


def test_what_only_announces_what_follows_goes() -> None:
    assert cut("每年3月和9月集中受理，程序如下：") == "每年3月和9月集中受理"


@pytest.mark.parametrize("broken", ["上线“百万", "见《人才", "由区人才办（以下简称"])
def test_a_clause_that_breaks_off_goes(broken: str) -> None:
    assert cut(f"评审缩短30天，73项服务一网通办，{broken}") == "评审缩短30天，73项服务一网通办"
    assert cut(broken) == broken


def test_a_sentence_beyond_the_limit_ends_at_a_clause() -> None:
    clause = "博" * 99 + "，"
    assert cut(clause * 5) == (clause * 4)[:-1]
    assert cut("博" * 600) == "博" * MAX_CHARS


def test_a_quote_across_a_seam_is_cited_in_two() -> None:
    document = document_of("博士每年补贴五十万元。", seams=(4,))
    composer = Composer(lambda doc_id, span: f"{doc_id}:{span[0]}")
    composer.add(evidence_of(document), (0, 11))
    assert [(c.n, c.start, c.end, c.quote) for c in composer.citations] == [
        (1, 0, 4, "博士每年"),
        (2, 4, 11, "补贴五十万元。"),
    ]
    assert composer.text() == "博士每年补贴五十万元。[1][2]"


def test_a_seam_at_the_edge_parts_nothing() -> None:
    document = document_of("前言。博士有补贴。", seams=(3,))
    composer = Composer(lambda doc_id, span: f"{doc_id}:{span[0]}")
    composer.add(evidence_of(document, "博士有补贴。"), (3, 9))
    assert [c.quote for c in composer.citations] == ["博士有补贴。"]


def test_a_table_row_is_said_with_its_labels_and_proved_with_its_header() -> None:
    document = document_of("指标\t2020年\t2025年\n博士后\t100人\t300人\n工程师\t500人\t900人")
    composer = Composer(lambda doc_id, span: f"{doc_id}:{span[0]}")
    for row in ("博士后\t100人\t300人", "工程师\t500人\t900人"):
        evidence = evidence_of(document, row, head=(0, 14))
        composer.add(evidence, shortened(evidence))
    assert composer.text() == (
        "指标：博士后；2020年：100人；2025年：300人。[1][2]"
        "指标：工程师；2020年：500人；2025年：900人。[3][2]"
    )
    quotes = ["博士后\t100人\t300人", "指标\t2020年\t2025年", "工程师\t500人\t900人"]
    assert [c.quote for c in composer.citations] == quotes


def test_a_citation_names_its_document() -> None:
    composer = Composer(lambda doc_id, span: f"{doc_id}:{span[0]}")
    composer.add(evidence_of(document_of("博士有补贴，")), (0, 6))
    citation = composer.citations[0]
    assert citation.model_dump() == {
        "n": 1, "doc_id": "a.txt", "source": "a.txt", "title": "办法", "section": "第一章",
        "issuer": "人社局", "doc_number": "1号", "date": "2021", "quote": "博士有补贴，",
        "start": 0, "end": 6, "passage_id": "a.txt:0", "page": None, "row": None,
        "region": "", "kind": "other", "validity": "", "validity_because": "",
        "permalink": "pq1:a.txt:9ff8522c6f:0-6:6x9ff8522c6f623be2",
    }  # fmt: skip
    assert composer.sentences[0].text == "博士有补贴。"  # it ends, so that others can follow


def test_the_figure_of_another_year_or_edition_is_never_said() -> None:
    document = document_of("2021年引进4万人。第三届大会11月开幕。")
    wrong = dataclasses.replace(
        evidence_of(document, "2021年引进4万人。", score=3.0), barred="year"
    )
    near = evidence_of(document, "第三届大会11月开幕。", score=3.0 - MARGIN)
    assert said([wrong, near]) == ["第三届大会11月开幕。"]
    assert said([wrong]) == []
    far = evidence_of(document, "第三届大会11月开幕。", score=2.9 - MARGIN)
    assert said([wrong, far]) == []  # what is left must be near the best that there was


def test_regions_are_not_mixed_in_one_answer() -> None:
    """The city's total of talents was once followed by a district's, with no word between."""

    def of(region: str, score: float, text: str) -> Evidence:
        document = document_of(text, source=f"{region}.txt")
        metadata = document.metadata.model_copy(update={"region": region})
        return evidence_of(document.model_copy(update={"metadata": metadata}), score=score)

    city, district = of("重庆市", 3.0, "总量565万人。"), of("重庆高新区", 2.9, "目前有8.36万。")
    nowhere = of("", 2.8, "每年发放补贴。")
    assert said([city, district, nowhere]) == ["总量565万人。", "每年发放补贴。"]
    assert said([district, city]) == ["目前有8.36万。"]


def marked(document: Document, quote: str, score: float) -> Evidence:
    return dataclasses.replace(evidence_of(document, quote, score=score), read=0.0)


def test_of_marked_sentences_those_nearly_as_likely_as_the_best_are_said_and_it_is_first() -> None:
    document = document_of("甲方负责。乙方配合。丙方监督。丁方记录。")
    found = [
        marked(document, "丙方监督。", 1.0),
        marked(document, "甲方负责。", 1.05 - NEAR),
        marked(document, "丁方记录。", 0.95 - NEAR),
    ]
    assert said(found) == ["丙方监督。", "甲方负责。"]


def test_what_leads_in_stands_before_what_it_leads_in_or_is_not_said() -> None:
    document = document_of("应当提交下列材料：身份证。学历证书。另行通知。")
    lead = marked(document, "应当提交下列材料：", 0.8)
    items = [marked(document, "学历证书。", 1.0), marked(document, "身份证。", 0.9)]
    assert said([*items, lead]) == ["应当提交下列材料：", "身份证。", "学历证书。"]
    far = document_of("应当提交下列材料：" + "无关的话。" * 200 + "身份证。")
    lead = marked(far, "应当提交下列材料：", 0.9)
    assert said([marked(far, "身份证。", 1.0), lead]) == ["身份证。"]
    assert said([lead]) == ["应当提交下列材料："]


def test_without_a_reader_a_mere_lead_in_is_never_said() -> None:
    document = document_of("应当提交下列材料：身份证。")
    found = [
        evidence_of(document, "应当提交下列材料：", score=3.0),
        evidence_of(document, "身份证。", score=2.9),
    ]
    assert said(found) == ["身份证。"]
