"""What passes the gate, and for what reason the rest does not."""

import pytest

from policyqa.qa.check.gate import check, content_support, displaced_quantities

QUOTE = "符合条件的博士后可享受每月3000元生活补贴，最长不超过24个月，不得与安家费重复享受。"


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTE,
        "博士后每月可享受3000元生活补贴，最长24个月。",
        "符合条件的博士后，生活补贴为每月 3,000 元。",
        "生活补贴不能与安家费重复享受。",
        "生活补贴最长不超过二十四个月。",
    ],
)
def test_what_the_text_says_passes(sentence: str) -> None:
    assert check(sentence, [QUOTE]).passed


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("博士后每月可享受5000元生活补贴。", "quantity"),
        ("博士后每月可享受3000万元生活补贴。", "quantity"),
        ("博士后可享受每月3000元生活补贴，最长24年。", "quantity"),
        ("博士后不享受每月3000元生活补贴。", "negation"),
        ("生活补贴可以与安家费重复享受。", "negation"),
        ("生活补贴至少24个月。", "bound"),
        ("生活补贴期限24个月。", "bound"),
        ("《人才十条》规定博士后可享受每月3000元生活补贴。", "name"),
        ("成都市的博士后可享受每月3000元生活补贴。", "name"),
        ("用人单位引进的海外专家可享受每月3000元生活补贴。", "subject"),
        ("周末举办登山、游泳和围棋比赛。", "words"),
    ],
)
def test_what_the_text_does_not_say_is_stopped(sentence: str, fault: str) -> None:
    finding = check(sentence, [QUOTE])
    assert (finding.fault, finding.passed) == (fault, False)


def test_without_a_citation_nothing_passes() -> None:
    assert check("博士后有补贴。", []).fault == "mark"


def test_a_name_may_stand_in_the_title_and_a_number_may_not() -> None:
    assert not check("《人才十条》给博士后每月3000元生活补贴。", [QUOTE]).passed
    assert check("《人才十条》给博士后每月3000元生活补贴。", [QUOTE], context="人才十条").passed
    assert not check("博士后生活补贴为5000元。", [QUOTE], context="5000元").passed


def test_a_figure_of_another_thing_is_no_proof() -> None:
    text = "博士每月5000元、硕士每月3000元。"
    assert displaced_quantities("硕士每月5000元。", text) == ["硕士5000元"]
    assert displaced_quantities("硕士每月3000元，博士每月5000元。", text) == []


def test_a_table_proves_a_number_with_its_unit_in_another_cell() -> None:
    quotes = ["\t领军人才\t人\t343\t1000", "类别\t指标\t单位\t2020年\t2025年"]
    assert check("2020年领军人才343人。", quotes).passed
    assert check("领军人才344人。", quotes).fault == "quantity"
    assert check("领军人才343元。", quotes).fault == "quantity"


def test_an_injected_negation_is_seen_where_the_text_has_another() -> None:
    text = "派遣人员可以申请，在职人员不得申请住房补贴。"
    assert check("派遣人员可以申请，在职人员不得申请住房补贴。", [text]).passed
    assert not check("在职人员可以申请住房补贴，不限名额。", [text]).passed


def test_support_is_the_share_of_the_contents_characters() -> None:
    # 生活补贴 is cut into 生活, 补贴; 津贴 is not there: 4 of 6 characters are.
    assert content_support("生活补贴和津贴", "生活补贴") == (pytest.approx(4 / 6), ["津贴"])


@pytest.mark.parametrize(
    ("sentence", "quote", "fault"),
    [
        ("博士每年补贴3000元。", "博士每月补贴3000元。", "period"),
        ("博士一次性补贴3000元。", "博士每月补贴3000元。", "period"),
        ("须累计缴纳社保12个月。", "须连续缴纳社保12个月。", "period"),
        ("购房补贴最高20万元。", "购房补贴20万元。", "bound"),
        ("签约两年的，再发不低于40%。", "签约两年的，再发放40%。", "bound"),
        ("签订一年合同，或在本市居住。", "签订一年合同，且在本市居住。", "joint"),
        ("取得学位且职称的人可以申请。", "取得学位或职称的人可以申请。", "joint"),
    ],
)
def test_how_often_how_much_and_how_joined_is_the_texts(
    sentence: str, quote: str, fault: str
) -> None:
    assert check(sentence, [quote]).fault == fault


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("博士按月领取3000元补贴。", "博士补贴为3000元/月。"),
        ("每学年发放3万元。", "每年发放3万元。"),
        ("B类不超过3万元，C类不超过2万元。", "年度贴息额B类不超过3万元、C类2万元。"),
        ("每年最多申请2次。", "每年限申请2次。"),
        ("生育或重大疾病可以延期。", "因生育、重大疾病可申请延期。"),
        ("学位证书和职称证书都可以。", "学位证书、职称证书均可。"),
    ],
)
def test_other_words_for_the_same_pass(sentence: str, quote: str) -> None:
    assert check(sentence, [quote]).passed


ROW = ["硕士\t5万元\t满分100分", "层次\t补贴\t评分"]


@pytest.mark.parametrize(
    ("sentence", "passes"),
    [
        ("层次：硕士；补贴：5万元；评分：满分100分。", True),
        ("层次：硕士；评分：满分100分。", True),
        ("层次：硕士；补贴：6万元。", False),
    ],
)
def test_a_row_is_said_with_the_labels_of_its_columns(sentence: str, passes: bool) -> None:
    assert check(sentence, ROW).passed is passes
