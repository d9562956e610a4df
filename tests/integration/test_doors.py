"""What strangers send to Gradio's addresses: no file of this machine and no other host is opened,
and a body is as long as it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from policyqa.qa.settings import ServerSettings
from policyqa.ui import doorman, server
from policyqa.ui.store.database import open_database
from tests.staff import service_of, sessions_of

PATHS = ("/dev/zero", "/etc/passwd", "http://127.0.0.1:9/x")
WHERE = ("/gradio_api/queue/join", "/gradio_api/run/predict")


@pytest.fixture(scope="module")
def gradio_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where Gradio keeps what it takes for files."""
    folder = tmp_path_factory.mktemp("gradio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, gradio_folder: Path) -> Iterator[TestClient]:
    """A stranger's browser, which may send as much as it likes."""
    engine = open_database(tmp_path_factory.mktemp("data"))
    source = tmp_path_factory.mktemp("office") / "source"
    source.mkdir()
    service = service_of(engine, source, sessions=sessions_of(engine))
    app = server.create_app(service, ServerSettings(asks_per_minute=10_000))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def file_at(path: str) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def inputs_of(client: TestClient) -> list[tuple[int, int]]:
    """Each function of the page, and how many inputs it takes."""
    config = client.get("/config").json()
    return [(each["id"], len(each["inputs"])) for each in config["dependencies"]]


@pytest.mark.parametrize("path", PATHS)
def test_no_input_of_the_page_takes_a_file(
    client: TestClient, gradio_folder: Path, path: str
) -> None:
    functions = inputs_of(client)
    assert len(functions) > 3
    nested: list[Any] = [file_at(path), [file_at(path)], {"a": [{"b": file_at(path)}]}]
    for function, count in functions:
        for at in range(max(1, count)):
            for sent in nested:
                data = [sent if n == at else None for n in range(max(1, count))]
                body = {"fn_index": function, "data": data, "session_hash": "s"}
                for address in WHERE:
                    assert client.post(address, json=body).status_code == 400
    assert client.get("/healthz").status_code == 200
    assert list(gradio_folder.rglob("*")) == []


def test_gradio_itself_opens_no_path_that_was_not_uploaded(
    client: TestClient, gradio_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second lock: with the doorman asleep, Gradio's own check of paths is in force. (It lets
    addresses of other hosts pass: for these there is the doorman alone.)"""
    monkeypatch.setattr(doorman, "refused_body", lambda body: None)
    for function, count in inputs_of(client):
        data = [file_at("/etc/passwd")] * max(1, count)
        body = {"fn_index": function, "data": data, "session_hash": "s"}
        client.post(WHERE[0], json=body)
        client.get("/gradio_api/queue/data?session_hash=s")
    assert [each for each in gradio_folder.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b"{", b'"x"', b"[" * 100_000, b"\xff\xfe", b'{"url": "x", "meta": {}}']
)
def test_what_is_no_call_of_the_page_is_refused(client: TestClient, body: bytes) -> None:
    for address in WHERE:
        assert client.post(address, content=body).status_code == 400
    assert client.get("/healthz").status_code == 200


def test_a_length_beside_a_transfer_encoding_says_nothing(client: TestClient) -> None:
    headers = {"transfer-encoding": "chunked", "content-length": "2"}
    reply = client.post("/api/ask", content=iter([b"{", b"}"]), headers=headers)
    assert reply.status_code == 411


def test_a_body_longer_than_it_may_be_is_not_read() -> None:
    sent = iter([{"type": "http.request", "body": b"x" * 6, "more_body": True}] * 3)

    async def receive() -> Any:
        return next(sent)

    bounded = doorman.counted(receive, 10)

    def read() -> str:
        """The next message: nothing of it waits, so it needs no event loop."""
        with pytest.raises(StopIteration) as end:
            bounded().send(None)  # type: ignore[attr-defined]
        return str(end.value.value["type"])

    assert [read(), read(), read()] == ["http.request", "http.disconnect", "http.disconnect"]
