"""What a reader does with an answer, as plain functions on a small store."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policyqa.qa.types import Answer, Question
from policyqa.ui.chat import forms, reactions
from policyqa.ui.chat.talk import Answers, Asked, ask, kept
from policyqa.ui.errors import StoreError
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from policyqa.ui.store.retention import purge_daily
from policyqa.ui.store.types import Feedback
from tests.ui_fake import ATTACK, FakeAssistant


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(open_database(tmp_path))


@pytest.fixture
def answers(records: Records) -> Answers:
    said: Answers = ()
    for question in ("博士后有什么补助", "外籍人才"):
        *_, (_, said) = kept(
            ask(FakeAssistant(), Asked(question), said, lambda s: None), records, len(said)
        )
    return said


def test_an_answer_of_the_page_is_kept_once_and_under_its_own_id(
    records: Records, answers: Answers
) -> None:
    assert records.counts()["answer"] == 2
    assert len({answer.id for answer in answers}) == 2
    found = [records.answer(answer.id) for answer in answers]
    assert [each.answer for each in found if each] == list(answers)


def test_an_answer_is_shown_though_it_cannot_be_kept(tmp_path: Path) -> None:
    class Full(Records):
        def keep(self, answer: Answer) -> None:
            raise StoreError("磁盘已满")

    steps = ask(FakeAssistant(), Asked("博士后有什么补助"), (), lambda seconds: None)
    *_, (_, said) = kept(steps, Full(open_database(tmp_path)), 0)
    assert said[0].status == "answered"


def test_useful_is_kept_and_opens_nothing(records: Records, answers: Answers) -> None:
    assert reactions.opened(records, answers, "up-0") is None
    found = records.feedback(answers[0].id)
    assert found is not None
    assert found.verdict == "up"
    assert reactions.opened(records, answers, "withdraw-0") is None
    found = records.feedback(answers[0].id)
    assert found is not None
    assert found.verdict == "withdrawn"


def test_not_useful_is_kept_at_once_and_its_reasons_after(
    records: Records, answers: Answers
) -> None:
    form = reactions.opened(records, answers, "down-0") or ""
    assert all(name in form for name in ("答非所问", "引用不符", "信息过时", "不完整"))
    first = records.feedback(answers[0].id)
    assert first is not None
    assert (first.verdict, first.reasons) == ("down", ())
    fields = {"reasons": ["incomplete", "outdated", "made up"], "comment": " 电话13812345678 "}
    assert forms.THANKS in (reactions.sent(records, answers, "down-0", fields) or "")
    found = records.feedback(answers[0].id)
    assert found == Feedback(
        answer_id=answers[0].id,
        time=found.time if found else "",
        verdict="down",
        reasons=("outdated", "incomplete"),
        comment="电话〔手机号〕",
    )


@pytest.mark.parametrize("fields", [
    {},
    {"reasons": "outdated", "comment": None},
    {"reasons": {"a": 1}, "comment": ["x"]},
    {"comment": "长" * 5000},
    {"unknown": object()},
])  # fmt: skip
def test_whatever_a_browser_sends_is_bounded(
    records: Records, answers: Answers, fields: dict[str, object]
) -> None:
    assert reactions.sent(records, answers, "gap-1", fields)
    found = records.gap(answers[1].id)
    assert found is not None
    assert len(found.comment) <= 1000
    reactions.sent(records, answers, "down-1", fields)
    said = records.feedback(answers[1].id)
    assert said is not None
    assert said.reasons == ()


def test_a_gap_names_the_question_and_is_kept(records: Records, answers: Answers) -> None:
    assert "外籍人才" in (reactions.opened(records, answers, "gap-1") or "")
    assert records.gap(answers[1].id) is None
    reactions.sent(records, answers, "gap-1", {"comment": "想知道签证"})
    found = records.gap(answers[1].id)
    assert found is not None
    assert found.comment == "想知道签证"


def test_sharing_is_off_until_asked_for_and_can_be_taken_back(
    records: Records, answers: Answers
) -> None:
    assert "生成链接" in (reactions.opened(records, answers, "share-0") or "")
    assert records.answer(answers[0].id).share == ""  # type: ignore[union-attr]
    made = reactions.sent(records, answers, "share-0", {}) or ""
    secret = records.share(answers[0].id)
    assert secret in made.replace("&#45;", "-").replace("&#95;", "_")
    assert reactions.opened(records, answers, "share-0") == made
    assert "生成链接" in (reactions.sent(records, answers, "unshare-0", {}) or "")
    assert records.shared(secret) is None


@pytest.mark.parametrize("link", ["up-9", "up-x", "up", "", "drop-0", "up--1", "share-²"])
def test_a_link_to_nothing_says_so(records: Records, answers: Answers, link: str) -> None:
    assert "请重新提问" in (reactions.opened(records, answers, link) or "")
    assert "请重新提问" in (reactions.sent(records, answers, link, {}) or "")


def test_what_cannot_be_kept_is_said(tmp_path: Path, answers: Answers) -> None:
    class Full(Records):
        def judge(self, feedback: Feedback) -> None:
            raise StoreError("磁盘已满")

    assert reactions.FAILED in (
        reactions.opened(Full(open_database(tmp_path)), answers, "up-0") or ""
    )


def test_a_question_in_a_form_is_only_text(records: Records) -> None:
    answer = FakeAssistant().ask(Question(id="a", question=ATTACK))
    form = reactions.opened(records, (answer,), "gap-0") or ""
    assert "<script" not in form
    assert "<img" not in form


def test_what_is_too_old_goes_at_the_start_and_again(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    old = datetime.now(UTC) - timedelta(days=31)
    Records(engine, now=lambda: old).keep(FakeAssistant().ask(Question(id="a", question="博士后")))
    passed, stop = threading.Semaphore(0), threading.Event()

    class Counted(Records):
        def purge(self, *, days: int | None, by: str = "") -> int:
            gone = super().purge(days=days, by=by)
            passed.release()
            return gone

    thread = purge_daily(Counted(engine), 30, every_s=0.01, stop=stop)
    assert passed.acquire(timeout=10)
    assert passed.acquire(timeout=10)
    assert Records(engine).counts()["answer"] == 0
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
