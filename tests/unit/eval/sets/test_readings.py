"""Questions on documents outside the project: chosen by hash, capped, with their files."""

import json
from pathlib import Path

import pytest

from policyqa.eval.sets.readings import UNTAUGHT, documents, load, part_of
from policyqa.qa.errors import DatasetError

SOURCES = [f"{n}.txt" for n in range(40)]


def line(number: int, source: str, **fields: object) -> str:
    evidence = [{"start": 0, "end": 2, "quote": f"答{number}"}]
    record = {"id": f"t{number:03}", "source": source, "question": "问?", "type": "time"}
    return json.dumps(record | {"evidence": evidence} | fields, ensure_ascii=False)


def written(folder: Path, *lines: str) -> Path:
    (folder / "questions.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def test_documents_are_chosen_by_their_name_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, *(line(n, source) for n, source in enumerate(SOURCES)))
    chosen = {item.source for q in load(folder).queries for item in q.evidence}
    assert chosen == {source for source in SOURCES if part_of(source) in UNTAUGHT}
    assert 3 < len(chosen) < 20
    assert len(load(folder, parts=("train", *UNTAUGHT)).queries) == 40


def test_no_document_counts_for_more_than_others(tmp_path: Path) -> None:
    source = next(source for source in SOURCES if part_of(source) in UNTAUGHT)
    folder = written(tmp_path, *(line(n, source) for n in range(20)))
    few = load(folder, per_document=5).queries
    assert len(few) == 5
    assert [q.id for q in few] == sorted(q.id for q in few)
    assert few == load(folder, per_document=5).queries
    assert len(load(folder, per_document=None).queries) == 20


def test_a_near_miss_is_not_answerable(tmp_path: Path) -> None:
    source = next(source for source in SOURCES if part_of(source) in UNTAUGHT)
    folder = written(tmp_path, line(1, source), line(2, source, type="none", evidence=[]))
    assert [q.answerable for q in load(folder).queries] == [True, False]


def test_the_documents_asked_of_are_copied(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    source = next(source for source in SOURCES if part_of(source) in UNTAUGHT)
    for name in SOURCES:
        (tmp_path / "policies" / name).write_text(name, "utf-8")
    dataset = load(written(tmp_path, line(1, source)))
    made = documents(dataset, tmp_path / "policies", tmp_path / "made")
    assert [path.name for path in made.iterdir()] == [source]


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"questions.jsonl:1: 不是一道题"):
        load(written(tmp_path, "{}"))
