"""What is kept of a conversation, and which item of it is meant."""

import pytest

from policyqa.qa.conversation.conversation import (
    DOCUMENTS,
    REMEMBERED,
    Conversation,
    Earlier,
    Memory,
)
from policyqa.qa.conversation.items import pointed_at

ITEMS = ("一、身份证", "二、户口簿", "三、照片")


def test_the_latest_comes_first() -> None:
    turns = (
        Earlier(question="甲?", documents=("1", "2"), titles=("子", "丑"), items=ITEMS),
        Earlier(question="乙?", documents=("3", "1"), titles=("寅", "子")),
        Earlier(question="丙?"),
    )
    before = Conversation(turns=turns)
    assert before.questions == ("丙?", "乙?", "甲?")
    assert before.titles == ("寅", "子", "丑")
    assert before.documents == ("3", "1", "2")
    assert len(before.titles) == DOCUMENTS
    assert before.items == ITEMS


def test_nothing_was_said_before_the_first() -> None:
    assert Conversation() == Conversation(turns=())
    assert (Conversation().questions, Conversation().titles, Conversation().items) == ((), (), ())


@pytest.mark.parametrize(("query", "item"), [
    ("第三个再讲下", "三、照片"),
    ("第2项要原件吗?", "二、户口簿"),
    ("最后一样呢", "三、照片"),
    ("第十条呢", ""),
    ("第五届大会什么时候开?", ""),
    ("第三方机构能代办吗?", ""),
    ("我说的是另一件事,第二个孩子上学要交什么材料,去哪里交,什么时候交", ""),
])  # fmt: skip
def test_an_item_is_meant_by_its_number(query: str, item: str) -> None:
    assert pointed_at(query, ITEMS) == item
    assert pointed_at(query, ()) == ""


def test_the_oldest_turn_is_forgotten() -> None:
    memory = Memory()
    for n in range(REMEMBERED + 1):
        memory.keep(n, Earlier(question=str(n)))
    assert memory.at(0) is None
    assert memory.at(REMEMBERED) == Earlier(question=str(REMEMBERED))
