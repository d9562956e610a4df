"""What the reader is taught from: pages with a label a sentence, and those that tempt."""

import json
from pathlib import Path

import pytest

from policyqa.eval.judge.dataset import load as dataset_of
from policyqa.eval.train.lessons import (
    ALSO,
    UNKNOWN,
    Collection,
    Lesson,
    Place,
    collected,
    judged,
    key_of,
    readings,
    rows_of_tables,
)
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.search_index import load
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings

FILES = {
    "成都.txt": "成都市落户办法\n"
    "第一条 硕士可以申请落户。博士不受年龄限制。\n"
    "第二条 落户材料包括学历证书。\n",
    "重庆.txt": "重庆市落户办法\n第一条 硕士可以申请落户。本科须缴纳社保。\n",
}


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    lines = [
        json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in FILES.items()
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    return collected(tmp_path / "corpus.jsonl", tmp_path / "index")


def taught(
    folder: Path, collection: Collection, assistant: Assistant | None = None, **fields: object
) -> list[Lesson]:
    record = {
        "id": "t1", "source": "成都.txt", "question": "碩士能落戶嗎", "named": True,
        "evidence": [], "plus": [], "near": [],
    } | fields  # fmt: skip
    (folder / "questions.jsonl").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    return list(readings(folder, collection, assistant))


def piece(quote: str, start: int = 0) -> dict[str, object]:
    return {"quote": quote, "start": start, "end": start + len(quote)}


def test_each_sentence_has_its_label_and_the_page_that_answers_stands_first(
    tmp_path: Path, collection: Collection
) -> None:
    (lesson,) = taught(
        tmp_path,
        collection,
        evidence=[piece("硕士可以 申请落户。")],
        plus=[piece("博士不受年龄限制。")],
    )
    assert lesson.query == "硕士能落户吗"
    first, *others = lesson.pages
    labels = dict(zip(first.sentences, first.labels, strict=True))
    assert [v for s, v in labels.items() if "硕士" in s] == [1.0]
    assert [v for s, v in labels.items() if "博士" in s] == [ALSO]
    assert first.answers == 1.0
    assert "成都" in first.head
    assert {page.answers for page in others} == {0.0}
    assert any("重庆" in page.head for page in others)  # the same rule of another city


def test_a_question_that_names_nothing_is_not_answered_wrongly_by_other_documents(
    tmp_path: Path, collection: Collection
) -> None:
    (lesson,) = taught(tmp_path, collection, named=False, evidence=[piece("硕士可以申请落户。")])
    assert all("成都" in page.head for page in lesson.pages)


def test_a_near_miss_has_no_page_that_answers(tmp_path: Path, collection: Collection) -> None:
    (lesson,) = taught(tmp_path, collection, near=[piece("落户材料包括学历证书。")])
    assert {page.answers for page in lesson.pages} == {0.0}
    assert {label for page in lesson.pages for label in page.labels} == {0.0}
    assert any("学历证书" in text for text in lesson.pages[0].sentences)


def test_what_is_stored_otherwise_today_teaches_nothing(
    tmp_path: Path, collection: Collection
) -> None:
    assert taught(tmp_path, collection, evidence=[piece("没有这句。")]) == []
    assert taught(tmp_path, collection, source="没有.txt") == []


def test_a_quote_is_found_white_space_aside_at_the_place_nearest_to_where_it_stood() -> None:
    place = Place.of("甲 乙。丙。甲乙。")
    assert place.span("甲乙。", 0) == (0, 4)
    assert place.span("甲 乙 。", 7) == (6, 9)
    assert place.span("丁", 0) is None


def test_of_a_phrase_the_sentences_that_hold_it_answer(
    tmp_path: Path, collection: Collection
) -> None:
    (tmp_path / "set").mkdir()
    asked = {"id": "q", "text": "重庆本科落户要什么", "answers": ["缴纳社保"]}
    (tmp_path / "set" / "queries.jsonl").write_text(json.dumps(asked, ensure_ascii=False))
    (tmp_path / "set" / "qrels.tsv").write_text("q\t重庆.txt\t1\n", "utf-8")
    (tmp_path / "set" / "corpus.jsonl").write_text((tmp_path / "corpus.jsonl").read_text("utf-8"))
    dataset = dataset_of(tmp_path / "set")
    (lesson,) = judged(dataset, collection)
    (right,) = [page for page in lesson.pages if page.answers]
    assert [
        label for s, label in zip(right.sentences, right.labels, strict=True) if "社保" in s
    ] == [1.0]
    assert sum(right.labels) == 1.0
    assert key_of(dataset, dataset.queries[0]) == "重庆.txt"


def test_of_prose_nobody_knows_which_sentence(tmp_path: Path, collection: Collection) -> None:
    (tmp_path / "set").mkdir()
    asked = {"id": "q", "text": "重庆落户", "answers": ["可以"], "answer_kind": "free_text"}
    (tmp_path / "set" / "queries.jsonl").write_text(json.dumps(asked, ensure_ascii=False))
    (tmp_path / "set" / "qrels.tsv").write_text("q\t重庆.txt\t1\n", "utf-8")
    (tmp_path / "set" / "corpus.jsonl").write_text((tmp_path / "corpus.jsonl").read_text("utf-8"))
    (lesson,) = judged(dataset_of(tmp_path / "set"), collection)
    right = [page for page in lesson.pages if page.answers]
    assert {label for page in right for label in page.labels} == {UNKNOWN}


def test_a_cell_of_a_table_is_asked_for_and_only_its_row_answers(tmp_path: Path) -> None:
    table = "指标,单位,2020年\n领军人才,人,343\n创业载体,万平方米,92\n"
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "规划.csv").write_text(table, "utf-8")
    lessons = list(rows_of_tables(collected(tmp_path / "files", tmp_path / "index")))
    assert len(lessons) == 2
    for lesson in lessons:
        page = lesson.pages[0]
        (said,) = (s for s, y in zip(page.sentences, page.labels, strict=True) if y == 1.0)
        name = "领军人才" if "领军人才" in lesson.query else "创业载体"
        assert name in said


def test_what_the_assistant_would_read_tempts_but_for_what_nobody_judged(tmp_path: Path) -> None:
    embedder = HashingEmbedder(256)
    regions = {"成都.txt": "成都", "成都人才.txt": "成都", "重庆.txt": "重庆"}
    files = FILES | {"成都人才.txt": "人才公寓办法\n第一条 硕士可以申请落户。\n"}
    build_texts(
        [SourceText(name, text, Metadata(region=regions[name])) for name, text in files.items()],
        tmp_path / "index",
        embedder,
    )
    stored = load(tmp_path / "index", model=embedder.fingerprint)
    assistant = Assistant(stored, embedder, WEIGHTS, AnswerSettings())

    def heads(*, named: bool, evidence: bool) -> set[str]:
        (lesson,) = taught(
            tmp_path,
            Collection(stored),
            assistant,
            named=named,
            evidence=[piece("硕士可以申请落户。")] if evidence else [],
        )
        return {page.head[:6] for page in lesson.pages if not page.answers}

    assert "重庆市落户办" in heads(named=True, evidence=True)
    assert "人才公寓办法" not in heads(named=True, evidence=True)  # it says the same
    assert "人才公寓办法" not in heads(named=True, evidence=False)  # it may answer
    assert "重庆市落户办" not in heads(named=False, evidence=True)
