"""Staff correct and sign the register at the desk: by role, against what was shown, with a log."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from policyqa.index.conditions.types import leaves
from policyqa.qa.register import shelf
from policyqa.qa.register.types import Cell, Programme
from policyqa.ui import server
from policyqa.ui.store.audit import latest
from policyqa.ui.store.database import open_database
from tests.programmes import HOUSING, office, programmes, signed
from tests.staff import PASSWORD, empty, service_of, sessions_of
from tests.ui_fake import FakeAssistant

ATTACK = "<script>alert(1)</script>"
BUYING, RENTING, SKILLED = programmes(office())
HERE = f"/staff/register/{BUYING.id}"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(tmp_path_factory.mktemp("data"))
    yield engine
    engine.dispose()


@pytest.fixture
def register(tmp_path: Path) -> Path:
    folder = tmp_path / "source" / "register"
    for each in (BUYING, RENTING, SKILLED):
        shelf.write(folder, each)
    return folder


@pytest.fixture
def assistant() -> FakeAssistant:
    assistant = FakeAssistant()
    assistant.corpus = office()
    return assistant


@pytest.fixture
def client(engine: Engine, register: Path, assistant: FakeAssistant) -> TestClient:
    """An editor's browser."""
    empty(engine)
    service = service_of(engine, register.parent, assistant, sessions=sessions_of(engine))
    client = TestClient(server.create_app(service), follow_redirects=False)
    log_in(client, "editor1")
    return client


def log_in(client: TestClient, name: str) -> None:
    assert client.post("/staff/login", data={"name": name, "password": PASSWORD}).status_code == 303


def change(client: TestClient, cell: Cell, of: str, nth: int, **form: str) -> tuple[int, str]:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert found
    shown = {"field": of, "number": str(nth), "seal": cell.seal, "act": "sign"}
    reply = client.post(HERE, data={"csrf": found[1], **shown, **form})
    return reply.status_code, unescape(reply.text)


def now(register: Path) -> Programme:
    return shelf.load(register).of(BUYING.id)


def test_the_queue_shows_what_is_to_be_signed(client: TestClient) -> None:
    page = client.get("/staff/register").text
    assert page.index(BUYING.name) < page.index(SKILLED.name)  # more of it is not signed
    assert f"未签 {len(list(BUYING.cells()))}" in page


def test_a_cell_stands_beside_its_clause(client: TestClient) -> None:
    page = client.get(HERE).text
    words = "博士一次性给予购房补贴15万元。"
    assert f"二、补贴标准\n<mark>{words}</mark>\n硕士" in page
    assert '<input name="amount" value="150000"' in page


def test_signing_keeps_who_and_when_and_writes_the_log(
    client: TestClient, register: Path, engine: Engine
) -> None:
    cell = BUYING.benefits[0]
    assert change(client, cell, "benefits", 0, text=cell.text)[0] == 303
    signed = now(register).benefits[0]
    assert signed.is_signed
    assert signed.signed is not None
    assert signed.signed.by == "editor1"
    (entry, *_) = latest(engine, count=1)
    assert (entry.who, entry.act, entry.what) == ("editor1", "cell_signed", BUYING.id)
    assert entry.details == {"place": "待遇 1", "text": cell.text}
    assert "已签" in client.get(HERE).text
    log_in(client, "admin1")
    assert f'href="{HERE}"' in client.get("/staff/log").text


def test_a_correction_is_signed_as_it_stands_and_of_a_signed_cell_a_new_version(
    client: TestClient, register: Path, engine: Engine
) -> None:
    cell = BUYING.benefits[0]
    form = {"text": f"博士 20 万元{ATTACK}", "amount": "200000", "period": "once"}
    assert change(client, cell, "benefits", 0, **form)[0] == 303
    first = now(register)
    assert (first.version, first.benefits[0].amount, first.benefits[0].is_signed) == (
        1,
        200_000,
        True,
    )
    assert latest(engine, count=1)[0].details["was"] == cell.text
    assert ATTACK not in client.get(HERE).text
    assert ATTACK not in client.get(f"/programmes/{BUYING.id}").text
    assert change(client, first.benefits[0], "benefits", 0, text="博士20万元")[0] == 303
    second = now(register)
    assert (second.version, second.benefits[0].text) == (2, "博士20万元")
    assert shelf.load(register).of(BUYING.id, 1) == first


def test_conditions_are_marked_as_settled_or_left_to_the_office(
    client: TestClient, register: Path
) -> None:
    cell = BUYING.conditions[0]
    form = {"text": cell.text, "whole-0": "yes", "office-1": "yes"}
    assert change(client, cell, "conditions", 0, **form)[0] == 303
    marks = [(leaf.whole, leaf.mark) for leaf in leaves(now(register).conditions[0].tree)]
    assert marks == [(True, ""), (False, "office"), (False, "")]


def test_a_cell_is_taken_out(client: TestClient, register: Path, engine: Engine) -> None:
    cell = BUYING.materials[1]
    assert change(client, cell, "materials", 1, act="drop")[0] == 303
    assert [each.text for each in now(register).materials] == ["身份证复印件", "社会保险缴费证明"]
    assert latest(engine, count=1)[0].act == "cell_dropped"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"seal": "0" * 16}, "这一格在您打开之后有改动"),
        ({"number": "99"}, "没有这一格"),
        ({"number": "x"}, "没有这一格"),
        ({"field": "__class__"}, "没有这一格"),
        ({"act": "nothing"}, "没有这个操作"),
        ({"amount": "很多"}, "金额应为数"),
        ({"text": " "}, "文字太短"),
    ],
)
def test_what_cannot_be_so_is_said_and_nothing_is_written(
    client: TestClient, register: Path, engine: Engine, form: dict[str, str], words: str
) -> None:
    before = {path.name: path.read_bytes() for path in register.iterdir()}
    entries = latest(engine, count=1)
    status, page = change(client, BUYING.benefits[0], "benefits", 0, **form)
    assert (status, words in page) == (400, True)
    assert {path.name: path.read_bytes() for path in register.iterdir()} == before
    assert latest(engine, count=1) == entries


def test_a_cell_whose_words_have_changed_cannot_be_signed(
    client: TestClient, assistant: FakeAssistant
) -> None:
    assistant.corpus = office(HOUSING.replace("15万元", "12万元"))
    status, page = change(client, BUYING.benefits[0], "benefits", 0)
    assert (status, "这一格的原文有变（原文已改动），不能签" in page) == (400, True)


def test_only_editors_sign_and_strangers_see_nothing(client: TestClient, register: Path) -> None:
    log_in(client, "reader1")
    assert "去掉" not in client.get(HERE).text
    assert change(client, BUYING.benefits[0], "benefits", 0)[0] == 403
    client.cookies.clear()
    assert client.get(HERE).status_code == 303
    assert client.get("/staff/register").status_code == 303
    assert now(register) == BUYING


def test_a_form_of_another_site_is_refused(client: TestClient, register: Path) -> None:
    reply = client.post(HERE, data={"field": "benefits", "number": "0", "act": "drop"})
    assert reply.status_code == 403
    assert now(register) == BUYING


def test_a_new_version_of_a_file_lists_what_it_touches_clause_by_clause(
    client: TestClient, assistant: FakeAssistant
) -> None:
    assert "没有受影响的" in client.get("/staff/register/changes").text
    assistant.corpus = office(HOUSING.replace("15万元", "12万元"))
    assert "/staff/register/changes" in client.get("/staff/register").text
    page = unescape(client.get("/staff/register/changes").text)
    assert "housing.txt（1 格）" in page
    assert f'href="{HERE}#benefits-0">{BUYING.name} 待遇 1</a>' in page
    assert "<del>博士一次性给予购房补贴15万元。</del>" in page
    assert "现在这个位置是：博士一次性给予购房补贴12万元。" in page


def read(client: TestClient, source: str) -> tuple[int, str]:
    """Have a file read into the register, and follow to what is said of it."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert found
    reply = client.post("/staff/register", data={"csrf": found[1], "source": source})
    page = client.get(reply.headers["location"]) if reply.status_code == 303 else reply
    return reply.status_code, unescape(page.text)


def test_files_are_read_anew_at_the_desk_and_what_stands_stays_signed(
    client: TestClient, register: Path, assistant: FakeAssistant, engine: Engine
) -> None:
    kept = BUYING.materials[0]
    assert change(client, kept, "materials", 0, text=kept.text)[0] == 303
    assert "0 项是新的" in read(client, "housing.txt")[1]
    assistant.corpus = office(HOUSING.replace("15万元", "12万元"))
    status, page = read(client, "housing.txt")
    assert (status, "1 项是新的或有新的一版" in page) == (303, True)
    renewed = now(register)
    assert (renewed.version, renewed.benefits[0].amount) == (2, 120_000)
    assert renewed.materials[0].is_signed
    assert not renewed.benefits[0].is_signed
    assert "没有受影响的" in client.get("/staff/register/changes").text
    (entry, *_) = latest(engine, count=1)
    assert (entry.act, entry.what, entry.details) == (
        "programme_read",
        BUYING.id,
        {"place": "第 2 版"},
    )
    status, page = read(client, ATTACK)
    assert (status, "索引里没有文件" in page, ATTACK in page) == (400, True, True)
    log_in(client, "reader1")
    assert read(client, "housing.txt")[0] == 403


def send(client: TestClient, name: str, data: bytes, act: str = "page") -> tuple[int, str]:
    """A table of people sent to the desk."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff/register/people").text)
    assert found
    files = {"file": (name, data, "text/csv")}
    fields = {"csrf": found[1], "act": act}
    reply = client.post("/staff/register/people", data=fields, files=files)
    return reply.status_code, unescape(reply.text)


PEOPLE = f"姓名,年龄,学历,社保（月）\n=张三{ATTACK},44,硕士,12\n李四,小,博士,8\n".encode()


def test_a_table_of_people_is_matched_at_the_desk_and_nothing_is_kept(
    client: TestClient, register: Path, engine: Engine
) -> None:
    shelf.write(register, signed(BUYING))
    before, entries = sorted(register.parent.rglob("*")), latest(engine, count=1)
    status, page = send(client, "人才.csv", PEOPLE)
    assert (status, "2 人，3 项" in page) == (200, True)
    assert re.search(rf"张三.*{BUYING.name}</a> <b class=\"mark\">符合</b>", page)
    assert "第 3 行（李四）年龄：“小”看不懂" in page
    assert "硕士一次性给予购房补贴6万元。" in page
    status, table = send(client, "人才.csv", PEOPLE, "csv")
    assert (status, table.splitlines()[0]) == (200, "\ufeff人员,政策,编号,结论,条款,还差,待遇,说明")
    assert table.splitlines()[1].startswith("'=张三")
    assert (sorted(register.parent.rglob("*")), latest(engine, count=1)) == (before, entries)


def test_names_of_a_table_are_no_markup(client: TestClient) -> None:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff/register/people").text)
    assert found
    files = {"file": ("a.csv", PEOPLE, "text/csv")}
    reply = client.post("/staff/register/people", data={"csrf": found[1]}, files=files)
    assert ATTACK not in reply.text
    assert "&lt;script&gt;" in reply.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "a.csv 是空的"),
        ("甲,乙\n1,2\n".encode(), "没有认得的列"),
        (b"\xff\xfe\x00", "不是 UTF-8，也不是 GB 18030"),
        ("年龄\n".encode() + b"30\n" * 1001, "名单有 1001 人，网页上最多 1000 人"),
        ("年龄\n".encode() + b"30      \n" * 230_000, "文件太大，最多 2 MB"),
    ],
)
def test_a_table_that_cannot_be_matched_is_one_line(
    client: TestClient, data: bytes, words: str
) -> None:
    status, page = send(client, "a.csv", data)
    assert (status, words in page) == (400, True)
