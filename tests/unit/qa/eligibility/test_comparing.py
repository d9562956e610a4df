"""Facts against rules: boundaries to either side, alternatives, exceptions and exclusions."""

import pytest

from policyqa.index.conditions.wording import granted_if
from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.eligibility.comparing import Judgement, Rule, judged
from policyqa.qa.eligibility.facts import facts
from policyqa.qa.eligibility.telling import condition
from policyqa.qa.retrieve.evidence import Quote


def quoted(*texts: str) -> list[Quote]:
    """Sentences of one document."""
    whole = "".join(texts)
    about = Document(doc_id="d", source="d.txt", sha256="0", metadata=Metadata(), text=whole)
    found, at = [], 0
    for text in texts:
        sentence = Sentence(start=at, end=at + len(text))
        passage = Passage(
            passage_id="p", doc_id="d", start=at, end=at + len(text), text=text,
            sentences=(sentence,),
        )  # fmt: skip
        found.append(Quote(about, passage, sentence, text))
        at += len(text)
    return found


def held(told: str, *texts: str) -> Judgement:
    return judged(facts(told), [Rule(((quote,),)) for quote in quoted(*texts)])


@pytest.mark.parametrize(("told", "rule", "allowed"), [
    ("我45岁", "年龄不超过45周岁。", None),
    ("我46岁", "年龄不超过45周岁。", False),
    ("社保交了12个月", "应当连续缴纳社会保险满一年。", None),
    ("社保交了11个月", "应当连续缴纳社会保险满一年。", False),
    ("居住登记满半年了", "办理居住登记满6个月。", None),
    ("居住登记5个月", "办理居住登记满半年。", False),
    ("人均住房15平", "人均住房建筑面积低于15平方米；", False),
    ("人均住房14.9平", "人均住房建筑面积低于15平方米；", None),
    ("人均收入2万", "上年人均收入低于2万元（含）；", None),
    ("人均收入两万零一百", "上年人均收入低于2万元（含）；", False),
    ("大专毕业", "具有本科以上学历。", False),
    ("硕士毕业", "具有本科以上学历。", None),
    ("硕士，31岁", "本科不超过26周岁，硕士不超过30周岁。", False),
    ("硕士，29岁", "本科不超过26周岁，硕士不超过30周岁。", None),
    ("我妈53岁", "男年满60周岁，女年满55周岁。", False),
    ("我爸53岁", "女年满55周岁。", None),  # it is for others
    ("我63岁", "60周岁以上的人员不参加本险。", False),  # whom it bars
    ("我59岁", "60周岁以上的人员不参加本险。", None),
    ("我46岁", "年龄原则上不超过45周岁。", None),  # an office may lift it
    ("我46岁", "年龄不超过45周岁，特殊情况可放宽至50周岁。", None),
    ("我46岁", "年龄不超过45周岁或者具有高级职称。", None),  # something else would do
    ("我38岁", "年龄在35岁以下的，按1.1%划入。", None),  # what is paid to whom
    ("社保交了两年多", "参加社会保险满3年。", False),
    ("社保交了两年多", "参加社会保险满30个月。", None),  # may or may not
    ("如果我46岁能不能申请", "年龄不超过45周岁。", None),  # supposed, not told
    ("前年判过拘役", "应当无刑事犯罪记录。", False),
    ("没犯过罪", "应当无刑事犯罪记录。", None),
    ("没有居住证", "应当持有居住证满2年。", False),
    ("居住证满1年，没犯过罪", "持有效居住证，持证满2年，无犯罪记录。", False),
    ("外地户口", "其中，地方级人才须具有本市户籍。", None),  # of some
    ("没超生", "违反计划生育规定的超生家庭，满14周年后方可申请。", None),  # for whom it is
    ("老二超生", "有违反计划生育政策行为记录的，取消申请资格。", False),
    ("没超生", "有违反计划生育政策行为记录的，取消申请资格。", None),
    ("外地户口，46岁", "年龄不超过45周岁，且具有本市户籍或者居住证。", False),
    ("外地户口，44岁", "年龄不超过45周岁，且具有本市户籍或者居住证。", None),
    ("没工作", "有稳定就业、合法稳定住所、连续就读条件之一的，可以申领。", None),
    ("居住登记5个月", "连续居住满12个月的，视为有合法稳定住所。", None),  # another way
])  # fmt: skip
def test_a_rule_settles_no_more_than_it_says(told: str, rule: str, allowed: bool | None) -> None:
    assert held(told, rule).allowed is allowed


def test_what_passes_elsewhere_lifts_a_failure_of_the_same_kind() -> None:
    told = "社保交了14个月"
    assert held(told, "参加社会保险满2年。").allowed is False
    assert held(told, "参加社会保险满2年。", "参加社会保险满1年的可以申请居住证。").allowed is None


def test_of_several_ways_each_must_fail() -> None:
    first, second = quoted("（一）年龄不超过45周岁；", "（二）参加社会保险满3年；")
    ways = Rule(((first,), (second,)), least=1)
    assert judged(facts("我46岁，社保交了2年"), [ways]).allowed is False
    assert judged(facts("我46岁，社保交了3年"), [ways]).allowed is None
    assert judged(facts("我46岁"), [ways]).allowed is None
    both = Rule(((first,), (second,)))
    assert judged(facts("我46岁"), [both]).allowed is False


def test_what_holds_of_some_refuses_nobody() -> None:
    (quote,) = quoted("未满16周岁的，由监护人代办。")
    assert judged(facts("我20岁"), [Rule(((quote,),), binding=False)]).allowed is None


def test_one_more_fact_never_turns_what_is_settled() -> None:
    rules = ["年龄不超过45周岁。", "参加社会保险满1年。", "具有本科以上学历。"]
    for first in ("我46岁", "社保交了11个月", "大专毕业"):
        assert held(first, *rules).allowed is False
        for more in ("我46岁", "社保交了11个月", "大专毕业", "人均收入2万", "劳动合同签了三年"):
            assert held(f"{first}，{more}", *rules).allowed is False


def test_what_is_demanded_and_not_told_is_named_once() -> None:
    found = held("我40岁", "年龄不超过45周岁，社保满1年。", "应当连续缴纳社会保险满1年。")
    assert found.untold == ("insured",)


@pytest.mark.parametrize(("told", "rule", "shown"), [
    ("我46岁", "年龄不超过45周岁。", ("年龄", "不超过45周岁", "46岁", False)),
    ("社保交了14个月", "参加社会保险满2年。", ("参保缴费", "至少2年", "14个月", False)),
    ("人均收入两万零一百", "人均收入低于2万元。", ("人均收入", "低于2万元", "两万零一百", False)),
    ("大专毕业", "具有本科以上学历。", ("学历", "本科以上", "大专", False)),
    ("硕士，29岁", "硕士不超过30周岁。", ("年龄", "硕士研究生不超过30周岁", "29岁", True)),
    ("孩子7岁", "6至15周岁的儿童。", ("年龄", "6周岁至15周岁", "7岁", True)),
    ("居住登记18个月", "居住登记满1年6个月。", ("居住", "至少1年6个月", "18个月", True)),
])  # fmt: skip
def test_a_check_in_words(told: str, rule: str, shown: tuple[str, str, str, bool]) -> None:
    check = held(told, rule).checks[-1]
    row = condition(check, 1)
    assert (row.label, row.demanded, row.told, row.met) == shown


@pytest.mark.parametrize(("sentence", "condition"), [
    ("第六条 在本市居住满半年并有稳定住所的，可以申领居住证。", "在本市居住满半年并有稳定住所"),
    ("（二）连续就读满三年的，准予报名。", "连续就读满三年"),
    ("申请人可以在网上办理。", ""),
    ("在规定期限内没有签注的，予以注销居住证。", ""),  # takes away
    ("提供虚假材料骗取补贴的，给予警告。", ""),
    ("可能需要的材料见附件。", ""),
])  # fmt: skip
def test_what_a_sentence_grants_depends_on_its_condition(sentence: str, condition: str) -> None:
    assert granted_if(sentence) == condition


def test_a_sentence_that_names_whom_it_is_for_refuses_nobody() -> None:
    quote = quoted("未满18周岁的本市户籍少年儿童；")[0]
    told = facts("外地户口")
    assert judged(told, [Rule(((quote,),), names=True)]).checks == ()
    assert judged(told, [Rule(((quote,),))]).allowed is False


def test_that_there_is_one_does_not_make_up_for_too_short_a_time() -> None:
    rules = [Rule(((quote,),)) for quote in quoted("持有居住证。", "居住证应满1年。")]
    assert judged(facts("居住证11个月"), rules).allowed is False


def test_what_settles_stands_in_an_item_that_fails() -> None:
    quotes = quoted("投靠子女取得本市户籍的居民不能作为申请人。", "年龄不超过45周岁。")
    found = judged(facts("46岁，不是外地户口"), [Rule(tuple((quote,) for quote in quotes))])
    assert [check.limit.attribute for check in found.decisive] == ["age"]
