"""What is read of a document: fields by headings and lists, each cell with its exact words."""

from decimal import Decimal

import pytest

from policyqa.index.types import Metadata
from policyqa.qa.register.amounts import Amount, amount_of
from policyqa.qa.register.proposing import proposed
from policyqa.qa.register.renewing import renewed
from policyqa.qa.register.sections import field_of
from policyqa.qa.register.types import Programme
from tests.programmes import HOUSING, corpus_of, office, programmes, read, signed

CORPUS = office()
BUYING, RENTING, SKILLED = programmes(CORPUS)


def texts(programme: Programme, field: str) -> list[str]:
    return [cell.text for cell in getattr(programme, field)]


def test_each_section_with_fields_is_a_programme() -> None:
    assert [p.name for p in (BUYING, RENTING, SKILLED)] == [
        "购房补贴", "租房补贴", "渝南区技能人才奖励通知",
    ]  # fmt: skip
    assert [len({p.id for p in (BUYING, RENTING, SKILLED)}), BUYING.clause] == [
        3,
        "第二章 购房补贴",
    ]
    assert (BUYING.valid_from, BUYING.valid_to) == ("2025-02-01", "2027-12-31")


def test_fields_are_read_under_their_headings() -> None:
    assert texts(BUYING, "materials") == ["身份证复印件", "学历学位证书", "社会保险缴费证明"]
    assert texts(BUYING, "steps") == [
        "申请人在网上提交申请", "区人才中心自受理之日起10个工作日内审核", "公示5个工作日后发放",
    ]  # fmt: skip
    assert texts(BUYING, "time_limit") == ["（二）区人才中心自受理之日起10个工作日内审核；"]
    assert texts(BUYING, "phone") == ["区人才中心，咨询电话：023-61234567。"]
    assert texts(BUYING, "exclusions") == ["购房补贴与租房补贴不得同时享受。"]
    assert texts(SKILLED, "time_limit") == ["自受理之日起20个工作日内办结"]


def test_sums_are_by_class_with_their_period_and_term() -> None:
    doctor, master = BUYING.benefits
    assert (doctor.amount, doctor.period, doctor.attribute, doctor.rank) == (
        Decimal(150_000), "once", "degree", 7,
    )  # fmt: skip
    assert (master.amount, master.rank) == (Decimal(60_000), 6)
    (rent,) = RENTING.benefits
    assert (rent.amount, rent.period, rent.months) == (Decimal(1000), "monthly", 24)


@pytest.mark.parametrize(
    ("sentence", "rank"),
    [("博士给予补贴5万元。", 7), ("本科以上给予补贴5万元。", 0), ("博士后给予补贴5万元。", 0),
     ("博士、硕士给予补贴5万元。", 0)],
)  # fmt: skip
def test_a_sum_is_only_of_the_one_class_that_it_names(sentence: str, rank: int) -> None:
    text = f"渝南区补贴办法\n一、申请条件\n年龄不超过45周岁。\n二、补贴标准\n{sentence}\n"
    paper = read("d.txt", text, Metadata(title="渝南区补贴办法", kind="policy"))
    (found,) = proposed(paper.document, paper.passages, paper.rules)
    assert [benefit.rank for benefit in found.benefits] == [rank]


def test_why_an_application_is_refused_is_no_step() -> None:
    text = (
        "渝南区入学指南\n一、申请条件\n年龄须满6周岁。\n二、申请流程\n1.网上预报名；\n2.递交材料。\n"
        "有下列情形之一的，不予受理：\n（1）材料不齐的；\n（2）信息不一致的。\n"
    )
    paper = read("e.txt", text, Metadata(title="渝南区入学指南", kind="guide"))
    (found,) = proposed(paper.document, paper.passages, paper.rules)
    assert texts(found, "steps") == ["网上预报名", "递交材料"]


def test_every_cell_has_words_that_stand_in_its_document() -> None:
    by_source = {d.source: d.text for d in CORPUS.documents()}
    for programme in (BUYING, RENTING, SKILLED):
        for _, _, cell in programme.cells():
            place = cell.quote.place
            assert by_source[place.source][place.start : place.end] == cell.quote.text
            assert cell.signed is None


def test_an_article_that_grants_money_is_a_programme_and_a_penalty_is_none() -> None:
    text = (
        "渝南区博士后办法\n第一章 支持\n"
        "第一条 博士后出站留渝工作满36个月的，一次性给予安家补助15万元。\n"
        "第二条 以虚假材料骗取补助的，追回补助并处3万元罚款。\n"
    )
    paper = read("a.txt", text, Metadata(title="渝南区博士后办法", kind="policy"))
    (found,) = proposed(paper.document, paper.passages, paper.rules)
    assert (found.name, found.clause) == ("渝南区博士后办法第一条", "第一章 支持 › 第一条")
    assert [b.amount for b in found.benefits] == [Decimal(150_000)]
    assert len(found.conditions) == 1


def test_a_list_says_by_its_introduction_what_it_holds() -> None:
    text = (
        "渝南区入户办法\n第一条 申请人应当符合下列条件：\n（一）年龄不超过45周岁；\n"
        "（二）具有本科以上学历。\n第二条 申请时应当提交以下材料：\n（一）身份证；\n"
        "（二）毕业证书。\n第三条 本办法自发布之日起施行。\n"
    )
    paper = read("b.txt", text, Metadata(title="渝南区入户办法", kind="policy"))
    (found,) = proposed(paper.document, paper.passages, paper.rules)
    assert (found.name, found.kind) == ("渝南区入户办法", "service")
    assert texts(found, "materials") == ["身份证", "毕业证书"]
    assert len(found.conditions) == 1


def test_materials_stand_below_whom_they_are_for() -> None:
    text = (
        "渝南区入学指南\n一、申请条件\n年龄须满6周岁。\n二、申请材料\n1.本区户籍\n●户口本；\n●房产证。\n"
        "2.非本区户籍\n●居住证。\n"
    )
    paper = read("c.txt", text, Metadata(title="渝南区入学指南", kind="guide"))
    (found,) = proposed(paper.document, paper.passages, paper.rules)
    assert texts(found, "materials") == [
        "本区户籍：户口本", "本区户籍：房产证", "非本区户籍：居住证",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("一、申请条件", "conditions"), ("（二）补贴标准", "benefits"),
        ("三、所需材料", "materials"),
        ("四、申请流程", "steps"), ("五、办理时限", "time_limit"), ("受理地点", "place"),
        ("咨询电话", "phone"), ("六、收费标准", "fee"), ("申报时间", "window"),
        ("服务对象", "for_whom"), ("第一章 总则", ""), ("建立多种渠道，发展租赁市场", ""),
    ],
)  # fmt: skip
def test_headings_announce_fields(heading: str, field: str) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("sentence", "amount"),
    [
        ("一次性给予15万元安家补助", Amount(Decimal(150_000), "元", "once", None, None)),
        ("每月补贴2000元，最长36个月", Amount(Decimal(2000), "元", "monthly", None, 36)),
        ("给予50%的补贴，最高不超过20万元", Amount(Decimal(50), "%", "", None, None)),
        ("给予补贴，最高不超过20万元", Amount(None, "元", "", Decimal(200_000), None)),
        ("每年给予资助3万元，连续3年", Amount(Decimal(30_000), "元", "yearly", None, 36)),
        ("年收入不超过10万元的家庭可以申请补贴", None),
        ("公司注册资本100万元", None),
    ],
)
def test_what_is_paid(sentence: str, amount: Amount | None) -> None:
    assert amount_of(sentence) == amount


def test_a_document_that_is_read_anew_keeps_what_was_signed() -> None:
    before = signed(BUYING)
    assert renewed(None, BUYING) == BUYING
    assert renewed(before, BUYING) is None
    changed = office(HOUSING.replace("给予购房补贴6万元", "给予购房补贴8万元"))
    (paper,) = (each for each in changed.documents() if each.source == "housing.txt")
    now = programmes(changed)[0]
    kept = renewed(before, now, paper)
    assert kept is not None
    assert kept.version == 2
    doctor, master = kept.benefits
    assert doctor.is_signed
    assert (master.amount, master.signed) == (Decimal(80_000), None)


def test_what_staff_signed_and_the_reader_does_not_find_stays() -> None:
    """A signed bar that no rule of ours reads was lost, and people were said to be due."""
    before = signed(BUYING)
    bar = before.conditions[0].model_copy(update={"text": "工作人员补上的一条"})
    quote = bar.quote.model_copy(update={"text": "第二章 购房补贴"})
    before = before.model_copy(
        update={"conditions": (*before.conditions, bar.model_copy(update={"quote": quote}))}
    )
    now = BUYING.model_copy(
        update={
            "materials": (RENTING.materials[1],),
            "issuer": "",
            "conditions": (),
        }
    )
    kept = renewed(before, now)
    assert kept is not None
    assert [each.text for each in kept.conditions] == [each.text for each in before.conditions]
    assert kept.issuer == BUYING.issuer
    assert len(kept.materials) == 1  # without the document the other signed papers do not stand
    (paper,) = (each for each in office().documents() if each.source == "housing.txt")
    with_paper = renewed(before, now, paper)
    assert with_paper is not None
    assert len(with_paper.materials) == 4


def test_papers_without_programmes_give_none() -> None:
    text = "渝南区人才工作会议召开\n会议强调要做好人才工作。\n"
    corpus = corpus_of([read("n.txt", text, Metadata(kind="news"))])
    assert programmes(corpus) == []
