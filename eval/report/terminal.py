"""Figures as tables for a terminal."""

from rich.table import Table

from policyqa.eval.judge.figures import Figures, Group, labelled
from policyqa.eval.report import wording
from policyqa.eval.runs.comparison import Comparison
from policyqa.qa.cli.present import one_line

CUT = 60  # characters of a text in a table

# Of each type only the figures that tell types apart: all of them do not fit a terminal's width.
BY_TYPE = {
    "问题数": "问题数",
    "命中 success@1": "首条",
    "前 5 段含答案": "前五段",
    "答案正确率": "正确",
    "该答已答率": "已答",
    "拒答召回率": "拒答召回",
}


def tables(figures: Figures) -> list[Table]:
    """The whole set with every figure; then, where types are named, a line a type."""
    whole = Table("指标", title=f"{one_line(figures.dataset)}（索引 {figures.fingerprint[:12]}）")
    whole.add_column("值", justify="right")
    for label, value in labelled(figures, bounds=True):
        whole.add_row(label, value)
    return [whole, _types(figures.by_type)] if figures.by_type else [whole]


def _types(by_type: dict[str, Group]) -> Table:
    table = Table("类型", title="按类型")
    for heading in BY_TYPE.values():
        table.add_column(heading, justify="right")
    for kind, group in by_type.items():
        values = dict(labelled(group))
        table.add_row(one_line(kind), *(values[label] for label in BY_TYPE))
    return table


def comparison_tables(found: Comparison, *, show: int) -> list[Table]:
    """The figures that differ, with their difference and p; then the questions that changed, worst
    first, at most `show`."""
    return [_differences(found), *([_changes(found, show)] if show and found.changes else [])]


def _differences(found: Comparison) -> Table:
    caption = "；".join(wording.notes(found))
    table = Table("指标", title=f"{found.before} → {found.after}", caption=caption)
    for heading in ("n", "前", "后", "差（95 % 区间）", "p"):
        table.add_column(heading, justify="right")
    for line in found.differences:
        if line.difference:
            table.add_row(*wording.cells(line))
    return table


def _changes(found: Comparison, show: int) -> Table:
    worse = sum(change.gain < 0 for change in found.changes)
    title = f"变化的题 {len(found.changes)} 道（变差 {worse}），先列变差的"
    table = Table("题", "问题", "前", "后", "应有", title=title)
    for change in found.changes[:show]:
        wanted = _cut("；".join(change.wanted) or "拒答")
        sides = (wording.outcome(change.before), wording.outcome(change.after))
        table.add_row(one_line(change.id), _cut(change.question), *sides, wanted)
    return table


def _cut(text: str) -> str:
    plain = one_line(" ".join(text.split()))
    return plain if len(plain) <= CUT else plain[:CUT] + "…"
