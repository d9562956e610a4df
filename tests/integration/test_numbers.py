"""The figures of the service: counted right, by the day, drawn and beside their plots."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from policyqa.qa.types import Answer, Question, Timings
from policyqa.ui import server
from policyqa.ui.staff.numbers import DARK, LIGHT, PICTURES, drawing
from policyqa.ui.store.numbers import Cited, Day, Numbers
from policyqa.ui.store.records import Records
from policyqa.ui.store.types import Feedback
from tests.staff import PASSWORD, service_of
from tests.ui_fake import HOSTILE, NEWS, PLAN, FakeAssistant

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
ASKED = (  # days ago, question, milliseconds
    (0, "博士后有什么补助", 100.0),
    (0, "博士后补助多少", 300.0),
    (0, "外籍人才", 200.0),
    (2, "高技能人才有什么奖励", 50.0),
    (9, "博士后有什么补助", 80.0),
)


@pytest.fixture
def asked(database: Engine) -> Engine:
    for n, (ago, question, ms) in enumerate(ASKED):
        at = NOW - timedelta(days=ago)
        records = Records(database, now=lambda at=at: at)  # type: ignore[misc]
        records.keep(answer(f"a{n}", question, ms))
    said = Records(database, now=lambda: NOW)
    said.judge(Feedback(answer_id="a0", time="2026", verdict="up"))
    said.judge(Feedback(answer_id="a1", time="2026", verdict="down"))
    return database


def answer(answer_id: str, question: str, ms: float) -> Answer:
    said = FakeAssistant().ask(Question(id=answer_id, question=question))
    return said.model_copy(update={"timings_ms": Timings(total=ms)})


def local_day(moment: datetime) -> date:
    return moment.astimezone().date()


def test_each_day_is_counted(asked: Engine) -> None:
    days = Numbers(asked, now=lambda: NOW).days(7)
    assert [day.day for day in days] == [
        local_day(NOW) - timedelta(days=n) for n in range(6, -1, -1)
    ]
    assert days[-1] == Day(local_day(NOW), 3, 2, 1, 0, 1, 1, 200.0, 290.0)
    assert days[-3] == Day(local_day(NOW) - timedelta(days=2), 1, 1, 0, 0, 0, 0, 50.0, 50.0)
    assert sum(day.asked for day in days) == 4


def test_a_document_counts_once_an_answer(asked: Engine) -> None:
    numbers = Numbers(asked, now=lambda: NOW)
    assert numbers.cited(7) == [Cited(PLAN.source, 3), Cited(NEWS.source, 2)]
    assert numbers.cited(30)[0] == Cited(PLAN.source, 4)
    assert numbers.questions(7, count=2) == ["博士后有什么补助", "博士后补助多少"]


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_picture_says_what_it_shows(name: str, colours: dict[str, str]) -> None:
    days = [Day(date(2026, 11, n), 9, 6, 3, 0, 4, 2, 120.0, 300.0) for n in (1, 2)]
    drawn = drawing(name, [*days, Day(date(2026, 11, 3))], colours)
    assert f'aria-label="{PICTURES[name]}"' in drawn
    assert "11-02" in drawn
    assert colours["ink"] in drawn


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    app = server.create_app(service_of(engine, tmp_path / "source"))
    with TestClient(app, follow_redirects=False) as client:
        client.post("/staff/login", data={"name": "reader1", "password": PASSWORD})
        yield client


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    from policyqa.ui.store.database import open_database

    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


def test_plots_stand_beside_their_tables(client: TestClient, engine: Engine) -> None:
    assert "这段时间没有人提问" in client.get("/staff/numbers").text
    for n, question in enumerate(("博士后有什么补助", "博士后补助", "<script>alert(1)</script>")):
        Records(engine).keep(answer(f"b{n}", question, 10.0))
    page = client.get("/staff/numbers?days=7").text
    assert "7 天里提问 3 次：已回答 2，未作答 1" in page
    assert re.search(r"<tr><td>2</td><td[^>]*>博士后", page)
    assert "<script>alert(1)" not in page
    never = page.split("没有被引用的文件")[1]
    assert "&lt;script&gt;alert(1)" in never  # the title of the third document
    assert HOSTILE.metadata.title not in page
    pictures = re.findall(r'src="(/staff/numbers/[^"]+)"', page)
    assert len(pictures) == len(PICTURES)
    for address in pictures:
        reply = client.get(address)
        assert reply.headers["content-type"] == "image/svg+xml"
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert client.get("/staff/numbers/other.svg").status_code == 404
    assert client.get("/staff/numbers?days=0").status_code == 422
