"""Trees of conditions of any text: exact quotes, finite, no sentence that says two things."""

from hypothesis import given, settings
from hypothesis import strategies as st

from policyqa.index.build.sandbox import Parsed, parsed
from policyqa.index.conditions.types import Branch, Leaf, Node, Rule, leaves
from policyqa.index.read.extract import Extract, Plain
from policyqa.index.types import Metadata

PIECES = [
    "第五条 ", "（一）", "（二）", "（三）", "1. ", "2. ", "申请人应当符合下列条件：",
    "符合下列条件之一的，可以申请：", "有下列情形之一的，不予受理：", "具备下列条件之二：",
    "年龄不超过45周岁", "社保缴满１，０００个月", "在本市有房的", "本科以上学历", "或者", "且",
    "，", "；", "。", "\n", "\t", "（含", "）", "《", "不得同时享受", "可以申请", "不予受理",
    "原则上", "除烈士外", "但", "放宽", "1,000元以上", " ", "１8 周岁", "满", "繁體學歷", "加10分",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join)
MAX_DEPTH = 30


def read(text: str) -> Parsed:
    extract = Extract((Plain(f"人才办法\n{text}\n"),))
    return parsed(extract, source="a.txt", metadata=Metadata(), sha256="0" * 64)


def depth(node: Node) -> int:
    return 1 if isinstance(node, Leaf) else 1 + max(map(depth, node.parts))


def limits_of(rule: Rule, *, barred: bool) -> set[tuple[int, int, str, str]]:
    """What a rule demands (or bars) in numbers, by place."""

    def below(node: Node, negated: bool) -> set[tuple[int, int, str, str]]:
        if isinstance(node, Branch):
            inside = negated != (node.node == "not")
            return set().union(*(below(part, inside) for part in node.parts))
        own = {(node.start, node.end, node.attribute, str(node.allowed))}
        return own if node.attribute and negated == barred else set()

    return below(rule.root, False)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_quotes_are_exact_and_trees_are_finite(text: str) -> None:
    found = read(text)
    stored = found.document.text
    for rule in found.rules:
        assert depth(rule.root) <= MAX_DEPTH
        assert 0 <= rule.start < rule.end <= len(stored)
        for leaf in leaves(rule.root):
            assert rule.start <= leaf.start < leaf.end <= rule.end
            quote = stored[leaf.start : leaf.end]
            assert quote == quote.strip() != ""
        words = stored[slice(*rule.words)]
        assert rule.words == (0, 0) or words.strip()
        assert Rule.model_validate_json(rule.model_dump_json(exclude_defaults=True)) == rule


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_sentence_yields_two_rules_that_contradict(text: str) -> None:
    found = read(text)
    demands = [rule for rule in found.rules if rule.kind != "exclusion"]
    demanded = [limits_of(rule, barred=False) for rule in demands]
    barred = [limits_of(rule, barred=True) for rule in demands]
    assert not set().union(*demanded) & set().union(*barred)
    places = [(leaf.start, leaf.end) for rule in demands for leaf in set(leaves(rule.root))]
    own = [{(leaf.start, leaf.end) for leaf in leaves(rule.root)} for rule in demands]
    assert sum(map(len, own)) == len(set(places))
