"""The documents of an index: found by id, read on after a change, replaced on their day."""

import pytest

from policyqa.index.errors import SourceError
from policyqa.index.metadata.validity import validity
from policyqa.index.types import Document, Metadata, Passage
from policyqa.qa.corpus import Corpus


def document(doc_id: str, **about: object) -> Document:
    return Document(
        doc_id=doc_id, source=doc_id, sha256="", text="甲乙丙丁", metadata=Metadata(**about)
    )


def passage(doc_id: str, start: int, end: int, section: str = "") -> Passage:
    text = "甲乙丙丁"[start:end]
    return Passage(
        passage_id=f"{doc_id}{start}", doc_id=doc_id, start=start, end=end, text=text,
        section=section, sentences=(),
    )  # fmt: skip


OLD = document("old", title="人才引进奖励办法", issuer="某区", date="2020-01-01")
NEW = document("new", title="人才引进奖励办法", issuer="某区", date="2023-06-15")
ENDS = document("ends", title="租房细则", issuer="某市", date="2024-03-01", replaces=("购房细则",))
ENDED = document("ended", title="购房细则", issuer="某市", date="2021-01-01")
ALL = (OLD, NEW, ENDS, ENDED)


@pytest.mark.parametrize(("day", "replaced"), [
    ("2023-06-14", {}),
    ("2023-06-15", {"old": "new"}),
    ("2024-03-01", {"old": "new", "ended": "ends"}),
])  # fmt: skip
def test_what_is_replaced_is_told_for_a_day(day: str, replaced: dict[str, str]) -> None:
    corpus = Corpus.holding(ALL)
    assert corpus.replaced(day) == replaced
    for each in ALL:  # as if every other document were looked at
        assert corpus.validity(each, day) == validity(each, ALL, day)


def test_a_document_of_the_version_before_is_read_on() -> None:
    first = Corpus.holding([OLD], [passage("old", 0, 2)], fingerprint="1")
    second = Corpus.holding([NEW], fingerprint="2").after(first)
    third = Corpus.holding([ENDS], fingerprint="3").after(second)
    assert second.document("old") is OLD
    assert [p.text for p in second.passages("old")] == ["甲乙"]
    assert second.documents() == (NEW,)
    assert third.document("new") is NEW
    with pytest.raises(SourceError, match="没有编号为 old 的文件"):
        third.document("old")


def test_a_span_stands_in_the_passage_that_holds_all_of_it() -> None:
    corpus = Corpus.holding([OLD], [passage("old", 0, 2), passage("old", 2, 4)])
    assert corpus.passage_of("old", (2, 3)) == "old2"
    assert corpus.passage_of("old", (1, 3)) == ""


def test_the_outline_names_each_section_once() -> None:
    sections = ["一", "一 › （一）", "一 › （一）", "二"]
    corpus = Corpus.holding([OLD], [passage("old", n, n + 1, s) for n, s in enumerate(sections)])
    found = [(entry.start, entry.depth, entry.title) for entry in corpus.outline("old")]
    assert found == [(0, 0, "一"), (1, 1, "（一）"), (3, 0, "二")]
