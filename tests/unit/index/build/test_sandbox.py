"""Files are parsed in child processes: a hostile one costs itself, never this process."""

import os
import signal
import time
from pathlib import Path

import pytest

from policyqa.index.build import sandbox
from policyqa.index.build.sandbox import Parsed, Task, parse_files
from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Limits
from policyqa.index.types import Metadata


def tasks(folder: Path, *names: str) -> list[Task]:
    return [Task(folder / name, name, Metadata(title="题")) for name in names]


def test_files_are_parsed_in_order_and_failures_are_values(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("第一条 甲。", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\x00\x01\x02")
    (tmp_path / "c.txt").write_text("第二条 乙。", encoding="utf-8")
    found = list(parse_files(tasks(tmp_path, "a.txt", "b.txt", "c.txt", "d.txt"), Limits()))
    assert [f.document.text if isinstance(f, Parsed) else str(f) for f in found] == [
        "第一条 甲。",
        "不是文本文件（含二进制内容），请另存为 UTF-8 文本",
        "第二条 乙。",
        "无法读取：No such file or directory",
    ]


def test_a_file_beyond_its_time_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never.txt")  # reading it waits for a writer
    (tmp_path / "a.txt").write_text("第一条 甲。", encoding="utf-8")
    started = time.monotonic()
    slow, good = parse_files(tasks(tmp_path, "never.txt", "a.txt"), Limits(seconds=3))
    assert time.monotonic() - started < 60
    assert isinstance(slow, UnreadableFile)
    assert str(slow) == "解析超过 3 秒，已放弃，请拆分或另存为其他格式"
    assert isinstance(good, Parsed)


@pytest.mark.parametrize(
    "text",
    [
        "7" * 3_000_000,
        "1 " * 1_500_000,
        "1." * 1_500_000,
        "123456789\n" * 300_000,
        "".join(f"{n * n % 10**9:09}" + "\n" * (n % 9_000 == 0) for n in range(330_000)),
        f"{'7' * 59}\n" * 49_000,
        f"{'1 ' * 49_000}\n" * 30,
    ],
)
def test_three_megabytes_of_digits_end_within_twenty_seconds(tmp_path: Path, text: str) -> None:
    """Each sentence was looked for in its whole paragraph again: it took three minutes."""
    (tmp_path / "digits.txt").write_text(text, encoding="utf-8")
    started = time.monotonic()
    outcomes = list(parse_files(tasks(tmp_path, "digits.txt"), Limits(seconds=30)))
    assert time.monotonic() - started < 20
    assert len(outcomes) == 1


class Fate:
    """A future that ends as told."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def result(self) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MemoryError(), "解析所需内存超过 6 GB，请拆分"),
        (sandbox.ProcessExpired("died", -signal.SIGSEGV), "解析程序异常退出"),
        (KeyError("x"), "解析出错，请另存"),
    ],
)
def test_whatever_happens_there_is_a_line_here(error: BaseException, line: str) -> None:
    task = Task(Path("a.txt"), "a.txt", Metadata())
    outcome = sandbox._outcome(task, Fate(error), Limits())
    assert isinstance(outcome, UnreadableFile)
    assert str(outcome).startswith(line)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def grow() -> int:
    return len(b"x" * (64 * 2**30))


@pytest.mark.parametrize("deed", [die, grow])
def test_a_child_that_dies_or_grows_is_outlived(tmp_path: Path, deed: object) -> None:
    limits = Limits()
    future = sandbox._pool(limits.memory_bytes).schedule(deed, timeout=60)  # type: ignore[arg-type]
    task = Task(tmp_path / "a.txt", "a.txt", Metadata())
    assert isinstance(sandbox._outcome(task, future, limits), UnreadableFile)
    task.path.write_text("第一条 甲。", encoding="utf-8")
    (after,) = parse_files([task], limits)
    assert isinstance(after, Parsed)
