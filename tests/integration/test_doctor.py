"""`policyqa doctor`: each thing that can be wrong with an installation is found and told."""

import json
import os
import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from policyqa.index.build.building import build
from policyqa.index.errors import ModelError
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.qa import settings, wiring
from policyqa.ui import commands, doctor
from policyqa.ui.doctor import Finding
from policyqa.ui.staff.sessions import KEY_FILE, signing_key
from policyqa.ui.store.database import FILE, open_database
from tests.staff import EMBEDDER, sessions_of

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation that has all, under one folder."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("博士办法\n第一条 补助5万元。", "utf-8")
    build(source, tmp_path / "index", EMBEDDER)
    engine = open_database(tmp_path / "data")
    signing_key(tmp_path / "data")
    sessions_of(engine)
    engine.dispose()
    (tmp_path / "data").chmod(0o700)
    for name in ("source", "index", "data", "cache", "runs"):
        monkeypatch.setenv(settings.PREFIX + name.upper(), str(tmp_path / name))
    monkeypatch.setenv("POLICYQA_SERVER__PROXIES", "127.0.0.1")
    monkeypatch.setenv("POLICYQA_WEB__HOSTS", "talent.example")
    monkeypatch.setattr(wiring, "check_weights", lambda chosen: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    settings.load.cache_clear()
    yield tmp_path
    settings.load.cache_clear()


def found() -> dict[str, Finding]:
    return {each.name: each for each in doctor.examine(embedder=lambda: EMBEDDER)}


def test_an_installation_that_has_all_is_well(office: Path) -> None:
    states = {name: each.state for name, each in found().items() if not name.startswith("helper")}
    assert states == dict.fromkeys(
        ("settings", "private", "disk", "source", "database", "admin", "tls", "model", "index"),
        "good",
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def index_file(office: Path) -> Path:
    return office / "index" / search_index.version_in_force(office / "index") / "passages.jsonl"


def without_admin(office: Path) -> None:
    (office / "data" / FILE).unlink()
    open_database(office / "data").dispose()


def of_another_model(office: Path) -> None:
    shutil.rmtree(office / "index")
    build(office / "source", office / "index", HashingEmbedder(32))


def damaged(office: Path) -> None:
    path = office / "data" / FILE
    data = bytearray(path.read_bytes())
    data[4096:12288] = b"\xff" * 8192
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("harm", "name", "state", "words"),
    [
        (lambda o: cut(index_file(o)), "index", "bad", "被改动或不完整"),
        (of_another_model, "index", "bad", "索引的模型是"),
        (lambda o: shutil.rmtree(o / "index"), "index", "note", "还没有索引"),
        (lambda o: (o / "source" / "a.txt").unlink(), "source", "bad", "没有文件"),
        (lambda o: (o / "source" / "catalogue.toml").write_text("["), "source", "bad", "catalogue"),
        (lambda o: shutil.rmtree(o / "source"), "source", "bad", "没有文件夹"),
        (damaged, "database", "bad", "数据库"),
        (lambda o: (o / "data" / FILE).unlink(), "database", "note", "还没有数据库"),
        (without_admin, "admin", "note", "还没有管理员"),
        (lambda o: (o / "data").chmod(0o755), "private", "note", "别的用户读得到"),
        (lambda o: cut(o / "data" / KEY_FILE), "key", "bad", "不足 32 字节"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_with_what_to_do(
    office: Path, harm: Callable[[Path], object], name: str, state: str, words: str
) -> None:
    harm(office)
    finding = found()[name]
    assert (finding.state, words in finding.found) == (state, True), finding
    assert finding.todo
    assert "\n" not in finding.found


def test_a_full_disk_a_place_that_is_not_written_and_root_are_told(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office / "cache").write_text("a file in the place of a folder")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(10, 9, 1))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    all_ = found()
    assert [all_[n].state for n in ("folder.cache", "disk", "user")] == ["bad", "bad", "note"]


@pytest.mark.parametrize(
    ("name", "value", "finding", "state"),
    [
        ("SERVER__PROXIES", "", "tls", "note"),
        ("WEB__HOSTS", "", "hosts", "note"),
        ("LLM__BASE_URL", "http://192.0.2.1/v1", "llm", "note"),
        ("STORE__URL", "nonsense", "database", "bad"),
        ("STORE__URL", "postgresql+psycopg://nobody@127.0.0.1:1/none", "database", "bad"),
        ("ANSWER__K", "1", "settings", "bad"),
    ],
)  # fmt: skip
def test_settings_that_leave_a_door_open_or_lead_nowhere_are_told(
    office: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, finding: str, state: str
) -> None:
    monkeypatch.setenv(settings.PREFIX + name, value)
    monkeypatch.setenv("POLICYQA_LLM__MODEL", "m")
    settings.load.cache_clear()
    assert found()[finding].state == state


def test_files_that_lack_a_program_are_counted(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policyqa.index.read.tools.installed", lambda: frozenset({"ocr"}))
    manifest = search_index.read_manifest(office / "index")
    (file,) = manifest.files
    lacking = file.model_copy(update={"report": file.report.model_copy(update={"tool": "doc"})})
    path = index_file(office).with_name(search_index.MANIFEST)
    path.write_text(manifest.model_copy(update={"files": (lacking,)}).model_dump_json(), "utf-8")
    all_ = found()
    assert (all_["helper.doc"].state, "antiword" in all_["helper.doc"].todo) == ("note", True)
    assert "有 1 个文件因此没有读" in all_["helper.doc"].found
    assert all_["helper.ocr"].state == "good"


def test_weights_that_are_others_are_told(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(chosen: object) -> bool:
        raise ModelError("模型文件 x 缺失或已损坏")

    monkeypatch.setattr(wiring, "check_weights", other)
    assert found()["model"].state == "bad"
    monkeypatch.setattr(wiring, "check_weights", lambda chosen: False)
    assert found()["model"].state == "note"


@pytest.mark.parametrize("well", [True, False])
def test_the_command_ends_with_its_verdict_and_speaks_to_programs(
    office: Path, monkeypatch: pytest.MonkeyPatch, well: bool
) -> None:
    findings = [Finding(name="disk", state="note" if well else "bad", found="满\n了", todo="腾")]
    monkeypatch.setattr(doctor, "examine", lambda index: iter(findings))
    app = typer.Typer()
    commands.register(app)
    said = CliRunner().invoke(app, ["doctor"])
    assert (said.exit_code, said.stdout.count("\n")) == (0 if well else 1, 1)
    assert "→ 腾" in said.stdout
    line = CliRunner().invoke(app, ["doctor", "--json"]).stdout
    assert json.loads(line) == findings[0].model_dump()


def test_nothing_is_made_where_nothing_is(office: Path) -> None:
    shutil.rmtree(office / "data")
    found()
    assert not (office / "data").exists()
