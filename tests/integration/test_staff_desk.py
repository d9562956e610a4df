"""The desk's doors: each role at each page, strangers at all, forged forms, cookies, redirects."""

import asyncio
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import ANY
from urllib.parse import quote

import pyotp
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Engine

from policyqa.qa.types import Question
from policyqa.ui import server
from policyqa.ui.errors import KeptOut, StoreError
from policyqa.ui.staff.desk import ROOMS, SCRIPTS, build_absent, build_desk, fingerprint
from policyqa.ui.staff.documents import build_documents
from policyqa.ui.staff.evaluations import build_evaluations
from policyqa.ui.staff.gaps import build_gaps
from policyqa.ui.staff.groups import Office
from policyqa.ui.staff.log import build_log
from policyqa.ui.staff.numbers import build_numbers
from policyqa.ui.staff.review import Desk, build_review
from policyqa.ui.staff.sessions import API, COOKIE, KEY_FILE, Sessions, local, signing_key
from policyqa.ui.staff.tokens import build_tokens
from policyqa.ui.staff.tries import NAME_TRIES, Tries
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.audit import latest
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import Reviews
from tests.aside import finished
from tests.staff import PASSWORD, QUICK, SETTINGS, empty, service_of, sessions_of
from tests.ui_fake import NEWS, PLAN, FakeAssistant

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
ANSWER = "a" * 32
ROLES = ("", "reader", "editor", "admin")  # "" is a stranger
LogIn = Callable[[str], TestClient]


@pytest.fixture
def now() -> list[datetime]:
    """The time, in a list so that a test can move it."""
    return [datetime.now(UTC)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application, which takes long to build: each test finds it empty, with new sessions."""
    folder = tmp_path_factory.mktemp("desk")
    engine = open_database(folder)
    yield server.create_app(service_of(engine, folder / "source"))
    engine.dispose()


@pytest.fixture
def engine(desk: FastAPI) -> Engine:
    engine: Engine = desk.state.sessions.accounts.engine
    empty(engine)
    return engine


@pytest.fixture
def sessions(desk: FastAPI, engine: Engine, now: list[datetime]) -> Sessions:
    desk.state.sessions = sessions_of(engine, lambda: now[0])
    return desk.state.sessions


@pytest.fixture
def log_in(desk: FastAPI, engine: Engine, sessions: Sessions) -> Iterator[LogIn]:
    """A browser that is logged in as `role`1; "" is one that is not."""
    Records(engine).keep(FakeAssistant().ask(Question(id=ANSWER, question="博士后有什么补助")))
    opened: list[TestClient] = []

    def enter(role: str) -> TestClient:
        client = TestClient(desk, follow_redirects=False, raise_server_exceptions=False)
        opened.append(client)
        if role:
            form = {"name": f"{role}1", "password": PASSWORD}
            assert client.post("/staff/login", data=form).status_code == 303
        return client

    yield enter
    for client in opened:
        client.close()


def csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert found
    return found[1]


# Address, least role, form. A GET is one without a form.
ROUTES: list[tuple[str, str, dict[str, str] | None]] = [
    ("/staff/review", "reader", None),
    ("/staff/review?show=disputed&before=x", "reader", None),
    ("/staff/review.csv", "reader", None),
    ("/staff/review.jsonl", "reader", None),
    ("/staff/review/cases.jsonl", "reader", None),
    (f"/staff/review/{ANSWER}/case.jsonl", "reader", None),
    (f"/staff/review/{ANSWER}", "reader", None),
    (f"/staff/review/{ANSWER}", "editor", {"verdict-0": "right"}),
    ("/staff/numbers", "reader", None),
    ("/staff/numbers/latency.svg", "reader", None),
    ("/staff/evaluations", "reader", None),
    ("/staff/evaluations.svg?questions=x", "reader", None),
    ("/staff/evaluations/compare?before=a&after=b", "reader", None),
    ("/staff/evaluations/compare.svg?before=a&after=b", "reader", None),
    ("/staff/evaluations/a/report", "reader", None),
    ("/staff/gaps", "reader", None),
    ("/staff/gaps/x", "reader", None),
    ("/staff/gaps/x", "editor", {"text": "y"}),
    ("/staff/gaps/x/task", "editor", {"due": "2030-01-01"}),
    ("/staff/drafts/x", "reader", None),
    ("/staff/drafts/x/sign", "editor", {}),
    ("/staff/drafts/x/discard", "editor", {}),
    ("/staff/documents", "reader", None),
    ("/staff/documents", "editor", {}),
    ("/staff/documents/restore", "editor", {"version": "x"}),
    ("/staff/api/changes", "reader", None),
    (f"/staff/documents/{PLAN.doc_id}", "reader", None),
    (f"/staff/documents/{PLAN.doc_id}/differences?against={NEWS.doc_id}", "reader", None),
    (f"/staff/documents/{PLAN.doc_id}/metadata", "reader", None),
    (f"/staff/documents/{PLAN.doc_id}/metadata", "editor", {"title": PLAN.metadata.title}),
    (f"/staff/documents/{PLAN.doc_id}/withdraw", "editor", {}),
    ("/staff", "reader", None),
    ("/staff/password", "reader", None),
    ("/staff/password", "reader", {"old": "x", "new": "y", "again": "z"}),
    ("/staff/second", "reader", None),
    ("/staff/second", "reader", {"act": "begin"}),
    ("/staff/accounts", "admin", None),
    ("/staff/accounts", "admin", {"name": "reader1", "act": "enable"}),
    ("/staff/metrics", "reader", None),
    ("/staff/tokens", "admin", None),
    ("/staff/tokens", "admin", {"name": "front", "scope": "ask"}),
    ("/staff/tokens/revoke", "admin", {"token": "none"}),
    ("/staff/log", "admin", None),
    ("/staff/log?before=3", "admin", None),
    ("/staff/logout", "reader", {}),
]


def test_the_table_names_every_route() -> None:
    routers = (
        build_desk(lambda: 0),
        build_review(Desk(FakeAssistant(), ANY, ANY, ANY)),
        build_documents(FakeAssistant(), ANY),
        build_gaps(Office(FakeAssistant(), ANY, ANY, ANY, ANY)),
        build_numbers(FakeAssistant(), ANY),
        build_evaluations(ANY),
        build_tokens(ANY),
        build_log(ANY),
        build_absent(),
    )
    routes = [r for router in routers for r in router.routes if isinstance(r, APIRoute)]
    held = {(method, route.path) for route in routes for method in route.methods}
    asked = [("GET" if form is None else "POST", path.split("?")[0]) for path, _, form in ROUTES]
    asked += [("GET", f"/staff/{name}") for name in (*SCRIPTS, "style.css", "login")]
    asked += [("POST", "/staff/login"), ("GET", "/staff/nothing")]
    named = {
        (method, next(r.path for r in routes if method in r.methods and r.path_regex.match(path)))
        for method, path in asked
    }
    assert held == named


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("path", "least", "form"), ROUTES)
def test_each_role_at_each_page(
    log_in: LogIn, path: str, least: str, form: dict[str, str] | None, role: str
) -> None:
    client = log_in(role)
    secret = csrf(client) if role else "none"
    reply = client.get(path) if form is None else client.post(path, data={**form, "csrf": secret})
    if not role and path.startswith(API):
        assert (reply.status_code, reply.json()) == (401, {"detail": "请先登录。"})
    elif not role:
        assert reply.status_code == 303
        assert reply.headers["location"].startswith("/staff/login?next=%2Fstaff")
    elif ROLES.index(role) < ROLES.index(least):
        assert reply.status_code == 403
        assert "没有这项权限" in reply.text
    else:
        assert reply.status_code in (200, 303, 307, 400, 404)
        assert not reply.headers.get("location", "").startswith("/staff/login?")


@pytest.mark.parametrize("secret", ["", "wrong", None])
@pytest.mark.parametrize(("path", "form"), [(p, f) for p, _, f in ROUTES if f is not None])
def test_a_forged_form_changes_nothing(
    log_in: LogIn, engine: Engine, path: str, form: dict[str, str], secret: str | None
) -> None:
    client = log_in("admin")
    before = latest(engine, count=100)
    sent = form if secret is None else {**form, "csrf": secret}
    reply = client.post(path, data=sent)
    assert reply.status_code == 403
    assert "不是从本页提交的" in reply.text
    assert latest(engine, count=100) == before
    assert client.get("/staff").status_code == 200  # still logged in


def test_the_secret_of_another_session_is_no_use(log_in: LogIn) -> None:
    first, second = log_in("admin"), log_in("admin")
    form = {"name": "reader1", "act": "disable", "csrf": csrf(first)}
    assert second.post("/staff/accounts", data=form).status_code == 403


@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"origin": "null"},
])  # fmt: skip
def test_nobody_is_logged_in_from_another_site(log_in: LogIn, headers: dict[str, str]) -> None:
    form = {"name": "admin1", "password": PASSWORD}
    reply = log_in("").post("/staff/login", data=form, headers=headers)
    assert reply.status_code == 403
    assert COOKIE not in reply.cookies


def cookie_of(reply: Response) -> str:
    return next(c for c in reply.headers.get_list("set-cookie") if COOKIE in c and "Max-Age=7" in c)


def test_the_cookie_is_kept_from_scripts_and_other_sites(log_in: LogIn) -> None:
    form = {"name": "admin1", "password": PASSWORD}
    client = log_in("")
    plain = cookie_of(client.post("/staff/login", data=form)).lower()
    assert {"httponly", "samesite=lax", "path=/staff", "max-age=7200"} <= set(plain.split("; "))
    assert "secure" not in plain
    client.base_url = "https://testserver"  # type: ignore[assignment]
    assert "secure" in cookie_of(client.post("/staff/login", data=form)).lower().split("; ")


def test_log_in_gives_another_cookie_than_before(log_in: LogIn) -> None:
    client = log_in("reader")
    before = client.cookies[COOKIE]
    client.post("/staff/login", data={"name": "reader1", "password": PASSWORD})
    after = client.cookies[COOKIE]
    assert after != before
    client.cookies.clear()
    client.cookies.set(COOKIE, before, path="/staff")
    assert client.get("/staff").status_code == 303  # the old one has ended


@pytest.mark.parametrize("spoil", [
    lambda value: value[:-9] + ("A" if value[-9] != "A" else "B") + value[-8:],
    lambda value: "x" + value,
    lambda value: value.split(".")[0],
    lambda value: "",
    lambda value: "." * 5000,
])  # fmt: skip
def test_a_cookie_that_was_altered_is_none(log_in: LogIn, spoil: Callable[[str], str]) -> None:
    client = log_in("admin")
    value = client.cookies[COOKIE]
    client.cookies.clear()
    client.cookies.set(COOKIE, spoil(value), path="/staff")
    assert client.get("/staff").status_code == 303


def test_a_session_ends_and_log_in_leads_back(log_in: LogIn, now: list[datetime]) -> None:
    client = log_in("admin")
    now[0] += timedelta(minutes=61)
    reply = client.get("/staff/log?before=3")
    assert reply.headers["location"] == "/staff/login?next=%2Fstaff%2Flog%3Fbefore%3D3"
    form = {"name": "admin1", "password": PASSWORD, "next": "/staff/log?before=3"}
    assert client.post("/staff/login", data=form).headers["location"] == "/staff/log?before=3"


@pytest.mark.parametrize(("referer", "place"), [
    ("http://testserver/staff/review/x?show=all", "/staff/review/x?show=all"),
    ("https://evil.example/staff/review/x", "/staff"),
    ("", "/staff"),
])  # fmt: skip
def test_a_form_sent_too_late_leads_back_to_its_page(
    log_in: LogIn, now: list[datetime], referer: str, place: str
) -> None:
    client = log_in("editor")
    form = {"csrf": csrf(client), "verdict-0": "right"}
    now[0] += timedelta(minutes=61)
    reply = client.post(f"/staff/review/{ANSWER}", data=form, headers={"referer": referer})
    assert reply.headers["location"] == f"/staff/login?next={quote(place, safe='')}&late=1"
    assert "刚才提交的没有保存" in client.get(reply.headers["location"]).text
    assert "刚才提交的没有保存" not in client.get("/staff/login").text


@pytest.mark.parametrize(("address", "place"), [
    ("/staff/log?before=3", "/staff/log?before=3"),
    ("/staff", "/staff"),
    ("https://evil.example/staff/", "/staff"),
    ("//evil.example/staff/", "/staff"),
    ("/\\evil.example/staff/", "/staff"),
    ("/staff/../x", "/staff"),
    ("/staffing", "/staff"),
    ("javascript:alert(1)", "/staff"),
    ("/staff/\r\nset-cookie: a=b", "/staff"),
    ("", "/staff"),
])  # fmt: skip
def test_log_in_leads_nowhere_else(address: str, place: str) -> None:
    assert local(address) == place


def test_after_failures_the_page_says_so_for_a_name_that_is_none_too(log_in: LogIn) -> None:
    client = log_in("")
    said = {}
    for name in ("admin1", "<script>alert(1)</script>"):
        replies = [
            client.post("/staff/login", data={"name": name, "password": "不对"}) for _ in range(4)
        ]
        assert [reply.status_code for reply in replies] == [403, 403, 429, 429]
        assert replies[2].headers["retry-after"] == "600"
        assert "<script>alert" not in replies[0].text
        found = [re.search(r'role="alert">([^<]+)', reply.text) for reply in replies]
        said[name] = [match[1] for match in found if match]
    first, second = said.values()
    assert first == second
    assert first[0] == "账号或密码不对。"
    assert first[2] == "连续输错次数太多，请 10 分钟后再试。"


def test_an_admin_disables_and_enables_and_it_is_noted(log_in: LogIn, engine: Engine) -> None:
    admin, reader = log_in("admin"), log_in("reader")
    form = {"name": "reader1", "act": "disable", "csrf": csrf(admin)}
    admin.post("/staff/accounts", data=form)
    assert reader.get("/staff").status_code == 303
    assert "已停用" in admin.get("/staff/accounts").text
    last = latest(engine, count=1)[0]
    assert (last.who, last.act, last.what) == ("admin1", "account_disabled", "reader1")
    log = admin.get("/staff/log").text
    assert "停用账号" in log
    refused = admin.post("/staff/accounts", data={**form, "name": "admin1"})
    assert "最后一个管理员" in refused.text
    unknown = admin.post("/staff/accounts", data={**form, "act": "delete"})
    assert (unknown.status_code, "没有这个操作" in unknown.text) == (400, True)


def test_ones_own_password_is_changed_with_the_old_one(log_in: LogIn) -> None:
    client = log_in("editor")
    new = "另外一个很长很长的密码"
    form = {"old": PASSWORD, "new": new, "again": new, "csrf": csrf(client)}
    assert "两次输入" in client.post("/staff/password", data={**form, "again": "x"}).text
    assert "旧密码不对" in client.post("/staff/password", data={**form, "old": "x"}).text
    assert client.post("/staff/password", data=form).headers["location"] == "/staff/login"
    assert client.get("/staff").status_code == 303
    again = client.post("/staff/login", data={"name": "editor1", "password": new})
    assert again.headers["location"] == "/staff"


def test_an_old_password_is_not_guessed_without_end(log_in: LogIn, engine: Engine) -> None:
    client = log_in("editor")
    new = "另外一个很长很长的密码"
    form = {"old": "x", "new": new, "again": new, "csrf": csrf(client)}
    said = [client.post("/staff/password", data=form).text for _ in range(3)]
    assert ["旧密码不对" in text for text in said] == [True, True, False]
    assert "连续输错次数太多" in said[2]
    right = client.post("/staff/password", data={**form, "old": PASSWORD})
    assert "连续输错次数太多" in right.text
    acts = [entry.act for entry in latest(engine, count=4)]
    assert acts == ["locked", "log_in_failed", "log_in_failed", "log_in_failed"]


def test_a_database_that_is_gone_is_said_in_words(log_in: LogIn, engine: Engine) -> None:
    client = log_in("admin")
    with without(engine, "sessions", "accounts"):
        for path in ("/staff", "/staff/review", "/staff/login"):
            reply = client.get(path)
            assert (reply.status_code, "数据库暂时连不上" in reply.text) == (503, True)
        assert client.get("/staff/api/changes").status_code == 500
        assert "数据库读写失败" in client.get("/staff/api/changes").json()["detail"]


@contextmanager
def without(engine: Engine, *tables: str) -> Iterator[None]:
    """A database that lacks tables for a while."""
    names = [(table, f"gone_{table}") for table in tables]

    def rename(old: str, new: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    for table, gone in names:
        rename(table, gone)
    try:
        yield
    finally:
        for table, gone in names:
            rename(gone, table)


def test_the_character_that_no_database_takes_is_refused_or_left_out(
    log_in: LogIn, engine: Engine
) -> None:
    client = log_in("editor")
    for path in (
        "/a/%00", "/receipt/x%00", "/staff/review/%00", "/staff/review?before=%00",
        "/staff/gaps/a%00b", "/staff/drafts/%00",
    ):  # fmt: skip
        assert client.get(path).status_code == 404
    form = {"csrf": csrf(client), "verdict-0": "right", "comment": "好\x00的"}
    assert client.post(f"/staff/review/{ANSWER}", data=form).status_code == 303
    assert Reviews(engine).of(ANSWER)[0].comment == "好的"
    assert client.post("/staff/login", data={"name": "a\x00b", "password": "x"}).status_code == 403


def test_the_log_is_paged(log_in: LogIn, engine: Engine) -> None:
    client = log_in("admin")
    for _ in range(30):  # each time out and in again
        client.post("/staff/login", data={"name": "admin1", "password": PASSWORD})
    first = client.get("/staff/log").text
    older = re.search(r"/staff/log\?before=(\d+)", first)
    assert older
    second = client.get(f"/staff/log?before={older[1]}").text
    assert first.count("<tr>") == 51
    assert "新增账号" in second
    assert "新增账号" not in first


def test_pages_say_so_until_there_is_an_admin(engine: Engine, log_in: LogIn) -> None:
    hint = "policyqa users add 名字 --role admin"
    assert hint not in log_in("").get("/staff/login").text
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET role = 'editor'")
    assert hint in log_in("").get("/staff/login").text


def test_nothing_of_the_desk_runs_or_comes_from_elsewhere(log_in: LogIn) -> None:
    reply = log_in("admin").get("/staff/accounts")
    policy = reply.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'self'")
    assert reply.headers["cache-control"] == "no-store"
    assert re.findall("<script[^>]*>", reply.text) == [
        f'<script type="module" src="/staff/{name}?{fingerprint()}">'
        for name in ("keys.js", "keep.js")
    ]
    assert "style=" not in reply.text
    assert log_in("").get("/").headers["content-security-policy"] != policy


def test_what_is_none_or_wrong_is_told_to_people_on_a_page_and_to_programs_in_a_line(
    log_in: LogIn,
) -> None:
    client = log_in("admin")
    assert client.get("/staff/api/nothing").json() == {"detail": "没有这个页面。"}
    assert log_in("").get("/staff/nothing").status_code == 404
    assert client.get("/staff/").headers["location"] == "/staff"
    for path, status, words in (
        ("/staff/nothing", 404, "没有这个页面。"),
        ("/staff/nothing/more", 404, "没有这个页面。"),
        ("/staff/log?before=99999999999999999999", 422, "里的 before 不对"),
        ("/staff/review?show=x", 422, "里的 show 不对"),
        ("/staff/numbers?days=x", 422, "里的 days 不对"),
    ):
        reply = client.get(path)
        assert (reply.status_code, words in reply.text) == (status, True)
        assert "<h1>" in reply.text
        assert "Input should" not in reply.text
    assert client.post("/staff/nothing").status_code == 404
    for referer, back in (
        ("http://testserver/staff/drafts/x?a=1", True), ("http://testserver/x", False),
        ("https://evil.example/staff/x", False), ("", False),
    ):  # fmt: skip
        text = client.get("/staff/nothing", headers={"referer": referer}).text
        assert ('href="/staff/drafts/x?a=1">返回上一页' in text) == back


def test_rooms_are_shown_to_whom_they_are_for(log_in: LogIn) -> None:
    for role in ("reader", "editor", "admin"):
        text = log_in(role).get("/staff").text
        for room in ROOMS:
            may = ROLES.index(role) >= ROLES.index(room.role)
            assert (f'href="{room.path}"' in text) == may


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = signing_key(tmp_path / "data")
    assert len(key) == 32
    assert signing_key(tmp_path / "data") == key
    assert signing_key(tmp_path / "other") != key
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=KEY_FILE):
        signing_key(tmp_path / "file")


def test_a_second_factor_is_set_up_on_ones_own_page_and_asked_for(
    log_in: LogIn, now: list[datetime]
) -> None:
    client = log_in("reader")
    secret = csrf(client)
    client.post("/staff/second", data={"act": "begin", "csrf": secret})
    shown = re.search(r'class="secret">([A-Z2-7]+)<', client.get("/staff/second").text)
    assert shown
    app = pyotp.TOTP(shown[1])
    wrong = client.post("/staff/second", data={"act": "confirm", "code": "x", "csrf": secret})
    assert (wrong.status_code, "验证码不对" in wrong.text) == (400, True)
    form = {"act": "confirm", "code": app.at(now[0]), "csrf": secret}
    assert client.post("/staff/second", data=form).status_code == 303
    assert shown[1] not in client.get("/staff/second").text
    now[0] += timedelta(minutes=2)
    form = {"name": "reader1", "password": PASSWORD}
    fresh = log_in("")
    assert fresh.post("/staff/login", data=form).status_code == 403
    assert fresh.post("/staff/login", data={**form, "code": app.at(now[0])}).status_code == 303


def test_without_the_second_factor_that_is_required_only_its_page_is_open(
    log_in: LogIn, sessions: Sessions, engine: Engine
) -> None:
    settings = SETTINGS.model_copy(update={"second_factor": True})
    sessions.accounts = Accounts(engine, settings, hasher=QUICK)
    client = log_in("admin")
    for path in ("/staff", "/staff/accounts", "/staff/review", "/staff/password"):
        reply = client.get(path)
        assert (reply.status_code, reply.headers["location"]) == (303, "/staff/second")
    assert client.get("/staff/api/changes").status_code == 403
    page = client.get("/staff/second").text
    assert "设好后才能用工作台" in page
    assert "/staff/accounts" not in page
    secret = re.search(r'name="csrf" value="([^"]+)"', page)
    assert secret
    assert client.post("/staff/accounts", data={"csrf": secret[1]}).status_code == 303
    assert client.post("/staff/logout", data={"csrf": secret[1]}).status_code == 303


def test_a_flood_at_the_door_hashes_two_at_a_time_and_is_counted_first(
    desk: FastAPI, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty at once from one address: thirty are looked at, two at a time, and others get in."""
    now_, most, looked = 0, 0, 0
    lock = threading.Lock()

    def slow(held: str, password: str) -> bool:
        nonlocal now_, most, looked
        with lock:
            now_, looked = now_ + 1, looked + 1
            most = max(most, now_)
        time.sleep(0.02)
        with lock:
            now_ -= 1
        return password == PASSWORD

    monkeypatch.setattr(sessions.accounts, "_fits", slow)

    async def flood() -> list[Response]:
        def browser(address: str) -> AsyncClient:
            transport = ASGITransport(desk, client=(address, 1))
            return AsyncClient(transport=transport, base_url="http://test")

        async with browser("192.0.2.1") as many, browser("192.0.2.2") as one:
            forms = [{"name": f"n{n}", "password": "x"} for n in range(40)]
            posts = [many.post("/staff/login", data=form) for form in forms]
            right = {"name": "admin1", "password": PASSWORD}
            return await asyncio.gather(*posts, one.post("/staff/login", data=right))

    *refused, entered = finished(flood())
    assert most == 2
    assert looked == 31
    assert sorted(reply.status_code for reply in refused) == [403] * 30 + [429] * 10
    late = next(reply for reply in refused if reply.status_code == 429)
    assert 0 < int(late.headers["retry-after"]) <= 60
    assert "试得太频繁了" in late.text
    assert entered.status_code == 303


def test_a_name_tried_from_everywhere_is_slowed_down_and_not_locked() -> None:
    tries = Tries(30)
    for n in range(NAME_TRIES):
        tries.count("admin1", f"192.0.2.{n}")
    tries.count("admin1", "198.51.100.1")  # one try a minute for each address
    with pytest.raises(KeptOut):
        tries.count("admin1", "198.51.100.1")
    tries.count("admin1", "198.51.100.2")
    tries.count("editor1", "198.51.100.1")
    tries.fitted("admin1")
    tries.count("admin1", "198.51.100.1")


def test_the_desk_greets_by_the_shown_name(log_in: LogIn, sessions: Sessions) -> None:
    sessions.accounts.rename("admin1", "人才科")
    text = log_in("admin").get("/staff").text
    assert "人才科（管理员）" in text
    assert "<span>admin1" not in text
