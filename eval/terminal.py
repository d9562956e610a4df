"""Figures as tables for a terminal."""

from rich.table import Table

from eval.figures import Figures, Group, labelled

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
    whole = Table("指标", title=f"{figures.dataset}（索引 {figures.fingerprint[:12]}）")
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
        table.add_row(kind, *(values[label] for label in BY_TYPE))
    return table
