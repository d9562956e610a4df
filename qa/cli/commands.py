"""The command line: each command parses, calls one function and prints."""

import json
import logging
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyqa.index.errors import PolicyQAError
from policyqa.qa.cli import register
from policyqa.qa.errors import QuestionError

if TYPE_CHECKING:
    from policyqa.qa.assistant import Assistant

app = typer.Typer(
    name="policyqa",
    help="渝才问策：用单位自己的文件回答人才政策问题，每句话都有出处。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
documents_app = typer.Typer(help="查看和维护文件。", no_args_is_help=True)
app.add_typer(documents_app, name="documents")
app.add_typer(register.app, name="register")

IndexOption = Annotated[Path | None, typer.Option("--index", help="索引文件夹")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def index(
    source: Annotated[Path | None, typer.Option(help="存放文件的文件夹，默认 seeds/")] = None,
    index_dir: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """建立或更新索引；没有变化就什么也不做。"""
    from policyqa.qa import wiring
    from policyqa.qa.cli import present

    with present.progress() as progress:
        report = wiring.build_index(source, index_dir, progress=progress)
    typer.echo(report.model_dump_json() if as_json else present.report_text(report))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="要问的问题")] = None,
    batch: Annotated[str | None, typer.Option(help="JSON Lines 文件,- 为标准输入")] = None,
    k: Annotated[int, typer.Option(min=1, max=100, help="返回几条证据")] = 10,
    as_json: JsonOption = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="按哪一天的文件回答，如 2024-12-31")
    ] = None,
    regions: Annotated[
        list[str] | None, typer.Option("--region", help="只问这个地区的文件，可重复")
    ] = None,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="只问这类文件，如 plan，可重复")
    ] = None,
    since: Annotated[str, typer.Option(help="只问这一天以来的文件，如 2024")] = "",
    until: Annotated[str, typer.Option(help="只问到这一天为止的文件")] = "",
    suggest: Annotated[bool, typer.Option("--suggest", help="再给出可以接着问的问题")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="说明答案怎么来的：查了什么、各项得分、略去了什么")
    ] = False,
    expect: Annotated[
        str, typer.Option(help="本该说到的文字；同 --explain，并说明它在哪一步落选")
    ] = "",
    receipt: Annotated[
        Path | None, typer.Option(help="把答案存成回执（.html 或 .md），以后可用 verify 核对")
    ] = None,
    index_dir: IndexOption = None,
) -> None:
    """问一个问题，或用 --batch 问一批；还没有索引就先建立。"""
    from policyqa.qa.check import receipts
    from policyqa.qa.cli import batches, explanations, present
    from policyqa.qa.question import filters

    if (question is None) == (batch is None):
        raise typer.BadParameter("请给出一个问题，或用 --batch 指定文件，二者选一")
    if batch is not None:
        if explain or expect:
            raise typer.BadParameter("--explain 一次说明一个问题，不与 --batch 同用")
        with batches.opened(batch) as lines:
            assistant = _opened(index_dir)
            for line in batches.answers(assistant, lines, k=k):
                typer.echo(line)
        return
    if (explain or expect) and (receipt is not None or suggest):
        raise typer.BadParameter("--explain 只说明答案怎么来的，不与 --receipt、--suggest 同用")
    narrowed = {"regions": regions or (), "kinds": kinds or (), "since": since, "until": until}
    try:
        asked = filters.narrowed_question(question or "", k=k, as_of=as_of, filters=narrowed)
    except QuestionError as error:
        raise typer.BadParameter(str(error)) from error
    assistant = _opened(index_dir)
    if explain or expect:
        found = assistant.explain(asked, expect=expect)
        typer.echo(found.model_dump_json() if as_json else explanations.text(found))
        return
    answer = assistant.ask(asked)
    if answer.status == "error" and not as_json:
        raise PolicyQAError(answer.answer)
    if receipt is not None:
        receipts.write(receipts.receipt_of(answer), receipt)
    typer.echo(answer.model_dump_json() if as_json else present.answer_text(answer))
    if suggest and not as_json:
        for following in assistant.suggestions(answer):
            typer.echo(f"还可以问：{following}")


def _opened(index_dir: Path | None) -> "Assistant":
    """An assistant over this index, which is built first, with progress, if there is none."""
    from policyqa.qa import wiring
    from policyqa.qa.cli import present

    with present.progress() as progress:
        folder = wiring.indexed(index_dir, progress=progress)
    return wiring.open_assistant(folder)


@app.command()
def settings(as_json: JsonOption = False) -> None:
    """列出全部设置：环境变量、含义、默认值、现在的值；密钥只说已设、未设。"""
    from policyqa.qa import settings as configuration
    from policyqa.qa.cli import setting_lines

    found = configuration.listed(configuration.load())
    typer.echo(setting_lines.as_json(found) if as_json else setting_lines.as_text(found))


@app.command()
def cite(
    permalink: Annotated[str, typer.Argument(help="引文链接，pq1: 开头")],
    as_json: JsonOption = False,
    index_dir: IndexOption = None,
) -> None:
    """查看一条引文现在的样子：还在原处、移了位置、已改动，还是已不在。"""
    from policyqa.qa.check import permalinks
    from policyqa.qa.cli import listing, present

    stored = listing.stored(index_dir)
    found = permalinks.resolve(permalinks.parse(permalink), stored.documents)
    typer.echo(present.cited_json(found) if as_json else present.cited_text(found))
    if found.state in ("changed", "gone"):
        raise typer.Exit(1)


@app.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="ask --receipt 写出的回执")],
    as_json: JsonOption = False,
    index_dir: IndexOption = None,
) -> None:
    """逐句核对一份回执：文字有没有改动，每句话的出处还在不在。"""
    from policyqa.index.text.words import cutting
    from policyqa.qa.check import receipts
    from policyqa.qa.cli import listing, present

    stored = listing.stored(index_dir)
    with cutting(stored.manifest.office.terms):
        found = receipts.verify(receipt, stored.documents, corpus=stored.manifest.fingerprint)
    typer.echo(found.model_dump_json() if as_json else present.verdict_text(found))
    if not found.holds:
        raise typer.Exit(1)


@documents_app.command("list")
def documents_list(as_json: JsonOption = False, index_dir: IndexOption = None) -> None:
    """列出全部文件，包括跳过和读取失败的。"""
    from policyqa.qa.cli import listing, present

    entries = listing.entries(listing.stored(index_dir))
    for entry in entries:
        typer.echo(json.dumps(entry, ensure_ascii=False) if as_json else present.entry_text(entry))


@documents_app.command("show")
def documents_show(
    source: str,
    conditions: Annotated[
        bool,
        typer.Option("--conditions", help="只列出读出的条件：全部满足、任一即可、不得有，各带原句"),
    ] = False,
    as_json: JsonOption = False,
    index_dir: IndexOption = None,
) -> None:
    """显示一份文件的文字和段落，或其中的条件。"""
    from policyqa.qa.cli import listing, present

    index = listing.stored(index_dir)
    if conditions:
        found = listing.conditions(index, source)
        as_text = present.conditions_text(found)
        typer.echo(json.dumps(found, ensure_ascii=False) if as_json else as_text)
        return
    shown = listing.shown(index, source)
    typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else present.shown_text(shown))


@documents_app.command("check")
def documents_check(as_json: JsonOption = False, index_dir: IndexOption = None) -> None:
    """检查收录情况：没读出来的文件、需要留意的内容、尚未更新的改动。"""
    from policyqa.qa.cli import listing, present

    found = listing.check(listing.stored(index_dir))
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else present.check_text(found))


@documents_app.command("add")
def documents_add(
    files: Annotated[list[Path], typer.Argument(help="要放入的文件")],
    replace: Annotated[bool, typer.Option("--replace", help="替换同名文件")] = False,
    as_json: JsonOption = False,
    index_dir: IndexOption = None,
) -> None:
    """把文件放进来源文件夹，并更新索引；读不出来的不放。"""
    from policyqa.qa import wiring
    from policyqa.qa.cli import present

    with present.progress() as progress:
        report = wiring.add_files(files, index_dir, replace=replace, progress=progress)
    typer.echo(report.model_dump_json() if as_json else present.report_text(report))


@documents_app.command("remove")
def documents_remove(
    source: str, as_json: JsonOption = False, index_dir: IndexOption = None
) -> None:
    """从来源文件夹移走一份文件（放到 .removed 里），并更新索引。"""
    from policyqa.qa import wiring
    from policyqa.qa.cli import present

    with present.progress() as progress:
        report = wiring.remove_file(source, index_dir, progress=progress)
    typer.echo(report.model_dump_json() if as_json else present.report_text(report))


def _register_plugins() -> None:
    for entry in sorted(entry_points(group="policyqa.commands"), key=lambda e: e.name):
        entry.load()(app)


def main() -> None:
    """Entry point: one clear line on stderr and status 1 for anything that went wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    _register_plugins()
    try:
        app()
    except PolicyQAError as error:
        from policyqa.qa.cli.present import one_line

        typer.echo(f"policyqa: {one_line(str(error))}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        typer.echo(f"policyqa: 无法输出：{error.strerror or error}", err=True)
        sys.exit(1)
