"""What the service tells of itself: numbers for Prometheus, and lines of its log with the id of the
request."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from policyqa.qa.settings import LogSettings, ServerSettings
from policyqa.qa.types import Answer, Question
from policyqa.ui import logs, server
from policyqa.ui.store.database import open_database
from tests.staff import PASSWORD, service_of, sessions_of
from tests.ui_fake import FakeAssistant

HERE = ("127.0.0.1", 50000)


class Telling(FakeAssistant):
    def ask(self, question: Question) -> Answer:
        logging.getLogger("policyqa.qa.assistant").info("id=%s answered", question.id)
        return super().ask(question)


def service(tmp_path: Path, settings: ServerSettings, client: tuple[str, int]) -> TestClient:
    engine = open_database(tmp_path / "data")
    (tmp_path / "source").mkdir()
    office = service_of(engine, tmp_path / "source", Telling(), sessions=sessions_of(engine))
    return TestClient(server.create_app(office, settings), client=client)


def numbers(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_questions_silences_times_queue_and_index_are_counted(tmp_path: Path) -> None:
    client = service(tmp_path, ServerSettings(), HERE)
    for question in ("博士后有什么补助", "博士后", "天气", "驾照", " "):
        client.post("/api/ask", json={"question": question})
    found = numbers(client.get("/metrics").text)
    assert found['policyqa_questions_total{status="answered"}'] == 2
    assert found['policyqa_questions_total{status="abstained"}'] == 2
    assert found['policyqa_silences_total{reason="out_of_scope"}'] == 1
    assert found['policyqa_silences_total{reason="no_evidence"}'] == 1
    assert found['policyqa_silences_total{reason="bad_question"}'] == 1
    assert found['policyqa_stage_seconds_count{stage="total"}'] == 5
    assert found["policyqa_waiting"] == 0
    assert found['policyqa_index_documents{fingerprint="c0ffee"}'] == 3


@pytest.mark.parametrize(
    ("settings", "address", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({}, "::1", {}, 200),
        ({}, "192.0.2.1", {}, 403),
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 403),  # a proxy that is not set
        ({"metrics": "10.0.0.0/8"}, "10.1.2.3", {}, 200),
        ({"metrics": "10.0.0.0/8"}, "127.0.0.1", {}, 403),
        ({"metrics": ""}, "127.0.0.1", {}, 403),
    ],
)  # fmt: skip
def test_who_may_read_the_numbers_is_a_setting(
    tmp_path: Path, settings: dict[str, str], address: str, headers: dict[str, str], status: int
) -> None:
    client = service(tmp_path, ServerSettings(**settings), (address, 50000))
    assert client.get("/metrics", headers=headers).status_code == status


def test_staff_read_the_numbers_from_anywhere(tmp_path: Path) -> None:
    client = service(tmp_path, ServerSettings(), ("192.0.2.1", 50000))
    assert client.get("/staff/metrics", follow_redirects=False).status_code == 303
    client.post("/staff/login", data={"name": "reader1", "password": PASSWORD, "next": ""})
    assert "policyqa_waiting" in client.get("/staff/metrics").text


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("policyqa").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("restored")
def test_a_line_of_the_log_is_json_and_names_the_request_that_the_reply_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = service(tmp_path, ServerSettings(), HERE)
    logs.configure(LogSettings(form="json", level="info"))
    asked = {"id": "q1", "question": "博士后有什么补助"}
    reply = client.post("/api/ask?secret=1", json=asked, headers={"x-request-id": "forged"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    own = reply.headers["x-request-id"]
    assert own != "forged"
    mine = [line for line in lines if line["request_id"] == own]
    assert [line["name"] for line in mine] == ["policyqa.qa.assistant", "policyqa.ui.logs"]
    assert {k: mine[1][k] for k in ("method", "path", "status")} == {
        "method": "POST", "path": "/api/ask", "status": 200,
    }  # fmt: skip
    assert "博士后" not in str(lines)
    assert "secret" not in str(lines)
    assert client.get("/healthz").headers["x-request-id"] != own


@pytest.mark.usefixtures("restored")
def test_a_path_makes_no_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = service(tmp_path, ServerSettings(), HERE)
    logs.configure(LogSettings(level="info"))
    client.get("/api/documents/x%0aforged")
    lines = [line for line in capsys.readouterr().err.splitlines() if "GET" in line]
    assert len(lines) == 1
    assert "x\\nforged" in lines[0]
