"""Circumstances against the rules of small documents: whole answers, with a fake embedder."""

from pathlib import Path
from typing import Any

import pytest

from policyqa.qa.assistant import Assistant
from policyqa.qa.cli.present import answer_text
from policyqa.qa.settings import AnswerSettings, RankingSettings
from policyqa.qa.types import Answer, Question, Turn
from tests.unit.qa.compose.test_composing import BY_WORDS, asked, assistant_of

RULE = """人才公寓管理办法
第三条 申请人才公寓的，应当同时符合下列条件：
（一）年龄不超过45周岁；
（二）在本市连续缴纳社会保险满1年；
（三）人均住房建筑面积低于15平方米。
第四条 持有青岚人才卡的人员，不受社会保险年限的限制。
第五条 符合下列条件之一的，可以申请公寓补贴：
（一）本科学历，年龄不超过30周岁；
（二）硕士学历，年龄不超过35周岁。
第六条 年满60周岁的人员不得申请公寓续租。
"""


@pytest.fixture
def rule(tmp_path: Path) -> Assistant:
    return assistant_of(tmp_path, {"办法.txt": ("人才公寓管理办法", "2025-01-02", "青岚市", RULE)})


def rows(answer: Answer) -> dict[str, bool | None]:
    return {row.label: row.met for row in answer.conditions}


@pytest.mark.parametrize(("told", "verdict"), [
    ("我46岁，社保交了2年，人均住房10平，能申请人才公寓吗", "不可以"),
    ("我45岁，社保交了2年，人均住房10平，能申请人才公寓吗", "还不能判断"),  # in this city?
    ("我45岁，没有青岚人才卡，社保交了11个月，人均住房10平，能申请人才公寓吗", "不可以"),
    ("我45岁，社保交了11个月，人均住房10平，能申请人才公寓吗", "还不能判断"),  # a card may spare it
    ("我45岁，社保交了12个月，人均住房10平，能申请人才公寓吗", "还不能判断"),
    ("我45岁，社保交了2年，人均住房15平，能申请人才公寓吗", "不可以"),
    ("我45岁，社保交了2年，人均住房14.9平，能申请人才公寓吗", "还不能判断"),
    ("我45岁，能申请人才公寓吗", "还不能判断"),  # the rest is not told
    ("我45岁，有青岚人才卡，社保交了2个月，人均住房10平，能申请人才公寓吗", "还不能判断"),
])  # fmt: skip
def test_the_verdict_turns_exactly_at_a_limit(rule: Assistant, told: str, verdict: str) -> None:
    assert asked(rule, told).verdict == verdict


def test_each_demand_is_beside_what_is_told_with_its_clause(rule: Assistant) -> None:
    answer = asked(rule, "我46岁，社保交了2年，能申请人才公寓吗")
    assert rows(answer) == {"年龄": False, "参保缴费": True}
    age = answer.conditions[0]
    assert (age.demanded, age.told) == ("不超过45周岁", "46岁")
    cited = next(c for c in answer.citations if c.n == age.citation)
    assert "年龄不超过45周岁" in cited.quote
    assert "  年龄：要求不超过45周岁，您46岁，不符合[" in answer_text(answer)
    assert [note.kind for note in answer.notes][-1] == "self_check"


def test_what_is_demanded_and_not_told_is_asked_for(rule: Assistant) -> None:
    answer = asked(rule, "我45岁，能申请人才公寓吗")
    (wanted,) = (note.parts[0] for note in answer.notes if note.kind == "tell_more")
    assert wanted == "社会保险缴了多久？人均面积多少平方米？"
    assert answer.completeness == "partial"
    refused = asked(rule, "我46岁，能申请人才公寓吗")
    assert not [note for note in refused.notes if note.kind == "tell_more"]


def after(rule: Assistant, text: str, *before: str, **more: Any) -> Answer:
    turns = tuple(Turn(role="user", content=each) for each in before)
    return rule.ask(Question(question=text, history=turns, **more))


SUPPORT = """创业扶持办法
第三条 申请创业场租扶持的，应当同时符合下列条件：
（一）年龄不超过45周岁；
（二）经营满12个月；
（三）法定代表人具有本市户籍；
（四）没有享受过场租扶持。
"""
HIRED = "我40岁，店开了两年，经营满24个月，能申请创业场租扶持吗"
LOCAL, NEW = "法定代表人具有本市户籍", "没有享受过场租扶持"


@pytest.fixture
def support(tmp_path: Path) -> Assistant:
    about = ("创业扶持办法", "2025-01-02", "青岚市", SUPPORT)
    return assistant_of(tmp_path, {"办法.txt": about})


def test_what_the_asker_alone_knows_is_asked_and_decides(support: Assistant) -> None:
    first = asked(support, HIRED)
    assert first.verdict == "还不能判断"
    assert first.choices == tuple(f"“{LOCAL}”：{word}" for word in ("是", "否", "不清楚"))
    rows = {row.demanded: (row.met, row.told) for row in first.conditions}
    assert rows == {
        "不超过45周岁": (True, "40岁"), "至少1年": (True, "24个月"),
        LOCAL: (None, ""), NEW: (None, ""),
    }  # fmt: skip
    yes = after(support, f"“{LOCAL}”：是", HIRED)
    assert (yes.verdict, yes.choices[0]) == ("还不能判断", f"“{NEW}”：是")
    assert yes.understood.startswith("我40岁")
    both = after(support, f"“{NEW}”：是", HIRED, f"“{LOCAL}”：是")
    assert (both.verdict, both.choices) == ("符合", ())
    assert both.answer.startswith("符合文件列出的条件：")
    assert all(row.met for row in both.conditions)
    unsure = after(support, f"“{NEW}”：不清楚", HIRED, f"“{LOCAL}”：是")
    assert (unsure.verdict, unsure.choices) == ("还不能判断", ())
    no = after(support, f"“{NEW}”：否", HIRED, f"“{LOCAL}”：是")
    assert no.verdict == "不可以"
    assert [row.demanded for row in no.conditions if row.met is False] == [NEW]


def test_all_demands_in_numbers_met_are_met(tmp_path: Path) -> None:
    text = (
        "青年补贴办法\n第三条 申请青年补贴应当同时符合下列条件：\n"
        "（一）年龄不超过35周岁；\n（二）经营满12个月。\n"
    )
    own = assistant_of(tmp_path, {"补贴.txt": ("青年补贴办法", "2025-01-02", "青岚市", text)})
    assert asked(own, "我35岁，经营满12个月，能申请青年补贴吗").verdict == "符合"
    short = asked(own, "我35岁，经营满11个月，能申请青年补贴吗")
    assert (short.verdict, short.conditions[0].gap) == ("不可以", "还差1个月")
    assert asked(own, "我36岁，经营满12个月，能申请青年补贴吗").conditions[0].gap == ""


def test_no_reply_makes_good_what_fails_in_numbers(support: Assistant) -> None:
    old = HIRED.replace("40", "46")
    said = ("“年龄不超过45周岁”：是", f"“{LOCAL}”：是", f"“{NEW}”：是")
    assert after(support, said[-1], old, *said[:-1]).verdict == "不可以"


def test_a_reply_without_a_question_is_no_verdict(support: Assistant) -> None:
    assert asked(support, f"“{LOCAL}”：是").verdict == ""


def test_what_was_told_before_goes_into_the_verdict(rule: Assistant) -> None:
    answer = after(rule, "那我能申请人才公寓吗?", "我46岁，人才公寓要什么条件?")
    assert (answer.verdict, rows(answer)) == ("不可以", {"年龄": False})
    assert [(each.attribute, each.said) for each in answer.told] == [("age", "46岁")]
    forgotten = after(rule, "那我能申请人才公寓吗?", "我46岁，人才公寓要什么条件?", forget=("age",))
    assert (forgotten.conditions, forgotten.told, forgotten.forget) == ((), (), ("age",))


def test_a_fact_that_is_only_told_decides_what_was_asked(rule: Assistant) -> None:
    answer = after(rule, "我46岁了", "人才公寓能申请吗?")
    assert (answer.verdict, answer.conditions[0].met) == ("不可以", False)
    assert after(rule, "我44岁了", "人才公寓能申请吗?").verdict == "还不能判断"
    assert asked(rule, "我46岁了").verdict == ""  # nothing was asked


def test_what_is_only_told_is_acknowledged_where_no_rule_speaks_of_it(rule: Assistant) -> None:
    silent = AnswerSettings(threshold=1.0)
    one = Assistant(rule.index, rule.embedder, RankingSettings().model_dump(), silent)
    answer = after(one, "我46岁了", "人才公寓在哪里?")
    assert [note.kind for note in answer.notes] == ["noted"]
    assert answer.answer.startswith("记下了：年龄46岁。")
    assert after(one, "我46岁了").notes != answer.notes  # nothing was asked before
    assert after(one, "我46岁了，去哪办?", "人才公寓在哪里?").notes != answer.notes


@pytest.mark.parametrize(("told", "verdict"), [
    ("我本科学历，31岁，可以申请公寓补贴吗", "还不能判断"),  # the other way is open
    ("我60岁，能申请公寓续租吗", "不可以"),
    ("我59岁，能申请公寓续租吗", "还不能判断"),
])  # fmt: skip
def test_ways_and_exclusions(rule: Assistant, told: str, verdict: str) -> None:
    assert asked(rule, told).verdict == verdict


def test_a_rule_of_another_place_gives_no_verdict(rule: Assistant) -> None:
    assert asked(rule, "我46岁，能申请青岚市人才公寓吗").verdict == "不可以"
    elsewhere = asked(rule, "我46岁，能申请上海人才公寓吗")
    assert (elsewhere.verdict, elsewhere.conditions) == ("", ())


def test_items_below_words_that_refuse_are_no_demands(tmp_path: Path) -> None:
    text = (
        "贷款办法\n第三条 有下列情形之一的，不予贷款：\n"
        "（一）年龄超过60周岁的；\n（二）社会保险未满1年的。\n"
    )
    refusing = assistant_of(tmp_path, {"贷款.txt": ("贷款办法", "2025-01-02", "青岚市", text)})
    assert asked(refusing, "我46岁，能申请贷款吗").conditions == ()


def test_what_limits_somebody_is_said_at_any_confidence(tmp_path: Path) -> None:
    sources = {"办法.txt": ("人才公寓管理办法", "2025-01-02", "青岚市", RULE)}
    usual = assistant_of(tmp_path, sources)
    strict = Assistant(usual.index, usual.embedder, BY_WORDS, AnswerSettings(threshold=0.999))
    assert asked(strict, "能申请人才公寓吗").status == "abstained"
    assert asked(strict, "我46岁，能申请人才公寓吗").verdict == "不可以"


def test_without_circumstances_nothing_is_compared(rule: Assistant) -> None:
    for question in ("能申请人才公寓吗", "申请人才公寓有什么条件", "我45岁，人才公寓有什么条件"):
        answer = asked(rule, question)
        assert (answer.conditions, [n for n in answer.notes if n.kind == "self_check"]) == ((), [])


def test_a_single_sentence_that_grants_is_asked_by_its_condition(tmp_path: Path) -> None:
    text = "居住证办法\n第六条 在青岚市登记居住满6个月，并有合法稳定就业的，可以申领居住证。\n"
    own = assistant_of(tmp_path, {"办法.txt": ("居住证办法", "2025-01-02", "青岚市", text)})
    told = "我登记居住8个月了，可以申领居住证吗"
    first = asked(own, told)
    condition = "在青岚市登记居住满6个月，并有合法稳定就业"
    assert (first.verdict, first.choices[0]) == ("还不能判断", f"“{condition}”：是")
    assert after(own, f"“{condition}”：是", told).verdict == "符合"
    assert after(own, f"“{condition}”：否", told).verdict == "不可以"


def test_of_several_ways_one_that_is_met_does_not_settle_the_rest(rule: Assistant) -> None:
    answer = asked(rule, "我本科学历，30岁，可以申请公寓补贴吗")
    assert answer.verdict == "还不能判断"


def test_every_item_of_a_long_list_is_asked(tmp_path: Path) -> None:
    things = [f"没有违反第{n}号公约" for n in "甲乙丙丁戊己庚辛壬"]
    items = "".join(
        f"（{n}）{thing}；\n" for n, thing in zip("二三四五六七八九十", things, strict=True)
    )
    text = f"会员办法\n第三条 申请会员应当同时符合下列条件：\n（一）年龄不超过45周岁；\n{items}"
    own = assistant_of(tmp_path, {"办法.txt": ("会员办法", "2025-01-02", "青岚市", text)})
    said = ["我40岁，能申请会员吗", *(f"“{thing}”：是" for thing in things[:8])]
    almost = after(own, said[-1], *said[:-1])
    assert (almost.verdict, almost.choices[0]) == ("还不能判断", f"“{things[8]}”：是")
    assert after(own, f"“{things[8]}”：是", *said).verdict == "符合"


TWO_OF_THREE = """青岚市领航人才认定办法
第三条 符合下列条件中两项以上的，可以认定为领航人才：
（一）年龄不超过40周岁；
（二）在本单位工作满3年；
（三）年收入超过50万元。
"""


@pytest.mark.parametrize(("told", "verdict"), [
    ("我45岁，工作2年，年收入60万，能认定为领航人才吗", "不可以"),
    ("我45岁，工作4年，年收入60万，能认定为领航人才吗", "还不能判断"),  # in this office?
    ("我45岁，年收入60万，能认定为领航人才吗", "还不能判断"),
])  # fmt: skip
def test_of_several_conditions_as_many_must_be_met_as_are_asked_for(
    tmp_path: Path, told: str, verdict: str
) -> None:
    made = {"办法.txt": ("领航人才认定办法", "2025-01-02", "青岚市", TWO_OF_THREE)}
    assert asked(assistant_of(tmp_path, made), told).verdict == verdict


def test_a_rank_in_what_is_asked_for_is_nobodys(tmp_path: Path) -> None:
    text = "青岚市博士后办法\n第三条 支持企业建博士后站，博士后须具有博士学位，年龄不超过35周岁。\n"
    made = {"办法.txt": ("博士后办法", "2025-01-02", "青岚市", text)}
    answer = asked(assistant_of(tmp_path, made), "支持企业建博士后站吗")
    assert (answer.status, answer.verdict, answer.conditions) == ("answered", "", ())
