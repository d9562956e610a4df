"""Figures of several runs as one Markdown table, for a terminal or a README.

policyqa eval run --dataset DIR --name NAME --baseline … --json > eval/results/NAME.json
python -m policyqa.eval.report.summary eval/results/*.json            # each set
python -m policyqa.eval.report.summary --beside eval/results/*.json   # and what ran beside it
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policyqa.eval.judge.figures import Entry, entries
from policyqa.eval.runs.baselines import NAMES
from policyqa.eval.runs.comparison import compare
from policyqa.eval.runs.recorder import PRODUCT, Run

COLUMNS = (
    ("success@1", "retrieval", "success_at_1"),
    ("success@5", "retrieval", "success_at_5"),
    ("答案在前五段", "retrieval", "answer_in_top_5"),
    ("回答正确", "answers", "accuracy"),
    ("引文逐字", "answers", "quote_exact"),
    ("拒答精确率", "abstention", "precision"),
    ("拒答召回率", "abstention", "recall"),
)


def table(runs: Mapping[str, Mapping[str, Any]]) -> str:
    """One row a run, in the given order; a dash where there was nothing to judge."""
    head = ["数据集", "n", *(label for label, _, _ in COLUMNS), "耗时 ÷ 向量化"]
    lines = [head, ["---"] * len(head), *(_row(name, run) for name, run in runs.items())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(name: str, run: Mapping[str, Any]) -> list[str]:
    times = run["latency_ms"]
    ratio = f"{times['p50'] / times['embed_p50']:.2f}" if times.get("embed_p50") else "–"
    figures = [_figure(run, group, field) for _, group, field in COLUMNS]
    return [name, str(run["n"]), *figures, ratio]


def _figure(run: Mapping[str, Any], group: str, field: str) -> str:
    if group == "abstention" and run["abstention"]["recall"] is None:
        return "–"
    value = run[group][field]
    return "–" if value is None else f"{value:.3f}"


BESIDE = (
    "retrieval.success_at_1",
    "retrieval.success_at_5",
    "retrieval.ndcg_at_10",
    "retrieval.answer_in_top_5",
    "answers.accuracy",
    "abstention.precision",
    "abstention.recall",
)


def beside_table(runs: Sequence[Run]) -> str:
    """Runs as rows, each figure with its interval; p is of the difference in success@1 from the
    first run of the same questions, times are a share of its time where they ran together."""
    titles = {entry.key: entry.title for entry in entries(runs[0].figures)}
    head = ["运行", "n", *(titles[key] for key in BESIDE), "p(@1)", "耗时比"]
    lines = [head, ["---"] * len(head)]
    for run in runs:
        known = {entry.key: entry for entry in entries(run.figures)}
        cells = [_bounded(known[key], run) for key in BESIDE]
        lines.append([run.info.name, str(run.info.n), *cells, *_against(_first(runs, run), run)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _bounded(entry: Entry, run: Run) -> str:
    """A baseline says nothing: its answers and silence are no figures."""
    spoken = not entry.key.startswith("retrieval")
    if entry.value is None or (spoken and run.info.contestant in NAMES):
        return "–"
    if entry.certainty is None:
        return f"{entry.value:.3f}"
    return f"{entry.value:.3f} ({entry.certainty.low:.3f}–{entry.certainty.high:.3f})"


def _first(runs: Sequence[Run], run: Run) -> Run:
    same = (
        other for other in runs if other.info.dataset_fingerprint == run.info.dataset_fingerprint
    )
    return next(same)


def _against(first: Run, run: Run) -> list[str]:
    if first is run:
        return ["–", "1.00" if run.figures.latency_ms.p50 else "–"]
    found = compare(first, run)
    p = {d.figure: d.p for d in found.differences}.get("retrieval.success_at_1")
    ratio = found.time_ratio
    return ["–" if p is None else f"{p:.4f}", "–" if ratio is None else f"{ratio:.2f}"]


def contest_json(runs: Sequence[Run]) -> str:
    """The product's figures, its run, and by name what ran beside it."""
    product, *others = runs
    beside = {}
    for run in others:
        found = compare(product, run)
        beside[run.info.contestant] = {
            "run": run.info.name,
            "time_ratio": found.time_ratio,
            "differences": [difference.model_dump() for difference in found.differences],
            "figures": run.figures.model_dump(exclude={"by_type", "curve"}),
        }
    whole = product.figures.model_dump()
    whole |= {"run": product.info.model_dump(), "beside": beside}
    return json.dumps(whole, ensure_ascii=False)


STORED = (
    ("success@1", "success_at_1"),
    ("success@5", "success_at_5"),
    ("nDCG@10", "ndcg_at_10"),
    ("答案在前五段", "answer_in_top_5"),
)


def stored_table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """What `eval run --json` printed of each set: the product, then what ran beside it in the same
    process. p is of the difference in success@1, the time a share of the product's."""
    head = ["数据集", "排序", *(label for label, _ in STORED), "p(@1)", "耗时比", "测于"]
    lines = [head, ["---"] * len(head)]
    for name, result in results.items():
        day = result["run"]["finished"][:10]
        lines.append([name, PRODUCT, *_intervals(result), "–", "1.00", day])
        for beside, other in result["beside"].items():
            p = {d["figure"]: d["p"] for d in other["differences"]}["retrieval.success_at_1"]
            cells = [f"{p:.4f}", f"{other['time_ratio']:.2f}", day]
            lines.append([name, beside, *_intervals(other["figures"]), *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _intervals(figures: Mapping[str, Any]) -> list[str]:
    cells = []
    for _, field in STORED:
        value, known = figures["retrieval"][field], figures["certainty"].get(f"retrieval.{field}")
        cells.append(
            "–"
            if value is None or known is None
            else f"{value:.3f} ({known['low']:.3f}–{known['high']:.3f}, n={known['n']})"
        )
    return cells


def main(arguments: Sequence[str]) -> None:
    """Print the table of these files."""
    names = [name for name in arguments if not name.startswith("--")]
    runs = {Path(name).stem: json.loads(Path(name).read_text("utf-8")) for name in names}
    print(stored_table(runs) if "--beside" in arguments else table(runs))


if __name__ == "__main__":
    main(sys.argv[1:])
