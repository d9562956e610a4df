"""What is told of an answer, and where a sentence was lost."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.cli import explanations
from policyqa.qa.errors import QuestionError
from policyqa.qa.explaining import Explanation, Stage
from policyqa.qa.retrieve import evidence
from policyqa.qa.retrieve.pages import Page
from policyqa.qa.retrieve.reading import Read, ReadingStage
from policyqa.qa.retrieve.retrieval import SIGNALS, WEIGHTS
from policyqa.qa.settings import AnswerSettings, ReaderSettings
from policyqa.qa.types import Filters, Question

EMBEDDER = HashingEmbedder(256)
OPENING = "公园每天早上6点开门"
TEXTS = {
    "公园.txt": (f"公园管理办法\n{OPENING}，全年免费开放。公园2019年有游客3万人。", "2021"),
    "博士.txt": ("博士支持办法\n博士每年补贴50万元。博士须缴纳社保满一年。", "2023"),
}


class Marker:
    """Marks the sentences that hold some words."""

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        marks = [
            tuple(6.0 if "6点" in s or "补贴" in s else -6.0 for s in p.sentences) for p in pages
        ]
        return [Read(max(each, default=-6.0), each) for each in marks]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("index")
    build_texts(
        [SourceText(name, text, Metadata(date=date)) for name, (text, date) in TEXTS.items()],
        folder,
        EMBEDDER,
    )
    stored = search_index.load(folder, model=EMBEDDER.fingerprint)
    stage = ReadingStage(Marker(), ReaderSettings())
    return Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.01), stage)


def explained(assistant: Assistant, question: str, **fields: object) -> Explanation:
    expect = str(fields.pop("expect", ""))
    return assistant.explain(
        Question.model_validate({"question": question, **fields}), expect=expect
    )


def test_passages_come_with_each_signal_and_sentences_with_the_readers_marks(
    assistant: Assistant,
) -> None:
    found = explained(assistant, "公园每天几点开门?")
    first = found.passages[0]
    assert (first.rank, first.source) == (1, "公园.txt")
    assert set(first.signals) == set(SIGNALS)
    assert first.read == 6.0
    marks = {sentence.text[:2]: sentence for sentence in first.sentences}
    best = first.sentences[0]
    assert OPENING in best.text
    assert (best.read, best.said, best.barred) == (6.0, True, "")
    assert best.score == max(sentence.score for sentence in first.sentences)
    assert marks
    assert found.answer == assistant.ask(Question(question="公园每天几点开门?")).model_copy(
        update={"timings_ms": found.answer.timings_ms}
    )
    assert found.searched[0].text == found.answer.query
    assert found.confidence == found.answer.confidence == found.searched[0].confidence


@pytest.mark.parametrize(("question", "words", "stage"), [
    ("公园每天几点开门?", "早上6点", "said"),
    ("公园每天几点开门?", "没有这句话", "absent"),
    ("博士每年补贴多少万元?", "须缴纳社保满一年", "not_chosen"),
    ("公园2024年有多少游客?", "游客3万人", "barred"),
])  # fmt: skip
def test_it_is_told_where_a_sentence_was_lost(
    assistant: Assistant, question: str, words: str, stage: Stage
) -> None:
    expected = explained(assistant, question, expect=words).expected
    assert expected is not None
    assert (expected.words, expected.stage) == (words, stage)
    assert (expected.rank is None) == (stage == "absent")


@pytest.mark.parametrize("words", [
    "公园每天早上６点开门，全年", "公園每天早上6点開門", "公园 每天早上6点开门",
    "公园每天早上6点开门，全年免费开放。[1]",
])  # fmt: skip
def test_words_are_found_in_any_width_or_script_and_as_copied(
    assistant: Assistant, words: str
) -> None:
    expected = explained(assistant, "公园每天几点开门?", expect=words).expected
    assert expected is not None
    assert (expected.stage, expected.rank) == ("said", 1)


def test_words_over_two_passages_are_found(tmp_path: Path) -> None:
    text = "第一条 公园每天早上6点开门。\n第二条 博士每年补贴50万元。"
    build_texts([SourceText("a", text, Metadata())], tmp_path, EMBEDDER)
    stored = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    own = Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.01))
    assert len(stored.passages) == 2
    expected = explained(own, "公园几点开门?", expect="6点开门。\n第二条 博士每年").expected
    assert expected is not None
    assert expected.stage != "absent"


@pytest.mark.parametrize("words", ["", "  ", "。，"])
def test_no_words_are_expected_of_marks_alone(assistant: Assistant, words: str) -> None:
    assert explained(assistant, "公园每天几点开门?", expect=words).expected is None


def test_where_nothing_is_searched_expected_words_are_told_so(assistant: Assistant) -> None:
    found = explained(assistant, "你好", expect="早上6点")
    assert found.expected is not None
    assert (found.expected.stage, found.threshold) == ("not_searched", 0.01)


def test_each_part_of_a_question_is_told_with_its_passages(assistant: Assistant) -> None:
    found = explained(assistant, "公园每天几点开门?博士每年补贴多少万元?", expect="补贴50万元")
    whole, *parts = found.searched
    assert (whole.passages, len(parts)) == ((), 2)
    assert [part.passages[0].source for part in parts] == ["公园.txt", "博士.txt"]
    assert found.expected is not None
    assert found.expected.stage == "said"
    shown = explanations.text(found)
    assert "单独查“公园每天几点开门”：" in shown


def test_why_something_is_said_is_told(assistant: Assistant) -> None:
    assert explained(assistant, "公园每天几点开门?").settled_by == "confidence"
    assert explained(assistant, "你好").settled_by == ""


def test_a_question_about_a_document_is_settled_by_it(tmp_path: Path) -> None:
    text = "渝府发〔2021〕2号\n关于印发公园管理办法的通知\n公园每天早上6点开门。"
    about = Metadata(title="公园管理办法", doc_number="渝府发〔2021〕2号")
    build_texts([SourceText("a.txt", text, about)], tmp_path, EMBEDDER)
    stored = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    careful = Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.99))
    found = explained(careful, "公园管理办法的文号是多少?")
    assert (found.answer.status, found.settled_by) == ("answered", "document")
    assert "由文件的信息（文号、日期等）作答" in explanations.text(found)


def test_what_filters_leave_out_is_told(assistant: Assistant) -> None:
    found = explained(
        assistant, "公园每天几点开门?", filters=Filters(since="2022"), expect="早上6点"
    )
    assert found.hidden == 1
    assert found.expected is not None
    assert (found.expected.stage, found.expected.source) == ("hidden", "公园.txt")


def test_passages_below_those_looked_into_are_told_with_their_rank(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "PASSAGES", 1)
    expected = explained(assistant, "博士每年补贴多少万元?", expect="早上6点").expected
    assert expected is not None
    assert (expected.stage, expected.rank) == ("not_looked_at", 2)


def test_silence_in_spite_of_a_sentence_is_told(assistant: Assistant) -> None:
    unsure = Assistant(
        assistant.index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=1), assistant._reading
    )
    found = explained(unsure, "公园每天几点开门?", expect="早上6点")
    assert found.answer.status == "abstained"
    assert found.expected is not None
    assert found.expected.stage == "kept_silent"


def test_a_question_without_sense_is_an_error_and_talk_is_not_searched(
    assistant: Assistant,
) -> None:
    with pytest.raises(QuestionError):
        explained(assistant, "？？？")
    talk = explained(assistant, "你好")
    assert (talk.passages, talk.answer.reason) == ((), "out_of_scope")


def test_a_person_reads_it(assistant: Assistant) -> None:
    lines = explanations.text(explained(assistant, "公园每天几点开门?", expect="早上6点")).split(
        "\n"
    )
    assert "“早上6点”：已写进答案，见 公园.txt，段落排第 1" in lines
    assert any(line.startswith("检索：公园每天几点开门?（把握 ") for line in lines)
    assert any(line.startswith("1. 《公园管理办法》") for line in lines)
    assert any(line.startswith("   ✓ +") and OPENING in line for line in lines)


def test_every_stage_and_every_bar_has_words() -> None:
    from typing import get_args

    assert set(explanations.STAGES) == set(get_args(Stage))
    assert set(explanations.BARRED) == set(get_args(evidence.Barred)) - {""}
