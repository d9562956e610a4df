"""What is read out of a document, against a card written by hand."""

from pathlib import Path

import pytest

from policyqa.eval.runs.cards import compared, figures, of_document, table
from policyqa.eval.sets.cards import FOLDER, Label, is_same, load, spans
from policyqa.qa.errors import DatasetError
from tests.programmes import office, programmes

CORPUS = office()
BUYING, RENTING, SKILLED = programmes(CORPUS)
(PAPER,) = (each for each in CORPUS.documents() if each.source == "housing.txt")


def label(field: str, quote: str) -> Label:
    return Label(source="housing.txt", field=field, quote=quote)


CARD = (
    label("conditions", "（一）年龄不超过45周岁；"),
    label("materials", "身份证复印件"),
    label("materials", "户口簿"),  # not in the text
    label("time_limit", "10个工作日内审核"),
    label("place", "区人才中心"),
)


def test_precision_and_recall_are_of_single_words() -> None:
    found = of_document(PAPER, CARD, (BUYING,))
    assert found.found["conditions"] == (True,)
    assert sorted(found.right["conditions"]) == [False, False, False, True]  # an exclusion, too
    assert found.found["materials"] == (True,)
    assert sorted(found.right["materials"]) == [False, False, True]
    assert found.found["time_limit"] == (True,)
    assert found.found["place"] == (False,)
    shown = figures([found])
    assert shown["召回率"]["materials"].value == 1.0
    assert shown["精确率"]["materials"].value == pytest.approx(1 / 3, abs=1e-4)
    assert shown["精确率"]["place"].value is None
    assert "| 材料 | 0.33" in table(shown)


def test_words_are_the_same_from_half_of_the_shorter_on() -> None:
    assert is_same((0, 10), (5, 30))
    assert not is_same((0, 10), (6, 30))
    assert not is_same((0, 10), (10, 12))


def test_a_document_that_the_index_lacks_is_named() -> None:
    with pytest.raises(DatasetError, match=r"索引里没有 gone\.txt"):
        list(compared(CORPUS, {"gone.txt": CARD}, None))


def test_a_line_that_is_no_label_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"source": "a", "field": "steps", "quote": "b"}\n{}\n', "utf-8")
    with pytest.raises(DatasetError, match=r"a\.jsonl:2：不是一条标注"):
        load(path)
    with pytest.raises(DatasetError, match="读不了"):
        load(tmp_path / "gone.jsonl")


def test_the_shipped_labels_are_of_other_documents_each() -> None:
    teach, test = load(FOLDER / "teach.jsonl"), load(FOLDER / "test.jsonl")
    assert (len(teach), len(test)) == (12, 12)
    assert not set(teach) & set(test)
    assert spans(CARD, PAPER.text)["materials"] != ()
