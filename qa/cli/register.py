"""The commands `policyqa register …`: programmes read out of documents, looked over, and matched
with people."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyqa.index.errors import PolicyQAError

if TYPE_CHECKING:
    from policyqa.qa.corpus import Corpus
    from policyqa.qa.register.shelf import Shelf

app = typer.Typer(help="政策与服务的登记册：读出、核对、比对。", no_args_is_help=True)

IndexOption = Annotated[Path | None, typer.Option("--index", help="索引文件夹")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]
DayOption = Annotated[str, typer.Option("--as-of", help="按哪一天，如 2026-01-31；默认今天")]


@app.command()
def propose(
    sources: Annotated[
        list[str] | None, typer.Argument(help="文件名；不写为全部政策、规划、通知和办事指南")
    ] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="只列出，不写入登记册")] = False,
    as_json: JsonOption = False,
    index: IndexOption = None,
) -> None:
    """从文件里读出政策和服务，写成未签的条目；已签的内容保留。"""
    from policyqa.qa import wiring
    from policyqa.qa.cli import registers
    from policyqa.qa.register.renewing import proposals

    corpus, shelf = _opened(index)
    for each in proposals(corpus, shelf, sources or (), wiring.marker()):
        if each.now and not dry:
            registers.put(wiring.register_folder(index), each.now)
        typer.echo(registers.proposal_json(each) if as_json else registers.proposal_text(each))


@app.command("list")
def list_(as_json: JsonOption = False, as_of: DayOption = "", index: IndexOption = None) -> None:
    """列出登记册里的政策和服务，签了几项、待核几项。"""
    from policyqa.qa.cli import registers
    from policyqa.qa.register.standing import Standings

    corpus, shelf = _opened(index)
    standings = Standings(corpus, _day(as_of))
    for programme in shelf.programmes:
        entry = registers.entry(programme, standings)
        line = json.dumps(entry, ensure_ascii=False) if as_json else registers.entry_text(entry)
        typer.echo(line)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="编号或名称")],
    version: Annotated[int | None, typer.Option(min=1, help="哪一版，默认最新")] = None,
    as_json: JsonOption = False,
    as_of: DayOption = "",
    index: IndexOption = None,
) -> None:
    """显示一项的条件、待遇、材料、流程等，每项带原文、签名和是否待核。"""
    from policyqa.qa.cli import registers
    from policyqa.qa.register.standing import Standings

    corpus, shelf = _opened(index)
    shown = registers.shown(shelf.of(name, version), Standings(corpus, _day(as_of)))
    typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else registers.shown_text(shown))


@app.command()
def lint(as_json: JsonOption = False, as_of: DayOption = "", index: IndexOption = None) -> None:
    """检查登记册：写错的、到期的、原文有变的、签后改动的、同名而矛盾的；有问题退出码是 1。"""
    from policyqa.qa.cli import registers
    from policyqa.qa.register.examining import lint as examined
    from policyqa.qa.register.standing import Standings

    corpus, shelf = _opened(index)
    findings = examined(shelf, Standings(corpus, _day(as_of)))
    for each in findings:
        said = json.dumps(each._asdict(), ensure_ascii=False)
        typer.echo(said if as_json else registers.finding_text(each))
    if not as_json and not findings:
        typer.echo(f"没有问题：{len(shelf.programmes)} 项。")
    if findings:
        raise typer.Exit(1)


@app.command()
def diff(
    name: Annotated[str, typer.Argument(help="编号或名称")],
    old: Annotated[int | None, typer.Option(min=1, help="旧的一版，默认倒数第二版")] = None,
    new: Annotated[int | None, typer.Option(min=1, help="新的一版，默认最新一版")] = None,
    as_json: JsonOption = False,
    index: IndexOption = None,
) -> None:
    """逐项比较一项的两个版本。"""
    from policyqa.qa.cli import registers
    from policyqa.qa.register.examining import differences

    _, shelf = _opened(index, documents=False)
    later = shelf.of(name, new)
    before = [p for p in shelf.versions if p.id == later.id and p.version < later.version]
    if old is None and not before:
        raise typer.BadParameter(f"{later.id} 只有一个版本")
    earlier = before[-1] if old is None else shelf.of(later.id, old)
    for each in differences(earlier, later):
        said = json.dumps(each._asdict(), ensure_ascii=False)
        typer.echo(said if as_json else registers.difference_text(each))


@app.command()
def coverage(
    sources: Annotated[list[str] | None, typer.Argument(help="文件名，默认全部")] = None,
    as_json: JsonOption = False,
    index: IndexOption = None,
) -> None:
    """文件里哪些规则还没有写进登记册，逐份文件列出。"""
    from policyqa.qa.cli import registers
    from policyqa.qa.register.examining import coverage as covered

    corpus, shelf = _opened(index)
    for each in covered(corpus, shelf.programmes):
        if not sources or each.document.source in sources:
            typer.echo(registers.coverage_json(each) if as_json else registers.coverage_text(each))


@app.command()
def changes(as_json: JsonOption = False, as_of: DayOption = "", index: IndexOption = None) -> None:
    """文件换了版本、过期或撤下以后，登记册里哪些项、哪些格受影响，逐份文件、逐条列出。"""
    from policyqa.qa.cli import registers
    from policyqa.qa.register.examining import touched
    from policyqa.qa.register.standing import Standings

    corpus, shelf = _opened(index)
    found = touched(shelf, Standings(corpus, _day(as_of)))
    for source, cells in found.items():
        say = registers.touched_json if as_json else registers.touched_text
        typer.echo(say(source, cells))
    if not as_json and not found:
        typer.echo("没有受影响的。")


@app.command()
def match(
    people: Annotated[
        Path, typer.Argument(help="CSV：一行一人，列名如姓名、年龄、学历、社保（月）")
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", help="结果写成哪个 CSV 文件，- 为标准输出")
    ] = "-",
    as_of: DayOption = "",
    index: IndexOption = None,
) -> None:
    """免申即享：名单上谁符合什么、不符合哪一条、还差什么；什么也不保存。"""
    from policyqa.qa.cli import registers
    from policyqa.qa.register import matching
    from policyqa.qa.register.checking import Engine
    from policyqa.qa.register.standing import Standings

    corpus, shelf = _opened(index)
    engine = Engine(shelf.programmes, Standings(corpus, _day(as_of)))
    table = matching.read(people, engine)
    with registers.table_at(output) as write:
        summary = registers.written(table, engine, write)
    typer.echo(registers.summary_text(summary), err=output == "-")


def _opened(index: Path | None, *, documents: bool = True) -> tuple["Corpus", "Shelf"]:
    """The documents and the register."""
    from policyqa.qa import wiring
    from policyqa.qa.cli import listing
    from policyqa.qa.corpus import Corpus
    from policyqa.qa.register import shelf

    corpus = Corpus.of(listing.stored(index)) if documents else Corpus.holding(())
    return corpus, shelf.load(wiring.register_folder(index))


def _day(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat() if said else date.today().isoformat()
    except ValueError as error:
        raise PolicyQAError(f"“{said[:20]}”不是日期，请写成 2026-01-31") from error
