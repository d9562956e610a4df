"""A profile against all programmes: what follows, by which clause, what is still needed."""

import pytest

from policyqa.index.conditions.types import Branch, Leaf
from policyqa.qa.eligibility.facts import facts
from policyqa.qa.eligibility.replies import key_of
from policyqa.qa.register.answering import fact_of
from policyqa.qa.register.asking import next_question
from policyqa.qa.register.checking import NO_CONDITIONS, REVIEW, UNSIGNED, Engine, Profile, Verdict
from policyqa.qa.register.standing import Standings
from policyqa.qa.register.types import Programme, Quote
from tests.programmes import DAY, HOUSING, office, programmes, signed

CORPUS = office()
READ = programmes(CORPUS)
SIGNED = [signed(each) for each in READ]
ENGINE = Engine(SIGNED, Standings(CORPUS, DAY))
BUYING, RENTING, SKILLED = (each.name for each in READ)


def told(text: str, **replies: bool) -> Profile:
    return Profile(tuple(facts(text)), {key_of(words): said for words, said in replies.items()})


def verdicts(profile: Profile, engine: Engine = ENGINE) -> dict[str, Verdict]:
    return {each.programme.name: each for each in engine.verdicts(profile)}


def words(profile: Profile, name: str, engine: Engine = ENGINE) -> str:
    return verdicts(profile, engine)[name].word


def test_nobody_who_tells_nothing_gets_a_verdict() -> None:
    found = verdicts(Profile())
    assert [each.word for each in found.values()] == ["还差"] * 3
    assert [point.attribute for point in found[BUYING].open] == ["age", "degree", "insured"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("45岁，硕士，社保交了12个月", "符合"),
        ("46岁", "不符合"),
        ("本科毕业", "不符合"),
        ("30岁，硕士，社保交了11个月", "不符合"),
        ("30岁，硕士", "还差"),
    ],
)
def test_the_verdict_follows_the_limits(text: str, word: str) -> None:
    assert words(told(text), BUYING) == word


def test_a_refusal_names_its_clause_and_what_is_lacking() -> None:
    (point,) = verdicts(told("30岁，硕士，社保交了8个月"))[BUYING].failed
    assert (point.words, point.demanded, point.gap) == (
        "社会保险缴费满12个月", "参保缴费至少1年", "还差4个月",
    )  # fmt: skip


def test_any_of_several_ways_will_do_and_all_must_fail() -> None:
    assert words(told("高级工"), SKILLED) == "符合"
    there = "在渝南区工作满36个月"  # how long is told, where is not
    (point, *_) = reversed(verdicts(told("工作了3年"))[SKILLED].open)
    assert (point.words, point.wants) == (there, "reply")
    assert words(told("工作了3年", **{there: True}), SKILLED) == "符合"
    assert words(told("工作了1年"), SKILLED) == "还差"
    refused = verdicts(told("工作了1年，中级工"))[SKILLED]
    assert (refused.word, len(refused.failed)) == ("不符合", 2)


def test_what_an_office_decides_is_never_taken_for_met() -> None:
    rented = verdicts(told("30岁，本科毕业，名下没有房", 经区人才办认定=True))[RENTING]
    assert (rented.word, [p.wants for p in rented.open]) == ("还差", ["office"])
    denied = verdicts(told("30岁，本科毕业，名下没有房", 经区人才办认定=False))[RENTING]
    assert denied.word == "不符合"


def test_benefits_are_those_of_the_own_class() -> None:
    amounts = [b.amount for b in verdicts(told("博士"))[BUYING].benefits]
    assert amounts == [150_000]
    assert len(verdicts(Profile())[BUYING].benefits) == 2


def test_nothing_is_promised_on_what_nobody_signed() -> None:
    engine = Engine(READ, Standings(CORPUS, DAY))
    found = verdicts(told("高级工"), engine)[SKILLED]
    assert (found.word, found.notes, found.is_signed) == ("还差", (UNSIGNED,), False)
    assert words(told("46岁"), BUYING, engine) == "不符合"  # marked: `is_signed` is false


def test_nothing_rests_on_words_that_have_changed() -> None:
    engine = Engine(SIGNED, Standings(office(HOUSING.replace("45周岁", "40周岁")), DAY))
    found = verdicts(told("46岁"), engine)[BUYING]
    assert (found.word, found.notes) == ("还差", (REVIEW,))


def test_a_programme_without_conditions_is_open_and_one_that_has_ended_is_none() -> None:
    bare = SIGNED[0].model_copy(update={"conditions": ()})
    (found,) = Engine([bare], Standings(CORPUS, DAY)).verdicts(told("46岁"))
    assert (found.word, found.notes) == ("还差", (NO_CONDITIONS,))
    assert Engine(SIGNED[:1], Standings(CORPUS, "2028-01-01")).checked == []


def test_nothing_is_promised_of_what_is_not_in_force_yet() -> None:
    later = Engine(SIGNED, Standings(CORPUS, "2025-02-28"))  # in force from the next day
    found = verdicts(told("高级工"), later)[SKILLED]
    assert (found.word, found.open) == ("还差", ())
    assert found.notes == ("自2025-03-01起施行，现在还不能享受",)
    assert words(told("没有技能证书，工作了1年"), SKILLED, later) == "不符合"
    then = Engine(SIGNED, Standings(CORPUS, "2025-03-01"))
    assert words(told("高级工"), SKILLED, then) == "符合"


def rewritten(tree: Branch | Leaf, purpose: str = "demand") -> Programme:
    """The first programme with this tree in place of its own, signed."""
    (condition,) = READ[0].conditions
    changed = condition.model_copy(update={"tree": tree, "purpose": purpose})
    kept = (condition,) if purpose == "spare" else ()
    return signed(READ[0].model_copy(update={"conditions": (*kept, changed)}))


def test_a_spare_lifts_a_failure_until_it_is_denied() -> None:
    leaf = Leaf(node="leaf", start=0, end=5)
    engine = Engine([rewritten(leaf, "spare")], Standings(CORPUS, DAY))
    assert words(told("46岁"), BUYING, engine) == "还差"
    assert words(told("46岁", 申请人应当=True), BUYING, engine) == "还差"
    assert words(told("46岁", 申请人应当=False), BUYING, engine) == "不符合"


def test_whom_a_list_bars_is_refused_by_its_words() -> None:
    tree = Branch(node="not", parts=(Leaf(node="leaf", start=0, end=5),))
    engine = Engine([rewritten(tree)], Standings(CORPUS, DAY))
    refused = verdicts(told("", 申请人应当=True), engine)[BUYING]
    assert (refused.word, refused.failed[0].words) == ("不符合", "申请人应当")
    assert words(told("", 申请人应当=False), BUYING, engine) == "符合"


def test_the_next_question_settles_most_and_is_not_asked_again() -> None:
    first = next_question(ENGINE, Profile())
    assert first is not None
    assert (first.attribute, first.words) == ("degree", "最高学历是什么？是不是全日制？")
    second = next_question(ENGINE, Profile(), skipped=["degree"])
    assert second is not None
    assert second.attribute != "degree"
    done = told("46岁，本科毕业，高级工")
    assert next_question(ENGINE, done) is None


def test_conditions_without_numbers_are_asked_by_their_own_words() -> None:
    engine = Engine([rewritten(Leaf(node="leaf", start=0, end=5))], Standings(CORPUS, DAY))
    asked = next_question(engine, Profile())
    assert asked is not None
    assert (asked.attribute, asked.words, asked.settles) == ("", "申请人应当", 1.0)


def test_the_words_of_a_household_are_seen_from_the_place_of_the_programme() -> None:
    text = READ[0].conditions[0].quote.text
    quote = Quote(text=text, link=READ[0].conditions[0].quote.link)
    leaf = Leaf(
        node="leaf", start=0, end=5, attribute="registered", unit="月", whole=True,
        allowed={"low": 0, "low_in": False},
    )  # fmt: skip
    there = rewritten(leaf).model_copy(update={"region": "重庆市"})
    assert there.conditions[0].quote == quote
    engine = Engine([there], Standings(CORPUS, DAY))
    assert words(told("我是重庆户口"), BUYING, engine) == "符合"
    assert words(told("我是上海户口"), BUYING, engine) == "不符合"


def test_each_benefit_says_what_it_is_worth() -> None:
    changed = office(HOUSING.replace("15万元", "12万元"))
    engine = Engine(SIGNED, Standings(changed, DAY))
    found = verdicts(told("30岁，社保交了12个月"), engine)[BUYING]
    assert [worth.state for worth in found.worth] == ["review", "signed"]


def test_what_somebody_has_elsewhere_fails_no_demand_of_a_place() -> None:
    """A flat in another town was held against 在澜江市无自有住房."""
    there = "在渝南区无自有住房"
    paper = office(HOUSING.replace("（三）无自有住房", f"（三）{there}"))
    (now,) = (each for each in programmes(paper) if each.name == RENTING)
    engine = Engine([signed(now)], Standings(paper, DAY))
    told_of = told("30岁，本科").facts
    house = fact_of("house", "有")
    assert house
    owner = Profile((*told_of, house))
    found = verdicts(owner, engine)[RENTING]
    assert (found.word, there in [point.words for point in found.open]) == ("还差", True)
    denied = Profile((*told_of, house), {key_of(there): False})
    assert words(denied, RENTING, engine) == "不符合"
    assert words(owner, RENTING) == "不符合"  # 无自有住房, wherever
