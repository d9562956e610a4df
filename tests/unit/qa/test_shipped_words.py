"""The package ships the words of the field; what one office alone has lies in its source folder."""

from importlib import resources

import pytest

from policyqa.qa.question.forms import ASKS

# Of Chongqing and its programmes: another office would carry them for nothing.
OF_ONE_OFFICE = (
    "渝", "重庆", "chongqing", "两江", "liangjiang", "英才", "yingcai", "金凤凰", "golden phoenix",
    "鸿雁", "塔尖", "塔身", "塔基", "大创谷", "满天星", "陪跑人", "服务港", "引才大使",
    "双城经济圈", "知识价值",
)  # fmt: skip
SHIPPED = (
    ("policyqa.index.text", "terms.txt"),
    ("policyqa.qa.question", "glossary.txt"),
    ("policyqa.qa.question", "lexicon.txt"),
    ("policyqa.qa.question", "function_words.txt"),
)


@pytest.mark.parametrize(("package", "name"), SHIPPED)
def test_shipped_words_are_of_no_office(package: str, name: str) -> None:
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8").lower()
    assert text.strip()
    assert [word for word in OF_ONE_OFFICE if word in text] == []


def test_forms_of_questions_are_of_no_office() -> None:
    patterns = "\n".join(pattern.pattern for _, pattern in ASKS)
    assert [word for word in OF_ONE_OFFICE if word in patterns] == []
