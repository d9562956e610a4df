"""The surroundings every test runs in (`tests/conftest.py`)."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ABROAD = ("192.0.2.1", 80)  # an address for documentation, RFC 5737


@pytest.fixture(scope="module", autouse=True)
def developers_shell() -> Iterator[None]:
    os.environ["POLICYQA_INDEX"] = "/home/someone"
    yield
    del os.environ["POLICYQA_INDEX"]


def test_the_network_is_refused() -> None:
    with socket.socket() as client:
        with pytest.raises(AssertionError, match=r"network: \('192\.0\.2\.1', 80\)"):
            client.connect(ABROAD)
        with pytest.raises(AssertionError, match="network"):
            client.connect_ex(ABROAD)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        accepted.close()


def test_no_setting_of_the_shell_is_seen() -> None:
    assert [name for name in os.environ if name.startswith("POLICYQA_")] == []


def test_temporary_files_go_where_pytest_cleans_up(tmp_path: Path) -> None:
    assert Path(tempfile.gettempdir()).parent == tmp_path.parent
