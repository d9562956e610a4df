"""Tables of several runs, and the object of one with what ran beside it."""

import json
from pathlib import Path

import pytest

from policyqa.eval.report.summary import beside_table, contest_json, stored_table, table
from policyqa.eval.runs.contest import Asking, Contestant, hold
from policyqa.eval.runs.recorder import Run
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant, said

SILENT = {
    name: said("abstained", found=answer.hits[::-1], ms=2 * answer.timings_ms.total)
    for name, answer in ANSWERS.items()
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    pair = [
        Contestant("policyqa", FakeAssistant(ANSWERS), {}),
        Contestant("dense", FakeAssistant(SILENT), {}),
    ]
    folder: Path = tmp_path_factory.mktemp("runs")
    return hold(pair, Asking(DATASET, None, None, folder, "一月"))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_runs_are_rows_with_intervals_p_and_the_ratio_of_times(runs: list[Run]) -> None:
    head, rule, own, beside = beside_table(runs).splitlines()
    assert cells(head)[:3] == ["运行", "n", "命中 success@1"]
    assert set(cells(rule)) == {"---"}
    assert cells(own)[:2] == ["一月", "6"]
    assert cells(own)[2].startswith("0.250 (0.000–")
    assert cells(own)[-2:] == ["–", "1.00"]
    assert cells(beside)[2].startswith("0.500 (")  # 错 is at 1 the other way round
    assert cells(beside)[6:9] == ["–", "–", "–"]  # a baseline says nothing
    assert cells(beside)[-2:] == ["1.0000", "2.00"]


def test_the_object_holds_the_contract_and_what_ran_beside(runs: list[Run]) -> None:
    found = json.loads(contest_json(runs))
    assert found["retrieval"]["success_at_1"] == 0.25
    assert found["run"]["name"] == "一月"
    dense = found["beside"]["dense"]
    assert dense["time_ratio"] == pytest.approx(2.0)
    assert dense["run"] == "一月@dense"
    one = {d["figure"]: d for d in dense["differences"]}["retrieval.success_at_1"]
    assert (one["before"], one["after"], one["difference"]) == (0.25, 0.5, 0.25)
    assert {"by_type", "curve"}.isdisjoint(dense["figures"])


def test_the_stored_objects_are_one_table(runs: list[Run]) -> None:
    stored = json.loads(contest_json(runs))
    head, _, own, beside = stored_table({"小集": stored}).splitlines()
    assert cells(head)[-3:] == ["p(@1)", "耗时比", "测于"]
    assert cells(own)[:2] == ["小集", "policyqa"]
    assert cells(own)[2].endswith("n=4)")
    assert cells(beside)[1:3] == ["dense", cells(beside)[2]]
    assert cells(beside)[2].startswith("0.500 (")
    assert cells(beside)[-3:] == ["1.0000", "2.00", runs[0].info.finished[:10]]


def test_the_product_alone_is_a_row_a_set(runs: list[Run]) -> None:
    stored = json.loads(contest_json(runs))
    (line,) = table({"小集": stored}).splitlines()[2:]
    assert cells(line) == ["小集", "6", "0.250", "0.500", "0.500", "0.250", "1.000", "0.500",
                           "0.500", "10.00"]  # fmt: skip
