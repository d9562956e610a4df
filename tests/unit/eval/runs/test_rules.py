"""What a rule is worth: the difference, question by question, worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from policyqa.eval.judge.judging import AnswerVerdict, Row
from policyqa.eval.runs.rules import (
    GONE,
    RememberingEmbedder,
    RememberingReader,
    Worth,
    compared,
    right_of,
    rows_of,
    table,
)
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.vectors import Vectors
from policyqa.qa.retrieve.pages import Page
from policyqa.qa.retrieve.reading import OverlapReader, Read
from policyqa.qa.types import Answer
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant


def rows(answers: dict[str, Answer]) -> list[Row]:
    return rows_of(FakeAssistant(answers), DATASET)  # type: ignore[arg-type]


def test_how_right_an_answer_is() -> None:
    found = {row.id: right_of(row) for row in rows(ANSWERS)}
    assert found == {"对": 1.0, "错": 0.0, "沉默": 0.0, "无解": 1.0, "硬答": 0.0, "出错": 0.0}


def test_without_facts_the_citations_are_judged_against_the_evidence() -> None:
    row = rows(ANSWERS)[0]

    def cited(precision: float | None, recall: float | None) -> float | None:
        verdict = row.answers.model_dump() | {
            "accuracy": None, "citation_precision": precision, "citation_recall": recall,
        }  # fmt: skip
        return right_of(row.model_copy(update={"answers": AnswerVerdict(**verdict)}))

    assert cited(0.5, 1.0) == pytest.approx(2 / 3)
    assert cited(None, 0.0) == 0.0
    assert cited(None, None) is None


def test_the_difference_is_with_the_rule_less_without_it() -> None:
    whole, without = rows(ANSWERS), rows(ANSWERS | {"对": ANSWERS["错"]})
    found = compared("list", "小集", whole, without)
    assert (found.n, found.changed) == (6, 1)
    assert found.right == pytest.approx(1 / 6)
    assert found.right_low is not None
    assert found.right_high is not None
    assert found.right_low <= 1 / 6 <= found.right_high
    assert found.first == pytest.approx(1 / 4)  # of the four that have a passage to find
    same = compared("list", "小集", whole, whole)
    assert (same.changed, same.right, same.right_low) == (0, 0.0, 0.0)


def test_what_changes_nothing_is_one_line() -> None:
    still = [Worth(rule="bare", dataset=name, n=2, changed=0, right=0.0) for name in "ab"]
    moved = Worth(
        rule="list", dataset="a", n=2, changed=1, right=0.5, right_low=0.0, right_high=1.0
    )
    lines = table([*still, moved], {"bare": "反问", "list": "清单"}).splitlines()
    assert lines[2:] == [
        "| bare | 反问 | 全部 | 4 | 0 | – | – |",
        "| list | 清单 | a | 2 | 1 | +0.500 (+0.000, +1.000) | – |",
    ]
    assert f"| bare | {GONE} |" in table(still, {})


def test_questions_and_scores_are_computed_once() -> None:
    asked: list[str] = []

    class Counting(HashingEmbedder):
        def encode_query(self, text: str) -> Vectors:
            asked.append(text)
            return super().encode_query(text)

    embedder = RememberingEmbedder(Counting(8))
    first, again = embedder.encode_query("甲"), embedder.encode_query("甲")
    np.testing.assert_array_equal(first, again)
    assert asked == ["甲"]

    class Seen(OverlapReader):
        def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
            asked.extend(page.head for page in pages)
            return super().read(query, pages)

    one, other = Page("人才", "", ("人才",)), Page("无", "", ("无",))
    reader = RememberingReader(Seen())
    expected = OverlapReader().read("人才", [one, other, one])
    assert reader.read("人才", [one, other, one]) == expected
    assert reader.read("人才", [other]) == expected[1:2]
    assert asked == ["甲", "人才", "无"]
