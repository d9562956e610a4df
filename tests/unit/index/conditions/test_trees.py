"""The trees of conditions of a document, one kind of node after the other, on texts of our own."""

import pytest

from policyqa.index.build.sandbox import Parsed, parsed
from policyqa.index.conditions.types import Leaf, Node, Rule, leaves
from policyqa.index.read.extract import Cell, Extract, Plain, Table
from policyqa.index.types import Metadata

LEAD = "第五条 申请人应当"


def read(text: str, *tables: Table) -> Parsed:
    extract = Extract((Plain(text), *tables))
    return parsed(extract, source="a.txt", metadata=Metadata(), sha256="0" * 64)


def written(text: str, node: Node) -> str:
    """A tree in one line: `all(age, 有房)`."""
    if isinstance(node, Leaf):
        words = node.attribute or text[node.start : node.end]
        return f"{words}!{node.mark}" if node.mark else words
    count = str(node.least) if node.node == "at_least" else ""
    return f"{node.node}{count}({', '.join(written(text, part) for part in node.parts)})"


def trees(text: str) -> list[str]:
    found = read(f"公寓办法\n{text}\n")
    return [written(found.document.text, rule.root) for rule in found.rules]


def rules(text: str) -> tuple[str, tuple[Rule, ...]]:
    found = read(f"公寓办法\n{text}\n")
    return found.document.text, found.rules


def items(lead: str, *own: str) -> str:
    signs = "一二三四五"
    return "\n".join([lead, *(f"（{n}）{item}；" for n, item in zip(signs, own, strict=False))])


@pytest.mark.parametrize(
    ("lead", "tree"),
    [
        ("应当同时符合下列条件：", "all(age, 有房, insured)"),
        ("符合下列条件之一的，可以申请：", "any(age, 有房, insured)"),
        ("具备下列条件之二的，可以申请：", "at_least2(age, 有房, insured)"),
        ("应当至少满足下列条件中的两项，即至少满足2项：", "at_least2(age, 有房, insured)"),
        ("有下列情形之一的，不予受理：", "not(any(age, 有房, insured))"),
        ("不符合下列条件的，不予受理：", "all(age, 有房, insured)"),
    ],
)
def test_an_introduction_says_how_many_of_its_items_hold(lead: str, tree: str) -> None:
    text = items(f"第五条 申请人{lead}", "年龄不超过45周岁", "有房", "社保缴满1年")
    assert trees(text) == [tree]


def test_what_stands_beside_the_introduction_is_demanded_too() -> None:
    text = items("第五条 年满18周岁，且符合下列条件之一的，可以申请：", "在本市有房", "在本市就业")
    assert trees(text) == ["all(age, any(在本市有房, 在本市就业))"]


def test_a_list_below_an_item_is_a_node_below_it() -> None:
    text = items(f"{LEAD}符合下列条件：", "年龄不超过45周岁", "在本市就业，并具备下列条件之一：")
    text = f"{text}\n1. 本科以上学历；\n2. 具有中级职称。"
    assert trees(text) == ["all(age, 在本市就业, any(degree, title))"]


@pytest.mark.parametrize(
    ("sentence", "tree"),
    [
        ("申请时年龄原则上不超过45周岁。", "age!office"),
        ("年龄不超过45周岁，但特别优秀的可放宽。", "any(age, 但特别优秀的可放宽!exception)"),
        ("除烈士家属外，年龄不超过45周岁。", "any(age, 除烈士家属外!exception)"),
        ("社保缴满1年，或者在本市有房的，可以申请。", "any(insured, 或者在本市有房的)"),
        ("年满60周岁的居民，可以申请。", "age"),
        ("虚报收入的，不予受理。", "not(虚报收入的)"),
        ("优秀人才不受年龄限制。", "优秀人才不受年龄限制!exception"),
    ],
)
def test_a_sentence_alone_is_a_rule(sentence: str, tree: str) -> None:
    assert trees(f"第六条 {sentence}") == [tree]


@pytest.mark.parametrize(
    "text",
    [
        "第七条 公园免费开放。",
        "第七条 本办法所称青年是指年龄不超过45周岁的人员。",
        "第七条 年满60周岁的居民可以申请吗？",
        items("第七条 申请人应当提交下列材料：", "年满18周岁的证明", "身份证"),
        items("第七条 积分按下列条件计算：", "年龄不超过45周岁，计10分", "本科以上学历，加20分"),
    ],
)
def test_what_demands_nothing_is_no_rule(text: str) -> None:
    assert trees(text) == []


def test_a_limit_has_its_operator_and_says_whether_its_words_say_more() -> None:
    text, (rule,) = rules(items(f"{LEAD}符合下列条件：", "年龄不满45周岁", "在本市缴纳社保满1年"))
    age, insured = leaves(rule.root)
    assert (age.attribute, str(age.allowed.high), age.allowed.high_in) == ("age", "45", False)
    assert age.whole
    assert (insured.attribute, str(insured.allowed.low), insured.whole) == ("insured", "12", False)
    assert text[insured.start : insured.end] == "在本市缴纳社保满1年"


def test_a_limit_for_some_has_them_as_guards() -> None:
    text, (rule,) = rules("第六条 引进的博士年龄不超过50周岁，硕士年龄不超过40周岁。")
    first, second = leaves(rule.root)
    assert [(g.attribute, g.rank, text[g.start : g.end]) for g in first.guards] == [
        ("degree", 7, "博士")
    ]
    assert [text[g.start : g.end] for g in second.guards] == ["硕士"]


def test_whom_a_list_is_for_and_what_follows_are_kept() -> None:
    text, (rule,) = rules(
        items("第五条 符合下列条件之一的家庭，可以申请公租房：", "有房", "年满60周岁")
    )
    assert (rule.consequence, text[slice(*rule.words)]) == ("grants", "可以申请公租房")
    text, (rule,) = rules(items(f"{LEAD}符合下列条件：", "有房", "年满60周岁"))
    assert [text[group.start : group.end] for group in rule.groups] == ["申请人"]


def test_what_shuts_out_another_benefit_is_an_exclusion_wherever_it_stands() -> None:
    within = items(f"{LEAD}符合下列条件：", "年龄不超过45周岁", "不得同时享受其他住房补贴")
    _, found = rules(f"{within}\n第六条 各类补贴就高不重复。")
    assert [rule.kind for rule in found] == ["demand", "exclusion", "exclusion"]
    assert [rule.root.node for rule in found[1:]] == ["not", "not"]


def table(*rows: str) -> Parsed:
    cells = tuple(tuple(map(Cell, row.split())) for row in rows)
    return read("公寓办法\n", Table(cells, header_rows=1))


def test_a_table_row_is_read_with_its_header() -> None:
    found = table("类别 年龄 社保", "甲类 不超过55周岁 满12个月", "乙类 不超过45周岁 满24个月")
    text, own = found.document.text, found.rules
    assert [written(text, rule.root) for rule in own] == ["all(age, insured)"] * 2
    assert [text[g.start : g.end] for rule in own for g in rule.groups] == ["甲类", "乙类"]
    assert [str(leaf.allowed.low) for leaf in leaves(own[1].root)][1] == "24"


def test_a_table_of_points_demands_nothing() -> None:
    assert table("项目 标准 分值", "年龄 不超过45周岁 10", "学历 本科以上学历 20").rules == ()
