"""Questions to queries: normalising and refusals."""

import pytest

from policyqa.qa.errors import QuestionError
from policyqa.qa.question.query import normalise_query


@pytest.mark.parametrize(("asked", "searched"), [
    ("ＡＢＣ１２３？", "ABC123?"),
    ("人才補貼與獎勵", "人才补贴与奖励"),
    ("人\u200b才\u00ad政\ufeff策", "人才政策"),
    ("人才\U000e0041\U000e007f政策", "人才政策"),
    ("  博士\n\t后　补贴 ", "博士 后 补贴"),
    ("补贴\x00多少\x07", "补贴多少"),
    ("😀 补贴多少", "😀 补贴多少"),
])  # fmt: skip
def test_a_question_is_brought_into_one_form(asked: str, searched: str) -> None:
    assert normalise_query(asked) == searched
    assert normalise_query(searched) == searched


@pytest.mark.parametrize(("asked", "said"), [
    ("", "问题是空的"),
    (" \u3000\n", "问题是空的"),
    ("\x00\x07\x1b", "问题是空的"),
    ("\u200b\U000e0041", "问题是空的"),
    ("😀🎉", "问题里没有文字"),
    ("?!。……", "问题里没有文字"),
    ("补" * 2001, "问题有 2001 字，超过上限 2000 字"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_reason(asked: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said.replace("?", r"\?")):
        normalise_query(asked)


def test_the_longest_question_is_taken() -> None:
    assert normalise_query("补" * 2000) == "补" * 2000
