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
)

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


def taught(folder: Path, collection: Collection, **fields: object) -> list[Lesson]:
    record = {
        "id": "t1", "source": "成都.txt", "question": "碩士能落戶嗎", "named": True,
        "evidence": [], "plus": [], "near": [],
    } | fields  # fmt: skip
    (folder / "questions.jsonl").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    return list(readings(folder, collection))


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
