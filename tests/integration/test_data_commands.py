"""`policyqa data`: what is kept, taken out and deleted by command."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from policyqa.qa import settings
from policyqa.qa.types import Question
from policyqa.ui import commands
from policyqa.ui.errors import StoreError
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from tests.ui_fake import FakeAssistant


@pytest.fixture
def engine_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("POLICYQA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("POLICYQA_STORE__RETENTION_DAYS", "30")
    settings.load.cache_clear()
    engine = open_database(tmp_path / "data")
    for name, days in (("old", 31), ("week", 8), ("new", 0)):
        then = datetime.now(UTC) - timedelta(days=days)
        answer = FakeAssistant().ask(Question(id=name, question="博士后"))
        Records(engine, now=lambda then=then: then).keep(answer)
    yield tmp_path
    settings.load.cache_clear()


def run(*options: str) -> Result:
    app = typer.Typer()
    commands.register(app)
    return CliRunner().invoke(app, ["data", *options])


def kept(folder: Path) -> int:
    return Records(open_database(folder / "data")).counts()["answer"]


def test_an_export_is_a_line_each_on_the_output_or_in_a_new_file(engine_folder: Path) -> None:
    lines = [json.loads(line) for line in run("export").stdout.splitlines()]
    assert [line["id"] for line in lines] == ["new", "old", "week"]
    file = engine_folder / "out.jsonl"
    assert run("export", str(file)).exit_code == 0
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == lines
    again = run("export", str(file))
    assert isinstance(again.exception, StoreError)
    assert "已经存在" in str(again.exception)
    assert isinstance(run("export", str(engine_folder / "no" / "f")).exception, StoreError)


def test_a_purge_deletes_what_is_older_than_the_setting_or_the_option(engine_folder: Path) -> None:
    assert "已清除 1 条" in run("purge").stdout
    assert kept(engine_folder) == 2
    assert "已清除 1 条" in run("purge", "--days", "7").stdout
    assert run("purge", "--days", "7", "--all").exit_code == 2
    assert kept(engine_folder) == 1
    assert "已清除 1 条" in run("purge", "--all").stdout
    assert kept(engine_folder) == 0
