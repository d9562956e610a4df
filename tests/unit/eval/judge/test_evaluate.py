"""Evaluation of a fake assistant whose every figure is known beforehand."""

import json
import math
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from policyqa.eval import commands
from policyqa.eval.bench import benchmark
from policyqa.eval.judge.certainty import certainty
from policyqa.eval.judge.dataset import Dataset, Query, Rejected
from policyqa.eval.judge.evaluate import Evaluation, evaluate, figures_of
from policyqa.eval.judge.judging import is_wrong, judge, outcome
from policyqa.eval.report.page import failings
from policyqa.eval.report.terminal import tables
from policyqa.qa.types import Answer, Question
from tests.eval_fake import (
    ANSWERS,
    DATASET,
    EVIDENCE,
    NEWS,
    PLAN,
    FakeAssistant,
    cite,
    hits,
    question,
    said,
)


def verdicts(
    query: Query, answer: Answer, grades: dict[str, int] | None = None
) -> dict[str, object]:
    row = judge(query, grades or {}, answer, FakeAssistant({}).corpus.document)
    return row.retrieval.model_dump() | row.answers.model_dump()


def test_evidence_is_found_where_the_quote_stands_in_the_named_source() -> None:
    found = hits(
        ("news.txt", "博士后给予15万元补助"),  # the words, elsewhere
        ("plan.txt", "博士后给予\n15万元补助。"),
        ("plan.txt", "博士后给予15万元补助"),  # again: no second gain
        ("plan.txt", "不相干"),
        ("plan.txt", "不相干"),
        ("plan.txt", "高技能人才奖励2万元"),  # sixth
    )
    values = verdicts(question("问", evidence=EVIDENCE), said("answered", found=found))
    gained = 1 / math.log2(3) + 1 / math.log2(7)
    assert values["success_at_1"] == 0.0
    assert values["success_at_3"] == values["success_at_5"] == 1.0
    assert values["recall_at_5"] == 0.5
    assert values["mrr_at_10"] == 0.5
    assert values["ndcg_at_10"] == pytest.approx(gained / (1 + 1 / math.log2(3)))
    assert values["answer_in_top_5"] is None  # no answers are known


def test_pieces_of_evidence_in_one_passage_are_one_target_but_all_recalled() -> None:
    query = question("问", evidence=EVIDENCE)
    values = verdicts(query, said("answered", found=hits(("plan.txt", PLAN))))
    assert (values["recall_at_5"], values["ndcg_at_10"]) == (1.0, 1.0)


def test_each_missed_piece_is_a_target_of_its_own() -> None:
    query = question("问", evidence=[*EVIDENCE, {"quote": "没有的话"}])
    values = verdicts(query, said("answered", found=hits(("plan.txt", "博士后给予15万元补助"))))
    assert values["recall_at_5"] == pytest.approx(1 / 3)
    assert values["ndcg_at_10"] == pytest.approx(1 / (1 + 1 / math.log2(3) + 1 / 2))


def test_evidence_without_source_may_stand_anywhere() -> None:
    query = question("问", evidence=[{"quote": "留渝率"}])
    assert verdicts(query, said("answered", found=hits(("news.txt", NEWS))))["success_at_1"] == 1.0


def test_judged_documents_count_once_at_their_best_rank() -> None:
    found = hits(("a", "1"), ("a", "2"), ("a", "3"), ("a", "4"), ("a", "5"), ("b", "6"))
    values = verdicts(question("问"), said("answered", found=found), {"b": 1, "c": 1, "a": 0})
    assert values["success_at_1"] == 0.0
    assert values["success_at_3"] == 1.0  # b is the second document
    assert values["recall_at_5"] == 0.5
    assert values["mrr_at_10"] == 0.5
    best = 1 + 1 / math.log2(3)
    assert values["ndcg_at_10"] == pytest.approx(1 / math.log2(3) / best)


def test_answers_are_looked_for_in_the_first_five_passages_only() -> None:
    filler = [("plan.txt", "不相干")] * 4
    fifth = said("answered", found=hits(*filler, ("plan.txt", "给１５ 万元")))
    sixth = said("answered", found=hits(*filler, ("plan.txt", "x"), ("plan.txt", "给15万元")))
    query = question("问", answers=["15万元"])
    assert verdicts(query, fifth)["answer_in_top_5"] == 1.0
    assert verdicts(query, sixth)["answer_in_top_5"] == 0.0
    both = question("问", answers=[["15万元"], ["不相干", "别的"]])
    assert verdicts(both, fifth)["answer_in_top_5"] == 1.0


def test_a_question_without_judgement_has_no_retrieval_verdict() -> None:
    found = hits(("plan.txt", PLAN))
    unjudged = verdicts(question("问"), said("answered", found=found))
    unanswerable = question("问", answerable=False, evidence=EVIDENCE, answers=["15万元"])
    for values in (unjudged, verdicts(unanswerable, said("abstained", found=found))):
        assert {values[name] for name in ("success_at_1", "recall_at_5", "ndcg_at_10")} == {None}
        assert values["answer_in_top_5"] is None


def test_no_hits_count_as_zero() -> None:
    values = verdicts(question("问", evidence=EVIDENCE, answers=["15万元"]), said("error"))
    assert values["success_at_5"] == values["ndcg_at_10"] == values["answer_in_top_5"] == 0.0


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [("answered", "给予15万元。", 1.0), ("answered", "给予。", 0.0), ("abstained", "15万元", 0.0)],
)
def test_accuracy(status: str, words: str, expected: float) -> None:
    query = question("问", answers=["15 万元", "十五万元"])
    assert verdicts(query, said(status, (words, ())))["accuracy"] == expected


def test_marks_and_white_space_are_no_characters_of_the_answer() -> None:
    answer = said("answered", ("见 渝府[2021]1号。", (1,)), cited=(cite(1, "plan.txt", "补助"),))
    assert answer.answer.endswith("[1]")
    assert verdicts(question("问"), answer)["answer_chars"] == len("见渝府[2021]1号。")


def test_citations_are_judged_against_evidence_and_answers() -> None:
    cited = (
        cite(1, "plan.txt", "第一条 博士后给予15万元补助。"),  # holds the first evidence
        cite(2, "plan.txt", "由区人才办负责解释"),  # carries nothing
        cite(3, "news.txt", "率达到90%"),  # carries an answer string
    )
    query = question("问", evidence=EVIDENCE, answers=[["90%"], ["没有"]])
    values = verdicts(query, said("answered", ("话", (1,)), cited=cited))
    assert values["citation_precision"] == pytest.approx(2 / 3)
    assert values["citation_recall"] == 0.5


def test_evidence_of_another_source_is_not_covered() -> None:
    query = question("问", evidence=[{"source": "news.txt", "quote": "博士后给予15万元补助"}])
    cited = (cite(1, "plan.txt", "博士后给予15万元补助"),)
    values = verdicts(query, said("answered", ("话", (1,)), cited=cited))
    assert (values["citation_precision"], values["citation_recall"]) == (0.0, 0.0)


def test_citations_are_judged_by_document_where_only_documents_are() -> None:
    cited = (cite(1, "plan.txt", "补助"), cite(2, "news.txt", "90%"))
    values = verdicts(question("问"), said("answered", ("话", (1,)), cited=cited), {"news.txt": 2})
    assert (values["citation_precision"], values["citation_recall"]) == (0.5, 1.0)
    wrong = verdicts(question("问"), said("answered", ("话", (1,)), cited=cited), {"other": 1})
    assert (wrong["citation_precision"], wrong["citation_recall"]) == (0.0, 0.0)


def test_an_answer_without_citations_has_no_precision_and_no_recall() -> None:
    values = verdicts(question("问", evidence=EVIDENCE), said("answered", ("话。", ())))
    assert (values["citation_precision"], values["citation_recall"]) == (None, 0.0)
    assert (values["sentence_support"], values["quote_exact"]) == (0.0, None)


def test_a_sentence_is_supported_by_what_it_cites_itself() -> None:
    cited = (cite(1, "plan.txt", "博士后给予15万元补助"), cite(2, "news.txt", NEWS))
    sentences = (
        ("博士后给予15万元补助。", (1,)),
        ("博士后给予15万元补助。", (2,)),  # another quote
        ("博士后给予16万元补助。", (1,)),  # another number
        ("博士后留渝率达到90%。", (1, 2)),
        ("……", ()),  # says nothing
    )
    assert verdicts(question("问"), said("answered", *sentences, cited=cited))[
        "sentence_support"
    ] == pytest.approx(2 / 4)


def test_an_answer_of_several_parts_may_be_complete_in_part() -> None:
    query = question("问", answers=[["15万元"], ["2万元", "两万元"], ["人才办"]])
    answer = said("answered", ("给予15万元，另奖两万元。", ()))
    assert verdicts(query, answer)["completeness"] == pytest.approx(2 / 3)
    assert verdicts(query, said("abstained"))["completeness"] == 0.0
    assert verdicts(question("问", answers=["15万元"]), answer)["completeness"] is None
    same = question("问", answers=["15万元", "20万元"])  # one of them is right
    assert verdicts(same, answer)["completeness"] is None


def test_of_a_long_answer_the_share_that_stands_in_the_first_passages() -> None:
    long = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥一二三四五六七八九十百千万亿天地玄黄宇"
    query = question("问", answers=[long], answer_kind="free_text")
    half = said("answered", ("话", ()), found=hits(("plan.txt", long[:21])))
    assert verdicts(query, half)["long_answer_in_top_5"] == pytest.approx(20 / 40, abs=0.03)
    assert verdicts(question("问", answers=["15万元"]), half)["long_answer_in_top_5"] is None


def test_a_mark_without_a_citation_supports_nothing() -> None:
    cited = (cite(1, "news.txt", NEWS),)
    sentences = ((NEWS, (2,)), (NEWS, (1, 7)))
    values = verdicts(question("问"), said("answered", *sentences, cited=cited))
    assert values["sentence_support"] == 0.5


def test_a_quote_is_exact_when_it_is_the_slice() -> None:
    good = cite(1, "plan.txt", "博士后")
    shifted = good.model_copy(update={"n": 2, "start": good.start + 1, "end": good.end + 1})
    unknown = good.model_copy(update={"n": 3, "doc_id": "made up"})
    negative = good.model_copy(
        update={"n": 4, "start": good.start - len(PLAN), "end": good.end - len(PLAN)}
    )
    answer = said("answered", ("话", (1,)), cited=(good, shifted, unknown, negative))
    assert verdicts(question("问"), answer)["quote_exact"] == 0.25


def test_what_reviewers_rejected_should_not_be_cited_again() -> None:
    query = question("问", evidence=EVIDENCE[:1], rejected=[{"quote": "博士后留渝率达到90%"}])
    rejected, right = cite(1, "news.txt", NEWS), cite(2, "plan.txt", EVIDENCE[0]["quote"])
    both = said("answered", (NEWS, (1, 2)), cited=(right, rejected))
    assert verdicts(query, both)["rejected_cited"] == 1.0
    assert verdicts(query, said("answered", ("话", (2,)), cited=(right,)))["rejected_cited"] == 0.0
    assert verdicts(query, said("abstained"))["rejected_cited"] == 0.0
    assert verdicts(question("问"), both)["rejected_cited"] is None
    elsewhere = query.model_copy(update={"rejected": (Rejected(quote=NEWS, source="plan.txt"),)})
    assert verdicts(elsewhere, both)["rejected_cited"] == 0.0
    within = question("问", evidence=EVIDENCE[:1], rejected=[{"quote": "15万元"}])
    assert verdicts(within, both)["rejected_cited"] == 0.0  # the right words hold them


@pytest.fixture
def evaluation() -> Evaluation:
    return evaluate(FakeAssistant(ANSWERS), DATASET)


def test_every_figure_of_the_contract(evaluation: Evaluation) -> None:
    figures = json.loads(evaluation.figures.model_dump_json())
    assert list(figures) == [
        "dataset", "n", "errors", "fingerprint", "retrieval", "answers", "abstention",
        "latency_ms", "certainty", "reasons", "curve", "by_type",
    ]  # fmt: skip
    assert (figures["dataset"], figures["fingerprint"]) == ("小集", "c0ffee")
    assert (figures["n"], figures["errors"]) == (6, 1)
    # 对 finds it at 1, 错 at 2, 沉默 and 出错 not at all
    second = pytest.approx((1 + 1 / math.log2(3)) / 4)
    assert figures["retrieval"] == {
        "success_at_1": 0.25, "success_at_3": 0.5, "success_at_5": 0.5, "success_at_10": 0.5,
        "recall_at_1": 0.25, "recall_at_3": 0.5, "recall_at_5": 0.5, "recall_at_10": 0.5,
        "mrr_at_1": 0.25, "mrr_at_3": 0.375, "mrr_at_5": 0.375, "mrr_at_10": 0.375,
        "ndcg_at_1": 0.25, "ndcg_at_3": second, "ndcg_at_5": second, "ndcg_at_10": second,
        "answer_in_top_1": 0.25, "answer_in_top_3": 0.5, "answer_in_top_5": 0.5,
        "answer_in_top_10": 0.5,
        "long_answer_in_top_1": None, "long_answer_in_top_3": None,
        "long_answer_in_top_5": None, "long_answer_in_top_10": None,
        "top_1_chars": (11 + 12 + 12 + 0) / 4,  # of 对 错 沉默 出错
        "top_3_chars": (11 + 22 + 12 + 0) / 4, "top_5_chars": (11 + 22 + 12 + 0) / 4,
        "top_10_chars": (11 + 22 + 12 + 0) / 4,
    }  # fmt: skip
    assert figures["answers"] == {
        "accuracy": 0.25,  # of 对 错 沉默 出错
        "completeness": None,
        "answer_chars_p50": len("博士后给予15万元补助。"),  # 13, of 4, 13 and 14
        "citation_precision": 0.5,  # of 对 错
        "citation_recall": 0.5,
        "sentence_support": pytest.approx((1 + 0.5 + 1) / 3),  # of 对 错 硬答
        "quote_exact": 1.0,
        "rejected_cited": None,
    }
    assert figures["abstention"] == {
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "answered_rate": 0.5,  # 对 and 错 of the four that can be
        "coverage": 0.5,  # 对 错 硬答 of six
        "error": pytest.approx(2 / 3),  # 错 and 硬答 of these
    }
    assert figures["reasons"] == {
        "answerable": {"abstained": 1, "answered": 2, "error": 1},
        "unanswerable": {"abstained": 1, "answered": 1},
    }
    assert figures["latency_ms"] == {"p50": 30.0, "p95": pytest.approx(48.0), "embed_p50": 3.0}


def test_types_have_figures_of_their_own(evaluation: Evaluation) -> None:
    by_type = evaluation.figures.by_type
    assert list(by_type) == ["乙", "甲"]  # the two without a type are in the whole only
    assert (by_type["甲"].n, by_type["甲"].retrieval.success_at_1) == (2, 0.5)
    assert by_type["甲"].abstention.recall is None
    assert (by_type["乙"].n, by_type["乙"].abstention.recall) == (2, 0.5)
    assert by_type["乙"].retrieval.success_at_1 is None
    assert by_type["乙"].answers.accuracy is None
    assert by_type["乙"].abstention.answered_rate is None


def test_where_only_wrong_words_are_known_nothing_else_is_judged() -> None:
    """The figures of a set do not move by such a question, but for the rejected words."""
    unknown = question("丙", answerable=None, rejected=[{"quote": "博士后留渝率达到90%"}])
    wrong = said("answered", (NEWS, (1,)), cited=(cite(1, "news.txt", NEWS),))
    row = judge(unknown, {}, wrong, FakeAssistant({}).corpus.document)
    assert (is_wrong(row), outcome(row), failings(row)) == (None, "answered", ["rejected"])
    silent = judge(unknown, {}, said("abstained"), FakeAssistant({}).corpus.document)
    assert (is_wrong(silent), outcome(silent), failings(silent)) == (None, "silent", [])
    rows = [evaluate(FakeAssistant(ANSWERS), DATASET).rows, [row, silent]]
    before, after = (figures_of("x", "", [*rows[0], *more]) for more in ([], rows[1]))
    assert after.answers.rejected_cited == 0.5
    assert after.reasons["unknown"] == {"abstained": 1, "answered": 1}
    assert after.abstention == before.abstention
    assert after.retrieval == before.retrieval
    assert after.answers.accuracy == before.answers.accuracy
    assert after.answers.citation_precision == before.answers.citation_precision
    assert after.curve == before.curve
    known, more = (certainty([*rows[0], *each]) for each in ([], rows[1]))
    moved = {name for name in known if more[name].n != known[name].n}  # of whatever is answered
    assert moved == {
        f"answers.{n}" for n in ("quote_exact", "sentence_support", "answer_chars_p50")
    }


def test_an_error_is_neither_silence_nor_an_answer() -> None:
    failing = Dataset(name="x", queries=(question("甲"), question("乙", answerable=False)),
                      qrels={}, corpus=None)  # fmt: skip
    figures = evaluate(FakeAssistant({}), failing).figures
    assert figures.errors == 2
    assert (figures.abstention.precision, figures.abstention.recall) == (None, 0.0)
    assert figures.abstention.answered_rate == 0.0
    assert figures.latency_ms.p50 is None


def test_questions_are_asked_as_the_set_has_them_and_deeper_for_documents() -> None:
    turns = [{"role": "user", "content": "上一问"}]
    queries = (
        question("一", history=turns, as_of="2024", evidence=EVIDENCE),
        question("二"),
    )
    assistant = FakeAssistant({})
    seen: list[tuple[str, int, int]] = []
    grades = {"一": {"plan.txt": 1}, "二": {"plan.txt": 1}}
    dataset = Dataset(name="x", queries=queries, qrels=grades, corpus=None)
    evaluate(assistant, dataset, progress=lambda *step: seen.append(step))
    first, second = assistant.asked
    assert (first.id, first.question, first.as_of, first.k) == ("一", "一", "2024", 10)
    assert first.history[0].content == "上一问"
    assert (second.history, second.as_of, second.k) == ((), None, 50)
    assert seen == [("提问", 1, 2), ("提问", 2, 2)]


def test_tables_hold_every_figure_and_a_line_a_type(evaluation: Evaluation) -> None:
    whole, types = tables(evaluation.figures)
    shown = dict(zip(whole.columns[0].cells, whole.columns[1].cells, strict=True))
    assert len(shown) == 2 + 28 + 8 + 6 + 3
    assert shown["耗时 p95(毫秒)"] == "48.0"
    assert shown["倒数排名 MRR@10"].startswith("0.375（0.000–")
    assert shown["倒数排名 MRR@10"].endswith("n=4）")
    assert list(types.columns[0].cells) == ["乙", "甲"]
    assert list(types.columns[2].cells) == ["–", "0.500"]  # success@1
    assert len(tables(evaluation.figures.model_copy(update={"by_type": {}}))) == 1


class Ticking:
    """A clock that advances only when something is done."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def take(self, seconds: float) -> int:
        self.seconds += seconds
        return 60


def test_asking_speed_is_a_ratio_of_medians() -> None:
    clock = Ticking()
    fake = FakeAssistant({})

    def ask(asked: Question) -> Answer:
        clock.take({"一": 0.02, "二": 0.03, "三": 0.9}[asked.question])
        return fake.ask(asked)

    questions = [Question(question=text) for text in "一二三"]
    speed = benchmark.asking_speed(lambda text: clock.take(0.01), ask, questions, clock=clock)
    assert speed.n == 3
    assert speed.encode_query_p50_ms == pytest.approx(10)
    assert speed.ask_p50_ms == pytest.approx(30)
    assert speed.ratio == pytest.approx(3)
    assert len(fake.asked) == 3 + 3  # the warm-up is not counted


def test_indexing_speed_is_a_ratio_of_passages_a_second() -> None:
    clock = Ticking()
    speed = benchmark.indexing_speed(lambda: clock.take(4), lambda: clock.take(3), clock=clock)
    assert (speed.passages, speed.index_per_s, speed.encode_per_s) == (60, 15.0, 20.0)
    assert speed.ratio == 0.75
    with pytest.raises(ValueError, match="现为 60 与 59"):
        benchmark.indexing_speed(lambda: clock.take(1), lambda: clock.take(1) - 1, clock=clock)


def test_the_cost_of_an_update_is_a_share_of_a_full_build() -> None:
    clock = Ticking()
    costs = iter((40.0, 1.0))

    def build() -> int:
        clock.take(next(costs))
        return 600

    speed = benchmark.updating_speed(build, lambda: clock.take(7), clock=clock)
    assert (speed.documents, speed.full_s, speed.update_s) == (600, 40, 1)
    assert speed.share == pytest.approx(0.025)


def test_the_commands_check_the_set_before_they_open_anything(tmp_path: Path) -> None:
    app = typer.Typer()
    commands.register(app)
    (tmp_path / "queries.jsonl").write_text("{", encoding="utf-8")
    for name in ("eval", "bench"):
        result = CliRunner().invoke(app, [name, "--dataset", str(tmp_path)])
        assert f"{tmp_path / 'queries.jsonl'}:1: " in str(result.exception)
    assert CliRunner().invoke(app, ["eval"]).exit_code == 2


def test_figures_lie_in_their_intervals_and_say_over_how_many(evaluation: Evaluation) -> None:
    figures = json.loads(evaluation.figures.model_dump_json())
    known = figures["certainty"]
    for name, bound in known.items():
        part, _, field = name.partition(".")
        assert bound["low"] <= figures[part][field] <= bound["high"], name
    counts = {name: known[name]["n"] for name in ("retrieval.mrr_at_10", "answers.quote_exact")}
    assert counts == {"retrieval.mrr_at_10": 4, "answers.quote_exact": 3}
    assert known["abstention.precision"]["n"] == known["abstention.recall"]["n"] == 2
    assert known["abstention.f1"]["n"] == 3  # silent, unanswerable or both
    assert known["abstention.answered_rate"]["n"] == 4
    assert "answers.completeness" not in known  # of no question
    assert figures["by_type"]["乙"]["certainty"]["abstention.recall"]["n"] == 2


def test_the_same_rows_have_the_same_intervals(evaluation: Evaluation) -> None:
    assert certainty(evaluation.rows) == evaluation.figures.certainty
    assert certainty(()) == {}
