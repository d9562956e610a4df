"""Answers and reports for a person at a terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from policyqa.index.build.building import Progress
from policyqa.index.metadata.office import FILE_NAME
from policyqa.index.types import IndexReport
from policyqa.qa.check.permalinks import Resolution
from policyqa.qa.check.receipts import Verdict
from policyqa.qa.question.filters import KINDS, narrowed
from policyqa.qa.types import Answer, Citation
from policyqa.qa.wording import COMPLETENESS


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
    if not (report.added or report.changed or report.removed or report.words_changed):
        head = f"没有变化：{report.documents} 份文件，{report.passages} 个段落，索引保持原样。"
    else:
        head = (
            f"已建立索引：{report.documents} 份文件，{report.passages} 个段落，"
            f"新增 {len(report.added)}、更新 {len(report.changed)}、移除 {len(report.removed)}、"
            f"未变 {report.unchanged}，用时 {report.seconds:.1f} 秒。"
        )
    recut = [f"本单位用词（{FILE_NAME}）有改动，全部文件已重新分词。"] * report.words_changed
    failed = [f"未能读取 {one_line(item.source)}：{item.reason}" for item in report.failed]
    skipped = [f"已跳过 {one_line(item.source)}：{item.reason}" for item in report.skipped]
    return "\n".join([head, *recut, *failed, *skipped])


def one_line(name: str) -> str:
    """A file name as it can be printed: what would move the cursor is shown as an escape."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)


def answer_text(answer: Answer) -> str:
    """The answer, what it compares, how complete it is, then its numbered sources with the quoted
    words."""
    parts = [answer.answer, *_compared(answer), *_conditions(answer), *narrowed(answer)]
    if answer.completeness in COMPLETENESS:
        parts += [f"（{COMPLETENESS[answer.completeness]}）"]
    if answer.citations:
        parts += ["", "出处：", *(_source_text(citation) for citation in answer.citations)]
    return "\n".join(parts)


def _compared(answer: Answer) -> list[str]:
    """A line for each day or place."""
    return [f"  {row.label}  {row.value}[{row.citation}]" for row in answer.compared]


def _conditions(answer: Answer) -> list[str]:
    """A line for each demand beside what the asker tells."""
    return [
        f"  {row.label}：要求{row.demanded}，您{row.told or '没有说'}，"
        f"{'，'.join(filter(None, (MET[row.met], row.gap)))}[{row.citation}]"
        for row in answer.conditions
    ]


MET = {True: "符合", False: "不符合", None: "还不能判断"}
STATES = {
    "unchanged": "仍在原处", "moved": "还在，位置或版本有变", "changed": "原文已改动",
    "gone": "文件已不在", "unsupported": "出处不足以支持这句话", "uncited": "没有可核对的出处",
}  # fmt: skip


def cited_text(found: Resolution) -> str:
    """What has become of a cited text, and what stands there now."""
    if found.document is None:
        return f"引文：{STATES[found.state]}"
    title = found.document.metadata.title or found.document.source
    start, end = found.span or (0, 0)
    quote = " ".join(found.quote.split())
    place = f"{one_line(found.document.source)} 第 {start}–{end} 字"
    return f"引文：{STATES[found.state]}\n《{title}》（{place}）\n现在的文字：“{quote}”"


def cited_json(found: Resolution) -> str:
    """The same for a program."""
    document, span = found.document, found.span or (0, 0)
    return json.dumps(
        {
            "state": found.state,
            "doc_id": document.doc_id if document else "",
            "source": document.source if document else "",
            "title": document.metadata.title if document else "",
            "start": span[0],
            "end": span[1],
            "quote": found.quote,
        },
        ensure_ascii=False,
    )


def verdict_text(found: Verdict) -> str:
    """What checking a receipt found, a line a sentence."""
    head = "回执的文字被改动过，以下按其中保存的内容核对。" if found.altered else "回执未被改动。"
    corpus = "资料与当时相同。" if found.same_corpus else "资料已更新。"
    lines = [f"{STATES[each.held]}：{each.text}" for each in found.sentences]
    lines += [f"    现在的文字：“{each.now}”" for each in found.sentences if each.now]
    verdict = "全部成立。" if found.holds else "有不成立之处。"
    return "\n".join([f"问题：{found.question}", head + corpus, *lines, verdict])


def _source_text(citation: Citation) -> str:
    facts = [citation.issuer, citation.doc_number, citation.date]
    staff = f"〔{KINDS[citation.kind]}〕" if citation.kind == "staff_answer" else ""
    head = f"[{citation.n}] {staff}《{citation.title}》"
    known = "，".join(fact for fact in facts if fact)
    page = f"，第 {citation.page} 页" if citation.page else ""
    row = f"，第 {citation.row} 行" if citation.row else ""
    section = f"\n    章节：{citation.section}" if citation.section else ""
    quote = " ".join(citation.quote.split())
    held = "" if citation.validity in ("", "不明") else f"（{citation.validity}）"
    return f"{head}{f'（{known}）' if known else ''}{held}{page}{row}{section}\n    原文：“{quote}”"


def entry_text(entry: Mapping[str, Any]) -> str:
    """One line of the list of documents."""
    source = one_line(entry["source"])
    if entry["status"] != "read":
        return f"{source}  {STATUS[entry['status']]}：{entry['reason']}"
    facts = "  ".join(
        str(entry[name])
        for name in ("date", "issuer", "doc_number", "region", "validity")
        if entry[name]
    )
    warned = f"  {len(entry['warnings'])} 条提醒" if entry["warnings"] else ""
    return f"{source}  《{entry['title']}》  {facts}  {entry['passages']} 段{warned}"


STATUS = {"skipped": "已跳过", "failed": "读取失败"}
FIELD_NAMES = {
    "title": "标题", "issuer": "发布单位", "doc_number": "文号", "date": "日期",
    "effective": "施行日期", "expires": "有效期至", "kind": "类型", "region": "地区",
    "audience": "适用对象", "trial": "试行", "replaces": "替代的文件",
}  # fmt: skip
ORIGINS = {"catalogue": "工作人员填写", "text": "正文", "file": "文件属性", "name": "文件名"}


def shown_text(shown: Mapping[str, Any]) -> str:
    """One document: its particulars with the words they were read from, warnings, text."""
    head = entry_text({**shown, "passages": len(shown["passages"])})
    readings = [_reading_text(reading, shown["text"]) for reading in shown["readings"]]
    warnings = [f"提醒：{warning}" for warning in shown["warnings"]]
    because = [f"效力：{shown['validity']}（{shown['validity_because']}）"]
    return "\n".join([head, *because, *readings, *warnings, "", shown["text"]])


def conditions_text(found: Sequence[Mapping[str, Any]]) -> str:
    """The rules of a document, a paragraph each: what it is, for whom, what follows, its tree."""
    return "\n\n".join("\n".join(_rule_lines(each)) for each in found) or "没有读出条件。"


def _rule_lines(rule: Mapping[str, Any]) -> Iterator[str]:
    whom = "、".join(map(one_line, rule["for"]))
    follows = f" → {one_line(rule['follows'])}" if rule["follows"] else ""
    yield f"{rule['name']}{f'（{whom}）' if whom else ''}{follows}"
    yield from _tree_lines(rule["tree"], "  ")


def _tree_lines(node: Mapping[str, Any], indent: str) -> Iterator[str]:
    """A tree, two columns further in a level; a condition with the words it was read from."""
    if node["node"] == "leaf":
        demanded = f"{node['label']}：{node['demanded']}  " if node["label"] else ""
        mark = f"（{node['says']}）" if node["says"] else ""
        yield f"{indent}{demanded}“{' '.join(node['quote'].split())}”{mark}"
        return
    yield f"{indent}{node['says']}："
    for part in node["parts"]:
        yield from _tree_lines(part, indent + "  ")


def _reading_text(reading: Mapping[str, Any], text: str) -> str:
    name = FIELD_NAMES.get(reading["field"], reading["field"])
    words = " ".join(text[reading["start"] : reading["end"]].split())
    quoted = f"“{words}”" if words else ""
    origin = ORIGINS[reading["origin"]]
    return f"{name}：{reading['value']}  （{origin}{quoted}，把握 {reading['confidence']:.2f}）"


def check_text(found: Mapping[str, Any]) -> str:
    """The report of `policyqa documents check`."""
    lines = [f"{found['files']} 个文件，读取 {found['documents']} 份，{found['passages']} 个段落。"]
    lines += [
        f"{STATUS[item['status']]} {one_line(item['source'])}：{item['reason']}"
        for item in found["not_read"]
    ]
    lines += [f"提醒 {one_line(item['source'])}：{item['warning']}" for item in found["warnings"]]
    lines += [
        f"没有{FIELD_NAMES[name]}：{'、'.join(map(one_line, sources))}（可在 catalogue.toml 补充）"
        for name, sources in found["without"].items()
        if sources
    ]
    pending = {"new": "尚未收录", "changed": "收录后有改动", "gone": "已不在文件夹里"}
    lines += [
        f"{label}：{'、'.join(map(one_line, found[name]))}（请运行 policyqa index）"
        for name, label in pending.items()
        if found[name]
    ]
    return "\n".join(lines)
