"""One client that asks too much, holds too much open or goes away, on a real server: others are
answered all the same."""

import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from policyqa.qa.settings import ServerSettings
from policyqa.qa.types import Answer, Question
from policyqa.ui import server
from policyqa.ui.store.database import open_database
from tests.staff import service_of, sessions_of
from tests.ui_fake import FakeAssistant

FLOOD, OTHER = "127.0.0.2", "127.0.0.3"  # both are this machine
Serve = Callable[[ServerSettings], str]
QUESTION = {"question": "博士后有什么补助"}


class Slow(FakeAssistant):
    def ask(self, question: Question) -> Answer:
        time.sleep(0.05)
        return super().ask(question)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A running server, by its settings: its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(settings: ServerSettings) -> str:
        engine = open_database(tmp_path / "data")
        (tmp_path / "source").mkdir()
        office = service_of(engine, tmp_path / "source", Slow(), sessions=sessions_of(engine))
        listener = server.listen("127.0.0.1", 0)
        listener.close()
        listener = server.listen("0.0.0.0", 0)
        one = uvicorn.Server(server.configured(server.create_app(office, settings), settings))
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


def client_at(address: str, url: str) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(transport=transport, base_url=url, timeout=30)


def test_who_floods_is_refused_in_words_and_another_is_answered(serve: Serve) -> None:
    url = serve(ServerSettings(asks_per_minute=5))
    with client_at(FLOOD, url) as flood, client_at(OTHER, url) as other:
        replies = [flood.post("/api/ask", json=QUESTION) for _ in range(7)]
        assert [reply.status_code for reply in replies] == [200] * 5 + [429] * 2
        assert "问得太频繁了" in replies[-1].json()["detail"]
        assert 0 < int(replies[-1].headers["retry-after"]) <= 60
        assert other.post("/api/ask", json=QUESTION).status_code == 200
        joins = [asked_on_page(flood, f"s{n}") for n in range(16)]
        assert [reply.status_code for reply in joins] == [200] * 15 + [429]
        assert joins[-1].json() == {"detail": "请求太多，请稍后再试。"}
        assert "问得太频繁了" in said_on_page(flood, "s0")
        asked_on_page(other, "t")
        assert "15万元" in said_on_page(other, "t")


def asked_on_page(client: httpx.Client, session: str) -> httpx.Response:
    config = client.get("/config").json()
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "question")
    asking = next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])
    data = {"fn_index": asking["id"], "data": [QUESTION["question"], None, {}]}
    return client.post("/gradio_api/queue/join", json={**data, "session_hash": session})


def said_on_page(client: httpx.Client, session: str) -> str:
    reply = client.get(f"/gradio_api/queue/data?session_hash={session}")
    lines = [line[6:] for line in reply.text.splitlines() if line.startswith("data: ")]
    return json.dumps([json.loads(line) for line in lines], ensure_ascii=False)


@pytest.mark.parametrize("proxies", ["", "127.0.0.9"])
def test_nobody_makes_up_an_address(serve: Serve, proxies: str) -> None:
    url = serve(ServerSettings(asks_per_minute=1, proxies=proxies))
    with client_at(FLOOD, url) as flood:
        codes = [ask_as(flood, f"192.0.2.{n}") for n in range(2)]
    assert codes == [200, 429]


def test_a_proxy_that_is_set_says_for_whom_it_asks(serve: Serve) -> None:
    url = serve(ServerSettings(asks_per_minute=1, proxies=FLOOD, connections=1))
    with client_at(FLOOD, url) as one, client_at(FLOOD, url) as two:
        codes = [ask_as(c, f"192.0.2.{n}") for n, c in enumerate((one, two, one))]
        assert codes == [200, 200, 200]
        assert ask_as(one, "192.0.2.0") == 429


def ask_as(client: httpx.Client, address: str) -> int:
    headers = {"x-forwarded-for": address}
    return client.post("/api/ask", json=QUESTION, headers=headers).status_code


def test_open_streams_are_bounded_for_each_client(serve: Serve) -> None:
    url = serve(ServerSettings(streams=2))
    with client_at(FLOOD, url) as flood, client_at(OTHER, url) as other:
        path = "/gradio_api/heartbeat/{}"
        with (
            flood.stream("GET", path.format("a")) as one,
            flood.stream("GET", path.format("b")) as two,
        ):
            assert (one.status_code, two.status_code) == (200, 200)
            third = flood.get(path.format("c"))
            assert (third.status_code, third.json()["detail"]) == (429, "请求太多，请稍后再试。")
            assert "retry-after" in third.headers
            with other.stream("GET", path.format("d")) as theirs:
                assert theirs.status_code == 200
        assert opened_again(flood, path.format("e"))


def opened_again(client: httpx.Client, path: str) -> bool:
    """Whether what is closed is counted no more, within some seconds."""
    for _ in range(100):
        with client.stream("GET", path) as reply:
            if reply.status_code == 200:
                return True
        time.sleep(0.1)
    return False


def is_closed(line: socket.socket) -> bool:
    """Whether the other end takes no request."""
    try:
        line.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        return line.recv(1) == b""
    except OSError:
        return True


def test_connections_are_bounded_for_each_client(serve: Serve) -> None:
    url = serve(ServerSettings(connections=2))
    port = int(url.rpartition(":")[2])
    held = [
        socket.create_connection(("127.0.0.1", port), source_address=(FLOOD, 0)) for _ in range(3)
    ]
    held[2].settimeout(10)
    assert is_closed(held[2])
    assert not is_closed(held[1])
    with client_at(OTHER, url) as other:
        assert other.get("/healthz").status_code == 200
    for each in held:
        each.close()
    with client_at(FLOOD, url) as flood:
        for _ in range(50):
            try:
                assert flood.get("/healthz").status_code == 200
                break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail("what was closed is still counted")


def test_a_stream_that_is_closed_writes_no_traceback(
    serve: Serve, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    url = serve(ServerSettings())
    port = int(url.rpartition(":")[2])
    logging.getLogger("uvicorn.error").addHandler(caplog.handler)
    with client_at(OTHER, url) as client:
        asked_on_page(client, "gone")
    for path in ("heartbeat/gone", "queue/data?session_hash=gone"):
        for _ in range(3):
            line = http.client.HTTPConnection("127.0.0.1", port)
            line.request("GET", f"/gradio_api/{path}")
            line.getresponse().read(5)
            line.close()
    time.sleep(1)
    with client_at(OTHER, url) as client:
        assert client.get("/healthz").status_code == 200
    written = capfd.readouterr()
    assert "Traceback" not in written.err + written.out + caplog.text
