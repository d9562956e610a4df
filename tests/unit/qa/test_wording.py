"""How a verdict is said to the question that was asked."""

import pytest

from policyqa.qa.wording import verdict_words


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
