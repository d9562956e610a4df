"""`policyqa backup` and `restore`: all that an office has goes and comes back, and nothing is lost
by a file that is damaged, a process that is killed, or a service that runs."""

import hashlib
import io
import os
import random
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from policyqa.index.store import search_index
from policyqa.qa import settings, wiring
from policyqa.qa.types import Question
from policyqa.ui import backup
from policyqa.ui.backup import Places, back_up, restore
from policyqa.ui.errors import BackupError, StoreError
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.archive import exported
from policyqa.ui.store.changes import Changes
from policyqa.ui.store.database import FILE, open_database
from policyqa.ui.store.occupied import SERVING, serving
from policyqa.ui.store.records import Records
from tests.command_line import policyqa
from tests.staff import EMBEDDER, SETTINGS, librarian_of, sessions_of
from tests.ui_fake import FakeAssistant

LOCKS = (".lock", ".keeping.lock", SERVING, f"{FILE}.lock")


def office_in(folder: Path, url: str = "") -> Engine:
    """An office with all that it can have: documents in subfolders, what is said of them, words, a
    shelf, accounts, answers, and a file that waits to be taken."""
    source = folder / "source"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_text("博士办法\n第一条 补助5万元。", "utf-8")
    (source / "sub" / "b.txt").write_text("住房办法\n第一条 免租三年。", "utf-8")
    (source / "c.txt").write_text("入学办法\n第一条 统筹入学。", "utf-8")
    (source / "words.toml").write_text('terms = ["英才卡"]\n', "utf-8")
    engine = open_database(folder / "data", url)
    librarian = keeper_of(engine, folder)
    librarian.library.describe("a.txt", {"date": "2024"})
    librarian.library.remove("c.txt")
    librarian.library.update()
    sessions_of(engine)
    Records(engine).keep(FakeAssistant().ask(Question(id="one", question="博士后")))
    librarian.add("li", "d.txt", io.BytesIO("停车办法\n第一条 停车免费。".encode()))
    return engine


def keeper_of(engine: Engine, folder: Path) -> Librarian:
    library = librarian_of(engine, folder / "source").library
    corpus = lambda: search_index.read_manifest(folder / "index").fingerprint  # noqa: E731
    return Librarian(library, Changes(engine), folder / "data" / "uploads", corpus)


def places(folder: Path, url: str = "") -> Places:
    return Places(folder / "source", folder / "index", folder / "data", url)


def held(folder: Path) -> dict[str, str]:
    """Every file that counts, by its digest; of the database nothing, which is read by itself."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
        and path.name not in LOCKS
        and not path.name.startswith(FILE)
        and backup.OLD not in path.as_posix()
        and path.name != search_index.MANIFEST  # it says where the documents lie
    }


def said(engine: Engine) -> tuple[list[str], list[str]]:
    return list(exported(engine)), [each.name for each in Accounts(engine, SETTINGS).all()]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    office_in(tmp_path / "office").dispose()
    return tmp_path / "office"


def test_all_comes_back_in_another_place_and_goes_on_there(office: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "all.pqb", tmp_path / "other"
    manifest = back_up(file, places(office))
    assert (file.stat().st_mode & 0o777, manifest.database) == (0o600, "sqlite")
    restore(file, places(other))
    assert held(other) == held(office)
    engine = open_database(other / "data")
    assert said(engine) == said(open_database(office / "data"))
    index = search_index.load(other / "index", model=EMBEDDER.fingerprint)
    assert index.manifest.root == str(other / "source")
    librarian = keeper_of(engine, other)  # what waited is done here
    librarian.settle()
    assert (other / "source" / "d.txt").read_text("utf-8").startswith("停车办法")
    assert {change.state for change in Changes(engine).latest(count=9)} == {"done"}
    assert (other / "data").stat().st_mode & 0o077 == 0


def test_what_was_there_is_set_aside_and_other_files_stay(office: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.pqb"
    back_up(file, places(office))
    before = held(office)
    (office / "source" / "new.txt").write_text("新的", "utf-8")
    (office / "source" / ".note").write_text("mine", "utf-8")
    (office / "data" / "session.key").write_bytes(b"k" * 32)
    shutil.rmtree(office / "source" / "sub")
    found = restore(file, places(office))
    after = held(office)
    assert after.pop("source/.note")
    assert after.pop("data/session.key")
    assert after == before
    (aside,) = (place for place in found.before if place.parent.name == "source")
    assert (aside / "new.txt").read_text("utf-8") == "新的"
    assert not list(office.rglob(backup.NEW))


def test_a_backup_while_all_is_written_is_of_one_moment(office: Path, tmp_path: Path) -> None:
    """Answers are kept and documents come meanwhile."""
    engine, stop = open_database(office / "data"), threading.Event()
    librarian = keeper_of(engine, office)

    def work() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            Records(engine).keep(FakeAssistant().ask(Question(id=f"n{n}", question="博士后")))
            librarian.add("li", f"x{n}.txt", io.BytesIO(f"第{n}号办法\n第一条 {n}元。".encode()))
            librarian.settle()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for n in range(3):
            time.sleep(0.3)
            back_up(tmp_path / f"{n}.pqb", places(office))
    finally:
        stop.set()
        thread.join(60)
    for n in range(3):
        other = tmp_path / str(n)
        restore(tmp_path / f"{n}.pqb", places(other))
        check_whole(other)


def check_whole(folder: Path) -> None:
    """What is done by the log is in the documents and in the index, and nothing else is."""
    engine = open_database(folder / "data")
    done = {c.source for c in Changes(engine).latest(count=9999) if c.state == "done"}
    lie = {path.name for path in (folder / "source").glob("*.txt")}
    assert done <= lie
    index = search_index.load(folder / "index", model=EMBEDDER.fingerprint)
    assert done <= {file.source for file in index.manifest.files}
    librarian = keeper_of(engine, folder)
    librarian.settle()
    assert {change.state for change in Changes(engine).latest(count=9999)} == {"done"}


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_refused_in_one_line_and_nothing_is_touched(
    office: Path, tmp_path: Path, seed: int
) -> None:
    file, chance = tmp_path / "all.pqb", random.Random(seed)
    back_up(file, places(office))
    data = bytearray(file.read_bytes())
    if seed % 3 == 0:
        data = data[: chance.randrange(len(data))]
    else:
        for _ in range(seed):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)
    before = {path: path.read_bytes() for path in office.rglob("*") if path.is_file()}
    wrong = refusal(file, office)
    if seed % 3 == 0 or seed > 6:
        assert wrong
    if wrong:  # else the bit says nothing of the contents, as one of a time
        assert "\n" not in wrong
        now = {path: path.read_bytes() for path in office.rglob("*") if path.is_file()}
        assert now == before


def refusal(file: Path, office: Path) -> str:
    """Why a backup is not put back, "" where it is."""
    try:
        restore(file, places(office))
    except BackupError as error:
        return str(error)
    return ""


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def adding(name: str, data: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    """A member that the manifest names as it should."""

    def change(members: dict[str, bytes]) -> None:
        manifest = backup.Manifest.model_validate_json(members["manifest.json"])
        digest = backup.Digest(size=len(data), sha256=hashlib.sha256(data).hexdigest())
        files = {**manifest.files, name: digest}
        members[name] = data
        members["manifest.json"] = (
            manifest.model_copy(update={"files": files}).model_dump_json().encode()
        )

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.pop("source/a.txt"),
        lambda m: m.update({"source/a.txt": "另外的".encode()}),
        lambda m: m.update({"source/more.txt": b"x"}),
        lambda m: m.pop("manifest.json"),
        lambda m: m.update({"manifest.json": b"{}"}),
        adding("source/../../out.txt"),
        adding("/out.txt"),
        adding("data/session.key", b"k" * 32),
        adding("data/uploads/../session.key", b"k" * 32),
        adding("source/.hidden"),
        adding("elsewhere/x"),
    ],
)  # fmt: skip
def test_what_somebody_put_together_is_refused(
    office: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    file = tmp_path / "all.pqb"
    back_up(file, places(office))
    rewritten(file, change)
    before = held(office)
    with pytest.raises(BackupError, match="不是完整的备份") as refused:
        restore(file, places(office))
    assert "\n" not in str(refused.value)
    assert held(office) == before
    assert not (tmp_path / "out.txt").exists()
    assert not (office / "data" / "session.key").exists()


def test_a_database_that_cannot_be_opened_is_told_before_anything_is_changed(
    office: Path, tmp_path: Path
) -> None:
    file = tmp_path / "all.pqb"
    back_up(file, places(office))
    rewritten(file, lambda m: (m.pop(f"data/{FILE}"), adding(f"data/{FILE}", b"none")(m))[0])
    before = held(office)
    with pytest.raises(StoreError, match="打不开数据库"):
        restore(file, places(office))
    assert held(office) == before
    open_database(office / "data").dispose()


def test_a_rename_that_fails_half_way_is_taken_back(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.pqb"
    back_up(file, places(office))
    before, real, count = held(office), Path.rename, 0

    def rename(self: Path, target: Path) -> Path:
        nonlocal count
        count += backup.OLD in str(target)
        if count == 4:
            count += 1
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(BackupError, match="什么也没有改动"):
        restore(file, places(office))
    assert held(office) == before
    open_database(office / "data").dispose()


def test_nothing_is_put_back_while_it_is_served(office: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.pqb"
    with serving(office / "data"), serving(office / "data"):
        back_up(file, places(office))
        with pytest.raises(StoreError, match="请先停止"):
            restore(file, places(office))
    restore(file, places(office))
    with serving(office / "data", alone=True), pytest.raises(StoreError, match="正在使用"):
        serving(office / "data").__enter__()


@pytest.mark.parametrize("seed", range(4))
def test_whoever_is_killed_leaves_the_old_file_or_a_whole_new_one(
    office: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    (office / "source" / "large.bin").write_bytes(chance.randbytes(8_000_000))
    file = office / "all.pqb"
    back_up(file, places(office))
    script = [sys.executable, "-m", "tests.integration.killed_backup", str(office)]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(chance.uniform(0.01, 1.5))
        process.kill()
    other = tmp_path / "other"
    restore(file, places(other))
    assert held(other) == held_without_backups(office)
    back_up(file, places(office))
    assert not list(office.glob(".*.part"))


def held_without_backups(office: Path) -> dict[str, str]:
    return {n: d for n, d in held(office).items() if "all.pqb" not in n}


@pytest.mark.parametrize("place", ["source", "index", "data"])
def test_a_backup_does_not_lie_in_what_it_holds(office: Path, place: str) -> None:
    with pytest.raises(BackupError, match="不能放在"):
        back_up(office / place / "all.pqb", places(office))


def test_a_backup_that_cannot_be_written_is_one_line_and_the_old_one_stays(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.pqb"
    back_up(file, places(office))
    old = file.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BackupError, match="No space left"):
        back_up(file, places(office))
    assert file.read_bytes() == old
    assert not list(tmp_path.glob(".*.part"))


def test_a_full_disk_is_told_before_anything_is_unpacked(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.pqb"
    back_up(file, places(office))
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(9, 8, 1))
    with pytest.raises(BackupError, match="磁盘不够"):
        restore(file, places(office))


def test_postgresql_goes_and_comes_back_by_its_own_programs(
    postgresql: str, tmp_path: Path
) -> None:
    office, file = tmp_path / "office", tmp_path / "all.pqb"
    engine = office_in(office, postgresql)
    before = said(engine)
    assert back_up(file, places(office, postgresql)).database == "postgresql"
    Records(engine).keep(FakeAssistant().ask(Question(id="two", question="博士后")))
    assert said(engine) != before
    engine.dispose()
    restore(file, places(office, postgresql))
    assert said(engine) == before
    with pytest.raises(BackupError, match="POLICYQA_STORE__URL"):
        restore(file, places(office))
    held_before = held(office)
    rewritten(file, lambda m: (m.pop("data/policyqa.pgdump"), adding("data/policyqa.pgdump")(m))[0])
    with pytest.raises(StoreError, match="pg_restore 没有成功"):
        restore(file, places(office, postgresql))
    assert held(office) == held_before
    assert said(engine) == before
    engine.dispose()


def test_without_its_program_postgresql_is_said_not_to_be_backed_up(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    at = places(office, "postgresql+psycopg://u:secret@127.0.0.1/x")
    with pytest.raises(StoreError, match=r"没有 pg_dump.*--without-database") as refused:
        back_up(tmp_path / "all.pqb", at)
    assert "secret" not in str(refused.value)
    assert back_up(tmp_path / "all.pqb", at, database=False).database == "none"


def test_the_commands_say_what_was_done_and_which_settings_differ(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("source", "index", "data"):
        monkeypatch.setenv(settings.PREFIX + name.upper(), str(office / name))
    monkeypatch.setenv("POLICYQA_ANSWER__THRESHOLD", "0.2")
    monkeypatch.setenv("POLICYQA_LLM__API_KEY", "sk-very-secret")
    file = tmp_path / "all.pqb"
    made = policyqa("backup", file)
    assert (made.returncode, "已备份" in made.stdout) == (0, True)
    with zipfile.ZipFile(file) as archive:
        assert not any(b"sk-very-secret" in archive.read(name) for name in archive.namelist())
    monkeypatch.setenv("POLICYQA_ANSWER__THRESHOLD", "0.3")
    back = policyqa("restore", file)
    assert back.returncode == 0, back.stderr
    assert "POLICYQA_ANSWER__THRESHOLD 备份时 0.2，现在 0.3" in back.stdout
    assert wiring.source_of(office / "index", settings.Settings()) == office / "source"
    file.write_bytes(b"nothing")
    refused = policyqa("restore", file)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert policyqa("restore", tmp_path / "none").returncode == 1
