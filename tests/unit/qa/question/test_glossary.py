"""English questions: the Chinese words that are added, and when none are."""

import pytest

from policyqa.index.text.words import words
from policyqa.qa.question.glossary import _glossary, in_chinese, phrases, with_chinese


@pytest.mark.parametrize(("english", "chinese"), [
    ("How many postdoctoral workstations?", ["多少", "博士后科研工作站"]),
    ("subsidies for returnees' children", ["补贴", "留学人员", "子女"]),
    ("Hi-tech zone policies", ["高新区", "政策"]),
    ("the weather is nice", []),
    ("a day in Guangzhou", ["广州"]),
    ("to Xi'an, Shaanxi or Suzhou", ["西安", "陕西", "苏州"]),
    ("in Taizhou", []),  # 泰州 or 台州
    ("Ali", []),  # too short to be sure of
])  # fmt: skip
def test_the_longest_phrase_gives_its_chinese(english: str, chinese: list[str]) -> None:
    assert in_chinese(english) == chinese


def test_a_question_keeps_its_words_and_gains_the_chinese_ones() -> None:
    assert with_chinese("Who hosts it in China?") == "Who hosts it in China? 谁 主办 中国"


def test_an_office_adds_its_own_and_comes_before_the_field() -> None:
    own = phrases({"重庆": ["Chongqing"], "英才卡 服务": ["talent cards", "policy"]})
    assert in_chinese("a talent card of chongqing", own) == ["英才卡", "服务", "重庆"]
    assert in_chinese("policies", own) == ["英才卡", "服务"]
    assert in_chinese("policies") == ["政策"]


@pytest.mark.parametrize("query", ["重庆的 talent 有多少?", "the weather is nice", "12345"])
def test_a_question_with_chinese_or_without_known_words_stays(query: str) -> None:
    assert with_chinese(query) == query


def test_every_entry_is_usable() -> None:
    for phrase, chinese in _glossary().items():
        assert phrase
        assert phrase == phrase.strip()
        assert chinese
        assert all(words(term) for term in chinese)
