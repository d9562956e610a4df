"""Runs are kept as they come, continued where they stopped, and refused when they are others."""

import json
from pathlib import Path

import pytest

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.judge.evaluate import Evaluation, evaluate
from policyqa.eval.judge.figures import Figures
from policyqa.eval.runs import recorder as runs
from policyqa.eval.runs.contest import Asking, Contestant, hold
from policyqa.qa.corpus import Corpus
from policyqa.qa.errors import RunError
from policyqa.qa.types import Answer, Question
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant

SETTINGS = {"answer": {"threshold": 0.28}}


class Interrupted(FakeAssistant):
    """Is interrupted by the user after some questions."""

    def __init__(self, after: int) -> None:
        super().__init__(ANSWERS)
        self.after = after

    def ask(self, question: Question) -> Answer:
        if len(self.asked) == self.after:
            raise KeyboardInterrupt
        return super().ask(question)


def asking(folder: Path, dataset: Dataset = DATASET, name: str = "一月") -> Asking:
    return Asking(dataset, None, None, folder, name)


def product(assistant: FakeAssistant | None = None) -> Contestant:
    return Contestant("policyqa", assistant or FakeAssistant(ANSWERS), SETTINGS)


def test_a_run_keeps_everything(tmp_path: Path) -> None:
    (run,) = hold([product()], asking(tmp_path))
    folder = tmp_path / "一月"
    assert {path.name for path in folder.iterdir()} == {
        "run.json", "rows.jsonl", "metrics.json", "report.html", "run.trec", "qrels.trec",
    }  # fmt: skip
    expected = evaluate(FakeAssistant(ANSWERS), DATASET)
    stored = (folder / "metrics.json").read_text("utf-8")
    assert Figures.model_validate_json(stored) == expected.figures == run.figures
    info = json.loads((folder / "run.json").read_text("utf-8"))
    assert (info["name"], info["contestant"], info["dataset"]) == ("一月", "policyqa", "小集")
    assert (info["n"], info["corpus"], info["settings"]) == (6, "c0ffee", SETTINGS)
    assert info["asks_s"] == pytest.approx((10 + 20 + 30 + 40 + 50 + 10) / 1000)
    assert info["machine"]["cores"] >= 1
    assert info["finished"] >= info["started"] > "2026"
    assert runs.load(folder) == run
    assert run.rows == expected.rows
    row = json.loads((folder / "rows.jsonl").read_text("utf-8").splitlines()[0])
    assert row["hits"][0]["text"] == "博士后给予15万元补助"
    assert row["citations"][0]["quote"] == "博士后给予15万元补助"
    assert (row["total_ms"], row["embed_ms"]) == (10.0, 1.0)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="已中断：一月 已存 2/6 题"):
        hold([product(Interrupted(2))], asking(tmp_path))
    assert not (tmp_path / "一月" / "metrics.json").exists()
    with pytest.raises(RunError, match=r"还没有完成（2/6）"):
        runs.load(tmp_path / "一月")
    second = FakeAssistant(ANSWERS)
    steps: list[tuple[str, int, int]] = []
    (run,) = hold([product(second)], asking(tmp_path), progress=lambda *s: steps.append(s))
    assert [question.id for question in second.asked] == ["沉默", "无解", "硬答", "出错"]
    assert steps[0] == ("提问", 3, 6)
    assert steps[-1] == ("提问", 6, 6)
    assert run.rows == evaluate(FakeAssistant(ANSWERS), DATASET).rows
    assert runs.load(tmp_path / "一月").figures == run.figures


def test_a_half_written_row_is_asked_again(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        hold([product(Interrupted(3))], asking(tmp_path))
    rows = tmp_path / "一月" / "rows.jsonl"
    rows.write_bytes(rows.read_bytes()[:-20])  # the process was killed while it wrote
    second = FakeAssistant(ANSWERS)
    (run,) = hold([product(second)], asking(tmp_path))
    assert second.asked[0].id == "沉默"
    assert len(run.rows) == len(rows.read_text("utf-8").splitlines()) == 6
    assert runs.load(tmp_path / "一月") == run


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"settings": {"answer": {"threshold": 0.5}}}, "settings：.*0.28.*→.*0.5"),
        ({"assistant": None}, "corpus：c0ffee → 0ther"),
    ],
)
def test_an_unfinished_run_of_something_else_is_refused(
    tmp_path: Path, change: dict, words: str
) -> None:
    with pytest.raises(RunError):
        hold([product(Interrupted(2))], asking(tmp_path))
    other = product()._replace(**change)
    if other.assistant is None:
        other = other._replace(assistant=FakeAssistant(ANSWERS))
        other.assistant.corpus = Corpus.holding([], fingerprint="0ther")
    with pytest.raises(RunError, match=words):
        hold([other], asking(tmp_path))
    (run,) = hold([other], asking(tmp_path), replace=True)
    assert len(run.rows) == 6


def test_a_finished_run_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    runs.check_unfinished(tmp_path / "一月")
    with pytest.raises(RunError):
        hold([product(Interrupted(2))], asking(tmp_path))
    runs.check_unfinished(tmp_path / "一月")
    hold([product()], asking(tmp_path))
    with pytest.raises(RunError, match="已经完成"):
        runs.check_unfinished(tmp_path / "一月")


def test_a_finished_run_is_not_written_over(tmp_path: Path) -> None:
    hold([product()], asking(tmp_path))
    before = (tmp_path / "一月" / "metrics.json").read_bytes()
    with pytest.raises(RunError, match="一月 已经完成；换个名字，或加 --replace"):
        hold([product(FakeAssistant({}))], asking(tmp_path))
    assert (tmp_path / "一月" / "metrics.json").read_bytes() == before
    (run,) = hold([product(FakeAssistant({}))], asking(tmp_path), replace=True)
    assert run.figures.errors == 6


@pytest.mark.parametrize("name", ["", "a/b", "..", "@x", "a@dense", "x" * 81, "a b", "a\n"])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match="名字只能用"):
        hold([product()], asking(tmp_path, name=name))
    assert list(tmp_path.iterdir()) == []


def test_contestants_are_asked_in_turn_and_kept_apart(tmp_path: Path) -> None:
    order: list[str] = []

    class Noting(FakeAssistant):
        def __init__(self, name: str) -> None:
            super().__init__(ANSWERS)
            self.name = name

        def ask(self, question: Question) -> Answer:
            order.append(f"{self.name}{question.id}")
            return super().ask(question)

    pair = [product(Noting("甲")), Contestant("dense", Noting("乙"), SETTINGS)]
    own, beside = hold(pair, asking(tmp_path))
    assert order[:4] == ["甲对", "乙对", "甲错", "乙错"]
    assert (own.info.name, beside.info.name) == ("一月", "一月@dense")
    assert (own.info.contestant, beside.info.contestant) == ("policyqa", "dense")
    assert runs.load(tmp_path / "一月@dense") == beside
    report = (tmp_path / "一月" / "report.html").read_text("utf-8")
    assert "dense</th>" in report  # one page for both
    assert not (tmp_path / "一月@dense" / "report.html").exists()


def test_an_interrupted_contest_goes_on_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = [product(), Contestant("dense", FakeAssistant(ANSWERS), SETTINGS)]
    finish = runs.Recorder.finish

    def interrupted(self: runs.Recorder, evaluation: Evaluation, *, page: str = "") -> runs.Run:
        if self.info.contestant == "policyqa":  # the baseline is finished by then
            raise KeyboardInterrupt
        return finish(self, evaluation, page=page)

    with monkeypatch.context() as patch:
        patch.setattr(runs.Recorder, "finish", interrupted)
        with pytest.raises(KeyboardInterrupt):
            hold(pair, asking(tmp_path))
    with pytest.raises(RunError, match="还没有完成"):
        runs.load(tmp_path / "一月")
    own, beside = hold(pair, asking(tmp_path))
    assert own.info.finished
    assert runs.load(tmp_path / "一月@dense") == beside


def test_two_processes_do_not_keep_one_run(tmp_path: Path) -> None:
    info = runs.described("一月", "policyqa", DATASET, corpus="c0ffee", settings=SETTINGS)
    with (
        runs.Recorder(tmp_path / "一月", info),
        pytest.raises(RunError, match="正在另一个进程里进行"),
    ):
        hold([product()], asking(tmp_path))
    hold([product()], asking(tmp_path))


def test_what_is_not_there_or_damaged_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"没有名为 二月 的运行；.*里有：无"):
        runs.found("二月", tmp_path)
    hold([product()], asking(tmp_path))
    with pytest.raises(RunError, match="里有：一月"):
        runs.found("二月", tmp_path)
    folder = runs.found("一月", tmp_path)
    assert runs.found(str(folder), tmp_path / "elsewhere") == folder
    rows = (folder / "rows.jsonl").read_bytes()
    (folder / "rows.jsonl").write_bytes(rows[: len(rows) // 2])
    with pytest.raises(RunError, match=r"rows\.jsonl"):
        runs.load(folder)
    (folder / "rows.jsonl").write_bytes(b"{}\n" * 6)
    with pytest.raises(RunError, match=r"rows\.jsonl:1: 内容有误"):
        runs.load(folder)
    (folder / "run.json").write_text("[]", "utf-8")
    with pytest.raises(RunError, match=r"run\.json: 内容有误"):
        runs.load(folder)


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, replace: bool) -> None:
    (tmp_path / "一月").mkdir()
    (tmp_path / "一月" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(RunError, match="里是别的东西"):
        hold([product()], asking(tmp_path), replace=replace)
    assert [path.name for path in (tmp_path / "一月").iterdir()] == ["notes.txt"]


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="无法写入"):
        hold([product()], asking(tmp_path / "file"))
