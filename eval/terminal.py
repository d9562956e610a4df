"""Figures as tables for a terminal."""

from rich.table import Table

from eval.comparison import Comparison, Side
from eval.figures import Figures, Group, labelled
from qa.present import one_line

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


SURE = 0.05
NEITHER = ("chars", "coverage")  # more of these is neither better nor worse


def verdict(found: Comparison) -> str:
    """In one line, what became better or worse beyond chance."""
    better: list[str] = []
    worse: list[str] = []
    for line in found.differences:
        if not line.difference or line.p is None or line.p >= SURE:
            continue
        if not line.figure.endswith(NEITHER):
            rises = line.difference > 0
            good = not rises if line.figure == "abstention.error" else rises
            (better if good else worse).append(line.title)
    if not better and not worse:
        return f"看不出变好或变差（{found.n} 题，没有一项 p < {SURE}）。"
    parts = [f"变好：{'、'.join(better)}"] if better else []
    parts += [f"变差：{'、'.join(worse)}"] if worse else []
    return f"{'；'.join(parts)}（p < {SURE}）；其余看不出差别。"


def _differences(found: Comparison) -> Table:
    notes = [f"共同 {found.n} 题"]
    if found.only_before or found.only_after:
        notes.append(f"只在前者 {found.only_before}、只在后者 {found.only_after} 题，不计")
    if not found.same_corpus:
        notes.append("索引不同")
    if found.time_ratio is not None:
        notes.append(f"耗时比 {found.time_ratio:.2f}")
    same = sum(not line.difference for line in found.differences)
    if same:
        notes.append(f"{same} 项没有变化，不列")
    notes.append("p 很多项一起看时，个别小于 0.05 可能只是碰巧")
    table = Table("指标", title=f"{found.before} → {found.after}", caption="；".join(notes))
    for heading in ("n", "前", "后", "差（95 % 区间）", "p"):
        table.add_column(heading, justify="right")
    for line in filter(lambda line: line.difference, found.differences):
        places = 1 if line.figure.endswith("chars") else 3
        bounds = ""
        if line.difference is not None and line.low is not None and line.high is not None:
            bounds = (
                f"{line.difference:+.{places}f}（{line.low:+.{places}f}–{line.high:+.{places}f}）"
            )
        values = ["–" if v is None else f"{v:.{places}f}" for v in (line.before, line.after)]
        p = "" if line.p is None else f"{line.p:.4f}"
        table.add_row(line.title, str(line.n), *values, bounds, p)
    return table


def _changes(found: Comparison, show: int) -> Table:
    worse = sum(change.gain < 0 for change in found.changes)
    title = f"变化的题 {len(found.changes)} 道（变差 {worse}），先列变差的"
    table = Table("题", "问题", "前", "后", "应有", title=title)
    for change in found.changes[:show]:
        wanted = _cut("；".join(change.wanted) or "拒答")
        sides = (_side(change.before), _side(change.after))
        table.add_row(one_line(change.id), _cut(change.question), *sides, wanted)
    return table


OUTCOMES = {"right": "对", "wrong": "错", "silent": "未答", "error": "出错", "answered": "已答"}


def _side(side: Side) -> str:
    rank = f"第 {side.rank} 条" if side.rank else ""
    return " ".join(filter(None, [OUTCOMES.get(side.outcome, ""), rank])) or "–"


def _cut(text: str) -> str:
    plain = one_line(" ".join(text.split()))
    return plain if len(plain) <= CUT else plain[:CUT] + "…"
