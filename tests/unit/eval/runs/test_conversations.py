"""How turns of a conversation are judged, by hand, and the sets that they are asked of."""

import json
from pathlib import Path

import pytest

from policyqa.eval.runs.conversations import Heard, by_kind, figures, heard, rows, table
from policyqa.eval.sets.conversations import Said, load
from policyqa.eval.sets.readings import part_of
from policyqa.qa.errors import DatasetError
from policyqa.qa.types import Answer, Question
from tests.unit.eval.runs.test_readings import ONE, TWO, answer, cited

CHATS = Path("eval/datasets/chats")


def turn(**fields: object) -> Said:
    base = {
        "id": "a2", "conversation": "a", "turn": 2, "question": "那材料呢", "history": ("怎么办",),
        "standalone": "办证要什么材料", "kind": "attribute", "answerable": True, "verdict": "",
        "evidence": ({"source": "a.txt", "quote": ONE},),
    }  # fmt: skip
    return Said.model_validate(base | fields)


def test_what_is_said_is_held_and_all_of_it_is_every() -> None:
    both = ({"source": "a.txt", "quote": ONE}, {"source": "a.txt", "quote": TWO})
    row = heard(turn(evidence=both), answer(cited(1, ONE)))
    assert (row.held, row.every) == (True, False)
    assert heard(turn(), answer(cited(1, ONE))).every
    assert heard(turn(), answer(cited(1, TWO))).held is False


def test_the_opposite_verdict_holds_nothing() -> None:
    asked = turn(verdict="可以")
    assert heard(asked, answer(cited(1, ONE), verdict="不可以")).held is False
    assert heard(asked, answer(cited(1, ONE))).held
    assert heard(asked, answer(cited(1, ONE))).every is False
    assert heard(asked, answer(cited(1, ONE), verdict="可以")).every


def test_a_turn_without_an_answer_is_judged_by_silence() -> None:
    row = heard(turn(kind="none", evidence=()), answer(cited(1, ONE)))
    assert (row.held, row.found, row.silent) == (None, None, False)


class Asked:
    """Remembers what it is asked."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.questions.append(question)
        return answer(cited(1, ONE))


def test_a_turn_is_asked_after_those_before_it_or_written_out() -> None:
    one = Asked()
    list(rows(one, [turn()]))  # type: ignore[arg-type]
    list(rows(one, [turn()], written_out=True))  # type: ignore[arg-type]
    assert [q.question for q in one.questions] == ["那材料呢", "办证要什么材料"]
    assert [[t.content for t in q.history] for q in one.questions] == [["怎么办"], []]


def test_figures_are_of_later_turns() -> None:
    def row(kind: str, number: int, held: bool | None, *, silent: bool = False) -> Heard:
        return Heard(
            id="", turn=number, kind=kind, question="", query="", silent=silent,
            searched=kind != "chitchat", confidence=0.5, held=held,
        )  # fmt: skip

    found = [
        row("first", 1, False), row("attribute", 2, True), row("back", 3, False),
        row("none", 4, None, silent=True), row("none", 5, None), row("chitchat", 6, None),
    ]  # fmt: skip
    told = figures(found)
    assert (told["opening_held"].value, told["held"].value, told["held"].n) == (0.0, 0.5, 2)
    assert (told["turned_held"].value, told["silent"].value) == (0.0, 0.5)
    assert (told["talked"].value, told["talked"].n) == (1.0, 1)
    assert by_kind(found, "held")["attribute"].value == 1.0
    assert "| 文件没写的，没有作答 | 0.50" in table({"一问接一问": told})


def test_the_shipped_conversations_teach_only() -> None:
    turns = load(CHATS, parts=["train"])
    assert len({each.conversation for each in turns}) == 320
    assert load(CHATS, parts=["tuning", "test"]) == ()
    assert {part_of(e.source) for each in turns for e in each.evidence} == {"train"}
    first = {each.conversation for each in turns if each.turn == 1 and not each.history}
    assert first == {each.conversation for each in turns}
    assert all(len(each.history) == each.turn - 1 for each in turns)


def test_a_line_that_is_no_turn_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"conversations\.jsonl"):
        load(tmp_path, parts=["test"])
    lines = [turn().model_dump_json(), json.dumps({"id": "b"})]
    (tmp_path / "conversations.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"conversations\.jsonl:2: 不是一轮对话"):
        load(tmp_path, parts=["test"])
