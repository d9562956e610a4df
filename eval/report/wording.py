"""A comparison of two runs in words, for a terminal and for a page."""

from collections.abc import Iterator

from policyqa.eval.runs.comparison import Comparison, Difference, Side

SURE = 0.05
NEITHER = ("chars", "coverage")  # more of these is neither better nor worse
FEWER = ("abstention.error", "answers.rejected_cited")  # are better
OUTCOMES = {"right": "对", "wrong": "错", "silent": "未答", "error": "出错", "answered": "已答"}


def verdict(found: Comparison) -> str:
    """In one line, what became better or worse beyond chance."""
    better: list[str] = []
    worse: list[str] = []
    for line in found.differences:
        if not line.difference or line.p is None or line.p >= SURE:
            continue
        if not line.figure.endswith(NEITHER):
            rises = line.difference > 0
            good = not rises if line.figure in FEWER else rises
            (better if good else worse).append(line.title)
    if not better and not worse:
        return f"看不出变好或变差（{found.n} 题，没有一项 p < {SURE}）。"
    parts = [f"变好：{'、'.join(better)}"] if better else []
    parts += [f"变差：{'、'.join(worse)}"] if worse else []
    return f"{'；'.join(parts)}（p < {SURE}）；其余看不出差别。"


def notes(found: Comparison) -> Iterator[str]:
    """What to know before the figures are read."""
    yield f"共同 {found.n} 题"
    if found.only_before or found.only_after:
        yield f"只在前者 {found.only_before}、只在后者 {found.only_after} 题，不计"
    if not found.same_corpus:
        yield "索引不同"
    if found.time_ratio is not None:
        yield f"耗时比 {found.time_ratio:.2f}"
    if same := sum(not line.difference for line in found.differences):
        yield f"{same} 项没有变化，不列"
    yield "p 很多项一起看时，个别小于 0.05 可能只是碰巧"


def cells(line: Difference) -> tuple[str, str, str, str, str, str]:
    """Title, n, before, after, the difference with its interval, p."""
    places = 1 if line.figure.endswith("chars") else 3
    before, after = ("–" if v is None else f"{v:.{places}f}" for v in (line.before, line.after))
    bounds = ""
    if line.difference is not None and line.low is not None and line.high is not None:
        bounds = f"{line.difference:+.{places}f}（{line.low:+.{places}f}–{line.high:+.{places}f}）"
    p = "" if line.p is None else f"{line.p:.4f}"
    return line.title, str(line.n), before, after, bounds, p


def outcome(side: Side) -> str:
    """Right or wrong, and at which rank the evidence stands."""
    rank = f"第 {side.rank} 条" if side.rank else ""
    return " ".join(filter(None, [OUTCOMES.get(side.outcome, ""), rank])) or "–"
