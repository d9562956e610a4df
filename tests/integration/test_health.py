"""`/healthz` and `/readyz` tell how the service stands; a service that is told to end finishes what
it is answering."""

import asyncio
import contextlib
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from policyqa.index.errors import ModelError
from policyqa.index.store import search_index
from policyqa.qa.settings import ServerSettings
from policyqa.qa.types import Answer, Question
from policyqa.ui import server
from policyqa.ui.health import Health
from policyqa.ui.store.database import FILE, open_database
from tests.aside import finished
from tests.integration.test_floods import QUESTION, asked_on_page, said_on_page
from tests.staff import office, service_of, sessions_of
from tests.ui_fake import FakeAssistant

DOCUMENT = "博士办法\n第一条 博士每人补助5万元。"


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[tuple[TestClient, Path]]:
    """A service over a real index, which is looked at anew each time."""
    engine = open_database(tmp_path / "data")
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text(DOCUMENT, "utf-8")
    assistant, _ = office(engine, source)
    service = service_of(engine, source, assistant, sessions=sessions_of(engine))
    app = server.create_app(service._replace(check=assistant.check))
    app.state.health._fresh_s = -1
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, tmp_path


def version(folder: Path) -> Path:
    return folder / "index" / search_index.version_in_force(folder / "index")


def cut(folder: Path) -> None:
    path = version(folder) / "passages.jsonl"
    path.write_bytes(path.read_bytes()[:-5])


def locked(folder: Path) -> None:
    connection = sqlite3.connect(folder / "data" / FILE)
    connection.execute("BEGIN IMMEDIATE")
    LOCKED.append(connection)


LOCKED: list[sqlite3.Connection] = []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (cut, "被改动或不完整"),
        (lambda f: (f / "index" / "CURRENT").unlink(), "还没有索引"),
        (lambda f: (f / "index" / "CURRENT").write_text("v-none"), "不存在"),
        (lambda f: sqlite3.connect(f / "data" / FILE).executescript("DROP TABLE alembic_version"),
         "数据库写不进去"),
        (locked, "检查了 3 秒"),
    ],
)  # fmt: skip
def test_what_is_not_well_is_told_in_one_line_and_not_ready(
    standing: tuple[TestClient, Path], harm: Callable[[Path], object], words: str
) -> None:
    client, folder = standing
    well = client.get("/readyz")
    assert (well.status_code, well.json()["status"]) == (200, "ready")
    assert client.get("/healthz").json() == well.json()
    harm(folder)
    ready, alive = client.get("/readyz"), client.get("/healthz")
    assert (ready.status_code, ready.json()["status"]) == (503, "not_ready")
    assert words in ready.json()["detail"]
    assert "\n" not in ready.json()["detail"]
    assert (alive.status_code, alive.json()["status"]) == (200, "not_ready")  # no restart helps
    while LOCKED:
        LOCKED.pop().close()


def test_a_model_that_gives_no_numbers_is_told() -> None:
    def check() -> None:
        raise ModelError("给出的不是数")

    assert finished(Health((lambda: None, check)).fault()) == "给出的不是数"


def test_however_often_it_is_asked_it_is_looked_at_once() -> None:
    looks: list[int] = []

    async def ask() -> list[str]:
        health = Health((lambda: looks.append(1),), fresh_s=60)
        return list(await asyncio.gather(*(health.fault() for _ in range(50))))

    assert finished(ask()) == [""] * 50
    assert looks == [1]


class Slow(FakeAssistant):
    def ask(self, question: Question) -> Answer:
        time.sleep(2)
        return super().ask(question)


def started(folder: Path, shutdown_s: int) -> tuple[server.Server, threading.Thread, str]:
    engine = open_database(folder / "data")
    (folder / "source").mkdir()
    settings = ServerSettings(shutdown_s=shutdown_s)
    service = service_of(engine, folder / "source", Slow(), sessions=sessions_of(engine))
    app = server.create_app(service, settings)
    listener = server.listen("127.0.0.1", 0)
    one = server.Server(server.configured(app, settings))
    thread = threading.Thread(target=one.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not one.started:
        time.sleep(0.01)
    return one, thread, f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_what_is_being_answered_is_finished_and_open_pages_do_not_hold_the_end(
    tmp_path: Path,
) -> None:
    one, thread, url = started(tmp_path, shutdown_s=30)
    said: dict[str, object] = {}

    def ask() -> None:
        said["api"] = httpx.post(f"{url}/api/ask", json=QUESTION, timeout=30).status_code

    def page() -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            asked_on_page(client, "s")
            said["page"] = said_on_page(client, "s")

    asking = [threading.Thread(target=each) for each in (ask, page)]
    with (
        httpx.Client(base_url=url, timeout=30) as watcher,
        watcher.stream("GET", "/gradio_api/heartbeat/x") as heartbeat,
    ):
        assert heartbeat.status_code == 200
        for each in asking:
            each.start()
        time.sleep(1)
        began = time.monotonic()
        one.handle_exit(signal.SIGTERM, None)
        thread.join(25)
        took = time.monotonic() - began
    for each in asking:
        each.join(25)
    assert not thread.is_alive()
    assert took < 20
    assert said["api"] == 200
    assert "15万元" in str(said["page"])


def test_nobody_waits_longer_than_is_set(tmp_path: Path) -> None:
    one, thread, url = started(tmp_path, shutdown_s=1)
    asking = threading.Thread(target=many, args=(url,))
    threads = [asking, *(threading.Thread(target=many, args=(url,)) for _ in range(8))]
    for each in threads:
        each.daemon = True
        each.start()
    time.sleep(1)
    began = time.monotonic()
    one.handle_exit(signal.SIGTERM, None)
    thread.join(20)
    assert not thread.is_alive()
    assert time.monotonic() - began < 8  # nine at two seconds, two at once, were ten


def many(url: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(f"{url}/api/ask", json=QUESTION, timeout=30)
