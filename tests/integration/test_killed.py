"""The process is killed between any two steps: what was told to be kept is done after a restart,
and every write stands in the log."""

import subprocess
import sys
from pathlib import Path

import pytest

from policyqa.index.metadata import catalogue
from policyqa.index.store import search_index
from policyqa.ui.store.audit import Entry, latest
from policyqa.ui.store.changes import Change
from policyqa.ui.store.database import open_database
from policyqa.ui.store.drafts import Drafts
from tests.staff import librarian_of

ACTS = {
    "document_added": "added", "metadata_corrected": "corrected",
    "document_withdrawn": "withdrawn", "answer_signed": "signed",
}  # fmt: skip


def killed_at(step: int, folder: Path) -> tuple[bool, set[str]]:
    """Whether the process was killed, and what it had told before."""
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "a.txt").write_text("博士办法\n第一条 补助5万元。", "utf-8")
    (folder / "source" / "b.txt").write_text("住房办法\n第一条 免租三年。", "utf-8")
    command = [sys.executable, "-m", "tests.integration.killed_office", str(folder), str(step)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, -9), done.stderr[-2000:]
    return done.returncode == -9, set(done.stdout.split("\n")) - {""}


def check_restarted(folder: Path, told: set[str]) -> None:
    """Start again, and see that all is done that was told, once, with its lines of the log."""
    engine = open_database(folder)
    librarian = librarian_of(engine, folder / "source")
    librarian._sweep()
    librarian.settle()
    changes = librarian.changes.latest(count=50)
    assert told <= {f"{ACTS[change.act]} {change.source}" for change in changes}
    assert {change.state for change in changes} <= {"done"}
    logged = latest(engine, count=100)
    for change in changes:
        check_logged(change, logged)
    drafted = [entry.what for entry in logged if entry.act == "answer_drafted"]
    assert sorted(drafted) == sorted(draft.id for draft in Drafts(engine).all())
    source, acts = folder / "source", {change.act for change in changes}
    assert (source / "c.txt").exists() == ("document_added" in acts)
    assert (source / "b.txt").exists() != ("document_withdrawn" in acts)
    assert (source / "d.txt").exists() == ("answer_signed" in acts)
    assert any(d.signed for d in Drafts(engine).all()) == ("answer_signed" in acts)
    assert ("a.txt" in catalogue.load(source)) == ("metadata_corrected" in acts)
    if changes:
        files = {f.source for f in search_index.read_manifest(folder / "index").files}
        assert files == {path.name for path in source.glob("*.txt")}
    assert not any((folder / "uploads").glob("*"))
    engine.dispose()


def check_logged(change: Change, logged: list[Entry]) -> None:
    """A change has one line when it is wanted and one when it is done."""
    own = [entry.act for entry in logged if entry.details.get("change") == change.id]
    assert sorted(own) == sorted([change.act, "change_done"])


@pytest.mark.parametrize("step", [2, 11, 18])
def test_nothing_is_lost_when_the_process_is_killed(tmp_path: Path, step: int) -> None:
    killed, told = killed_at(step, tmp_path / "office")
    assert killed
    check_restarted(tmp_path / "office", told)


@pytest.mark.slow
def test_nothing_is_lost_wherever_the_process_is_killed(tmp_path: Path) -> None:
    killed, step = True, 0
    while killed:
        step += 1
        folder = tmp_path / str(step)
        killed, told = killed_at(step, folder)
        check_restarted(folder, told)
    assert step > 20  # there are that many steps between which it can be killed
