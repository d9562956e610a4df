"""Whatever the description of `/api/v1` allows, and what it does not, is answered as it says: by
no 5xx and by nothing that is not declared (schemathesis). Over the real assistant with quick
vectors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from sqlalchemy import Engine

from policyqa.eval.report.kept import KeptRuns
from policyqa.qa.settings import ServerSettings
from policyqa.qa.types import Question
from policyqa.ui import server
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from tests.staff import office, sessions_of
from tests.ui_fake import NEWS, PLAN, FakeAssistant

EXAMPLES = 15  # of each address
FREE = ServerSettings(asks_per_minute=100_000)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_database(tmp_path_factory.mktemp("rest"))


@pytest.fixture(scope="module")
def served(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    source = tmp_path_factory.mktemp("office") / "source"
    source.mkdir()
    for each in (PLAN, NEWS):
        (source / each.source).write_text(each.text, "utf-8")
    assistant, librarian = office(engine, source)
    records = Records(engine)
    records.keep(FakeAssistant().ask(Question(id="kept", question="博士后有什么补助")))
    runs = KeptRuns(Path(source.with_name("runs")))
    service = server.Service(assistant, records, sessions_of(engine), librarian, runs)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", server.create_app(service, FREE))


WANTED = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "unsupported_method",
)  # fmt: skip
ADDRESSES = (
    "POST /ask", "POST /search", "GET /documents", "GET /documents/{doc_id}",
    "GET /documents/{doc_id}/passages", "GET /documents/{doc_id}/passages/{passage_id}",
    "GET /cite", "POST /verify", "POST /feedback",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_answers_as_it_is_described(served: Any, address: str) -> None:
    method, path = address.split(" ")
    checks = CHECKS.get_by_names(WANTED)
    operation = served[path][method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    def answers(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=checks)

    answers()


def test_no_address_is_left_out(served: Any) -> None:
    found = {each.ok().label for each in served.get_all_operations()}
    assert found == set(ADDRESSES)
