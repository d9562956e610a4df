"""The HTTP API, the gate around it and the `serve` command, over a fake assistant."""

import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import typer
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from policyqa.index.build.building import Progress
from policyqa.index.build.library import Library
from policyqa.index.errors import IndexDamaged
from policyqa.index.read.extract import Limits
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.qa import settings
from policyqa.qa.errors import SettingsError
from policyqa.qa.types import Answer, Question
from policyqa.ui import commands, server, users
from policyqa.ui.staff.sessions import Sessions
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from tests.staff import service_of, sessions_of
from tests.ui_fake import FIRST, HOSTILE, NEWS, PLAN, SKILLED, FakeAssistant


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_database(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def records(engine: Engine) -> Records:
    return Records(engine)


@pytest.fixture(scope="module")
def sessions(engine: Engine) -> Sessions:
    return sessions_of(engine)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    (folder / PLAN.source).write_text(PLAN.text, "utf-8")
    (folder / NEWS.source).write_text("altered", "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(engine: Engine, source: Path, sessions: Sessions) -> Iterator[TestClient]:
    app = server.create_app(service_of(engine, source, sessions=sessions))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_question_is_answered_with_its_proof(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"id": "q1", "question": "博士后有什么补助"})
    answer = Answer.model_validate(reply.json())
    assert (reply.status_code, answer.id, answer.status) == (200, "q1", "answered")
    citation = answer.citations[0]
    text = client.get(f"/api/documents/{citation.doc_id}").json()["text"]
    assert text[citation.start : citation.end] == citation.quote == FIRST


def test_what_may_be_asked_next_is_given_for_a_question(client: TestClient) -> None:
    reply = client.post("/api/suggestions", json={"id": "q1", "question": "博士后有什么补助"})
    assert reply.json() == {"id": "q1", "suggestions": ["高技能人才有哪些奖励？"]}
    assert client.post("/api/suggestions", json={}).status_code == 422


def test_an_answer_is_explained_and_what_became_of_words_that_are_expected(
    client: TestClient,
) -> None:
    asked = {"id": "q1", "question": "博士后有什么补助"}
    reply = client.post("/api/explain", json={**asked, "expect": FIRST}).json()
    assert reply["answer"] == client.post("/api/ask", json=asked).json()
    assert reply["expected"]["stage"] == "said"
    assert client.post("/api/explain", json=asked).json()["expected"] is None
    bad = client.post("/api/explain", json={"question": " "})
    assert (bad.status_code, list(bad.json())) == (400, ["detail"])
    assert client.post("/api/explain", json={**asked, "expect": "长" * 2001}).status_code == 422
    assert client.post("/api/ask", json={**asked, "expect": FIRST}).status_code == 422


def test_a_batch_line_is_taken_as_it_is(client: TestClient) -> None:
    line = {
        "id": "q2",
        "question": "那高技能人才呢？",
        "history": [{"role": "user", "content": "博士后有什么补助"}],
        "as_of": "2024-12-31",
        "k": 3,
    }
    assert client.post("/api/ask", json=line).json()["sentences"][0]["text"] == SKILLED


def test_an_abstention_is_an_answer(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": "天气"})
    assert (reply.status_code, reply.json()["status"]) == (200, "abstained")


@pytest.mark.parametrize("question", ["", " ", "长" * 2001])
def test_a_question_at_fault_is_400_with_its_answer(client: TestClient, question: str) -> None:
    reply = client.post("/api/ask", json={"question": question})
    assert (reply.status_code, reply.json()["reason"]) == (400, "bad_question")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("{", "JSON 对象"),
        ("[]", "JSON 对象"),
        ("", "JSON 对象"),
        ("{}", "缺少字段 question"),
        ('{"question": 1}', "字段 question 的值不对"),
        ('{"question": "a", "as_of": "昨天"}', "字段 as_of 的值不对"),
        ('{"question": "a", "k": 0}', "字段 k 的值不对"),
        ('{"question": "a", "colour": 1}', "不认识的字段 colour"),
        ('{"question": "a", "history": [{"role": "x", "content": ""}]}', "字段 history.0.role"),
    ],
)
def test_a_malformed_body_is_422_and_one_line(client: TestClient, body: str, line: str) -> None:
    headers = {"content-type": "application/json"}
    reply = client.post("/api/ask", content=body, headers=headers)
    assert reply.status_code == 422
    assert list(reply.json()) == ["detail"]
    assert line in reply.json()["detail"]
    assert "\n" not in reply.json()["detail"]


def test_documents_are_listed_without_and_given_with_their_text(client: TestClient) -> None:
    listed = client.get("/api/documents").json()
    assert [row["source"] for row in listed] == ["plan.txt", "news.txt", "hostile.txt"]
    assert listed[0] == {
        "doc_id": PLAN.doc_id,
        "source": "plan.txt",
        "title": "关于进一步加强博士后和高技能人才工作的若干措施",
        "issuer": "渝南区人力资源和社会保障局",
        "doc_number": "渝南人发〔2024〕12号",
        "date": "2024-03-15",
        "effective": "",
        "expires": "",
        "kind": "policy",
        "region": "",
        "audience": "",
        "trial": False,
        "replaces": [],
        "basis": [],
        "validity": "不明",
        "validity_because": "文中没有写明施行日期和有效期",
        "warnings": [],
    }
    found = client.get(f"/api/documents/{PLAN.doc_id}").json()
    assert found == {**listed[0], "readings": [], "text": PLAN.text}


def test_an_unknown_document_is_404(client: TestClient) -> None:
    reply = client.get("/api/documents/nope")
    assert (reply.status_code, reply.json()) == (404, {"detail": "没有编号为 nope 的文件。"})


def test_healthz_says_ready_and_which_index(client: TestClient) -> None:
    reply = client.get("/healthz")
    assert reply.json() == {"status": "ready", "corpus": "c0ffee", "documents": 3}


def test_an_answer_has_its_receipt_and_is_public_only_while_it_is_shared(
    client: TestClient, records: Records
) -> None:
    answer = FakeAssistant().ask(Question(id="kept", question="攻击 13812345678"))
    records.keep(answer)
    receipt = client.get("/receipt/kept")
    assert receipt.status_code == 200
    assert "〔手机号〕" in receipt.text
    assert "<script>alert" not in receipt.text
    assert "&lt;script&gt;alert(1)" in receipt.text
    assert receipt.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in receipt.headers["content-security-policy"]
    address = f"/a/{records.share('kept')}"
    assert client.get(address).text == receipt.text
    records.unshare("kept")
    for path in (address, "/a/none", "/receipt/none", "/a/", "/a/../healthz2"):
        assert client.get(path).status_code == 404
    assert "停止分享" in client.get(address).text


def test_the_file_of_a_document_is_given_as_it_was_read_or_not_at_all(client: TestClient) -> None:
    given = client.get(f"/files/{PLAN.doc_id}")
    assert given.content == PLAN.text.encode()
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"].startswith("attachment")
    for doc_id in (NEWS.doc_id, HOSTILE.doc_id, "none", "..%2f..%2fetc%2fpasswd"):
        refused = client.get(f"/files/{doc_id}")
        assert refused.status_code == 404
        assert "\n" not in refused.text


def test_only_what_opens_the_panel_may_be_called_past_the_queue(client: TestClient) -> None:
    functions = client.get("/config").json()["dependencies"]
    queued = [each["id"] for each in functions if each["queue"]]
    assert len(queued) >= 4
    for number in queued:
        body = {"fn_index": number, "data": ["博士后"], "session_hash": "s"}
        assert client.post("/gradio_api/run/predict", json=body).status_code == 404


def test_what_programs_ask_is_not_kept(client: TestClient, records: Records) -> None:
    before = records.counts()
    client.post("/api/ask", json={"id": "program", "question": "博士后有什么补助"})
    assert records.counts() == before


def test_an_index_that_fails_is_500_and_one_line(
    engine: Engine, source: Path, sessions: Sessions
) -> None:
    class Broken(FakeAssistant):
        def ask(self, question: Question) -> Answer:
            raise IndexDamaged("索引缺少文件，请重新运行 policyqa index。")

    app = server.create_app(service_of(engine, source, Broken(), sessions=sessions))
    with TestClient(app, raise_server_exceptions=False) as client:
        reply = client.post("/api/ask", json={"question": "博士后"})
    expected = {"detail": "索引缺少文件，请重新运行 policyqa index。"}
    assert (reply.status_code, reply.json()) == (500, expected)


def test_the_page_names_no_other_host_to_load_from(client: TestClient) -> None:
    reply = client.get("/")
    assert reply.status_code == 200
    assert reply.headers["content-security-policy"].startswith("default-src 'self'")
    assert re.findall(r'(?:src|href|content)="(?:https?:)?//[^"]*', reply.text) == []
    assert "<title>渝才问策</title>" in reply.text
    assert "fonts.g" not in reply.text


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://x/",
        "/gradio_api/run/on_ask",
        "/gradio_api/call/on_ask",
        "/gradio_api/runs",
        "/gradio_api/component_server",
        "/monitoring",
        "/docs",
        "/openapi.json",
    ],
)
def test_what_the_page_does_not_need_is_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, content=b"{}").status_code == 404


def test_a_body_past_the_bound_is_413(client: TestClient) -> None:
    assert client.post("/api/ask", json={"question": "长" * 400_000}).status_code == 413


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """What the command did, in order; the real assistant and server are not started."""
    done: list[str] = []
    wiring = ModuleType("policyqa.qa.wiring")

    def open_live(index: Path | None, *, progress: Progress | None = None) -> FakeAssistant:
        done.append(f"opened {index}")
        return FakeAssistant()

    def open_library(index: Path | None) -> Library:
        return Library(tmp_path / "seeds", tmp_path / "index", HashingEmbedder(4), Limits())

    def serve(
        service: server.Service, listener: socket.socket, limits: settings.ServerSettings
    ) -> None:
        count = service.records.counts()["answer"]
        done.append(
            f"served {listener.getsockname()[0]} {count} {service.librarian.library.folder.name}"
        )
        listener.close()

    monkeypatch.setattr(wiring, "open_live", open_live, raising=False)
    monkeypatch.setattr(wiring, "open_library", open_library, raising=False)
    monkeypatch.setattr(wiring, "register_folder", lambda index: tmp_path, raising=False)
    monkeypatch.setattr(wiring, "marker", lambda: None, raising=False)
    monkeypatch.setitem(sys.modules, "policyqa.qa.wiring", wiring)
    monkeypatch.setenv("POLICYQA_DATA", str(tmp_path))
    settings.load.cache_clear()  # read again: the data folder is the test's
    monkeypatch.setattr(server, "serve", serve)
    yield done
    settings.load.cache_clear()


def run_serve(*options: str) -> Result:
    app = typer.Typer()
    commands.register(app)
    return CliRunner().invoke(app, ["serve", *options])


def test_serve_takes_its_address_then_opens_and_serves(opened: list[str]) -> None:
    assert run_serve("--port", "0", "--index", "here").exit_code == 0
    assert opened == ["opened here", "served 127.0.0.1 0 seeds"]


def test_a_busy_port_is_one_line_and_nothing_is_opened(opened: list[str]) -> None:
    with server.listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        result = run_serve("--port", str(port))
    assert isinstance(result.exception, SettingsError)
    assert opened == []
    assert str(result.exception) == (
        f"无法在 127.0.0.1:{port} 上提供服务：端口已被占用。请换一个 --host 或 --port。"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "a..b", "2001:db8::1"])
def test_a_host_of_another_machine_is_one_line(opened: list[str], host: str) -> None:
    result = run_serve("--host", host)
    assert isinstance(result.exception, SettingsError)
    assert opened == []
    assert "本机没有这个地址" in str(result.exception)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_reach_nothing_before_there_is_an_admin(
    opened: list[str], host: str
) -> None:
    if host == "::" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    result = run_serve("--host", host, "--port", "0")
    assert isinstance(result.exception, SettingsError)
    assert "还没有管理员账号" in str(result.exception)
    assert "\n" not in str(result.exception)
    assert opened == []
    users.opened().add("admin", "admin", "correct-horse-battery")
    assert run_serve("--host", host, "--port", "0").exit_code == 0
    assert len(opened) == 2


@pytest.mark.parametrize(
    ("host", "proxy", "warned"),
    [("0.0.0.0", "", True), ("0.0.0.0", "192.0.2.7", False), ("127.0.0.1", "", False)],
)
def test_it_warns_where_no_tls_stands_before_other_machines(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    host: str,
    proxy: str,
    warned: bool,
) -> None:
    monkeypatch.setattr(server, "create_app", lambda service, settings: None)
    monkeypatch.setattr(uvicorn.Server, "run", lambda server, sockets: None)
    (tmp_path / "source").mkdir()
    service = service_of(open_database(tmp_path / "data"), tmp_path / "source")
    with server.listen(host, 0) as listener:
        server.serve(service, listener, settings.ServerSettings(proxies=proxy))
    said = capsys.readouterr().err
    assert (server.NO_TLS in said) is warned


def test_a_port_out_of_range_is_wrong_usage(opened: list[str]) -> None:
    assert run_serve("--port", "70000").exit_code == 2
    assert opened == []


def test_the_address_is_one_to_type() -> None:
    with server.listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert server.address_of(listener) == f"http://127.0.0.1:{port}/"
    if socket.has_ipv6:
        try:
            listener = server.listen("::1", 0)
        except SettingsError:
            pytest.skip("this machine has no IPv6")
        with listener:
            assert server.address_of(listener).startswith("http://[::1]:")


LONG = "长" * 20_001


@pytest.mark.parametrize(("field", "value"), [
    ("id", "x" * 201),
    ("question", LONG),
    ("history", [{"role": "user", "content": "x"}] * 51),
    ("history", [{"role": "user", "content": LONG}]),
    ("filters", {"regions": ["x" * 201]}),
    ("filters", {"regions": ["x"] * 101}),
    ("filters", {"kinds": ["policy"] * 101}),
    ("filters", {"since": "2" * 300}),
    ("as_of", "2" * 300),
    ("forget", ["x" * 201]),
    ("forget", ["x"] * 101),
    ("k", 101),
    ("expect", "x" * 2001),
])  # fmt: skip
def test_every_field_has_a_bound(client: TestClient, field: str, value: object) -> None:
    where = "/api/explain" if field == "expect" else "/api/ask"
    reply = client.post(where, json={"question": "博士后", field: value})
    assert reply.status_code == 422
    assert field in reply.json()["detail"]
    assert not re.search("[a-z]{3,} (should|must|error)", reply.json()["detail"])


def test_a_question_is_cut_at_the_limit_before_it_is_kept(records: Records) -> None:
    asked = Question(id="long", question="长" * 3000)
    records.keep(FakeAssistant().ask(asked))
    kept = records.answer("long")
    assert kept is not None
    assert (len(kept.answer.question), len(kept.answer.query)) == (2000, 3000)
