"""The tools for programs, called by the protocol's own client: through standard input and output,
over HTTP by itself, and at `/mcp` of the web server."""

import builtins
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import typer
import uvicorn
from mcp import Client, MCPError, StdioServerParameters
from starlette.types import ASGIApp
from typer.testing import CliRunner, Result

from policyqa.qa import settings
from policyqa.qa.check.permalinks import permalink
from policyqa.qa.check.receipts import receipt_of, rendered
from policyqa.qa.errors import SettingsError
from policyqa.qa.settings import ServerSettings
from policyqa.qa.types import Answer, Contact, Question
from policyqa.ui import commands, mcp, programs, server, tools, users
from policyqa.ui.public import LEAVING, PublicAssistant
from policyqa.ui.store.changes import Changes
from policyqa.ui.store.database import open_database
from policyqa.ui.store.tokens import SCOPES, Tokens
from policyqa.ui.turns import Turns
from tests import mcp_office
from tests.aside import finished
from tests.staff import service_of, sessions_of
from tests.ui_fake import FIRST, NEWS, PLAN, SKILLED, FakeAssistant, cite

ROOT = Path(__file__).parents[2]
TOOLS = {"search", "ask", "get_document", "cite", "verify"}
QUESTION = {"question": "博士后有什么补助"}
START = PLAN.text.index(FIRST)
LINK = str(permalink(PLAN, (START, START + len(FIRST))))
MODES = ("auto", "legacy")  # the protocol without a handshake, and the one that has it
Work = Callable[[Client], Awaitable[Any]]


def in_process(assistant: Any, work: Work, limits: ServerSettings | None = None) -> Any:
    """What `work` finds with a client of a server in this process."""

    async def run() -> Any:
        async with Client(mcp.build_server(assistant, Turns(limits or ServerSettings()))) as client:
            return await work(client)

    return finished(run())


def called(assistant: Any, name: str, arguments: dict[str, Any]) -> Any:
    return in_process(assistant, lambda client: client.call_tool(name, arguments))


def line_of(refusal: Any) -> str:
    """The one Chinese line of a tool error."""
    assert refusal.is_error
    assert refusal.structured_content is None
    (block,) = refusal.content
    assert "\n" not in block.text
    assert len(block.text) <= mcp.MAX_LINE_CHARS
    assert any("\u4e00" <= char <= "\u9fff" for char in block.text)
    return str(block.text)


async def every_tool(client: Client) -> None:
    """Each tool and each request for resources does what it says; the answer is proved."""
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(listed) == TOOLS
    answer = await client.call_tool("ask", QUESTION)
    assert answer.structured_content["citations"][0]["quote"] == FIRST
    assert answer.structured_content["hits"]
    assert json.loads(answer.content[0].text) == answer.structured_content
    links = [block.uri for block in answer.content[1:]]
    assert links == [f"policyqa://documents/{each.doc_id}" for each in (PLAN, NEWS)]
    text = (await client.read_resource(links[0])).contents[0].text
    cited = answer.structured_content["citations"][0]
    assert text[cited["start"] : cited["end"]] == FIRST
    results = {
        "ask": answer,
        "search": await client.call_tool("search", {**QUESTION, "k": 2}),
        "get_document": await client.call_tool(
            "get_document", {"doc_id": PLAN.doc_id, "start": START, "chars": len(FIRST)}
        ),
        "cite": await client.call_tool("cite", {"permalink": LINK}),
        "verify": await client.call_tool(
            "verify", {"sentences": [{"text": FIRST, "permalinks": [LINK]}]}
        ),
    }
    for name, result in results.items():
        assert not result.is_error, name
        jsonschema.validate(result.structured_content, listed[name].output_schema)
    assert [hit["rank"] for hit in results["search"].structured_content["hits"]] == [1, 2]
    assert results["get_document"].structured_content["text"] == FIRST
    assert results["get_document"].structured_content["title"] == PLAN.metadata.title
    assert results["cite"].structured_content["state"] == "unchanged"
    assert results["verify"].structured_content["sentences"][0]["held"] == "unchanged"
    assert line_of(await client.call_tool("get_document", {"doc_id": "none"})).startswith("没有")
    resources = (await client.list_resources()).resources
    assert [each.name for each in resources] == ["plan.txt", "news.txt", "hostile.txt"]
    templates = (await client.list_resource_templates()).resource_templates
    assert [each.uri_template for each in templates] == ["policyqa://documents/{doc_id}"]


@pytest.mark.parametrize("mode", MODES)
def test_a_program_that_starts_it_calls_every_tool(tmp_path: Path, mode: str) -> None:
    async def run() -> None:
        async with Client(started_in(tmp_path), mode=mode, read_timeout_seconds=60) as client:
            await every_tool(client)

    finished(run())


def started_in(folder: Path, *options: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", mcp_office.__name__, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), *sys.path)))},
    )


def test_standard_output_carries_nothing_but_the_protocol(tmp_path: Path) -> None:
    """Not what is written while it loads, nor while it answers; it ends when its input ends."""
    given = started_in(tmp_path)
    version = {"protocolVersion": "2025-11-25", "capabilities": {}}
    hello = {**version, "clientInfo": {"name": "test", "version": "0"}}
    sent = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        "no JSON at all",
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call",
         "params": {"name": "ask", "arguments": QUESTION}},
    ]  # fmt: skip
    process = subprocess.Popen(
        [given.command, *given.args], cwd=given.cwd, env=given.env, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    for each in sent:
        process.stdin.write((each if isinstance(each, str) else json.dumps(each)) + "\n")
    process.stdin.flush()
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    rest, said = process.communicate(timeout=60)
    assert [line["id"] for line in lines] == [1, 2]
    assert lines[1]["result"]["structuredContent"]["status"] == "answered"
    assert (rest, process.returncode) == ("", 0)
    assert said.count(mcp_office.NOISE) == 4


Serve = Callable[[ASGIApp, ServerSettings], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A running server of an application: its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: ASGIApp, limits: ServerSettings) -> str:
        listener = server.listen("127.0.0.1", 0)
        one = uvicorn.Server(server.configured(app, limits))
        thread = threading.Thread(target=one.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        running.append((one, thread))
        while not one.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for one, thread in running:
        one.should_exit = True
        thread.join(20)


def alone(
    folder: Path, limits: ServerSettings | None = None, hosts: frozenset[str] = frozenset()
) -> ASGIApp:
    public = PublicAssistant(FakeAssistant(), frozenset)
    tokens = Tokens(open_database(folder / "data"))
    return mcp.create_app(public, limits or ServerSettings(), hosts, tokens)


def mounted(folder: Path, limits: ServerSettings) -> ASGIApp:
    (folder / "source").mkdir(exist_ok=True)
    engine = open_database(folder / "data")
    office = service_of(engine, folder / "source", sessions=sessions_of(engine))
    return server.create_app(office, limits)


BUILT = {"alone": alone, "mounted": mounted}
ANYWHERE = pytest.mark.parametrize("where", list(BUILT))


@ANYWHERE
def test_every_tool_is_called_over_http(serve: Serve, tmp_path: Path, where: str) -> None:
    limits = ServerSettings(mcp=True)
    url = serve(BUILT[where](tmp_path, limits), limits)

    async def run(mode: str) -> None:
        async with Client(f"{url}/mcp", mode=mode, read_timeout_seconds=60) as client:
            await every_tool(client)

    for mode in MODES:
        finished(run(mode))


def test_it_is_not_on_the_web_server_unless_it_is_wanted(serve: Serve, tmp_path: Path) -> None:
    assert ServerSettings().mcp is False
    url = serve(mounted(tmp_path, ServerSettings()), ServerSettings())
    assert httpx.post(f"{url}/mcp", json=CALL, headers=ACCEPTED).status_code == 404
    assert httpx.get(f"{url}/mcp").status_code == 404


CALL = {
    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {"name": "ask", "arguments": QUESTION},
}  # fmt: skip
ACCEPTED = {"accept": "application/json, text/event-stream"}


def test_a_name_or_a_page_of_elsewhere_is_refused(serve: Serve, tmp_path: Path) -> None:
    url = serve(alone(tmp_path, hosts=frozenset({"talent.example"})), ServerSettings())
    own = url.removeprefix("http://")

    def status(**headers: str) -> int:
        return httpx.post(f"{url}/mcp", json=CALL, headers={**ACCEPTED, **headers}).status_code

    assert status() == 200
    assert status(host="talent.example") == 200
    assert status(host="talent.example:8443", origin="https://talent.example:8443") == 200
    assert status(origin=f"http://{own}") == 200
    assert status(host="evil.example") == 421
    for origin in ("http://evil.example", "null", "http://talent.example.evil.example"):
        assert status(origin=origin) == 403
    refusal = httpx.post(f"{url}/mcp", json=CALL, headers={**ACCEPTED, "origin": "null"})
    assert refusal.text == "别的网站的页面不能用这里的接口。"


def test_no_name_is_known_but_this_machines_where_none_is_set(serve: Serve, tmp_path: Path) -> None:
    """A browser on this machine may be led here under another's name (DNS rebinding)."""
    url = serve(alone(tmp_path), ServerSettings())
    refusal = httpx.post(f"{url}/mcp", json=CALL, headers={**ACCEPTED, "host": "rebound.example"})
    assert (refusal.status_code, refusal.text) == (421, "这里不是您要找的网站。")


def test_nothing_stays_open_and_nothing_else_is_served(serve: Serve, tmp_path: Path) -> None:
    url = serve(alone(tmp_path), ServerSettings())
    for method in ("GET", "DELETE", "OPTIONS"):
        reply = httpx.request(method, f"{url}/mcp", headers=ACCEPTED, timeout=5)
        assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    for path in ("/", "/api/documents", "/staff", "/mcp/x"):
        assert httpx.get(url + path).status_code == 404
    assert httpx.post(f"{url}/mcp", content=b"x" * 1_000_001, headers=ACCEPTED).status_code == 413
    chunked = httpx.post(f"{url}/mcp", content=iter([b"{}"]), headers=ACCEPTED)
    assert chunked.status_code == 411


def test_an_error_of_the_protocol_keeps_its_number_and_its_data(
    serve: Serve, tmp_path: Path
) -> None:
    """Clients settle by them which version is spoken; the words are not for people."""
    url = serve(alone(tmp_path), ServerSettings())
    headers = {**ACCEPTED, "mcp-protocol-version": "2099-01-01"}
    reply = httpx.post(f"{url}/mcp", json={**CALL, "method": "tools/list"}, headers=headers)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] < 0


def test_calls_wait_in_the_queue_of_the_page_and_the_api(serve: Serve, tmp_path: Path) -> None:
    limits = ServerSettings(mcp=True, asks_per_minute=2)
    url = serve(mounted(tmp_path, limits), limits)

    async def run() -> Any:
        async with Client(f"{url}/mcp", read_timeout_seconds=60) as client:
            first = await client.call_tool("search", QUESTION)
            assert httpx.post(f"{url}/api/ask", json=QUESTION).status_code == 200
            with pytest.raises(MCPError, match="问得太频繁了"):
                await client.list_resources()
            return first, await client.call_tool("cite", {"permalink": LINK})

    first, late = finished(run())
    assert not first.is_error
    assert "问得太频繁了" in line_of(late)


CALLS: dict[str, dict[str, Any]] = {
    "search": QUESTION,
    "ask": QUESTION,
    "get_document": {"doc_id": PLAN.doc_id},
    "cite": {"permalink": LINK},
    "verify": {"sentences": [{"text": FIRST, "permalinks": [LINK]}]},
}
SCOPE_OF = {"get_document": "documents", "cite": "verify"}


def sent(url: str, token: str, method: str, params: dict[str, Any]) -> httpx.Response:
    """A request, with a token where there is one."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    bearer = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.post(f"{url}/mcp", json=body, headers={**ACCEPTED, **bearer})


@ANYWHERE
def test_a_token_may_call_what_its_scopes_name(serve: Serve, tmp_path: Path, where: str) -> None:
    limits = ServerSettings(mcp=True, asks_per_minute=10_000)
    url = serve(BUILT[where](tmp_path, limits), limits)
    tokens = Tokens(open_database(tmp_path / "data"))
    document = {"uri": f"policyqa://documents/{PLAN.doc_id}"}
    for scope in SCOPES:
        token, made = tokens.add("assistant", [scope])
        for name, arguments in CALLS.items():
            params = {"name": name, "arguments": arguments}
            result = sent(url, token, "tools/call", params).json()["result"]
            allowed = SCOPE_OF.get(name, name) == scope
            assert result["isError"] is not allowed, (scope, name)
            assert allowed or "这个令牌不能" in result["content"][0]["text"]
        for method, params in (("resources/list", {}), ("resources/read", document)):
            assert ("result" in sent(url, token, method, params).json()) is (scope == "documents")
        made_calls = {"documents": 3, "verify": 2, "feedback": 0}.get(scope, 1)
        assert tokens.totals(days=1).get(made.id, 0) == made_calls
        assert sent(url, token, "tools/list", {}).status_code == 200


@ANYWHERE
def test_a_token_that_is_shown_must_be_one_and_has_its_own_rate(
    serve: Serve, tmp_path: Path, where: str
) -> None:
    limits = ServerSettings(mcp=True)
    url = serve(BUILT[where](tmp_path, limits), limits)
    tokens = Tokens(open_database(tmp_path / "data"))
    token, made = tokens.add("assistant", ["ask"], per_minute=1)
    params = {"name": "ask", "arguments": QUESTION}
    for wrong in ("pqa_none", "anything"):
        reply = sent(url, wrong, "tools/list", {})
        assert (reply.status_code, "令牌不对" in reply.text) == (401, True)
        assert "invalid_token" in reply.headers["www-authenticate"]
    assert sent(url, token, "tools/call", params).json()["result"]["isError"] is False
    late = sent(url, token, "tools/call", params).json()["result"]
    assert "问得太频繁了" in late["content"][0]["text"]
    assert sent(url, "", "tools/call", params).json()["result"]["isError"] is False
    tokens.revoke(made.id)
    assert sent(url, token, "tools/list", {}).status_code == 401


@ANYWHERE
def test_a_setting_asks_everybody_for_a_token(serve: Serve, tmp_path: Path, where: str) -> None:
    limits = ServerSettings(mcp=True, token_required=True)
    url = serve(BUILT[where](tmp_path, limits), limits)
    token, _ = Tokens(open_database(tmp_path / "data")).add("assistant", ["ask"])
    for method, params in (("tools/list", {}), ("tools/call", CALL["params"])):
        reply = sent(url, "", method, params)
        assert (reply.status_code, "需要令牌" in reply.text) == (401, True)
        assert reply.headers["www-authenticate"] == "Bearer"
        assert "result" in sent(url, token, method, params).json()


def test_the_tools_only_read_and_say_what_they_take_and_give() -> None:
    async def look(client: Client) -> Any:
        return (await client.list_tools()).tools

    for tool in in_process(FakeAssistant(), look):
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert any("\u4e00" <= char <= "\u9fff" for char in tool.description)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("none\n" * 99, {}, "没有名为 none none"),
        ("ask", {}, "缺少字段 question"),
        ("ask", {"question": ""}, "问题是空的"),
        ("ask", {"question": "长" * 20_001}, "字段 question 的值不对：太多"),
        ("ask", {**QUESTION, "k": 101}, "字段 k"),
        ("ask", {**QUESTION, "bad\n\ud800" * 999: 1}, "不认识的字段 bad"),
        ("ask", {**QUESTION, "history": [{"role": "user", "content": "x"}] * 51}, "history"),
        ("search", {"question": " "}, "问题是空的"),
        ("get_document", {"doc_id": "../../etc/passwd"}, "没有编号为 ../../etc/passwd 的文件"),
        ("get_document", {"doc_id": "\ud800"}, "没有编号为 ? 的文件"),
        ("get_document", {"doc_id": "x" * 201}, "字段 doc_id"),
        ("get_document", {"doc_id": PLAN.doc_id, "chars": 100_001}, "字段 chars"),
        ("get_document", {"doc_id": PLAN.doc_id, "path": "/"}, "可用的是 doc_id、start、chars"),
        ("cite", {"permalink": "/etc/passwd"}, "不是引文链接"),
        ("cite", {"permalink": "x" * 2001}, "字段 permalink"),
        ("cite", {"permalink": "pq1:a:b:0-20001:1x0"}, "太长，最多 20000 字"),
        ("verify", {}, "二者选一"),
        ("verify", {"receipt": "no receipt"}, "不是 policyqa ask --receipt 写出的回执"),
        ("verify", {"receipt": "x" * 500_001}, "字段 receipt"),
        ("verify", {"sentences": [{"text": "x", "permalinks": []}] * 51}, "字段 sentences"),
        ("verify", {"sentences": [{"text": "x", "permalinks": ["y"] * 11}]}, "permalinks"),
        ("verify", {"sentences": [{"text": "x" * 2001, "permalinks": []}]}, "text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_chinese_line(name: str, arguments: dict[str, Any], said: str) -> None:
    assert said in line_of(called(FakeAssistant(), name, arguments))


def test_what_nobody_thought_of_is_one_line_and_tells_nothing() -> None:
    class Broken(FakeAssistant):
        def ask(self, question: Question) -> Answer:
            raise RuntimeError("/secret/path")

    assert line_of(called(Broken(), "ask", QUESTION)).startswith("系统出错")


@pytest.mark.parametrize(
    "uri", ["file:///etc/passwd", "policyqa://documents/../x", "policyqa://documents/", "x"]
)
def test_no_resource_but_a_document_can_be_read(uri: str) -> None:
    async def look(client: Client) -> None:
        with pytest.raises(MCPError, match="没有"):
            await client.read_resource(uri)
        with pytest.raises(MCPError, match="cursor"):
            await client.list_resources(cursor="x")

    in_process(FakeAssistant(), look)


def test_documents_are_listed_by_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp, "PAGE", 2)

    async def look(client: Client) -> Any:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)
        return [[each.name for each in page.resources] for page in (first, second)], second

    names, last = in_process(FakeAssistant(), look)
    assert names == [["plan.txt", "news.txt"], ["hostile.txt"]]
    assert last.next_cursor is None


@pytest.mark.parametrize(
    ("text", "links", "held"),
    [
        (FIRST, [LINK], "unchanged"),
        (FIRST.replace("15", "50"), [LINK], "unsupported"),
        (f"《{PLAN.metadata.title}》规定，{FIRST}", [LINK], "unchanged"),
        (SKILLED, [LINK], "unsupported"),
        (FIRST, [], "uncited"),
        (FIRST, ["pq1"], "uncited"),
        (FIRST, [LINK.replace("plan.txt", "none.txt")], "moved"),
        (FIRST, [LINK.rpartition("x")[0] + "x0123456789abcdef"], "changed"),
    ],
)
def test_a_sentence_holds_only_by_what_it_cites(text: str, links: list[str], held: str) -> None:
    claim = {"sentences": [{"text": text, "permalinks": links}]}
    found = called(FakeAssistant(), "verify", claim).structured_content
    assert found["sentences"][0]["held"] == held


def test_a_receipt_is_checked_as_the_command_does() -> None:
    answer = FakeAssistant().ask(Question(question="博士后有什么补助"))
    linked = tuple(
        each.model_copy(update={"permalink": LINK if each.n == 1 else ""})
        for each in answer.citations
    )
    kept = rendered(receipt_of(answer.model_copy(update={"citations": linked})), "markdown")
    found = called(FakeAssistant(), "verify", {"receipt": kept}).structured_content
    assert (found["altered"], found["same_corpus"]) == (False, True)
    assert [each["held"] for each in found["sentences"]] == ["unchanged", "uncited", "uncited"]
    altered = called(FakeAssistant(), "verify", {"receipt": kept + " "}).structured_content
    assert altered["altered"] is True


def test_looking_for_a_quote_that_is_nowhere_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "STRANGERS_EFFORT", 0)
    nowhere = LINK.rpartition("x")[0] + "x0123456789abcdef"
    said = line_of(called(FakeAssistant(), "cite", {"permalink": nowhere}))
    assert said.startswith("查这些引文太费时")
    claim = {"sentences": [{"text": FIRST, "permalinks": [nowhere]}]}
    assert line_of(called(FakeAssistant(), "verify", claim)) == said


@pytest.mark.parametrize("source", [PLAN.source, NEWS.source])
def test_what_is_withdrawn_never_appears(source: str) -> None:
    public = PublicAssistant(FakeAssistant(), lambda: frozenset({source}))
    gone = next(each for each in (PLAN, NEWS) if each.source == source)

    async def look(client: Client) -> None:
        assert line_of(await client.call_tool("ask", QUESTION)) == LEAVING
        found = await client.call_tool("search", QUESTION)
        assert found.structured_content["hits"]
        assert gone.doc_id not in str(found)
        assert line_of(await client.call_tool("get_document", {"doc_id": gone.doc_id}))
        with pytest.raises(MCPError, match="没有编号"):
            await client.read_resource(f"policyqa://documents/{gone.doc_id}")
        assert gone.doc_id not in str(await client.list_resources())
        if gone is PLAN:
            cited = await client.call_tool("cite", {"permalink": LINK})
            assert cited.structured_content["state"] == "gone"
            assert cited.structured_content["quote"] == ""

    in_process(public, look)


def test_a_silence_quotes_nothing_that_is_withdrawn() -> None:
    class Silent(FakeAssistant):
        def ask(self, question: Question) -> Answer:
            near = cite(1, PLAN, FIRST)
            said = super().ask(Question(question="别的"))
            contact = Contact(issuer="人社局", text=FIRST, citation=near)
            update = {"contact": contact} if question.id else {"nearest": (near,)}
            return said.model_copy(update=update)

    for asked in (QUESTION, {**QUESTION, "id": "contact"}):
        public = PublicAssistant(Silent(), lambda: frozenset({PLAN.source}))
        assert line_of(called(public, "ask", asked)) == LEAVING


def test_what_staff_withdraw_in_another_process_is_gone_here(tmp_path: Path) -> None:
    """Also when the change is done and the index in use here is still the old one."""
    changes = Changes(open_database(tmp_path / "data"))
    for name in ("kept.txt", "waiting.txt", "back.txt", "failed.txt"):
        (tmp_path / name).write_text("x")
    changes.begin("document_withdrawn", "editor", "waiting.txt", change_id="a")
    for name in ("left.txt", "back.txt"):
        changes.done(changes.begin("document_withdrawn", "editor", name))
    changes.failed(changes.begin("document_withdrawn", "editor", "failed.txt"), "最后一份")
    assert programs.gone(changes, tmp_path) == {"waiting.txt", "left.txt"}
    changes.done("a")
    assert programs.gone(changes, tmp_path) == {"left.txt"}


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("POLICYQA_DATA", str(tmp_path))
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


def run_mcp(*options: str) -> Result:
    app = typer.Typer()
    commands.register(app)
    return CliRunner().invoke(app, ["mcp", *options])


def test_it_listens_to_this_machine_unless_there_is_an_admin(
    data: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def run(app: ASGIApp, listener: Any, limits: ServerSettings, *, path: str) -> None:
        heard.append(listener.getsockname()[0] + "/" + path)
        listener.close()

    monkeypatch.setattr(server, "run", run)
    monkeypatch.setattr(programs, "opened", lambda index: FakeAssistant())
    assert run_mcp("--http", "--port", "0").exit_code == 0
    refusal = run_mcp("--http", "--host", "0.0.0.0", "--port", "0")
    assert isinstance(refusal.exception, SettingsError)
    assert "还没有管理员账号" in str(refusal.exception)
    assert heard == ["127.0.0.1/mcp"]
    users.opened().add("admin", "admin", "correct-horse-battery")
    assert run_mcp("--http", "--host", "0.0.0.0", "--port", "0").exit_code == 0
    assert heard == ["127.0.0.1/mcp", "0.0.0.0/mcp"]


def test_without_the_package_one_line_says_what_to_install(
    data: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] in ("mcp", "mcp_types"):
            raise ModuleNotFoundError(name)
        return real(name, *rest, **named)

    monkeypatch.delitem(sys.modules, mcp.__name__)
    monkeypatch.setattr(builtins, "__import__", missing)
    result = run_mcp()
    assert isinstance(result.exception, SettingsError)
    assert "pip install 'policyqa[mcp]'" in str(result.exception)


def test_help_loads_nothing_of_it() -> None:
    code = (
        "import sys; from policyqa.qa.cli.commands import app;"
        "from policyqa.ui.commands import register; register(app);"
        "import typer.testing as t; said = t.CliRunner().invoke(app, ['--help']).output;"
        "assert 'mcp' in said;"
        "print(sorted({'mcp', 'mcp_types', 'gradio', 'torch'} & set(sys.modules)))"
    )
    given = started_in(ROOT)
    done = subprocess.run(
        [sys.executable, "-c", code], env=given.env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
