"""An evaluation as one page for a person: Chinese and English, plots, and what failed.

It needs no other file and runs no script; every value is escaped.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape

from policyqa.eval.judge.evaluate import Evaluation
from policyqa.eval.judge.figures import Entry, Figures, entries
from policyqa.eval.judge.judging import Row, outcome
from policyqa.eval.report import plots
from policyqa.eval.runs.baselines import NAMES
from policyqa.eval.runs.recorder import PRODUCT, RunInfo

SHOWN_CHARS = 150
MORE_HITS = 4  # beyond the first, folded
MOST = 100  # failures of one kind that are shown
PRINCIPAL = (
    "retrieval.success_at_1",
    "retrieval.success_at_5",
    "retrieval.recall_at_5",
    "retrieval.mrr_at_10",
    "retrieval.ndcg_at_10",
    "retrieval.answer_in_top_5",
    "answers.accuracy",
    "answers.sentence_support",
    "answers.quote_exact",
    "answers.citation_precision",
    "answers.citation_recall",
    "answers.rejected_cited",
    "abstention.precision",
    "abstention.recall",
    "abstention.f1",
    "abstention.error",
    "latency_ms.p50",
)

STYLE = """
body{font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1rem auto 4rem;
max-width:76rem;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:1.2rem 0 .4rem}small,.dim{color:#555}
input[name=language]{margin:0 .3rem 0 0}label{margin-right:1rem;cursor:pointer}
#zh:checked~main .en,#en:checked~main .zh{display:none}
.scroll{overflow-x:auto}table{border-collapse:collapse;white-space:nowrap;font-size:.9rem}
th,td{border:1px solid #bbb;padding:.2rem .55rem;text-align:right}
th:first-child{text-align:left;position:sticky;left:0;background:#f3f3f3}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1rem}
figure{margin:0}figure svg{width:100%;height:auto}figcaption{font-weight:bold;font-size:.95rem}
article{border:1px solid #ccc;border-left:4px solid #b3261e;margin:.6rem 0;padding:.4rem .8rem;
overflow-wrap:anywhere}
article h4{font-size:1rem;margin:.1rem 0}.why{color:#b3261e;font-size:.9rem;margin:0}
.sides{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:.2rem 1.2rem}
.sides p{margin:.1rem 0}.sides b{font-size:.85rem;color:#555}
@media(max-width:44rem){.sides{grid-template-columns:minmax(0,1fr)}}
mark{background:#ffe9a8}summary{cursor:pointer;color:#1f5fa8;font-size:.9rem}
nav a{margin-right:.8rem}details p{margin:.3rem 0}
"""

FAILINGS = {
    "error": ("出错", "error"),
    "answered": ("不该答却答了", "answered though it should not"),
    "wrong": ("答案里没有应有的内容", "the answer lacks what was wanted"),
    "quote": ("引文与原文不一致", "a quote is not the exact slice"),
    "rejected": ("引了被否定的话", "rejected words are cited"),
    "support": ("有句子在引文里找不到依据", "a sentence is not supported by its quotes"),
    "silent": ("该答未答", "silent though it can be answered"),
    "reason": ("拒答的理由不对", "abstained for another reason"),
    "five": ("前五条没有依据", "no evidence in the first five"),
    "first": ("第一条不是依据", "the first hit holds no evidence"),
}
PASSABLE = frozenset({"first"})  # not a failure where the answer is right


def failings(row: Row, *, ranking_only: bool = False) -> list[str]:
    """What went wrong with one question, keys of `FAILINGS`, the worst first.

    Args:
        row: of the question.
        ranking_only: the assistant is a baseline, which says nothing.
    """
    if ranking_only:
        checks = {"error": row.status == "error", **_ranking(row)}
        return [name for name, failed in checks.items() if failed]
    answers = row.answers
    checks = {
        "error": row.status == "error",
        "answered": row.status == "answered" and row.answerable is False,
        "wrong": row.status == "answered" and outcome(row) == "wrong" and bool(row.answerable),
        "quote": answers.quote_exact is not None and answers.quote_exact < 1,
        "rejected": bool(answers.rejected_cited),
        "support": answers.sentence_support is not None and answers.sentence_support < 1,
        "silent": row.status == "abstained" and bool(row.answerable),
        "reason": row.status == "abstained"
        and row.wanted_reason not in ("", row.reason)
        and not row.answerable,
        **_ranking(row),
    }
    found = [name for name, failed in checks.items() if failed]
    return [] if set(found) <= PASSABLE and outcome(row) == "right" else found


def _ranking(row: Row) -> dict[str, bool]:
    found = row.retrieval
    return {
        "five": found.success_at_5 == 0,
        "first": found.success_at_1 == 0 and found.success_at_5 != 0,
    }


def page(
    evaluation: Evaluation,
    *,
    info: RunInfo | None = None,
    beside: Mapping[str, Figures] | None = None,
) -> str:
    """The whole page.

    Args:
        evaluation: figures and rows.
        info: of the run, where it is kept.
        beside: figures of all that were asked together, the product's too, by name.
    """
    figures = evaluation.figures
    title = f"评测报告 {escape(figures.dataset)}"
    columns = beside or {PRODUCT: figures}
    parts = [
        f"<h1>{_both('评测报告', 'Evaluation')} {escape(figures.dataset)}</h1>",
        _about(figures, info),
        f"<h2>{_both('主要指标', 'Principal figures')}</h2>{_principal(columns)}",
        f"<h2>{_both('图', 'Plots')}</h2>{_plots(evaluation)}",
        f"<h2>{_both('拒答的理由', 'Reasons of silence')}</h2>{_reasons(figures)}",
        _failures(evaluation.rows, ranking_only=info is not None and info.contestant in NAMES),
        f"<h2>{_both('全部指标', 'All figures')}</h2>{_table(figures)}",
    ]
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        '<input type="radio" name="language" id="zh" checked><label for="zh">中文</label>'
        '<input type="radio" name="language" id="en"><label for="en" lang="en">English</label>'
        f"<main>{''.join(parts)}</main></body></html>\n"
    )


def _both(chinese: str, english: str) -> str:
    """A label in both languages, of which one is shown."""
    return (
        f'<span class="zh">{escape(chinese)}</span>'
        f'<span class="en" lang="en">{escape(english)}</span>'
    )


def _about(figures: Figures, info: RunInfo | None) -> str:
    lines = [
        (_both("题数", "questions"), str(figures.n)),
        (_both("索引指纹", "corpus fingerprint"), figures.fingerprint),
    ]
    if info is not None:
        machine = info.machine
        lines += [
            (_both("运行", "run"), f"{info.name} ({info.contestant})"),
            (_both("完成", "finished"), info.finished or info.started),
            (_both("代码", "commit"), info.commit or "–"),
            (
                _both("机器", "machine"),
                f"{machine.processor} × {machine.cores}, Python {machine.python}",
            ),
        ]
    shown = " · ".join(f"{label} {escape(value)}" for label, value in lines)
    note = _both(
        "n 是可判的题数，括号里是 95 % 自助法区间；“–”表示没有可判的题。",
        "n: questions it is over; in brackets its 95 % bootstrap interval; –: nothing to judge.",
    )
    return f'<p class="dim">{shown}<br>{note}</p>'


def _principal(columns: Mapping[str, Figures]) -> str:
    """The figures that are looked at first, of all that were asked together; a baseline says
    nothing, so that of what is said it has none."""
    each = {name: {e.key: e for e in entries(figures)} for name, figures in columns.items()}
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("n", *columns))
    lines = []
    for key in PRINCIPAL:
        found = [of[key] for of in each.values()]
        if any(entry.value is not None for entry in found):
            known = next((entry.certainty for entry in found if entry.certainty), None)
            shown = [
                "–"
                if name in NAMES and not key.startswith(("retrieval", "latency"))
                else entry.shown(interval=True)
                for name, entry in zip(each, found, strict=True)
            ]
            lines.append(_line(_name(found[0]), [str(known.n) if known else "", *shown]))
    if len(columns) > 1:
        lines.append(_time_ratios(list(columns.values())))
    return _framed(f'<th scope="col">{_both("指标", "figure")}</th>{head}', lines)


def _time_ratios(columns: Sequence[Figures]) -> str:
    own = columns[0].latency_ms.p50
    ratios = [
        f"{figures.latency_ms.p50 / own:.2f}" if figures.latency_ms.p50 and own else "–"
        for figures in columns
    ]
    name = _both(f"耗时 ÷ {PRODUCT}（同一次）", f"time ÷ {PRODUCT}, same run")
    return _line(name, ["", *ratios])


def _name(entry: Entry) -> str:
    return _both(entry.title, entry.english)


def _framed(head: str, lines: Sequence[str]) -> str:
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _plots(evaluation: Evaluation) -> str:
    figures = evaluation.figures
    drawn = [
        (
            _both("各类首条与前五命中", "success@1 and @5 by type"),
            plots.success_by_type(figures.by_type),
        ),
        (
            _both("作答比例与答错比例（越不确定的越靠右）", "Coverage against error"),
            plots.coverage_error(figures.curve),
        ),
        (_both("答案长度", "Length of answers"), plots.lengths(evaluation.rows)),
        (_both("耗时", "Latency"), plots.latency(evaluation.rows)),
    ]
    shown = "".join(
        f"<figure><figcaption>{caption}</figcaption>{svg}</figure>" for caption, svg in drawn if svg
    )
    return f'<div class="plots">{shown}</div>'


def _reasons(figures: Figures) -> str:
    """What was wanted against what came, darker where more."""
    came = sorted({name for line in figures.reasons.values() for name in line})
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in came)
    lines = []
    for wanted, line in figures.reasons.items():
        whole = sum(line.values())
        cells = "".join(
            f'<td style="background:rgba(31,95,168,{0.5 * line.get(name, 0) / whole:.2f})">'
            f"{line.get(name, 0)}</td>"
            for name in came
        )
        lines.append(f'<tr><th scope="row">{escape(wanted)}</th>{cells}</tr>')
    corner = _both("应是 ＼ 实际", "wanted ＼ came")
    return _framed(f'<th scope="col">{corner}</th>{head}', lines)


def _failures(rows: Sequence[Row], *, ranking_only: bool) -> str:
    """Failed questions under the worst thing that happened to each."""
    groups: dict[str, list[tuple[Row, list[str]]]] = {name: [] for name in FAILINGS}
    for row in rows:
        if why := failings(row, ranking_only=ranking_only):
            groups[why[0]].append((row, why))
    groups = {name: group for name, group in groups.items() if group}
    count = sum(map(len, groups.values()))
    links = "".join(
        f'<a href="#why-{name}">{_both(*FAILINGS[name])} {len(group)}</a>'
        for name, group in groups.items()
    )
    cards = "".join(
        f'<h3 id="why-{name}">{_both(*FAILINGS[name])}（{len(group)}）</h3>'
        + "".join(_article(row, why) for row, why in group[:MOST])
        + _rest(len(group) - MOST)
        for name, group in groups.items()
    )
    title = _both("有问题的题目", "Questions that failed")
    return f"<h2>{title}（{count} / {len(rows)}）</h2><nav>{links}</nav>{cards}"


def _rest(count: int) -> str:
    if count <= 0:
        return ""
    line = _both(f"另有 {count} 题，见 rows.jsonl", f"{count} more in rows.jsonl")
    return f'<p class="dim">{line}</p>'


def _article(row: Row, why: Sequence[str]) -> str:
    """One failure, read in ten seconds: what was wanted on the left, what came on the right."""
    kind = f" · {row.type}" if row.type else ""
    reasons = "；".join(_both(*FAILINGS[name]) for name in why)
    wanted = [" ＋ ".join(row.wanted_answers), *row.wanted_evidence[:3]]
    left = "".join(f"<p>{_excerpt(line, row)}</p>" for line in wanted if line)
    if row.answerable is False:
        left = f"<p>{_both('拒答', 'silence')} {escape(row.wanted_reason)}</p>"
    first = row.hits[0] if row.hits else None
    top = f"<p>{_hit(first.rank, first.source, first.text, row)}</p>" if first else "<p>–</p>"
    said = f"<p>{escape(_cut(row.answer))}</p>"
    confidence = f"<small>{_both('把握', 'confidence')} {row.confidence:.2f}</small>"
    return (
        f"<article><h4>{escape(row.question)} <small>{escape(row.id + kind)}</small></h4>"
        f"{_context(row)}"
        f'<p class="why">{reasons}{_place(row)}</p><div class="sides">'
        f"<div><b>{_both('应有', 'wanted')}</b>{left}</div>"
        f"<div><b>{_both('实际回答', 'said')}</b> {confidence}{said}"
        f"<b>{_both('排在最前', 'on top')}</b>{top}</div></div>{_more(row)}</article>"
    )


def _context(row: Row) -> str:
    """What was asked before, and what was searched for it."""
    if not row.history:
        return ""
    before = " → ".join(_cut(question) for question in row.history)
    searched = f" · {_both('实际检索', 'searched')} {escape(_cut(row.query))}" if row.query else ""
    return f'<p class="dim">{_both("前文", "before")} {escape(before)}{searched}</p>'


def _place(row: Row) -> str:
    """Where the first right hit stands, where that is not the top."""
    first = row.retrieval.mrr_at_10
    if first is None or first == 1:
        return ""
    if not first:
        return f" · {_both('前十条都没有', 'not in the first ten')}"
    rank = round(1 / first)
    return f" · {_both(f'依据在第 {rank} 条', f'evidence at rank {rank}')}"


def _more(row: Row) -> str:
    hits = row.hits[1 : 1 + MORE_HITS]
    cited = "".join(
        f"<p>[{c.n}] {escape(c.source)}：{escape(_cut(c.quote))}</p>" for c in row.citations
    )
    if not hits and not cited:
        return ""
    lines = "".join(f"<p>{_hit(h.rank, h.source, h.text, row)}</p>" for h in hits)
    summary = _both("其余命中与引文", "more hits, and the quotes")
    return f"<details><summary>{summary}</summary>{lines}{cited}</details>"


def _hit(rank: int, source: str, text: str, row: Row) -> str:
    return f"{rank}. <small>{escape(source)}</small> {_excerpt(text, row)}"


def _excerpt(text: str, row: Row) -> str:
    """The text, or what is around a wanted answer, with wanted answers marked."""
    plain = " ".join(text.split())
    strings = [s for line in row.wanted_answers for s in line.split(" / ") if s.strip()]
    places = [plain.find(s) for s in strings if s in plain]
    start = max(0, min(places) - SHOWN_CHARS // 2) if places else 0
    shown = plain[start : start + SHOWN_CHARS]
    dots = ("…" if start else "", "…" if start + SHOWN_CHARS < len(plain) else "")
    if not strings:
        return dots[0] + escape(shown) + dots[1]
    pattern = "|".join(re.escape(s) for s in sorted(set(strings), key=len, reverse=True))
    marked, last = "", 0
    for found in re.finditer(pattern, shown):
        marked += f"{escape(shown[last : found.start()])}<mark>{escape(found.group())}</mark>"
        last = found.end()
    return dots[0] + marked + escape(shown[last:]) + dots[1]


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN_CHARS else plain[:SHOWN_CHARS] + "…"


def _table(figures: Figures) -> str:
    """Every figure, whole and by type, folded: it is wide."""
    whole = list(entries(figures))
    types = {kind: list(entries(group)) for kind, group in figures.by_type.items()}
    heads = [_both("全部", "all"), *(escape(kind) for kind in types)]
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    counts = [(figures.n, figures.errors), *((g.n, g.errors) for g in figures.by_type.values())]
    lines = [
        _line(_both("问题数", "questions"), [str(n) for n, _ in counts]),
        _line(_both("出错数", "errors"), [str(errors) for _, errors in counts]),
    ]
    for place, entry in enumerate(whole):
        values = [entry.shown(bounds=True), *(of[place].shown() for of in types.values())]
        lines.append(_line(_name(entry), values))
    summary = _both("展开", "show")
    corner = f'<th scope="col">{_both("指标", "figure")}</th>'
    return f"<details><summary>{summary}</summary>{_framed(corner + head, lines)}</details>"


def _line(name: str, values: Sequence[str]) -> str:
    cells = "".join(f"<td>{escape(value)}</td>" for value in values)
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'
