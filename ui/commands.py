"""The commands `serve`, `data`, `users` and `tokens`, named by the entry point group
`policyqa.commands`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyqa.ui import tokens, users

if TYPE_CHECKING:
    from policyqa.ui.store.records import Records

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # what readers asked is for nobody else of the machine

data_app = typer.Typer(help="导出或清除保存的问答和评价。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `serve`, `data`, `users` and `tokens` to the command line."""
    app.command()(serve)
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
    from policyqa.qa.cli import present
    from policyqa.qa.evaluations import open_evaluations
    from policyqa.qa.wiring import open_library, open_live
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
    hosts = chosen.web.names
    service = server.Service(assistant, records, sessions, librarian, evaluations, hosts)
    server.serve(service, listener, chosen.server)


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
