"""The edges of the service: headers, names of hosts, words of refusals, what is kept on disk."""

import os
import re
import stat
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock
from sqlalchemy import Engine
from typer.testing import CliRunner

from policyqa.index.text import words
from policyqa.qa import settings
from policyqa.qa.errors import SettingsError
from policyqa.qa.types import Question
from policyqa.ui import doorman, server
from policyqa.ui.commands import data_app
from policyqa.ui.errors import StoreError
from policyqa.ui.refusals import rewritten
from policyqa.ui.staff.sessions import KEY_BYTES, KEY_FILE, signing_key
from policyqa.ui.store import database
from policyqa.ui.store.database import FILE, open_database
from policyqa.ui.store.records import Records
from tests.aside import finished
from tests.staff import service_of, sessions_of
from tests.ui_fake import PLAN, FakeAssistant

HOST = "talent.example"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_database(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def client(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    source = tmp_path_factory.mktemp("office") / "source"
    source.mkdir()
    (source / PLAN.source).write_text(PLAN.text, "utf-8")
    service = service_of(engine, source, sessions=sessions_of(engine))
    app = server.create_app(service._replace(hosts=frozenset({HOST})))
    with TestClient(app, f"http://{HOST}", raise_server_exceptions=False) as client:
        yield client


def test_every_reply_has_its_headers(client: TestClient) -> None:
    paths = ("/", "/healthz", "/staff/login", f"/files/{PLAN.doc_id}", "/api/documents", "/none")
    for path in paths:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors" in policy, path
        assert ("unsafe" in policy) is (path == "/"), path  # Gradio compiles its templates
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_receipt_wears_its_own_style_and_nothing_else(client: TestClient, engine: Engine) -> None:
    records = Records(engine)
    records.keep(FakeAssistant().ask(Question(id="kept", question="攻击")))
    for path in ("/receipt/kept", f"/a/{records.share('kept')}"):
        reply = client.get(path)
        style = re.findall("<style>(.*?)</style>", reply.text, re.S)
        digest = b64encode(sha256(style[0].encode()).digest()).decode()
        policy = reply.headers["content-security-policy"]
        assert f"style-src 'sha256-{digest}'" in policy
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")


def test_browsers_are_bound_to_tls_only_by_what_came_over_tls(client: TestClient) -> None:
    name = "strict-transport-security"
    assert name not in client.get("/healthz").headers
    assert client.get(f"https://{HOST}/healthz").headers[name] == "max-age=31536000"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (HOST, 200), (f"{HOST}:8443", 200), (HOST.upper(), 200), ("127.0.0.1:7860", 200),
        ("evil.example", 421), (f"{HOST}.evil.example", 421), (f"x{HOST}", 421), ("[", 421),
        (f"{HOST}@evil.example", 421),
    ],
)  # fmt: skip
def test_only_the_names_of_the_service_are_served(
    client: TestClient, host: str, status: int
) -> None:
    reply = client.get("/healthz", headers={"host": host})
    assert reply.status_code == status


def test_hosts_are_names_in_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_WEB__HOSTS", f"{HOST}, WWW.Other.example")
    settings.load.cache_clear()
    assert settings.load().web.names == {HOST, "www.other.example"}
    for wrong in ("https://talent.example", "talent.example:80", "a,,b", "*"):
        monkeypatch.setenv("POLICYQA_WEB__HOSTS", wrong)
        settings.load.cache_clear()
        with pytest.raises(SettingsError, match=r"有误：“.*”不是域名") as refusal:
            settings.load()
        assert "Value error" not in str(refusal.value)
    settings.load.cache_clear()


def test_frames_are_origins_in_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYQA_WEB__FRAMES", f"https://{HOST}, http://10.0.0.1:8080")
    settings.load.cache_clear()
    assert settings.load().web.origins == (f"https://{HOST}", "http://10.0.0.1:8080")
    for wrong in ("talent.example", "https://a.example/", "https://*.a.example", "https://a;b", "*",
                  "https://a.example x", "https://a,,https://b"):  # fmt: skip
        monkeypatch.setenv("POLICYQA_WEB__FRAMES", wrong)
        settings.load.cache_clear()
        with pytest.raises(SettingsError, match=r"有误：“.*”不是网站"):
            settings.load()
    settings.load.cache_clear()


def test_only_named_origins_may_frame_the_page_and_nothing_else(
    client: TestClient, tmp_path: Path
) -> None:
    def framed_by(client: TestClient, path: str) -> str:
        policy = client.get(path).headers["content-security-policy"]
        return policy.partition("frame-ancestors ")[2].partition(";")[0]

    assert framed_by(client, "/") == "'self'"
    reply = client.get("/widget.js")
    assert (reply.status_code, "POLICYQA_WEB__FRAMES" in reply.text) == (404, True)
    service = service_of(open_database(tmp_path / "other"), tmp_path / "source")
    app = server.create_app(service._replace(frames=("https://a.example", "https://b.example")))
    with TestClient(app) as framed:
        assert framed_by(framed, "/") == "'self' https://a.example https://b.example"
        assert framed_by(framed, "/staff/login") == framed_by(framed, "/healthz") == "'none'"
        script = framed.get("/widget.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"


def test_no_refusal_is_in_english(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"content-type": "multipart/form-data"}
    replies = [
        client.get("/none"),
        client.get("/static/none"),
        client.delete("/healthz"),
        client.post("/api/ask", content=b"{"),
        client.post("/api/ask", content=b"\xff"),
        client.post("/gradio_api/queue/join", json={}),
        client.post("/gradio_api/run/predict", json={"fn_index": 9999, "data": []}),
        client.post("/staff/login", content=b"x", headers=form),
        client.post(
            "/staff/login",
            content=b"x",
            headers={"content-type": "multipart/form-data; boundary=x"},
        ),
    ]
    for reply in replies:
        assert reply.status_code >= 400, reply.request.url
        assert re.search("[\u4e00-\u9fff]", reply.text), (reply.request.url, reply.text)
        shown = re.sub("<[^>]+>|Content-Length|JSON|question", "", reply.text)
        assert not re.search("[A-Za-z]{3,} [A-Za-z]{3,}", shown), reply.text


def test_a_full_queue_says_so_in_chinese() -> None:
    said, kind = doorman.in_chinese(503, "application/json", b'{"detail":"Queue is full."}')
    assert "提问的人太多" in said.decode()
    assert kind == "application/json"
    assert doorman.in_chinese(503, "text/plain", "满了".encode()) == ("满了".encode(), "text/plain")


def test_a_refusal_in_pieces_leaves_whole_and_what_is_none_as_it_came() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def through(messages: list[Any]) -> None:
        wrapped = rewritten(send, lambda *_: (b"other", "text/x"))
        for message in messages:
            await wrapped(message)

    body = [
        {"type": "http.response.body", "body": b"a", "more_body": True},
        {"type": "http.response.body", "body": b"b"},
    ]
    finished(through([{"type": "http.response.start", "status": 503, "headers": []}, *body]))
    assert [each.get("body") for each in sent] == [None, b"other"]
    assert dict(sent[0]["headers"])[b"content-length"] == b"5"
    sent.clear()
    finished(through([{"type": "http.response.start", "status": 200, "headers": []}, *body]))
    assert [each.get("body") for each in sent] == [None, b"a", b"b"]


def test_what_nobody_thought_of_is_one_line(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret words of a library")

    monkeypatch.setattr(Records, "shared", broken)
    reply = client.get("/a/x")
    assert reply.status_code == 500
    assert reply.text == "系统出错，请稍后再试；一直这样，请找管理员。"
    assert "unsafe" not in reply.headers["content-security-policy"]


@pytest.mark.parametrize("held", [b"", b"short", b"x" * (KEY_BYTES - 1)])
def test_a_key_that_anybody_may_guess_is_refused(tmp_path: Path, held: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(held)
    with pytest.raises(StoreError, match=f"只有 {len(held)} 字节") as refusal:
        signing_key(tmp_path)
    assert "\n" not in str(refusal.value)
    (tmp_path / KEY_FILE).unlink()
    assert len(signing_key(tmp_path)) == KEY_BYTES


def test_a_database_that_was_cut_to_nothing_is_no_new_one(tmp_path: Path) -> None:
    open_database(tmp_path).dispose()
    for each in tmp_path.glob(f"{FILE}-*"):
        each.unlink()
    (tmp_path / FILE).write_bytes(b"")
    for _ in range(2):  # the refusal itself mends nothing
        with pytest.raises(StoreError, match="是空的，内容没有了"):
            open_database(tmp_path)
    (tmp_path / FILE).unlink()
    open_database(tmp_path).dispose()


def test_a_lock_that_is_never_given_up_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_S", 0.2)
    with FileLock(tmp_path / f"{FILE}.lock"), pytest.raises(StoreError, match="另一个进程"):
        open_database(tmp_path)


def test_every_lock_in_the_code_has_a_time_limit() -> None:
    root = Path(__file__).parents[2]
    code = [p for room in ("index", "qa", "ui", "eval") for p in (root / room).rglob("*.py")]
    taken = [m for p in code for m in re.findall(r"FileLock\([^)\n]*\)?", p.read_text("utf-8"))]
    assert len(taken) >= 4
    assert [each for each in taken if "timeout=" not in each] == []


def test_what_is_kept_and_exported_is_for_nobody_else_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYQA_DATA", str(tmp_path / "deep" / "data"))
    settings.load.cache_clear()
    umask = os.umask(0)
    try:
        done = CliRunner().invoke(data_app, ["export", str(tmp_path / "out.jsonl")])
        signing_key(tmp_path / "keys")
    finally:
        os.umask(umask)
        settings.load.cache_clear()
    assert done.exit_code == 0
    for folder in ("deep/data", "keys"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
    for file in ("out.jsonl", "deep/data/policyqa.sqlite", "keys/session.key"):
        assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600


def test_words_are_kept_where_nobody_else_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """jieba runs what it finds in its folder, and the temp folder is everybody's."""
    monkeypatch.setattr(words, "_kept_in", tmp_path / "cache" / "words")
    assert words._own_folder() == tmp_path / "cache" / "words"
    assert stat.S_IMODE(words._own_folder().stat().st_mode) == 0o700
    words._own_folder().chmod(0o777)
    other = words._own_folder()
    assert other != tmp_path / "cache" / "words"
    assert stat.S_IMODE(other.stat().st_mode) == 0o700
    words._general.cache_clear()
    try:
        monkeypatch.setattr(words, "_kept_in", tmp_path / "words")
        words.cut("博士后")
        assert (tmp_path / "words" / "jieba.cache").is_file()
    finally:
        words._general.cache_clear()
