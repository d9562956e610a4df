"""Both databases, empty: SQLite always, PostgreSQL where it is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from policyqa.ui.store.database import open_database
from tests import postgres
from tests.staff import empty


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server of our own, which all tests of a worker share."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgresql(postgresql_server: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is left empty, whatever a test has done with it."""
    yield postgresql_server
    engine = open_database(tmp_path, postgresql_server)
    empty(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """One of the two, with all its tables and nothing in them."""
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    engine = open_database(tmp_path, url)
    yield engine
    engine.dispose()
