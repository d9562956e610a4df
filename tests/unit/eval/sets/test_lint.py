"""What is wrong with a data set is found, and named by line."""

import pytest

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.eval.sets.lint import Corpus, check_corpus, findings
from policyqa.index.types import Document, Metadata, Passage
from policyqa.qa.errors import DatasetError
from tests.eval_fake import NEWS, PLAN, TEXTS, question


def document(source: str, text: str) -> Document:
    return Document(doc_id=source, source=source, sha256="", metadata=Metadata(), text=text)


def passage(source: str, text: str) -> Passage:
    return Passage(passage_id=text[:4], doc_id=source, start=0, end=0, text=text, sentences=())


DOCUMENTS = [document(source, text) for source, text in TEXTS.items()]
HALF = PLAN.index("第二条")
CORPUS = Corpus(
    DOCUMENTS,
    [passage("plan.txt", PLAN[:HALF]), passage("plan.txt", PLAN[HALF:]), passage("news.txt", NEWS)],
)


def found(*queries: Query, qrels: dict | None = None) -> list[tuple[str, str]]:
    dataset = Dataset(name="x", queries=queries, qrels=qrels or {}, corpus=None)
    return [(finding.id, finding.kind) for finding in findings(dataset, CORPUS)]


def evidence(quote: str, source: str = "plan.txt") -> list[dict[str, str]]:
    return [{"quote": quote, "source": source}]


def test_a_sound_set_has_nothing_to_mend() -> None:
    assert found(
        question("甲", answers=["15 万元"], evidence=evidence("博士后给予\n15万元补助")),
        question("乙", answerable=False, reason="out_of_scope"),
        question("丙", answers=["９０％"], evidence=[{"quote": "留渝率达到90%"}]),
        question("丁", answers=[["15万元"], ["2万元", "两万"]], evidence=evidence("15万元")
                 + evidence("奖励2万元")),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"evidence": evidence("给予16万元")}, "lost_evidence"),
        ({"evidence": [{"quote": "哪里都没有"}]}, "lost_evidence"),
        ({"evidence": evidence("补助。第二条")}, "split_evidence"),
        ({"evidence": evidence("x", "gone.txt")}, "missing_source"),
        ({"evidence": evidence("奖励2万元"), "answers": ["3万元"]}, "answer_not_in_evidence"),
        ({"answerable": False, "answers": ["2万元"]}, "contradiction"),
        ({"answerable": False, "evidence": evidence("奖励2万元")}, "contradiction"),
        ({"answers": ["2万元"], "reason": "refused"}, "contradiction"),
    ],
)
def test_each_fault_is_named(fields: dict, kind: str) -> None:
    assert found(question("甲", **fields)) == [("甲", kind)]


def test_each_part_of_an_answer_stands_in_the_evidence() -> None:
    parts = question("甲", answers=[["2万元"], ["三年"]], evidence=evidence("奖励2万元"))
    assert found(parts) == [("甲", "answer_not_in_evidence")]


def test_prose_is_not_looked_for_word_by_word() -> None:
    prose = question("甲", answers=["大意如此"], evidence=evidence("奖励2万元"))
    assert found(prose.model_copy(update={"answer_kind": "free_text"})) == []


def test_without_evidence_the_relevant_documents_hold_the_answer() -> None:
    qrels = {"甲": {"plan.txt": 1, "news.txt": 0}}
    assert found(question("甲", answers=["2万元"]), qrels=qrels) == []
    assert found(question("甲", answers=["90%"]), qrels=qrels) == [("甲", "answer_not_in_evidence")]
    assert found(question("甲"), qrels={"甲": {"gone.txt": 1}}) == [("甲", "missing_source")]


def test_a_question_that_comes_twice_is_named_once() -> None:
    first = question("补助多少？", answerable=False)
    again = first.model_copy(update={"id": "q2", "text": "补助  多少?"})
    history = [{"role": "user", "content": "上一问"}]
    other = Query.model_validate(
        {"id": "q3", "text": "补助多少", "history": history, "answerable": False}
    )
    later = first.model_copy(update={"id": "q4", "as_of": "2024"})
    assert found(first, again, other, later) == [("q2", "duplicate")]


def test_the_line_and_unknown_fields_are_told() -> None:
    query = question("甲", evidence=evidence("给予16万元"))
    dataset = Dataset(
        name="x", queries=(query,), qrels={}, corpus=None, ignored=("备注",), lines={"甲": 7}
    )
    first, second = findings(dataset, CORPUS)
    assert (first.line, first.kind, first.message) == (
        0, "unknown_field", "不认识的字段 备注，不起作用",
    )  # fmt: skip
    assert (second.line, second.message) == (7, "依据在文件里已找不到：给予16万元")


def test_an_index_of_another_corpus_is_refused() -> None:
    here = question("甲", evidence=evidence("x"))
    gone = question("乙", evidence=evidence("x", "gone.txt"))
    both = Dataset(name="集", queries=(here, gone), qrels={}, corpus=None)
    assert check_corpus(both, DOCUMENTS) == ["gone.txt"]
    with pytest.raises(DatasetError, match=r"数据集 集 判的文件（如 gone.txt）没有一份"):
        check_corpus(both.model_copy(update={"queries": (gone,)}), DOCUMENTS)
    judged = Dataset(name="集", queries=(here,), qrels={"甲": {"a": 1}}, corpus=None)
    assert check_corpus(judged, DOCUMENTS) == ["a"]
    open_ended = question("丙", answers=["1"])
    anything = both.model_copy(update={"queries": (open_ended,)})
    assert check_corpus(anything, DOCUMENTS) == []
