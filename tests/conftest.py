"""What every test runs in: a clean environment, its own temporary folder, no network."""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_cache_path

from policyqa.index.build.building import build
from policyqa.index.store import search_index
from policyqa.index.store.embedding import SentenceTransformerEmbedder
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings

if "PYTEST_XDIST_WORKER" in os.environ:  # several workers: more threads than cores only wait
    os.environ.setdefault("OMP_NUM_THREADS", "1")

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's shell reaches a test."""
    for name in [name for name in os.environ if name.upper().startswith("POLICYQA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def temporary_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the code puts into the temp folder goes where pytest cleans up."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temp")))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection but those to this machine."""
    monkeypatch.setattr(socket.socket, "connect", _refusing(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", _refusing(socket.socket.connect_ex))


def _refusing(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test reached for the network: {address}")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session")
def cache() -> Path:
    """Where the default model is unpacked, as the program does it."""
    return user_cache_path("policyqa") / "models"


@pytest.fixture(scope="session")
def embedder(cache: Path) -> SentenceTransformerEmbedder:
    """The default model; only for tests with the marker `model`."""
    return SentenceTransformerEmbedder.load(cache=cache)


@pytest.fixture(scope="session")
def seeds_assistant(
    embedder: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Assistant:
    """The whole of it on the real seeds; only for tests with the marker `model`."""
    folder = tmp_path_factory.mktemp("seeds-index")
    build(SEEDS, folder, embedder)
    stored = search_index.load(folder, model=embedder.fingerprint)
    return Assistant(stored, embedder, WEIGHTS, AnswerSettings())
