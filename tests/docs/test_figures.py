"""The README's figures are those of the stored results."""

import json
from pathlib import Path

from policyqa.eval.report.summary import stored_table, table

ROOT = Path(__file__).parents[2]


RESULTS = ROOT / "eval" / "results"


def test_the_table_of_sets_is_that_of_the_stored_results() -> None:
    text = (ROOT / "eval" / "README.md").read_text("utf-8")
    block = text.split("<!-- sets -->")[1].split("<!-- /sets -->")[0].strip()
    paths = sorted(RESULTS.glob("*.json"))
    stored = {path.stem: json.loads(path.read_text("utf-8")) for path in paths}
    assert len(stored) >= 12
    assert block == stored_table(stored)


def test_stored_results_name_no_place_of_a_machine() -> None:
    for path in RESULTS.glob("*.json"):
        settings = json.loads(path.read_text("utf-8"))["run"]["settings"]
        assert set(settings) <= {"model", "ranking", "reranker", "answer", "llm", "limits"}


def test_the_readme_prints_the_stored_results() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    block = text.split("<!-- figures -->")[1].split("<!-- /figures -->")[0].strip()
    names = [line.split("|")[1].strip() for line in block.splitlines()[2:]]
    files = {name: ROOT / "eval" / "results" / f"{name}.json" for name in names}
    runs = {name: json.loads(path.read_text("utf-8")) for name, path in files.items()}
    assert len(runs) >= 3
    assert block == table(runs)
