"""Places by name, and which lies in which."""

import pytest

from policyqa.index.metadata.regions import (
    is_national,
    mentions,
    most_named,
    place,
    places_of,
    region_in,
    short_name,
    within,
)


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("重庆市人民政府办公厅", "重庆市"),
        ("重庆高新区管委会", "重庆高新区"),
        ("重庆高新技术产业开发区管理委员会", "重庆高新区"),
        ("两江新区打造人才特区", "重庆两江新区"),
        ("万州经济技术开发区", "万州经开区"),
        ("永川高新区", "永川高新区"),
        ("江津有哪些人才政策", "重庆市江津区"),
        ("天河区住房建设和园林局", "广东省广州市天河区"),
        ("广州市天河区人民政府天园街道办事处", "广东省广州市天河区"),
        ("国家税务总局重庆市税务局", "重庆市"),
        ("国务院办公厅", "全国"),
        ("人力资源社会保障部、财政部", "全国"),
        ("吉林", "吉林省"),
        ("吉林市人民政府", "吉林省吉林市"),
        ("内蒙古", "内蒙古自治区"),
        ("海南藏族自治州", "青海省海南藏族自治州"),
        ("恩施", "湖北省恩施土家族苗族自治州"),
        ("雄安新区", "河北雄安新区"),
        ("全国", "全国"),
    ],
)
def test_region_of_an_issuer_or_title(words: str, region: str) -> None:
    assert region_in(words) == region


@pytest.mark.parametrize(
    "words", ["朝阳区", "江北区", "健康长寿", "中山大学", "重庆日报", "教育部门", ""]
)
def test_no_region_of_ambiguous_and_other_words(words: str) -> None:
    assert region_in(words) == ""


def test_an_ambiguous_name_is_told_by_its_parent() -> None:
    assert region_in("北京市朝阳区人民政府") == "北京市朝阳区"
    assert region_in("江北区人社局", "重庆市人才工作会议召开") == "重庆市江北区"
    assert region_in("江北区人社局", "宁波市人才工作会议召开") == "浙江省宁波市江北区"


def test_joint_issuers_of_one_province() -> None:
    assert region_in("广东省财政厅、国家税务总局广东省税务局") == "广东省"


def test_mentions_have_their_span() -> None:
    text = "在重庆高新区和成都市"
    assert [(text[m.start : m.end], m.place.name) for m in mentions(text)] == [
        ("重庆高新区", "重庆高新区"),
        ("成都市", "四川省成都市"),
    ]


def test_only_the_deepest_of_a_path_counts() -> None:
    assert [p.name for p in places_of("广东省深圳市南山区")] == ["广东省深圳市南山区"]


@pytest.mark.parametrize(
    ("inner", "outer", "holds"),
    [
        ("重庆高新区", "重庆市", True),
        ("重庆市渝北区", "重庆市", True),
        ("永川高新区", "重庆市永川区", True),
        ("天河区", "广东省", True),
        ("重庆市", "全国", True),
        ("重庆市", "重庆市", True),
        ("重庆市", "重庆高新区", False),
        ("重庆市渝北区", "重庆市江津区", False),
        ("全国", "重庆市", False),
        ("", "全国", False),
        ("某地", "重庆市", False),
    ],
)
def test_within(inner: str, outer: str, *, holds: bool) -> None:
    assert within(inner, outer) is holds


def test_place_has_its_parent() -> None:
    found = place("重庆市渝北区")
    assert found is not None
    assert found.parent is not None
    assert (found.own, found.parent.name) == ("渝北区", "重庆市")
    assert place("全国") is None


def test_most_named_counts_what_lies_in_a_place() -> None:
    name, share, span = most_named("重庆渝北区办会,重庆高新区参加,四川成都也来,重庆市总结")
    # 重庆, 渝北区, 重庆高新区, 重庆市 lie in 重庆市; 四川, 成都 do not.
    assert (name, share, span) == ("重庆市", 4 / 6, (0, 2))


def test_most_named_takes_the_zone_that_most_are_of() -> None:
    assert most_named("两江新区一,两江新区二,两江新区三,重庆四")[0] == "重庆两江新区"


def test_most_named_needs_three() -> None:
    assert most_named("重庆与重庆") == ("", 0.0, (0, 0))


def test_short_name() -> None:
    assert [short_name(n) for n in ("重庆市", "恩施土家族苗族自治州", "内蒙古自治区", "忠县")] == [
        "重庆",
        "恩施",
        "内蒙古",
        "忠县",
    ]


def test_is_national() -> None:
    assert is_national("财政部关于")
    assert not is_national("重庆市财政局")
