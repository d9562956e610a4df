"""Figures in a README are those that the commands print of the stored results."""

import json
from pathlib import Path

import pytest

from policyqa.eval.bench import growth, threads
from policyqa.eval.report import summary
from policyqa.eval.runs import readings, rules
from policyqa.eval.sets import documents
from policyqa.qa.rules import RULES

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "eval" / "results"
FIVE = ("seeds-test", "followups-test", "composed-test", "domain-test", "ncp_policies")


def block(readme: Path, name: str) -> str:
    """What stands between two marks of a README."""
    return (
        readme.read_text("utf-8").split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0].strip()
    )


def stored() -> list[str]:
    paths = sorted(map(str, RESULTS.glob("*.json")))
    assert len(paths) >= 12
    return paths


def test_the_readme_prints_five_of_the_stored_results(capsys: pytest.CaptureFixture[str]) -> None:
    summary.main([str(RESULTS / f"{name}.json") for name in FIVE])
    assert block(ROOT / "README.md", "figures") == capsys.readouterr().out.strip()


def test_the_readme_of_the_results_prints_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    summary.main(stored())
    assert block(RESULTS / "README.md", "figures") == capsys.readouterr().out.strip()


def test_what_ran_beside_is_that_of_the_stored_results(capsys: pytest.CaptureFixture[str]) -> None:
    summary.main(["--beside", *stored()])
    assert block(RESULTS / "README.md", "sets") == capsys.readouterr().out.strip()


def test_what_a_second_thread_brings_is_that_of_the_stored_results() -> None:
    rows = json.loads((RESULTS / "ablations" / "threads.json").read_text("utf-8"))
    assert block(ROOT / "qa" / "README.md", "threads") == threads.table(rows)


@pytest.mark.parametrize("name", ["growth", "growth-before"])
def test_what_a_size_costs_is_that_of_the_stored_results(name: str) -> None:
    rows = json.loads((RESULTS / "ablations" / f"{name}.json").read_text("utf-8"))
    found = [growth.Growth.model_validate(row) for row in rows]
    assert block(ROOT / "eval" / "README.md", name) == growth.table(found)


def test_what_real_policies_give_is_that_of_the_stored_results() -> None:
    stored = RESULTS / "readings" / "test.json"
    assert block(RESULTS / "README.md", "readings") == readings.kept_table(stored)


def test_how_wild_files_are_read_is_that_of_the_stored_results() -> None:
    before, after = (
        json.loads((RESULTS / "wild" / f"{commit}.json").read_text("utf-8"))
        for commit in ("dde5ab5", "3a87d44")
    )
    assert block(ROOT / "eval" / "README.md", "wild") == documents.compared(before, after)


def test_stored_results_name_no_place_of_a_machine() -> None:
    for path in RESULTS.glob("*.json"):
        settings = json.loads(path.read_text("utf-8"))["run"]["settings"]
        assert set(settings) <= {
            "model", "ranking", "reader", "reranker", "answer", "llm", "limits", "staff",
        }  # fmt: skip


def test_what_rules_are_worth_is_that_of_the_stored_results() -> None:
    found = rules.read(RESULTS / "ablations" / "rules.json")
    assert block(RESULTS / "README.md", "rules") == rules.table(found, RULES)
    assert {each.rule for each in found} >= set(RULES)
