"""Answers and reports for a person at a terminal."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from index.building import Progress
from index.types import IndexReport
from qa.types import Answer, Citation


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A progress bar on stderr, and nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _advance(bar)


def _advance(bar: Any) -> Callable[[str, int, int], None]:
    tasks: dict[str, Any] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done, total=total)

    return advance


def report_text(report: IndexReport) -> str:
    """What indexing did, in a few lines."""
    if not (report.added or report.changed or report.removed):
        head = f"没有变化:{report.documents} 份文件,{report.passages} 个段落,索引保持原样。"
    else:
        head = (
            f"已建立索引:{report.documents} 份文件,{report.passages} 个段落,"
            f"新增 {len(report.added)}、更新 {len(report.changed)}、移除 {len(report.removed)}、"
            f"未变 {report.unchanged},用时 {report.seconds:.1f} 秒。"
        )
    failed = [f"未能读取 {item.source}:{item.reason}" for item in report.failed]
    return "\n".join([head, *failed])


def answer_text(answer: Answer) -> str:
    """The answer, then its numbered sources with the quoted words."""
    parts = [answer.answer]
    if answer.citations:
        parts += ["", "出处:", *(_source_text(citation) for citation in answer.citations)]
    return "\n".join(parts)


def _source_text(citation: Citation) -> str:
    facts = [citation.issuer, citation.doc_number, citation.date]
    head = f"[{citation.n}] 《{citation.title}》"
    known = ",".join(fact for fact in facts if fact)
    section = f"\n    章节:{citation.section}" if citation.section else ""
    quote = " ".join(citation.quote.split())
    return f"{head}{f'({known})' if known else ''}{section}\n    原文:“{quote}”"


def entry_text(entry: Mapping[str, Any]) -> str:
    """One line of the list of documents."""
    if entry["status"] != "read":
        return f"{entry['source']}  {STATUS[entry['status']]}:{entry['reason']}"
    facts = "  ".join(str(entry[name]) for name in ("date", "issuer", "doc_number") if entry[name])
    return f"{entry['source']}  《{entry['title']}》  {facts}  {entry['passages']} 段"


STATUS = {"skipped": "已跳过", "failed": "读取失败"}


def shown_text(shown: Mapping[str, Any]) -> str:
    """One document with its text."""
    return f"{entry_text({**shown, 'passages': len(shown['passages'])})}\n\n{shown['text']}"
