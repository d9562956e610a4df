"""Whether a text is of the place that a question is about."""

import pytest

from policyqa.index.types import Document, Metadata
from policyqa.qa.question.asked import understood
from policyqa.qa.retrieve.agreement import is_of_other_place, place_missing


def other(question: str, region: str, text: str = "", title: str = "人才补贴办法") -> bool:
    about = Metadata(title=title, region=region)
    document = Document(doc_id="a", source="a", sha256="", metadata=about, text=text)
    return is_of_other_place(understood(question), document, text)


@pytest.mark.parametrize(
    ("region", "apart"),
    [
        ("重庆市万州区", True),
        ("四川省成都市", True),
        ("重庆市江津区", False),
        ("重庆市", False),  # the city's rules hold in its district
        ("全国", False),
        ("", False),  # nobody knows
    ],
)
def test_a_document_of_another_place_is_told_apart(region: str, apart: bool) -> None:
    assert other("江津区专科生每月补贴多少", region) is apart


def test_the_districts_of_a_city_are_within_it() -> None:
    assert not other("重庆专科生每月补贴多少", "重庆市万州区")


def test_a_text_that_names_the_place_is_about_it() -> None:
    assert not other("江津区补贴多少", "重庆市万州区", text="江津区的标准为每月500元。")
    assert not other("江津区补贴多少", "重庆市万州区", title="万州区、江津区互认办法")


def test_where_the_asker_comes_from_is_no_place_of_the_question() -> None:
    assert not other("河北户口在江津区能领补贴吗", "重庆市江津区")
    assert other("江津区的人去万州区能领补贴吗", "四川省成都市")


@pytest.mark.parametrize(
    ("region", "missed"),
    [("内蒙古自治区", 0.0), ("内蒙古自治区包头市", 0.0), ("全国", 1.0), ("河北省", 1.0), ("", 1.0)],
)
def test_a_place_that_lies_in_the_documents_region_is_not_missed(
    region: str, missed: float
) -> None:
    about = Metadata(title="落户办法", region=region)
    document = Document(doc_id="a", source="a", sha256="", metadata=about, text="可以落户。")
    assert place_missing(understood("户口想落到包头，行吗"), document, "可以落户。") == missed


def test_a_text_on_another_place_of_the_region_misses_it() -> None:
    about = Metadata(title="落户办法", region="内蒙古自治区")
    document = Document(doc_id="a", source="a", sha256="", metadata=about, text="可以落户。")
    asked = understood("户口想落到包头，行吗")
    assert place_missing(asked, document, "赤峰市的可以落户。") == 1.0
    assert place_missing(asked, document, "自治区内的城镇可以落户。") == 0.0
