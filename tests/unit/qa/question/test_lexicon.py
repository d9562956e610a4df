"""Other names: what documents call a thing, and what people call it."""

import pytest

from policyqa.qa.question.lexicon import MANY, Lexicon

TEXT = """经济技术开发区（以下简称“经开区”）由管委会管理。市人力资源和社会保障局（简称：市人社局）
负责受理。全力支持北京经济技术开发区(下称"北京经开区")。申请人（以下简称申请人）。
医疗物资保障工作有关措施（以下简称措施）。与本市无关的一句话（以下简称“甲乙丙”）。"""


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.learned([TEXT])


@pytest.mark.parametrize(("query", "names"), [
    ("经开区有什么政策", ("经济技术开发区",)),
    ("经济技术开发区有什么政策", ("经开区",)),
    ("市人社局在哪里", ("市人力资源和社会保障局",)),
    ("甲乙丙是什么", ()),  # the characters do not stand before the bracket
    ("有哪些措施", ()),  # a common word is no name
])  # fmt: skip
def test_short_names_are_learned_both_ways(
    lexicon: Lexicon, query: str, names: tuple[str, ...]
) -> None:
    assert lexicon.other_names(query) == names


def test_colloquial_words_are_looked_for_as_policies_write_them() -> None:
    names = ("留学归国", "归国留学", "留学回国", "留学人员")
    assert Lexicon({}).other_names("海归怎么落户") == names
    assert Lexicon({}).other_names("我是博士") == ()


def test_an_office_adds_names_of_its_own_before_those_of_the_field() -> None:
    said = {"人才卡": ["英才卡", "服務卡"], "海归": ["来渝留学人员"]}
    assert Lexicon({}, said).other_names("人才卡怎么办") == ("英才卡", "服务卡")
    assert Lexicon({}, said).other_names("海归怎么落户") == ("来渝留学人员",)
    assert Lexicon({}).other_names("人才卡怎么办") == ()
    assert Lexicon.learned([TEXT], said).other_names("经开区的人才卡") == (
        "经济技术开发区", "英才卡", "服务卡",
    )  # fmt: skip


def test_the_longest_name_counts_and_names_are_bounded() -> None:
    found = Lexicon({}).other_names("海归博士的娃上学")
    assert "博士" not in found  # it stands in the question
    assert len(Lexicon({}).other_names("海归房补娃上学看病户口工资")) == MANY
