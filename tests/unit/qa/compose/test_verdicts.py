"""可以, 不可以, 视条件而定: only where the text says so."""

import pytest

from policyqa.qa.compose.verdicts import (
    is_of_others,
    only_refuses,
    verdict,
    verdict_words,
    weighed,
)
from policyqa.qa.question.asked import understood


@pytest.mark.parametrize(
    "query",
    [
        "在校学生可以申请吗?",
        "外国科学家能不能牵头?",
        "安家费和补贴能同时享受吗?",
        "是否可以异地办理?",
        "父母可以随迁吗",
        "有没有资格申请?",
    ],
)
def test_questions_whether_something_may_be(query: str) -> None:
    assert "verdict" in understood(query).wants


@pytest.mark.parametrize(
    "query", ["可以申请哪些补贴?", "怎么申请?", "能领多少钱?", "补贴是多少?", "人才港能做什么?"]
)
def test_other_questions(query: str) -> None:
    assert "verdict" not in understood(query).wants


@pytest.mark.parametrize(
    ("query", "sentence", "said"),
    [
        ("父母可以随迁吗?", "申请人的兄弟姐妹不可以随迁。", "不可以"),
        ("未成年子女可以随迁吗?", "申请人的配偶、未成年子女可以随迁落户。", "可以"),
        ("柔性引进人才能申请安家费吗?", "柔性引进人才不享受安家费。", "不可以"),
        (
            "团队成员能不能直接申报?",
            "对于符合条件的团队成员,可直接申报认定为相应子项目人才。",
            "视条件而定",
        ),
        ("外国科学家可以牵头吗?", "除涉及国家安全等特殊情况外,鼓励外籍科学家领衔。", "视条件而定"),
        ("可以带家属吗?", "人才公寓共有三百套。", ""),
    ],
)
def test_what_a_sentence_answers(query: str, sentence: str, said: str) -> None:
    assert verdict(understood(query), sentence) == said


def test_a_refusal_beside_who_may_is_one_of_conditions() -> None:
    who_may = "持卡人配偶办理副卡的，限金卡持有人。"
    assert weighed("不可以", [who_may]) == "视条件而定"
    assert weighed("不可以", ["办理期限为5日。", "限期补正。"]) == "不可以"
    assert weighed("可以", [who_may]) == "可以"
    assert weighed("", [who_may]) == ""


@pytest.mark.parametrize(("question", "rule", "others"), [
    ("我爸妈可以随迁吗", "配偶和未成年子女可以随迁。", True),
    ("我丈母娘能跟着迁吗", "父母可以随迁。", True),
    ("我老婆能随迁吗", "配偶和未成年子女可以随迁。", False),
    ("我儿子和爸妈能随迁吗", "配偶和未成年子女可以随迁。", True),
    ("我爸妈可以随迁吗", "家属可以随迁。", False),
    ("我可以申请吗", "配偶可以随迁。", False),
])  # fmt: skip
def test_a_rule_on_other_relatives_gives_no_verdict(question: str, rule: str, others: bool) -> None:
    assert is_of_others(question, [rule]) is others


def test_no_permission_rests_on_what_only_refuses() -> None:
    assert only_refuses(["合同单位与缴费单位必须一致，不一致的不具申请资格。"])
    assert not only_refuses(["本市户籍的可以申请，其他的不予受理。"])
    assert not only_refuses(["具体办法另行制定。"])


@pytest.mark.parametrize(("question", "yes", "no"), [
    ("本科能申请吗？要带什么", "可以", "不可以"),
    ("我36了", "可以", "不可以"),
    ("没上班的要不要交", "需要", "不需要"),
    ("户口在外地，办证要房东陪我去吗", "需要", "不需要"),
    ("自家装修要报消防吗", "需要", "不需要"),
    ("补交的社保算年限吗", "算", "不算"),
    ("有没有补贴", "有", "没有"),
    ("落户还看社保吗", "是", "否"),
    ("用人单位会给吗", "是", "否"),
])  # fmt: skip
def test_yes_and_no_are_said_in_the_words_of_the_question(question: str, yes: str, no: str) -> None:
    assert (verdict_words("可以", question), verdict_words("不可以", question)) == (yes, no)


def test_other_verdicts_stay() -> None:
    assert verdict_words("视条件而定", "要交吗") == "视条件而定"
    assert verdict_words("符合", "要交吗") == "符合文件列出的条件"
    assert verdict_words("", "要交吗") == ""
