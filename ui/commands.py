"""The commands `serve`, `mcp`, `doctor`, `backup`, `restore`, `data`, `users` and `tokens`, named
by the entry points of the group `policyqa.commands`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyqa.ui import tokens, users

if TYPE_CHECKING:
    from policyqa.ui.backup import Places
    from policyqa.ui.store.records import Records

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # what readers asked is for nobody else of the machine

data_app = typer.Typer(help="导出或清除保存的问答和评价。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `serve`, `mcp`, `doctor`, `backup`, `restore`, `data`, `users` and `tokens` to the
    command line."""
    app.command()(serve)
    app.command()(mcp)
    app.command()(doctor)
    app.command()(backup)
    app.command("restore")(put_back)
    app.add_typer(data_app, name="data")
    app.add_typer(users.app, name="users")
    app.add_typer(tokens.app, name="tokens")


def serve(
    host: Annotated[str, typer.Option(help="监听的地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任选。")] = 7860,
    index: Annotated[Path | None, typer.Option(help="索引所在的文件夹。")] = None,
) -> None:
    """打开网页问答与 HTTP 接口；还没有索引就先建立。"""
    from policyqa.qa import settings
    from policyqa.ui import logs
    from policyqa.ui.store.occupied import serving

    logs.configure(settings.load().log)
    with serving(settings.load().data):
        _serve(host, port, index)


def _serve(host: str, port: int, index: Path | None) -> None:
    """As `serve`, which holds the folder of the data meanwhile."""
    from policyqa.qa import settings
    from policyqa.qa.cli import present
    from policyqa.qa.evaluations import open_evaluations
    from policyqa.qa.wiring import marker, open_library, open_live, register_folder
    from policyqa.ui import server
    from policyqa.ui.staff.librarian import Librarian
    from policyqa.ui.staff.sessions import Sessions, signing_key
    from policyqa.ui.store.changes import Changes
    from policyqa.ui.store.retention import purge_daily

    listener = server.listen(host, port)
    chosen = settings.load()
    accounts, records = users.opened(), _records()
    server.refuse_unowned(listener, accounts)
    key = signing_key(chosen.data)
    staff = chosen.staff
    sessions = Sessions(accounts, key, staff.session_hours, tries_per_minute=staff.tries_per_minute)
    purge_daily(records, chosen.store.retention_days)
    with present.progress() as progress:
        assistant = open_live(index, progress=progress)
    changes = Changes(accounts.engine)
    library, staging = open_library(index), chosen.data / "uploads"
    librarian = Librarian(library, changes, staging, lambda: assistant.corpus.fingerprint)
    evaluations = open_evaluations(chosen.runs)
    web = chosen.web
    service = server.Service(
        assistant, records, sessions, librarian, evaluations, web.names, web.origins
    )
    service = service._replace(
        check=assistant.check, register=register_folder(index), marker=marker
    )
    server.serve(service, listener, chosen.server)


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="经 HTTP 提供（/mcp），默认经标准输入输出。")
    ] = False,
    host: Annotated[str, typer.Option(help="--http 监听的地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="--http 的端口，0 为任选。")] = 7861,
    index: Annotated[Path | None, typer.Option(help="索引所在的文件夹。")] = None,
) -> None:
    """给程序用的工具（MCP）：检索、提问、看文件、查引文、核对；只读。"""
    from policyqa.ui import programs

    if http:
        programs.over_http(host, port, index)
    else:
        programs.over_stdio(index)


STATES = {"good": "好  ", "note": "留意", "bad": "不行"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    index: Annotated[Path | None, typer.Option(help="索引所在的文件夹。")] = None,
) -> None:
    """检查这里装得对不对，每一样不对的说明怎么办；有“不行”的，退出码是 1。"""
    from policyqa.qa.cli.present import one_line
    from policyqa.ui.doctor import examine

    well = True
    for finding in examine(index):
        well = well and finding.state != "bad"
        todo = f"  → {finding.todo}" if finding.todo else ""
        line = one_line(f"{STATES[finding.state]}  {finding.found}{todo}")
        typer.echo(finding.model_dump_json() if as_json else line)
    if not well:
        raise typer.Exit(1)


def backup(
    file: Annotated[Path, typer.Argument(help="写成哪个文件；已有的会被替换")],
    without_database: Annotated[
        bool, typer.Option("--without-database", help="不备份数据库（如 PostgreSQL 另有备份）")
    ] = False,
    index: Annotated[Path | None, typer.Option(help="索引所在的文件夹。")] = None,
) -> None:
    """把文件、目录和词表、数据库、索引和设置备份成一个文件；服务运行时也可以。"""
    from policyqa.qa import settings
    from policyqa.ui.backup import back_up

    listed = settings.listed(settings.load())
    made = back_up(file, _places(index), listed, database=not without_database)
    size = file.stat().st_size / 2**20
    left = "，没有数据库" if without_database else ""
    typer.echo(f"已备份 {len(made.files)} 个文件到 {file}（{size:.1f} MB{left}）；其中没有密钥。")


def put_back(
    file: Annotated[Path, typer.Argument(help="policyqa backup 写出的文件")],
    index: Annotated[Path | None, typer.Option(help="索引所在的文件夹。")] = None,
) -> None:
    """放回备份：先核对每个文件的哈希，最后才换上；原有的挪到一边。要先停止服务。"""
    from policyqa.qa import settings
    from policyqa.ui.backup import restore as restored

    found = restored(file, _places(index), settings.listed(settings.load()))
    manifest = found.manifest
    typer.echo(f"已放回 {manifest.time} 的备份，{len(manifest.files)} 个文件，哈希都相符。")
    for folder in found.before:
        typer.echo(f"原有的在 {folder}，确认无误后可以删掉。")
    for name, then, now in found.settings:
        typer.echo(f"设置与备份时不同：{name} 备份时 {then or '空'}，现在 {now or '空'}")


def _places(index: Path | None) -> "Places":
    from policyqa.qa import settings
    from policyqa.qa.wiring import source_of
    from policyqa.ui.backup import Places

    chosen = settings.load()
    folder = index or chosen.index
    url = chosen.store.url.get_secret_value()
    return Places(source_of(folder, chosen), folder, chosen.data, url)


@data_app.command()
def export(
    file: Annotated[str, typer.Argument(help="写入哪个文件，- 为标准输出")] = "-",
) -> None:
    """把保存的问答、评价、审阅、答复和日志导出为 JSON Lines，一行一条。"""
    from policyqa.ui.errors import StoreError
    from policyqa.ui.store.archive import exported

    lines = (line + "\n" for line in exported(users.opened().engine))
    if file == "-":
        for line in lines:
            typer.echo(line, nl=False)
        return
    try:
        with open(os.open(file, NEW, 0o600), "w", encoding="utf-8") as out:
            out.writelines(lines)
    except FileExistsError as error:
        raise StoreError(f"{file} 已经存在，请换一个文件名。") from error
    except OSError as error:
        raise StoreError(f"写不进 {file}，请换一个地方。") from error


@data_app.command("import")
def restore(
    file: Annotated[Path, typer.Argument(help="policyqa data export 写出的文件")],
) -> None:
    """把导出的内容放进数据库；已有的保持不变，要么全部放进，要么都不放。"""
    from policyqa.ui.errors import StoreError
    from policyqa.ui.store.archive import restored

    try:
        with file.open(encoding="utf-8") as lines:
            new, known = restored(users.opened().engine, lines)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"读不了 {file}，请确认文件名。") from error
    typer.echo(f"放入 {new} 条，另有 {known} 条已在。")


@data_app.command()
def cases(
    folder: Annotated[Path, typer.Argument(help="题集的文件夹，里面原有的其他题留着")],
    index: Annotated[Path | None, typer.Option(help="索引所在的文件夹。")] = None,
) -> None:
    """把审阅过的回答写成题集，供 policyqa eval --dataset 使用。"""
    from policyqa.qa.wiring import open_live
    from policyqa.ui.staff.cases import cases as judged
    from policyqa.ui.staff.cases import write
    from policyqa.ui.staff.drafting import in_use
    from policyqa.ui.store.changes import Changes
    from policyqa.ui.store.drafts import Drafts
    from policyqa.ui.store.reviews import Reviews

    records, engine, assistant = _records(), users.opened().engine, open_live(index)
    answered = Drafts(engine).answered(in_use(assistant, Changes(engine)))
    found = judged(Reviews(engine), records, assistant, answered)
    new, old = write(folder, found, records)
    left = f"，另有原来的 {old} 道留着" if old else ""
    typer.echo(f"已写 {new} 道题{left}；policyqa eval --dataset {folder} 用它们评测。")


@data_app.command()
def purge(
    days: Annotated[
        int | None, typer.Option(min=0, help="清除多少天以前的，默认为设置的保存天数")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部清除")] = False,
) -> None:
    """清除过期的（或全部）问答和评价，不能恢复。"""
    from policyqa.qa import settings

    if everything and days is not None:
        raise typer.BadParameter("--days 与 --all 二者选一")
    limit = settings.load().store.retention_days if days is None else days
    gone = _records().purge(days=None if everything else limit)
    typer.echo(f"已清除 {gone} 条问答及其评价。")


def _records() -> "Records":
    """The store that the settings name, its tables up to date."""
    from policyqa.qa import settings
    from policyqa.ui.store.database import open_database
    from policyqa.ui.store.records import Records

    chosen = settings.load()
    return Records(open_database(chosen.data, chosen.store.url.get_secret_value()))
