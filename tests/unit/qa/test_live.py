"""A new index takes over without a restart, and the old one answers until then."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.errors import SourceError
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.live import LiveAssistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Question

EMBEDDER = HashingEmbedder(16)


def put(folder: Path, text: str) -> None:
    build_texts([SourceText("a.txt", text, Metadata(title="办法"))], folder, EMBEDDER)


def opened(folder: Path) -> Assistant:
    stored = search_index.load(folder, model=EMBEDDER.fingerprint)
    return Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "index", "第一条 博士补贴50万元。")
    return tmp_path / "index"


def answer(assistant: LiveAssistant) -> str:
    return assistant.ask(Question(question="博士补贴多少?")).answer


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def test_a_new_version_takes_over_without_a_restart(folder: Path) -> None:
    live = LiveAssistant(folder, lambda: opened(folder))
    before = live.corpus.fingerprint
    assert "50万元" in answer(live)
    put(folder, "第一条 博士补贴60万元。")
    assert eventually(lambda: live.corpus.fingerprint != before)
    assert "60万元" in answer(live)
    assert [d.text for d in live.corpus.documents()] == ["第一条 博士补贴60万元。"]


def test_the_old_version_answers_while_the_new_one_is_loaded(folder: Path) -> None:
    gate = threading.Event()
    gate.set()

    def load() -> Assistant:
        gate.wait(20)
        return opened(folder)

    live = LiveAssistant(folder, load)
    gate.clear()
    put(folder, "第一条 博士补贴60万元。")
    assert "50万元" in answer(live)
    assert "50万元" in answer(live)
    gate.set()
    assert eventually(lambda: "60万元" in answer(live))


def test_documents_of_the_version_before_stay_readable(folder: Path) -> None:
    live = LiveAssistant(folder, lambda: opened(folder))
    (old,) = live.corpus.documents()
    put(folder, "第一条 博士补贴60万元。")
    assert eventually(lambda: live.corpus.documents() != (old,))
    assert live.corpus.document(old.doc_id) == old
    with pytest.raises(SourceError):
        live.corpus.document("no such id")


def test_a_version_that_cannot_be_loaded_is_left_aside(folder: Path) -> None:
    live = LiveAssistant(folder, lambda: opened(folder))
    put(folder, "第一条 博士补贴60万元。")
    next(folder.glob("v-*/passages.jsonl")).write_text("")
    assert "50万元" in answer(live)
    assert eventually(lambda: live._refused != "")
    assert "50万元" in answer(live)
    put(folder, "第一条 博士补贴70万元。")
    assert eventually(lambda: "70万元" in answer(live))


def test_a_version_that_breaks_in_an_unknown_way_is_left_aside_and_not_tried_again(
    folder: Path,
) -> None:
    calls: list[str] = []

    def load() -> Assistant:
        calls.append("")
        if len(calls) == 2:
            raise IndexError("nobody thought of this")
        return opened(folder)

    live = LiveAssistant(folder, load)
    put(folder, "第一条 博士补贴60万元。")
    assert "50万元" in answer(live)
    assert eventually(lambda: live._refused != "")
    assert "50万元" in answer(live)
    assert len(calls) == 2
    put(folder, "第一条 博士补贴70万元。")
    assert eventually(lambda: "70万元" in answer(live))


def test_an_index_that_is_gone_leaves_the_one_in_memory(folder: Path) -> None:
    live = LiveAssistant(folder, lambda: opened(folder))
    (folder / "CURRENT").unlink()
    assert "50万元" in answer(live)
