"""今年, 本届, 该区: what they mean in a document."""

from policyqa.index.types import Document, Metadata
from policyqa.qa.compose.deixis import resolutions, resolved


def document_of(text: str, **about: str) -> Document:
    return Document(
        doc_id="a", source="a.txt", sha256="", metadata=Metadata.model_validate(about), text=text
    )


def test_years_are_counted_from_the_documents_date() -> None:
    document = document_of("", date="2024-11-18")
    text = "今年引进3500名，比去年多，明年再增。"
    assert (
        resolved(text, resolutions(text, document))
        == "今年〔2024年〕引进3500名，比去年〔2023年〕多，明年〔2025年〕再增。"
    )


def test_a_rule_means_each_years_own() -> None:
    text = "按本市上年度职工平均工资的60%缴纳，上年结余转入本年度。"
    rule = document_of("", date="2006-03-01", title="某市社会保险暂行办法（试行）")
    notice = document_of("", date="2006-03-01", title="关于公布2005年平均工资的通知")
    assert resolutions(text, rule) == ()
    assert resolved(text, resolutions(text, notice)).startswith("按本市上年度〔2005年〕职工")


def test_without_a_date_nothing_is_resolved() -> None:
    assert resolutions("今年引进3500名", document_of("")) == ()


def test_an_edition_is_taken_from_title_or_opening_if_there_is_one_only() -> None:
    text = "本届大会共签约86个项目。"
    assert resolved(text, resolutions(text, document_of("", title="第六届人才节闭幕"))).startswith(
        "本届〔第六届〕大会"
    )
    two = document_of("第五届之后是第六届。")
    assert resolutions(text, two) == ()


def test_a_place_is_the_documents_region_where_it_is_of_that_kind() -> None:
    text = "该区引进人才，我市支持。"
    assert resolved(text, resolutions(text, document_of("", region="重庆市渝北区"))) == (
        "该区〔渝北区〕引进人才，我市支持。"
    )
    assert resolved(text, resolutions(text, document_of("", region="重庆市"))) == (
        "该区引进人才，我市〔重庆市〕支持。"
    )
