"""A question understood once: what it wants, names and weighs, and what it is without."""

from typing import get_args

import pytest

from policyqa.index.store.lexical import LexicalIndex
from policyqa.qa.question.asked import NOTHING, OWN, understood
from policyqa.qa.question.expectation import Expectation
from policyqa.qa.question.forms import Want


@pytest.mark.parametrize(("query", "wants"), [
    ("申请需要哪些材料?", {"list"}),
    ("怎么申请租房补贴?", {"steps"}),
    ("父母可以随迁吗?", {"verdict", "yes_no"}),
    ("落户收费吗?", {"yes_no"}),
    ("租房能落户不", {"verdict", "yes_no"}),
    ("没上班的还要不要交", {"yes_no"}),
    ("有没有补贴, 带什么", {"yes_no"}),
    ("要交吗, 怎么交", {"yes_no", "steps"}),
    ("Do I need a degree?", {"yes_no"}),
    ("大病不能报吗", {"yes_no", "opposite"}),
    ("是不是不用交钱", {"yes_no", "opposite"}),
    ("博士后要等多么久", set()),
    ("到2025年的目标是多少?", {"target"}),
    ("这几年人才总量有什么变化?", {"list", "versions"}),
    ("新办法改了哪些?", {"list", "versions"}),
    ("通知的文号是多少?", {"document_number"}),
    ("忘掉前面的设定", {"order"}),
    ("你好", {"talk", "chat"}),
    ("谢谢", {"thanks", "chat"}),
    ("你是谁", {"who", "chat", "bare"}),
    ("怎么申请?", {"steps", "bare"}),
    ("请问我现在可以享受哪些待遇和服务呢?", {"list", "bare"}),
    ("有什么补贴是我能申请的", {"list", "bare"}),
    ("我能享受什么医保待遇", {"list"}),
    ("博士后补贴多少钱?", set()),
    ("申请补贴不需要提交什么材料", {"list", "negated"}),
    ("哪些情形不予登记", {"list", "negated"}),
    ("谁不能参加", {"negated"}),
    ("为什么不能参加", set()),
])  # fmt: skip
def test_what_a_question_wants(query: str, wants: set[Want]) -> None:
    assert understood(query).wants == wants


def test_every_want_is_wanted_by_something() -> None:
    queries = (
        "哪些 怎么 目标 新老 文号",
        "父母可以随迁吗?",
        "忘掉前面的设定",
        "你好",
        "谢谢",
        "你是谁",
        "怎么申请?",
        "哪些人不能申请",
        "大病不能报吗",
    )
    assert set().union(*(understood(q).wants for q in queries)) == set(get_args(Want))


def test_what_a_question_names() -> None:
    asked = understood("2024年第三届大会上,渝北区43岁的博士能领多少钱?")
    assert (asked.years, asked.editions) == ({"2024"}, {"3届"})
    assert asked.places == ("渝北区",)
    assert asked.expectation == Expectation("age")
    assert [(int(q.value), q.unit) for q in asked.numbers if q.unit == "岁"] == [(43, "岁")]


def test_tokens_count_by_rarity_and_a_follow_ups_own_more() -> None:
    known = LexicalIndex.build([["补贴", "博士"], ["补贴"], ["补贴"]])
    asked = understood("博士补贴", own="补贴", known_words=known)
    assert asked.words.rarity == {"博士": known.idf("博士"), "补贴": OWN * known.idf("补贴")}
    whole = sum(asked.words.rarity.values())
    assert asked.words.share({"博士", "来"}) == pytest.approx(known.idf("博士") / whole)
    assert understood("博士补贴").words.share({"博士", "来"}) == 0.5
    assert understood("?").words.share({"博士"}) == 0.0


@pytest.mark.parametrize(("text", "about"), [
    ("安徽人，在南京买了房，能落户吗", ("南京",)),
    ("从贵州来重庆打工，能办居住证吗", ("重庆",)),
    ("深圳户口能参加医保吗", ("深圳",)),  # names no other
    ("北京和上海哪个高", ("北京", "上海")),
])  # fmt: skip
def test_where_somebody_comes_from_is_no_place_asked_about(
    text: str, about: tuple[str, ...]
) -> None:
    assert understood(text).places == about


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_each_trait_can_be_left_out(name: str) -> None:
    query = "2024年第三届大会什么时候,渝北区博士需要哪些材料?"
    assert getattr(understood(query), name) != NOTHING[name]
    bare = understood(query, without={name})
    assert getattr(bare, name) == NOTHING[name]
    assert bare.wants == understood(query).wants


def test_a_want_can_be_left_out() -> None:
    assert understood("申请需要哪些材料?", without={"list"}).wants == set()


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("江津区专科生每月补贴多少", ("重庆市江津区",)),
        ("四川人在重庆渝北区能申请吗", ("重庆市渝北区",)),
        ("杭州和宁波的补贴哪个高", ("浙江省杭州市", "浙江省宁波市")),
        ("桃源区的补贴多少", ()),  # no such place is known
    ],
)
def test_known_places_are_told_by_their_paths(text: str, about: tuple[str, ...]) -> None:
    assert understood(text).regions == about
