"""By how much two things differ that a question compares: only where numbers bear it."""

import pytest

from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.compose.comparing import difference
from policyqa.qa.question.asked import understood
from policyqa.qa.retrieve.evidence import Quote


def quote_of(text: str) -> Quote:
    document = Document(doc_id="a", source="a", sha256="", metadata=Metadata(), text=text)
    sentence = Sentence(start=0, end=len(text))
    passage = Passage(
        passage_id="p", doc_id="a", start=0, end=len(text), text=text, sentences=(sentence,)
    )
    return Quote(document, passage, sentence, text)


def apart(query: str, one: str, other: str) -> tuple[str, ...]:
    asked = understood(query)
    sides = [part.text for part in asked.parts if part.side]
    note = difference(asked, {sides[0]: quote_of(one), sides[1]: quote_of(other)})
    return note.parts if note else ()


DIFFER = "硕士和博士的补贴差多少？"


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        ("硕士每人每月1500元。", "博士每人每月3000元。", "1500元"),
        ("硕士3万元。", "博士5.5万元。", "2.5万元"),
        ("硕士9000元。", "博士1万元。", "1000元"),
        ("硕士0元。", "博士1000元。", "1000元"),
        ("硕士不超过三年。", "博士不超过五年。", "2年"),
        ("硕士3万元，博士5万元。", "硕士3万元，博士5万元。", "2万元"),
    ],
)
def test_two_numbers_of_one_unit_give_a_difference(one: str, other: str, by: str) -> None:
    assert apart(DIFFER, one, other) == ("硕士", "博士", by)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("硕士每月1500元。", "博士一次性补贴3年。"),  # units
        ("硕士每月1500元。", "博士一次性30000元。"),  # for a month, and once
        ("硕士每人每月1500元。", "博士每人每年3000元。"),
        ("硕士1500元/月。", "博士3000元。"),
        ("硕士至少1500元。", "博士3000元。"),  # bounds
        ("硕士每月1500元至2000元。", "博士3000元。"),  # two numbers
        ("每月1500元。", "博士3000元。"),  # whose?
        ("硕士、博士每月1500元。", "博士每月1500元。"),  # the same
        ("硕士和博士共3000元。", "博士2000元。"),  # of both together
    ],
)
def test_else_none_is_given(one: str, other: str) -> None:
    assert apart(DIFFER, one, other) == ()


def test_none_is_given_where_none_is_asked_for() -> None:
    assert apart("硕士和博士的补贴分别是多少？", "硕士1500元。", "博士3000元。") == ()
