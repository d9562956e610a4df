"""Two programmes equally near: the question is asked back, and only then."""

from pathlib import Path

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Answer, Question

EMBEDDER = HashingEmbedder(256)


def asked(folder: Path, question: str, texts: dict[str, tuple[str, str, str]]) -> Answer:
    sources = [
        SourceText(name, text, Metadata(title=title, date=date))
        for name, (title, date, text) in (texts | OTHERS).items()
    ]
    build_texts(sources, folder, EMBEDDER)
    stored = search_index.load(folder, model=EMBEDDER.fingerprint)
    assistant = Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))
    return assistant.ask(Question(question=question))


OTHERS = {
    f"{n}.txt": (f"第{n}号公园管理规定", "2023", f"{n}号公园上午{n}点开门。晚上关门。")
    for n in range(4, 9)
}
TWO = {
    "a.txt": ("英才计划办法", "2024", "入选者每人资助20万元。"),
    "b.txt": ("雏鹰计划办法", "2024", "入选者每人资助50万元。"),
}


def test_which_of_two_is_asked_back_with_their_names(tmp_path: Path) -> None:
    answer = asked(tmp_path, "每人资助多少?", TWO)
    assert (answer.status, answer.reason) == ("abstained", "ambiguous")
    assert answer.answer.startswith("您问的是哪一项？")
    assert "《英才计划办法》；《雏鹰计划办法》" in answer.answer.replace(
        "《雏鹰计划办法》；《英才计划办法》", "《英才计划办法》；《雏鹰计划办法》"
    )
    assert {hit.source for hit in answer.hits[:2]} == set(TWO)


@pytest.mark.parametrize("question", ["雏鹰计划每人资助多少万元?", "英才计划资助多少万元?"])
def test_who_names_one_is_answered(tmp_path: Path, question: str) -> None:
    answer = asked(tmp_path, question, TWO)
    assert answer.status == "answered"
    assert answer.citations[0].title[:2] == question[:2]


def test_the_same_figure_twice_is_no_choice(tmp_path: Path) -> None:
    same = {**TWO, "b.txt": ("雏鹰计划办法", "2024", "入选者每人资助20万元。")}
    assert asked(tmp_path, "每人资助多少?", same).status == "answered"


def test_another_date_is_no_choice(tmp_path: Path) -> None:
    later = {**TWO, "b.txt": ("雏鹰计划办法", "2025", "入选者每人资助50万元。")}
    assert asked(tmp_path, "每人资助多少?", later).status == "answered"


def test_a_question_that_asks_for_no_figure_is_no_choice(tmp_path: Path) -> None:
    assert asked(tmp_path, "资助哪些人?", TWO).status == "answered"


@pytest.mark.parametrize(("replaces", "status"), [(("英才办法",), "answered"), ((), "abstained")])
def test_a_replaced_document_is_no_choice(
    tmp_path: Path, replaces: tuple[str, ...], status: str
) -> None:
    old = Metadata(title="英才办法", date="2021", effective="2021-01-01")
    new = Metadata(title="英才新办法", date="2021", effective="2021-06-01", replaces=replaces)
    sources = [
        SourceText("a.txt", "入选者每人资助20万元。", old),
        SourceText("b.txt", "入选者每人资助50万元。", new),
    ]
    sources += [
        SourceText(name, text, Metadata(title=title, date=date))
        for name, (title, date, text) in OTHERS.items()
    ]
    build_texts(sources, tmp_path, EMBEDDER)
    stored = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    assistant = Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))
    answer = assistant.ask(Question(question="每人资助多少?"))
    assert answer.status == status
    if replaces:
        assert answer.sentences[0].text == "入选者每人资助50万元。"
