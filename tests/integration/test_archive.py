"""What is exported and imported again is equal, also from one kind of database to the other."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from policyqa.qa.types import Note, Question
from policyqa.ui.errors import StoreError
from policyqa.ui.store.archive import KINDS, exported, restored
from policyqa.ui.store.audit import latest
from policyqa.ui.store.changes import Changes
from policyqa.ui.store.database import open_database
from policyqa.ui.store.drafts import Drafts
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import Review, Reviews
from policyqa.ui.store.tasks import Task, Tasks
from policyqa.ui.store.types import Feedback, Gap
from tests.staff import draft_by
from tests.ui_fake import FakeAssistant


@pytest.fixture
def full(tmp_path: Path) -> Engine:
    """A database with a row of each kind."""
    engine = open_database(tmp_path / "full")
    records = Records(engine)
    for name, question in (("a", "博士后有什么补助"), ("b", "外籍人才"), ("c", "攻击")):
        records.keep(FakeAssistant().ask(Question(id=name, question=question)))
    records.share("a")
    records.judge(Feedback(answer_id="a", time="2026", verdict="up", comment="好"))
    records.report(Gap(answer_id="b", time="2026", comment="请补充"))
    Reviews(engine).put(Review(answer_id="a", reviewer="li", verdicts={0: "right", 1: "supported"}))
    Drafts(engine).save(draft_by("li", asked=("b",)))
    task = Task(question="外籍人才", asked=("b",), owner="li", due="2030-01-01")
    Tasks(engine).give(task, "li", seen="", answered=())
    changes = Changes(engine)
    changes.done(changes.begin("document_added", "li", "a.txt", replace=True))
    return engine


def test_export_and_reimport_are_equal(full: Engine, database: Engine) -> None:
    lines = list(exported(full))
    assert {json.loads(line)["kind"] for line in lines} == set(KINDS)
    assert restored(database, lines) == (len(lines), 0)
    assert list(exported(database)) == lines
    assert restored(database, lines) == (0, len(lines))  # nothing twice
    assert list(exported(database)) == lines
    told = [(e.who, e.act, e.details) for e in latest(database, count=3) if e.act == "imported"]
    assert told == [("命令行", "imported", {"lines": len(lines)})]
    Drafts(database).save(draft_by("wang"))  # goes on


def test_an_export_of_an_earlier_version_is_taken_in(full: Engine, database: Engine) -> None:
    Records(full).keep(FakeAssistant().ask(Question(id="d", question="有哪些措施")))
    lines = [json.loads(line) for line in exported(full)]
    for line in (line for line in lines if line["kind"] == "answer"):
        line["answer"]["missing"] = ["在哪里办理"] * len(line["answer"]["missing"])
        line["answer"]["notes"] = [note["text"] for note in line["answer"]["notes"]]
    assert restored(database, map(json.dumps, lines)) == (len(lines), 0)
    kept, given = Records(database).answer("d"), Records(full).answer("d")
    assert kept is not None
    assert given is not None
    assert kept.answer.missing == given.answer.missing
    assert kept.answer.notes == (Note(kind="other", parts=(given.answer.notes[0].text,)),)


def test_a_change_whose_id_leads_out_of_its_folder_is_refused(
    full: Engine, database: Engine
) -> None:
    (line,) = [line for line in exported(full) if json.loads(line)["kind"] == "change"]
    hostile = json.dumps({**json.loads(line), "id": "../..", "state": "waiting"})
    with pytest.raises(StoreError, match="第 1 行"):
        restored(database, [hostile])


@pytest.mark.parametrize(
    "line",
    [
        "x", "[]", "{}", '{"kind": "nothing"}', '{"kind": "gap"}', '{"kind": "answer", "id": "z"}',
        '{"kind": "gap", "answer_id": "none", "time": "", "comment": ""}',
        '{"kind": "gap", "answer_id": {}, "time": "", "comment": ""}',
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_and_nothing_is_taken(
    full: Engine, database: Engine, line: str
) -> None:
    with pytest.raises(StoreError, match="第 3 行"):
        restored(database, [*list(exported(full))[:2], line])
    assert list(exported(database)) == []
