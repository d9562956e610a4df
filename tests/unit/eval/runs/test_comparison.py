"""Two runs side by side, worked out by hand."""

from pathlib import Path

import pytest

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.report.terminal import comparison_tables
from policyqa.eval.report.wording import verdict
from policyqa.eval.runs.comparison import compare
from policyqa.eval.runs.contest import Asking, Contestant, hold
from policyqa.eval.runs.recorder import Run
from policyqa.qa.errors import RunError
from policyqa.qa.types import Answer
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant, cite, hits, question, said


def run(
    folder: Path,
    name: str,
    answers: dict[str, Answer],
    dataset: Dataset = DATASET,
    contestant: str = "policyqa",
) -> Run:
    asked = Contestant(contestant, FakeAssistant(answers), {})
    (kept,) = hold([asked], Asking(dataset, None, None, folder, name))
    return kept


RIGHT = said(
    "answered",
    ("高技能人才奖励2万元。", (1,)),
    cited=(cite(1, "plan.txt", "高技能人才奖励2万元"),),
    found=hits(("plan.txt", "高技能人才奖励2万元")),
)
WRONG = said("answered", ("三万元。", ()), found=hits(("news.txt", "别的")))


def test_the_differences_are_of_the_shared_questions(tmp_path: Path) -> None:
    before = run(tmp_path, "前", ANSWERS)
    after = run(tmp_path, "后", ANSWERS | {"错": RIGHT, "沉默": RIGHT})
    found = compare(before, after)
    lines = {line.figure: line for line in found.differences}
    assert found.n == 6
    assert lines["retrieval.success_at_1"].before == 0.25
    assert lines["retrieval.success_at_1"].after == 0.5  # 错 is at 1 now
    assert lines["retrieval.success_at_1"].difference == 0.25
    assert lines["retrieval.success_at_1"].p == 1.0  # one question
    assert lines["answers.accuracy"].before == 0.25
    assert lines["answers.accuracy"].after == 0.5
    assert lines["abstention.precision"].before == 0.5  # of two silent one should be
    assert lines["abstention.precision"].after == 1.0
    assert lines["abstention.answered_rate"].n == 4
    assert "answers.completeness" not in lines  # of no question
    assert lines["answers.accuracy"].low == 0.0
    assert lines["answers.accuracy"].high > 0.25


def test_what_became_worst_comes_first(tmp_path: Path) -> None:
    before = run(tmp_path, "前", ANSWERS)
    changed = {
        "对": WRONG,  # right to wrong, and out of the ranking
        "错": RIGHT,  # wrong to right
        "沉默": WRONG,  # silent to wrong
        "无解": WRONG,  # rightly silent to wrong
    }
    found = compare(before, run(tmp_path, "后", ANSWERS | changed))
    assert [change.id for change in found.changes] == ["对", "无解", "沉默", "错"]
    worst = found.changes[0]
    assert (worst.before.outcome, worst.before.rank) == ("right", 1)
    assert (worst.after.outcome, worst.after.rank) == ("wrong", 0)
    assert worst.gain == -2 - 2 - 1
    assert worst.wanted == ("15万元", "plan.txt：博士后给予15万元补助")
    assert worst.after.top == "别的"


def test_only_questions_that_both_asked_alike_count(tmp_path: Path) -> None:
    grown = Dataset(
        name="小集",
        queries=(
            *DATASET.queries[1:],
            question("对", answers=["20万元"]),  # judged otherwise now
            question("新", answers=["1"]),
        ),
        qrels={},
        corpus=None,
    )
    found = compare(run(tmp_path, "前", ANSWERS), run(tmp_path, "后", ANSWERS, grown))
    assert (found.n, found.only_before, found.only_after) == (5, 1, 2)
    other = Dataset(name="x", queries=(question("别", answers=["1"]),), qrels={}, corpus=None)
    with pytest.raises(RunError, match="没有共同的题目"):
        compare(run(tmp_path, "三", ANSWERS), run(tmp_path, "四", ANSWERS, other))


def test_a_baseline_is_compared_in_its_ranking_only(tmp_path: Path) -> None:
    before = run(tmp_path, "前", ANSWERS)
    silent = {name: said("abstained", found=answer.hits) for name, answer in ANSWERS.items()}
    found = compare(before, run(tmp_path, "后", silent, contestant="dense"))
    assert found.changes == ()
    assert {line.figure.partition(".")[0] for line in found.differences} == {"retrieval"}


def test_times_are_a_ratio_where_the_machine_is_one(tmp_path: Path) -> None:
    before = run(tmp_path, "前", ANSWERS)
    slow = {k: a.model_copy(update={"timings_ms": a.timings_ms.model_copy(update={"total": 60})})
            for k, a in ANSWERS.items()}  # fmt: skip
    after = run(tmp_path, "后", slow)
    assert compare(before, after).time_ratio == pytest.approx(60 / 30)
    machine = after.info.machine.model_copy(update={"processor": "another"})
    moved = after._replace(info=after.info.model_copy(update={"machine": machine}))
    assert compare(before, moved).time_ratio is None


def test_the_tables_say_it_for_a_person(tmp_path: Path) -> None:
    found = compare(run(tmp_path, "前", ANSWERS), run(tmp_path, "后", ANSWERS | {"对": WRONG}))
    figures, changes = comparison_tables(found, show=5)
    assert figures.title == "前 → 后"
    assert "共同 6 题" in str(figures.caption)
    rows = dict(zip(figures.columns[0].cells, figures.columns[4].cells, strict=True))
    assert rows["答案正确率"].startswith("-0.250（-")
    assert "拒答召回率" not in rows  # did not change
    assert "项没有变化，不列" in str(figures.caption)
    assert list(changes.columns[0].cells) == ["对"]
    assert list(changes.columns[2].cells) == ["对 第 1 条"]
    assert list(changes.columns[3].cells) == ["错"]
    assert len(comparison_tables(found, show=0)) == 1


def test_the_verdict_is_one_line(tmp_path: Path) -> None:
    queries = tuple(
        question(f"问{n}", answers=["2万元"], evidence=[{"quote": "高技能人才奖励2万元"}])
        for n in range(8)
    )
    many = Dataset(name="x", queries=queries, qrels={}, corpus=None)
    right = run(tmp_path, "对", {query.text: RIGHT for query in queries}, many)
    wrong = run(tmp_path, "错", {query.text: WRONG for query in queries}, many)
    assert verdict(compare(right, right)) == "看不出变好或变差（8 题，没有一项 p < 0.05）。"
    worse, better = verdict(compare(right, wrong)), verdict(compare(wrong, right))
    assert worse.startswith("变差：命中 success@1、")
    assert better.startswith("变好：命中 success@1、")
    for line in (worse, better):
        assert "答案正确率" in line
        assert "答错比例" in line  # fewer errors are better
        assert "平均字数" not in line
        assert "变好" in line or "变差" in line
        assert not ("变好" in line and "变差" in line)
