"""JSON lines in, JSON lines out: nothing in a line stops the batch."""

import json
from pathlib import Path
from typing import Any

import pytest

from policyqa.qa.cli.batches import answers, opened
from policyqa.qa.errors import QuestionError
from policyqa.qa.types import Answer, Question


class Echo:
    """Answers with what it was asked."""

    def ask(self, question: Question) -> Answer:
        said = f"k={question.k} turns={len(question.history)} as_of={question.as_of}"
        return Answer(
            id=question.id,
            question=question.question,
            query=question.question,
            status="answered",
            reason=None,
            answer=said,
        )


def answered(*lines: str, k: int = 10) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answers(Echo(), lines, k=k)]


def test_the_order_is_kept_whatever_fails() -> None:
    lines = [
        '{"id": "a", "question": "一"}',
        "{broken",
        "",
        '{"id": "c"}',
        '{"question": "四"}',
    ]
    found = answered(*lines)
    assert [a["status"] for a in found] == ["answered", "error", "error", "answered"]
    assert [a["id"] for a in found] == ["a", "", "c", ""]


@pytest.mark.parametrize(("line", "said"), [
    ("{broken", "第 1 行：不是 JSON"),
    ('{"id": "c"}', "第 1 行：question 有误：缺少这一项"),
    ('{"question": 5}', "第 1 行：question 有误：应为文字"),
    ('["question"]', "第 1 行：每行应为一个 JSON 对象"),
    ("null", "第 1 行：每行应为一个 JSON 对象"),
    ('{"question": "x", "k": 0}', "第 1 行：k 有误"),
    ('{"question": "x", "k": 101}', "第 1 行：k 有误"),
    ('{"question": "x", "as_of": "昨天"}', "第 1 行：as_of 有误"),
    ('{"question": "x", "history": [{"role": "x", "content": "y"}]}', "第 1 行：history.0.role"),
    ("[" * 100_000, "第 1 行：maximum recursion"),
    ('{"question": "' + "x" * 1_000_000 + '"}', "第 1 行：一行超过 1000000 字"),
])  # fmt: skip
def test_a_wrong_line_says_what_is_wrong_with_it(line: str, said: str) -> None:
    (answer,) = answered(line)
    assert (answer["status"], answer["reason"]) == ("error", "bad_question")
    assert answer["answer"].startswith(said)


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    assert answered("\n", '{"question": "一"}', "{")[1]["answer"].startswith("第 3 行")


def test_fields_of_a_line_are_handed_on() -> None:
    line = {
        "id": "q1",
        "question": "那高技能人才呢?",
        "history": [{"role": "user", "content": "重庆有多少卓越工程师?"}],
        "as_of": "2024-12-31",
        "other": "ignored",
    }
    (answer,) = answered(json.dumps(line), k=7)
    assert answer["answer"] == "k=7 turns=1 as_of=2024-12-31"
    assert (answer["id"], answer["question"]) == ("q1", "那高技能人才呢?")


def test_a_line_may_set_its_own_k() -> None:
    assert answered('{"question": "一", "k": 3}', k=7)[0]["answer"].startswith("k=3 ")


@pytest.mark.parametrize("line", ['{"question": "人才\\ud83d"}', '{"question": "人才\udcff"}'])
def test_half_a_character_does_not_stop_the_batch(line: str) -> None:
    """A cut emoji, or a file of another encoding, cannot be written as UTF-8; it once raised."""
    assert answered(line)[0]["question"] == "人才?"


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    """Windows puts it before what is piped in; the first question was lost."""
    assert answered('\ufeff{"question": "一"}')[0]["status"] == "answered"


def test_a_file_is_read_with_or_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes('\ufeff{"question": "一"}\n{"question": "二"}\n'.encode())
    with opened(str(path)) as lines:
        assert [a["question"] for a in answered(*lines)] == ["一", "二"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    with pytest.raises(QuestionError, match=r"无法读取 .*q\.jsonl"), opened(str(path)) as lines:
        list(lines)


def test_bytes_that_are_no_utf8_cost_one_line_its_meaning_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes('{"question": "一"}\n'.encode() + '{"question": "问题"}'.encode("gbk"))
    with opened(str(path)) as lines:
        found = answered(*lines)
    assert len(found) == 2
    assert found[0]["question"] == "一"


def test_an_id_may_be_a_number_and_what_is_optional_may_be_null() -> None:
    line = '{"id": 7, "question": "x", "history": null, "as_of": null, "k": null}'
    (answer,) = answered(line)
    assert (answer["id"], answer["status"]) == ("7", "answered")


class Broken(Echo):
    """Fails as a fault of the program does."""

    def ask(self, question: Question) -> Answer:
        if question.question == "二":
            raise ZeroDivisionError
        return super().ask(question)


def test_a_fault_of_the_program_costs_one_line_and_no_other() -> None:
    """A question with 第十十届 once ended a whole batch."""
    lines = [json.dumps({"id": n, "question": n}) for n in ("一", "二", "三")]
    found = [json.loads(line) for line in answers(Broken(), lines, k=10)]
    assert [(a["id"], a["status"]) for a in found] == [
        ("一", "answered"), ("二", "error"), ("三", "answered"),
    ]  # fmt: skip
    assert found[1]["reason"] == "failed"
