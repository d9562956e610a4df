"""A question without an answer, what staff write and sign, where that is cited, its end."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from qa.live import LiveAssistant
from qa.present import answer_text
from qa.receipts import receipt_of, rendered
from qa.types import Answer, Question
from tests.staff import PASSWORD, office, service_of
from ui import server
from ui.render import answer_message
from ui.staff.librarian import Librarian
from ui.store.audit import latest
from ui.store.database import open_database
from ui.store.drafts import Drafts
from ui.store.records import Records
from ui.store.types import Gap

TODAY = date.today()
LATER = (TODAY + timedelta(days=90)).isoformat()
ASKED = ("博士的车位补贴有多少", "博士的车位补贴是多少", "外籍专家的签证怎么办")
REPLY = "目前没有博士车位补贴的专项规定，可按人才公寓的规定免费停车三年。"
ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    records = Records(engine)
    for n, question in enumerate(ASKED):
        records.keep(silent(f"q{n}", question))
    records.report(Gap(answer_id="q0", time="2026-01-01", comment="很需要"))
    yield engine
    engine.dispose()


@pytest.fixture
def keeping(engine: Engine, tmp_path: Path) -> tuple[LiveAssistant, Librarian]:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("人才公寓办法\n第一条 入住人才公寓的免费停车三年。\n", "utf-8")
    (source / "b.txt").write_text("博士补助办法\n第一条 博士每人补助5万元。\n", "utf-8")
    return office(engine, source)


@pytest.fixture
def client(engine: Engine, keeping: tuple[LiveAssistant, Librarian]) -> Iterator[TestClient]:
    """An editor's browser."""
    assistant, librarian = keeping
    service = service_of(engine, librarian.library.folder, assistant)._replace(librarian=librarian)
    app = server.create_app(service)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        client.post("/staff/login", data={"name": "editor1", "password": PASSWORD})
        yield client


def silent(answer_id: str, question: str) -> Answer:
    return Answer(
        id=answer_id, question=question, query=question, status="abstained",
        reason="no_evidence", answer="没有依据。",
    )  # fmt: skip


def post(client: TestClient, path: str, **form: str) -> tuple[int, str]:
    """Status, and where it leads or what it says."""
    secret = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert secret
    reply = client.post(path, data={"csrf": secret[1], **form})
    return reply.status_code, reply.headers.get("location", reply.text)


def passage(client: TestClient, words: str) -> str:
    page = client.get("/staff/gaps/q0", params={"search": "免费停车"}).text
    boxes = re.findall(r'name="basis-\d+" value="([^"]+)"><span><b>[^<]*</b> ([^<]+)', page)
    return next(place for place, text in boxes if words in text)


def drafted(client: TestClient, **form: str) -> str:
    said = {
        "question": "博士有车位补贴吗",
        "text": REPLY,
        "expires": LATER,
        "basis-1": passage(client, "免费停车三年"),
    }
    status, place = post(client, "/staff/gaps/q0", **{**said, **form})
    assert status == 303
    return place


def test_questions_that_ask_the_same_are_counted_together(client: TestClient) -> None:
    page = client.get("/staff/gaps").text
    rows = re.findall(r"<tr><td>(\d+)</td>.*?>([^<]+)</a></td><td>(\d*)</td>", page)
    assert [(count, reported) for count, _, reported in rows] == [("2", "1"), ("1", "")]
    assert ASKED[2] in rows[1][1]
    page = client.get("/staff/gaps/q0").text
    assert "问过 2 次，1 位读者请求补充文件" in page


def test_a_signed_answer_is_cited_with_its_mark_and_ends(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian], engine: Engine
) -> None:
    assistant, librarian = keeping
    place = drafted(client)
    assert "入住人才公寓的免费停车三年" in client.get(place).text
    assert librarian.changes.waiting() == []  # a draft is no document
    assert post(client, f"{place}/sign") == (303, "/staff/documents")
    librarian.settle()
    answer = assistant.ask(Question(question="博士有车位补贴吗"))
    cited = [c for c in answer.citations if c.kind == "staff_answer"]
    assert [c.issuer for c in cited[:1]] == ["editor1"]
    note = f"[{cited[0].n}]是工作人员的答复（editor1，{TODAY.isoformat()}），不是政策原文。"
    assert any(note in each for each in answer.notes)
    assert "〔工作人员答复〕" in answer_text(answer)
    for form in ("html", "markdown"):
        assert "工作人员答复" in rendered(receipt_of(answer), form)
    assert "工作人员答复" in answer_message(answer, 0)
    after = (TODAY + timedelta(days=91)).isoformat()
    ended = assistant.ask(Question(question="博士有车位补贴吗", as_of=after))
    assert not any(c.kind == "staff_answer" for c in ended.citations)
    assert not any("工作人员" in hit.source for hit in ended.hits)
    page = client.get("/staff/gaps").text
    assert ASKED[0] not in page  # it has its answer
    assert "已签发" in page
    acts = [entry.act for entry in latest(engine, count=4)]
    assert acts[:3] == ["change_done", "answer_signed", "answer_drafted"]
    source = cited[0].source
    doc_id = next(d.doc_id for d in assistant.documents() if d.source == source)
    assert "在原处" in client.get(f"/staff/documents/{doc_id}").text


def test_a_draft_is_changed_until_it_is_signed_and_signed_once(
    client: TestClient, engine: Engine, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    place = drafted(client)
    page = client.get("/staff/gaps/q1").text  # of the same group
    kept = re.search(r'name="kept-1" value="([^"]+)" checked', page)
    assert kept
    form = {"question": "博士有车位补贴吗", "text": "改过的答复。", "expires": LATER}
    assert post(client, "/staff/gaps/q1", **form, **{"kept-1": kept[1]}) == (303, place)
    (draft,) = Drafts(engine).all()
    assert (draft.text, len(draft.basis)) == ("改过的答复。", 1)
    assert post(client, f"{place}/sign")[0] == 303
    assert post(client, f"{place}/sign")[0] == 409
    assert len(keeping[1].changes.waiting()) == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"text": "  "}, "请写出答复"),
        ({"question": ""}, "请写出问题"),
        ({"question": "长" * 201}, "请写出问题"),
        ({"basis-1": "x:0:5"}, "请至少选一段依据"),
        ({"expires": "明年"}, "2027-12-31 这样的日期"),
        ({"expires": (TODAY - timedelta(days=1)).isoformat()}, "之间"),
        ({"expires": (TODAY + timedelta(days=2000)).isoformat()}, "之间"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    client: TestClient, engine: Engine, form: dict[str, str], words: str
) -> None:
    said = {
        "question": "博士有车位补贴吗", "text": f"答复{ATTACK}", "expires": LATER,
        "basis-1": passage(client, "免费停车三年"),
    }  # fmt: skip
    status, page = post(client, "/staff/gaps/q0", **{**said, **form})
    assert (status, words in page) == (400, True)
    assert ATTACK not in page
    if "text" not in form:
        assert "答复&lt;script&gt;" in page
    assert Drafts(engine).all() == []


def test_nothing_is_signed_on_a_passage_that_has_changed(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    librarian = keeping[1]
    place = drafted(client)
    (librarian.library.folder / "a.txt").write_text("人才公寓办法\n第一条 停车收费。\n", "utf-8")
    librarian.correct("editor1", "b.txt", {"title": "博士补助"})
    librarian.settle()
    status, page = post(client, f"{place}/sign")
    assert (status, "重新选择依据" in page) == (409, True)
    assert librarian.changes.waiting() == []
