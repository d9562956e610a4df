"""The trees of conditions of a document as staff see them."""

from typing import Any

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.types import Branch, Leaf, Node, Rule
from policyqa.index.types import Document
from policyqa.qa.eligibility.telling import demanded

KINDS = {"demand": "条件", "exclusion": "不可兼得", "spare": "例外"}
MARKS = {"office": "由主管部门决定", "exception": "例外", "": ""}
NODES = {"all": "全部满足", "any": "任一即可", "not": "不得有"}


def shown(document: Document, rule: Rule) -> dict[str, Any]:
    """A rule with its words: `name` says what it is, `for` whom it is for, `follows` what follows,
    `tree` its conditions; every quote is `document.text[start:end]`."""
    text = document.text
    return {
        "kind": rule.kind,
        "name": KINDS[rule.kind],
        "for": [text[group.start : group.end] for group in rule.groups],
        "consequence": rule.consequence,
        "follows": text[slice(*rule.words)],
        "start": rule.start,
        "end": rule.end,
        "quote": text[rule.start : rule.end],
        "tree": _node(text, rule.root),
    }


def _node(text: str, node: Node) -> dict[str, Any]:
    if isinstance(node, Leaf):
        return _leaf(text, node)
    parts = [_node(text, part) for part in node.parts]
    least = {"least": node.least} if node.node == "at_least" else {}
    return {"node": node.node, "says": _says(node), **least, "parts": parts}


def _says(branch: Branch) -> str:
    return NODES.get(branch.node, f"至少{branch.least}项")


def _leaf(text: str, leaf: Leaf) -> dict[str, Any]:
    """A condition in words (`label` and `demanded`, both "" where only its text is known)."""
    limit = leaf.limit
    return {
        "node": "leaf",
        "attribute": leaf.attribute,
        "label": attributes()[leaf.attribute].label if limit else "",
        "demanded": demanded(limit) if limit else "",
        "mark": leaf.mark,
        "says": MARKS[leaf.mark],
        "start": leaf.start,
        "end": leaf.end,
        "quote": text[leaf.start : leaf.end],
    }
