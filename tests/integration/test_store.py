"""One body over both databases: what is kept, changed, told and deleted."""

import json
import multiprocessing
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text, update

from policyqa.qa.types import Answer, AnswerSentence, Citation, Note
from policyqa.ui.errors import StoreError
from policyqa.ui.store.archive import exported
from policyqa.ui.store.audit import CLOCK, COMMAND, latest
from policyqa.ui.store.database import FILE, open_database, shown, upgrade
from policyqa.ui.store.records import Records, without_person
from policyqa.ui.store.tables import AnswerRow, Table
from policyqa.ui.store.types import Feedback, Gap

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PHONE = "13812345678"


def answer_of(name: str, question: str = "博士后补贴多少?", status: str = "answered") -> Answer:
    citation = Citation(
        n=1, doc_id="d", source="a.txt", title="办法", section="", issuer="", doc_number="",
        date="2025", quote=f"咨询电话{PHONE}。", start=0, end=16, passage_id="p",
    )  # fmt: skip
    return Answer.model_validate(
        {
            "id": name,
            "question": question,
            "query": question,
            "status": status,
            "reason": None if status == "answered" else "no_evidence",
            "answer": f"咨询电话{PHONE}。[1]",
            "sentences": (AnswerSentence(text=f"咨询电话{PHONE}。", citations=(1,)),),
            "citations": (citation,),
            "corpus": "c0ffee",
        }
    )


@pytest.fixture
def engine(database: Engine) -> Engine:
    return database


@pytest.fixture
def records(engine: Engine) -> Records:
    return Records(engine, now=lambda: NOON)


def test_an_answer_comes_back_as_it_was_given(records: Records) -> None:
    answer = answer_of("a1")
    records.keep(answer)
    kept = records.answer("a1")
    assert kept is not None
    assert kept.answer == answer
    assert (kept.id, kept.time, kept.share) == ("a1", "2026-11-24T12:00:00.000+00:00", "")
    assert records.answer("a2") is None


def test_an_answer_is_kept_once(records: Records) -> None:
    records.keep(answer_of("a1", "甲"))
    records.keep(answer_of("a1", "乙"))
    kept = records.answer("a1")
    assert kept is not None
    assert kept.answer.question == "甲"
    assert records.counts() == {"answer": 1, "feedback": 0, "gap": 0}


def test_who_asks_is_masked_and_what_the_documents_say_stays(
    records: Records, engine: Engine
) -> None:
    records.keep(answer_of("a1", f"我是{PHONE}，补贴多少?"))
    records.judge(Feedback(answer_id="a1", time="t", verdict="down", comment=f"回电{PHONE}"))
    records.report(Gap(answer_id="a1", time="t", comment=f"加我{PHONE}"))
    kept = records.answer("a1")
    assert kept is not None
    assert kept.answer.question == kept.answer.query == "我是〔手机号〕，补贴多少?"
    assert kept.answer.citations[0].quote == f"咨询电话{PHONE}。"
    with engine.connect() as connection:
        for column in ("answers.question", "feedback.comment", "gaps.comment"):
            table, _, name = column.partition(".")
            stored = connection.execute(text(f"select {name} from {table}")).scalar_one()
            assert PHONE not in stored
            assert "〔手机号〕" in stored


def test_what_notes_have_of_the_question_is_masked_in_the_answer_too() -> None:
    missing = Note(kind="not_said", parts=(f"{PHONE}是谁的",))
    notes = (Note(kind="elsewhere", parts=("重庆", PHONE)), Note(kind="other", parts=(PHONE,)))
    text = "\n".join(["办法。[1]", *(note.text for note in (missing, *notes))])
    said = {"missing": (missing,), "notes": notes, "answer": text}
    kept = without_person(answer_of("a1").model_copy(update=said))
    assert PHONE not in kept.answer + "".join(n.text for n in (*kept.missing, *kept.notes))
    words = (note.text for note in (*kept.missing, *kept.notes))
    assert kept.answer == "\n".join(["办法。[1]", *words])
    assert kept.missing[0].parts == ("〔手机号〕是谁的",)


def test_whom_a_document_says_to_ask_stays() -> None:
    note = Note(kind="contact", parts=(f"咨询电话{PHONE}",))
    given = answer_of("a1", status="abstained").model_copy(update={"notes": (note,)})
    assert without_person(given).notes == (note,)


def test_an_answer_that_an_earlier_version_kept_is_read(records: Records, engine: Engine) -> None:
    records.keep(answer_of("a1"))
    old = answer_of("a1").model_dump(mode="json")
    old |= {"missing": ["在哪里办理"], "notes": ["注：这是文件提出的目标，不是已达到的数字。"]}
    with engine.begin() as connection:
        connection.execute(update(AnswerRow).values(answer=old))
    kept = records.answer("a1")
    assert kept is not None
    assert kept.answer.missing == (Note(kind="not_said", parts=("在哪里办理",)),)
    assert [note.text for note in kept.answer.notes] == old["notes"]
    (line,) = (line for line in exported(engine) if json.loads(line)["kind"] == "answer")
    assert json.loads(line)["answer"]["notes"][0]["text"] == old["notes"][0]


def test_the_last_word_of_a_reader_counts(records: Records) -> None:
    records.keep(answer_of("a1"))
    records.judge(Feedback(answer_id="a1", time="1", verdict="up"))
    last = Feedback(
        answer_id="a1", time="2", verdict="down", reasons=("outdated", "incomplete"), comment="旧"
    )
    records.judge(last)
    assert records.feedback("a1") == last
    records.report(Gap(answer_id="a1", time="1", comment="请补充"))
    records.report(Gap(answer_id="a1", time="2"))
    assert records.gap("a1") == Gap(answer_id="a1", time="2")
    assert records.counts() == {"answer": 1, "feedback": 1, "gap": 1}


def test_of_an_answer_that_is_not_kept_nothing_is(records: Records) -> None:
    records.judge(Feedback(answer_id="no", time="1", verdict="up"))
    records.report(Gap(answer_id="no", time="1"))
    assert records.share("no") == ""
    assert records.counts() == {"answer": 0, "feedback": 0, "gap": 0}


def test_an_answer_is_shared_only_when_asked_and_until_it_is_taken_back(records: Records) -> None:
    records.keep(answer_of("a1"))
    assert records.shared("") is None
    secret = records.share("a1")
    assert len(secret) >= 20
    assert records.share("a1") == secret
    shared = records.shared(secret)
    assert shared is not None
    assert shared.id == "a1"
    assert records.shared("guess") is None
    records.unshare("a1")
    records.unshare("a1")
    acts = [entry.act for entry in latest(records._engine, count=5)]
    assert acts == ["unshared", "shared"]  # and nothing where nothing was changed
    assert records.shared(secret) is None
    assert records.share("a1") != secret


def test_what_is_older_goes_with_what_belongs_to_it(engine: Engine) -> None:
    for name, days in (("old", 31), ("new", 29)):
        then = NOON - timedelta(days=days)
        records = Records(engine, now=lambda then=then: then)
        records.keep(answer_of(name))
        records.judge(Feedback(answer_id=name, time="1", verdict="up"))
        records.report(Gap(answer_id=name, time="1"))
    records = Records(engine, now=lambda: NOON)
    assert records.purge(days=30) == 1
    assert records.answer("old") is None
    assert records.answer("new") is not None
    assert records.counts() == {"answer": 1, "feedback": 1, "gap": 1}
    assert records.purge(days=30, by=CLOCK) == 0  # of nothing the log says nothing
    (entry, *earlier) = latest(engine, count=9)
    assert (entry.who, entry.act, entry.what) == (COMMAND, "purged", "1 条")
    assert [(e.who, e.act, e.what) for e in earlier] == [
        ("读者", act, name) for name in ("new", "old") for act in ("reported", "judged")
    ]
    assert records.purge(days=None) == 1
    assert records.counts() == {"answer": 0, "feedback": 0, "gap": 0}


def test_an_export_has_every_row_once(records: Records) -> None:
    for name in ("b", "a"):
        records.keep(answer_of(name))
    records.judge(Feedback(answer_id="a", time="1", verdict="down", reasons=("off_topic",)))
    records.report(Gap(answer_id="b", time="1", comment="缺"))
    lines = [json.loads(line) for line in exported(records._engine)]
    assert [(line["kind"], line.get("id") or line["answer_id"]) for line in lines] == [
        ("answer", "a"),
        ("answer", "b"),
        ("feedback", "a"),
        ("gap", "b"),
        *(("audit", line["id"]) for line in lines[4:]),
    ]
    logged = [(line["act"], line["what"], line["details"]) for line in lines[4:]]
    assert logged == [("judged", "a", {"verdict": "down"}), ("reported", "b", {})]
    assert Answer.model_validate(lines[0]["answer"]) == answer_of("a")
    assert lines[2]["reasons"] == ["off_topic"]


def test_text_that_a_database_may_not_like_is_kept(records: Records) -> None:
    odd = "'; drop table answers; -- 𠮷\U0001f600 \x00 \\ %s {0}"
    records.keep(answer_of("a1", odd))
    kept = records.answer("a1")
    assert kept is not None
    assert kept.answer.question == odd.replace("\x00", "")


def test_the_tables_are_those_of_the_migrations(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_database_is_for_its_owner_only(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    Records(engine).keep(answer_of("a"))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.sqlite*")}
    del modes["policyqa.sqlite.lock"]
    assert set(modes.values()) == {0o600}
    assert "policyqa.sqlite" in modes
    engine.dispose()


def test_opening_again_changes_nothing(records: Records, engine: Engine, tmp_path: Path) -> None:
    records.keep(answer_of("a1"))
    upgrade(engine)
    assert records.answer("a1") is not None
    assert set(inspect(engine).get_table_names()) >= {"answers", "feedback", "gaps"}


def _keep(folder: str, start: int, count: int) -> None:
    records = Records(open_database(Path(folder)))
    for n in range(start, start + count):
        records.keep(answer_of(f"a{n}"))


def test_two_processes_write_one_file(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_keep, args=(str(tmp_path), n, 40)) for n in (0, 40)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert Records(open_database(tmp_path)).counts()["answer"] == 80


def test_sqlite_lets_readers_in_beside_a_writer(tmp_path: Path) -> None:
    with open_database(tmp_path).connect() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        assert connection.execute(text("pragma foreign_keys")).scalar() == 1


@pytest.mark.parametrize(("prepare", "url", "says"), [
    (lambda folder: None, "nonsense", "看不懂数据库地址"),
    (lambda folder: None, "oracle+none://x", "看不懂数据库地址"),
    (lambda folder: None, "postgresql+psycopg://u:secret@127.0.0.1:1/x", "打不开数据库"),
    (lambda folder: (folder / FILE).write_text("no database at all" * 100), "", "打不开数据库"),
])  # fmt: skip
def test_what_is_no_database_is_told_in_one_line(
    tmp_path: Path, prepare: Callable[[Path], object], url: str, says: str
) -> None:
    prepare(tmp_path)
    with pytest.raises(StoreError, match=says) as told:
        open_database(tmp_path, url)
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_tables_of_a_later_version_are_refused(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match="更新版本"):
        open_database(tmp_path)


def test_a_database_that_is_gone_is_told(engine: Engine, records: Records) -> None:
    with engine.begin() as connection:
        connection.execute(text("alter table gaps rename to other"))
    try:
        records.keep(answer_of("a1"))
        with pytest.raises(StoreError, match="读写失败"):
            records.report(Gap(answer_id="a1", time="1"))
        with pytest.raises(StoreError):
            list(exported(records._engine))
    finally:
        with engine.begin() as connection:
            connection.execute(text("alter table other rename to gaps"))


def test_an_address_is_shown_without_its_password() -> None:
    assert shown("postgresql://u:secret@h/d") == "postgresql://u:***@h/d"
    assert shown("") == ""
