"""Reviews become questions of an evaluation, and the evaluation asks them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from policyqa.eval.judge.dataset import load
from policyqa.eval.judge.evaluate import evaluate
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Answer, Filters, Question
from policyqa.ui.errors import StoreError
from policyqa.ui.staff.cases import (
    DISPUTED,
    OF_A_PART,
    UNREVIEWED,
    VAGUE,
    Case,
    Open,
    case_of,
    cases,
    write,
)
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import Better, Review, Reviews
from tests.ui_fake import FIRST, PLAN, SECOND, SKILLED, FakeAssistant

BETTER = Better(
    doc_id=PLAN.doc_id,
    start=PLAN.text.index(SKILLED),
    end=PLAN.text.index(SKILLED) + len(SKILLED),
    quote=SKILLED,
)


def answer(question: str) -> Answer:
    return FakeAssistant().ask(Question(id="a1", question=question))


def review(
    verdicts: Mapping[int, Any], reviewer: str = "li", better: Better | None = None
) -> Review:
    return Review(answer_id="a1", reviewer=reviewer, verdicts=dict(verdicts), better=better)


def case(asked: str, *reviews: Review, **changed: Any) -> Case | Open:
    return case_of(answer(asked).model_copy(update=changed), reviews, FakeAssistant())


def quotes(found: Case | Open) -> list[str]:
    assert isinstance(found, Case)
    return [each["quote"] for each in found.evidence]


def test_what_is_supported_is_the_evidence() -> None:
    found = case("博士后有什么补助", review({0: "partial", 1: "supported", 2: "unsupported"}))
    assert quotes(found) == [FIRST]
    assert isinstance(found, Case)
    assert found.rejected == ({"source": PLAN.source, "quote": SECOND, "verdict": "unsupported"},)
    assert (found.answerable, found.text, found.type) == (True, "博士后有什么补助", "reviewed")
    assert found.evidence[0]["source"] == PLAN.source


def test_a_right_answer_rests_on_all_that_nobody_objects_to() -> None:
    found = case("博士后有什么补助", review({0: "right", 3: "outdated"}))
    assert quotes(found) == [FIRST, SECOND]


def test_a_better_passage_stands_in_front() -> None:
    found = case("博士后有什么补助", review({0: "partial", 2: "supported"}, better=BETTER))
    assert quotes(found) == [SKILLED, SECOND]


def test_silence_is_right_or_should_have_been_an_answer() -> None:
    right = case("外籍人才", review({0: "right"}))
    assert isinstance(right, Case)
    assert (right.answerable, right.evidence) == (False, ())
    assert quotes(case("外籍人才", review({0: "unanswered"}, better=BETTER))) == [SKILLED]
    assert case("外籍人才", review({0: "unanswered"})) == VAGUE  # by what, nobody says


def test_an_answer_that_should_be_silence() -> None:
    found = case("博士后有什么补助", review({0: "unanswerable", 1: "unsupported"}))
    assert isinstance(found, Case)
    assert (found.answerable, found.evidence, found.rejected) == (False, (), ())


def test_a_verdict_against_one_citation_alone_is_a_case() -> None:
    found = case("博士后有什么补助", review({2: "outdated"}))
    assert isinstance(found, Case)
    assert (found.answerable, found.evidence) == (None, ())
    assert found.rejected == ({"source": PLAN.source, "quote": SECOND, "verdict": "outdated"},)


@pytest.mark.parametrize(("reviews", "why"), [
    ((review({0: "wrong"}),), VAGUE),
    ((review({0: "right"}), review({0: "wrong"}, "ma")), DISPUTED),
    ((review({1: "supported"}), review({1: "outdated"}, "ma")), DISPUTED),
    ((), UNREVIEWED),
])  # fmt: skip
def test_what_is_open_is_no_case(reviews: tuple[Review, ...], why: Open) -> None:
    assert case("博士后有什么补助", *reviews) == why


def test_what_was_asked_of_a_part_is_no_case_and_a_day_is_kept() -> None:
    agreed = review({0: "right"})
    assert case("博士后有什么补助", agreed, filters=Filters(kinds=("plan",))) == OF_A_PART
    dated = case("博士后有什么补助", agreed, as_of="2024-12")
    assert isinstance(dated, Case)
    assert dated.as_of == "2024-12"


def test_what_was_asked_several_times_is_one_case(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "data")
    records, reviews = Records(engine), Reviews(engine)
    for n in range(3):
        question = Question(id=f"a{n}", question=" 博士后有什么补助 " if n else "博士后有什么补助")
        records.keep(FakeAssistant().ask(question))
    said: list[dict[int, Any]] = [{1: "supported"}, {2: "supported"}, {3: "outdated"}]
    for n, verdicts in enumerate(said):
        reviews.put(Review(answer_id=f"a{n}", reviewer="li", verdicts=verdicts))
    (one,) = cases(reviews, records, FakeAssistant())
    assert (one.id, one.answerable, quotes(one)) == ("a0", True, [FIRST, SECOND])
    assert [each["verdict"] for each in one.rejected] == ["outdated"]
    reviews.put(Review(answer_id="a2", reviewer="li", verdicts={1: "unsupported"}))
    assert list(cases(reviews, records, FakeAssistant())) == []  # they contradict each other
    reviews.put(Review(answer_id="a2", reviewer="li", verdicts={0: "unanswerable"}))
    assert list(cases(reviews, records, FakeAssistant())) == []


def test_a_follow_up_is_asked_as_it_was_searched() -> None:
    found = case("博士后有什么补助", review({0: "right"}), question="那补助呢", query="博士后 补助")
    assert isinstance(found, Case)
    assert found.text == "博士后 补助"
    silent = case("外籍人才", review({0: "right"}), question="那外籍人才呢", query="博士 外籍人才")
    assert isinstance(silent, Case)
    assert silent.text == "那外籍人才呢"  # nobody asked the other one, which was not answered


def test_a_set_keeps_what_is_not_of_now(tmp_path: Path) -> None:
    """Questions of its own, and cases whose answers are no longer kept; not those that are open
    again."""
    records = Records(open_database(tmp_path / "data"))
    for name in ("a1", "a2"):
        records.keep(FakeAssistant().ask(Question(id=name, question="博士后有什么补助")))
    first, own = (
        case("博士后有什么补助", review({0: "right"})),
        {"_id": "own", "text": "x"},
    )
    assert isinstance(first, Case)
    folder = tmp_path / "set"
    gone, again = (first.model_copy(update={"id": name}) for name in ("gone", "a2"))
    assert write(folder, [first, gone, again], records) == (3, 0)
    path = folder / "queries.jsonl"
    path.write_text(json.dumps(own, ensure_ascii=False) + "\n\n" + path.read_text("utf-8"), "utf-8")
    assert write(folder, [first], records) == (1, 2)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines[1:]] == ["gone", "a1"]
    assert lines[0] == own
    path.write_text("no question\n", "utf-8")
    with pytest.raises(StoreError, match="1 不是一道题"):
        write(folder, [first], records)
    assert path.read_text("utf-8") == "no question\n"


def test_the_evaluation_reads_and_asks_what_was_reviewed(tmp_path: Path) -> None:
    """From a real answer over a real index to the figures of `policyqa eval`."""
    embedder = HashingEmbedder(256)
    text = "支持办法\n博士每年补贴50万元。\n硕士每年补贴20万元。"
    build_texts([SourceText("a.txt", text, Metadata(title="支持办法"))], tmp_path / "i", embedder)
    index = search_index.load(tmp_path / "i", model=embedder.fingerprint)
    assistant = Assistant(index, embedder, WEIGHTS, AnswerSettings(threshold=0.0))
    engine = open_database(tmp_path / "data")
    records, reviews = Records(engine), Reviews(engine)
    records.keep(assistant.ask(Question(id="real", question="博士每年补贴多少钱?")))
    reviews.put(Review(answer_id="real", reviewer="li", verdicts={0: "right"}))
    records.keep(assistant.ask(Question(id="poor", question="硕士每年补贴多少钱?")))
    reviews.put(Review(answer_id="poor", reviewer="li", verdicts={1: "unsupported"}))
    lines = [found.model_dump_json() for found in cases(reviews, records, assistant)]
    assert json.loads(lines[0])["evidence"][0]["source"] == "a.txt"
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    dataset = load(folder)
    assert [(query.id, query.answerable) for query in dataset.queries] == [
        ("real", True),
        ("poor", None),
    ]
    assert dataset.ignored == ()
    figures = evaluate(assistant, dataset).figures
    assert figures.n == 2
    assert figures.retrieval.success_at_1 == 1.0
    assert figures.answers.rejected_cited == 1.0  # nothing has changed: it is cited again
