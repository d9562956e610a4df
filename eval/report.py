"""An evaluation as files: `metrics.json`, `rows.jsonl`, and `report.html` for a person."""

from html import escape
from pathlib import Path

from eval.evaluate import Evaluation
from eval.figures import Figures, labelled
from eval.judging import Row
from index.errors import PolicyQAError

SHOWN_CHARS = 240

STYLE = """
body{font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1.5rem auto;
max-width:72rem;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;white-space:nowrap}
th,td{border:1px solid #bbb;padding:.25rem .6rem;text-align:right}
th:first-child{text-align:left;position:sticky;left:0;background:#f3f3f3}
article{border:1px solid #bbb;border-left:4px solid #a61b1b;margin:1rem 0;padding:.5rem 1rem;
overflow-wrap:anywhere}
article h3{font-size:1rem;margin:.2rem 0}dt{font-weight:bold}dd{margin:0 0 .4rem 1rem}
.why{color:#a61b1b}small{color:#555}
"""


def prepared(folder: Path) -> Path:
    """The folder, made if it is not there; called first, since asking takes minutes.

    Raises:
        PolicyQAError: it cannot be made or is no folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PolicyQAError(f"无法建立报告文件夹 {folder}（{error.strerror}）") from error
    return folder


def write(folder: Path, evaluation: Evaluation) -> None:
    """Write the three files, replacing those of an earlier run.

    Raises:
        PolicyQAError: one of them cannot be written.
    """
    rows = "".join(row.model_dump_json() + "\n" for row in evaluation.rows)
    files = {
        "metrics.json": evaluation.figures.model_dump_json(indent=2) + "\n",
        "rows.jsonl": rows,
        "report.html": page(evaluation),
    }
    try:
        for name, text in files.items():
            (prepared(folder) / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PolicyQAError(f"无法写入报告 {folder}（{error.strerror}）") from error


def failings(row: Row) -> list[str]:
    """What went wrong with one question, in words; empty when nothing did."""
    found = []
    if row.status == "error":
        found.append("出错")
    elif row.answerable != (row.status == "answered"):
        found.append("该答未答" if row.answerable else "不该答却答了")
    elif row.answers.accuracy == 0 and not row.free_text:
        found.append("答案里没有应有的内容")
    if row.retrieval.success_at_5 == 0:
        found.append("前五条没有依据")
    if row.answers.quote_exact is not None and row.answers.quote_exact < 1:
        found.append("引文与原文不一致")
    if row.answers.sentence_support is not None and row.answers.sentence_support < 1:
        found.append("有句子在引文里找不到依据")
    return found


def page(evaluation: Evaluation) -> str:
    """One page that needs no other file; every value is escaped."""
    figures = evaluation.figures
    failed = [(row, why) for row in evaluation.rows if (why := failings(row))]
    title = f"评测报告 {escape(figures.dataset)}"
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>"
        f"<p><small>索引指纹 {escape(figures.fingerprint)}</small></p>"
        f"<h2>指标</h2>{_table(figures)}"
        f"<h2>有问题的题目（{len(failed)} / {figures.n}）</h2>"
        f"{''.join(_article(row, why) for row, why in failed)}</body></html>\n"
    )


def _table(figures: Figures) -> str:
    columns = {"全部": dict(labelled(figures, bounds=True))}
    columns |= {f"类型 {kind}": dict(labelled(group)) for kind, group in figures.by_type.items()}
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    lines = []
    for label in columns["全部"]:
        cells = "".join(f"<td>{escape(column[label])}</td>" for column in columns.values())
        lines.append(f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>')
    return (
        '<div class="scroll"><table><thead><tr><th scope="col">指标</th>'
        f"{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _article(row: Row, why: list[str]) -> str:
    kind = f"，{row.type}" if row.type else ""
    top = [f"{seen.rank}. {seen.source}：{_cut(seen.text)}" for seen in row.top]
    wanted = [*row.wanted_answers, *map(_cut, row.wanted_evidence)]
    return (
        f"<article><h3>{escape(row.question)} <small>{escape(row.id + kind)}</small></h3>"
        f'<p class="why">{escape("；".join(why))}</p><dl>'
        f"{_item('应有', wanted or ['拒答'])}{_item('实际回答', [row.answer])}"
        f"{_item('排在最前', top or ['无'])}</dl></article>"
    )


def _item(label: str, lines: list[str]) -> str:
    return f"<dt>{label}</dt>" + "".join(f"<dd>{escape(line)}</dd>" for line in lines)


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN_CHARS else plain[:SHOWN_CHARS] + "…"
