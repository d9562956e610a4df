"""Figures of several runs as one Markdown table, for a README.

policyqa eval --dataset DIR --json > eval/results/NAME.json
python -m eval.summary eval/results/*.json
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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


def main(arguments: Sequence[str]) -> None:
    """Print the table of these files."""
    runs = {Path(name).stem: json.loads(Path(name).read_text("utf-8")) for name in arguments}
    print(table(runs))


if __name__ == "__main__":
    main(sys.argv[1:])
