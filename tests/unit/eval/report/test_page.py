"""The report: what failed and why, and a page that is safe to open."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.eval.judge.evaluate import Evaluation, evaluate
from policyqa.eval.judge.figures import Figures
from policyqa.eval.judge.judging import judge
from policyqa.eval.report import files as report
from policyqa.eval.report.page import failings, page
from policyqa.index.errors import PolicyQAError
from tests.eval_fake import (
    ANSWERS,
    DATASET,
    NEWS,
    QUERIES,
    FakeAssistant,
    cite,
    hits,
    question,
    said,
)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(FakeAssistant(ANSWERS), DATASET)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("对", []),
        ("错", ["wrong", "support", "first"]),
        ("沉默", ["silent", "five"]),
        ("无解", []),
        ("硬答", ["answered"]),
        ("出错", ["error", "five"]),
    ],
)
def test_failings_say_what_went_wrong(
    evaluation: Evaluation, name: str, expected: list[str]
) -> None:
    (row,) = (row for row in evaluation.rows if row.id == name)
    assert failings(row) == expected


def test_prose_is_not_called_wrong_for_its_wording() -> None:
    query = question("错", answers=["长文"], answer_kind="free_text")
    row = judge(query, {}, said("answered", ("别的话。", ())), FakeAssistant({}).corpus.document)
    assert row.answers.accuracy == 0.0
    assert failings(row) == ["support"]


class Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


ATTACK = '<img src=http://evil.example/x onerror="alert(1)"></style><script>alert(1)</script>'


def test_the_report_is_three_files(evaluation: Evaluation, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "report"
    report.write(folder, evaluation)
    stored = (folder / "metrics.json").read_text(encoding="utf-8")
    assert Figures.model_validate_json(stored) == evaluation.figures
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == [query.id for query in QUERIES]
    assert rows[0]["retrieval"]["success_at_1"] == 1.0
    shown = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert "（4 / 6）" in shown.text
    assert [tag for tag, _ in shown.tags].count("article") == 4
    for words in (
        "命中 success@1", "甲", "该答未答", "silent though it can be answered",
        "plan.txt：高技能人才奖励", NEWS, "依据在第 2 条", "coverage", "success@5",
    ):  # fmt: skip
        assert words in shown.text
    assert [tag for tag, _ in shown.tags].count("svg") == 4


def test_the_page_asks_for_nothing_outside_itself(evaluation: Evaluation) -> None:
    shown = Page(page(evaluation))
    links = [v for _, attrs in shown.tags for k, v in attrs.items() if k in ("href", "xlink:href")]
    assert links
    assert all(link and link.startswith("#") for link in links)
    assert not any(name in attrs for _, attrs in shown.tags for name in ("src", "srcset", "data"))
    assert {tag for tag, _ in shown.tags}.isdisjoint({"link", "script", "iframe", "object"})
    assert "url(http" not in page(evaluation)


def test_every_label_is_in_both_languages(evaluation: Evaluation) -> None:
    markup = page(evaluation)
    assert markup.count('class="zh"') == markup.count('class="en"') > 40
    assert "#zh:checked~main .en,#en:checked~main .zh{display:none}" in markup


def test_what_ran_beside_stands_in_the_table_with_its_time(evaluation: Evaluation) -> None:
    slow = evaluation.figures.model_copy(
        update={"latency_ms": evaluation.figures.latency_ms.model_copy(update={"p50": 45.0})}
    )
    shown = page(evaluation, beside={"policyqa": evaluation.figures, "dense": slow})
    lines = [line for line in shown.split("<tr>") if "耗时 ÷ policyqa" in line]
    assert "<td></td><td>1.00</td><td>1.50</td>" in lines[0]
    accuracy = next(line for line in shown.split("<tr>") if "答案正确率" in line)
    assert "<td>–</td></tr>" in accuracy  # a baseline says nothing


def test_a_baseline_fails_in_its_ranking_only(evaluation: Evaluation) -> None:
    found = {row.id: failings(row, ranking_only=True) for row in evaluation.rows}
    assert found == {
        "对": [],
        "错": ["first"],
        "沉默": ["five"],
        "无解": [],
        "硬答": [],
        "出错": ["error", "five"],
    }


def test_of_very_many_failures_the_first_are_shown() -> None:
    queries = [question(f"问{n}", answers=["1"]) for n in range(130)]
    dataset = Dataset(name="x", queries=tuple(queries), qrels={}, corpus=None)
    markup = page(evaluate(FakeAssistant({}), dataset))
    assert markup.count("<article>") == 100
    assert "另有 30 题，见 rows.jsonl" in markup
    assert "（130 / 130）" in markup


def test_wanted_words_are_marked_where_they_stand(evaluation: Evaluation) -> None:
    assert "高技能人才奖励<mark>2万元</mark>" in page(evaluation)


def test_what_was_asked_before_is_shown() -> None:
    query = question("那个呢", answers=["1"], history=[{"role": "user", "content": "上一问？"}])
    dataset = Dataset(name="x", queries=(query,), qrels={}, corpus=None)
    assert "上一问？" in page(evaluate(FakeAssistant({}), dataset))


def test_another_reason_than_the_wanted_is_a_failure() -> None:
    query = question("天气", answerable=False, reason="out_of_scope")
    row = judge(query, {}, said("abstained"), FakeAssistant({}).corpus.document)
    assert failings(row) == ["reason"]
    assert failings(row.model_copy(update={"reason": "out_of_scope"})) == []


def test_a_right_answer_from_below_the_top_is_no_failure() -> None:
    query = question("问", answers=["2万元"], evidence=[{"quote": "高技能人才奖励2万元"}])
    found = hits(("news.txt", NEWS), ("plan.txt", "高技能人才奖励2万元"))
    cited = (cite(1, "plan.txt", "高技能人才奖励2万元"),)
    answer = said("answered", ("高技能人才奖励2万元", (1,)), cited=cited, found=found)
    row = judge(query, {}, answer, FakeAssistant({}).corpus.document)
    assert row.retrieval.success_at_1 == 0
    assert failings(row) == []
    bare = said("answered", ("2万元", ()), found=found)
    assert failings(judge(query, {}, bare, FakeAssistant({}).corpus.document)) == [
        "support",
        "first",
    ]


def test_types_in_many_or_odd_words_are_drawn() -> None:
    queries = [
        question(f"问{n}", type="很长的类型名称" * 9 + f"$x_{n}$\x07", evidence=[{"quote": "x"}])
        for n in range(40)
    ]
    dataset = Dataset(name="x", queries=tuple(queries), qrels={}, corpus=None)
    shown = page(evaluate(FakeAssistant({}), dataset))
    svg = shown[shown.index("<svg") : shown.index("</svg>")]
    assert svg.count("很长的类型名称") >= 30
    assert "\x07" not in svg


def test_everything_in_the_page_is_escaped() -> None:
    query = Query(id=ATTACK, text=ATTACK, type=ATTACK, answers=(ATTACK,))
    dataset = Dataset(name=ATTACK, queries=(query,), qrels={ATTACK: {ATTACK: 1}}, corpus=None)
    answer = said("answered", (ATTACK, ()), found=hits((ATTACK + "x", ATTACK)))
    shown = Page(page(evaluate(FakeAssistant({ATTACK: answer}), dataset)))
    assert {tag for tag, _ in shown.tags}.isdisjoint({"img", "script"})
    assert shown.text.count("alert(1)</script>") >= 6  # title, heading, type, question, wanted, hit


def test_a_report_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PolicyQAError, match="无法建立报告文件夹"):
        report.prepared(tmp_path / "file")
