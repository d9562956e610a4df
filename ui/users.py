"""The commands `policyqa users`; passwords come from the terminal or standard input, never from an
argument, where other people of the machine would see them."""

import getpass
import json
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policyqa.ui.errors import AccountError

if TYPE_CHECKING:
    from policyqa.ui.store.accounts import Accounts

RoleName = Literal["reader", "editor", "admin"]
ROLE_NAMES: dict[RoleName, str] = {"reader": "查看", "editor": "编辑", "admin": "管理员"}

app = typer.Typer(help="工作人员的账号。", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="账号名")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读一行作为密码，不在终端上问")
]


@app.command()
def add(
    name: Name,
    role: Annotated[RoleName, typer.Option(help="reader 查看，editor 审阅和编辑，admin 管账号")],
    password_stdin: FromInput = False,
    shown: Annotated[str, typer.Option(help="给别人看的名字，空为账号名")] = "",
) -> None:
    """新增一个账号。"""
    accounts = opened()
    accounts.add(name, role, password(password_stdin), shown=shown)
    typer.echo(f"已新增账号 {name}（{ROLE_NAMES[role]}）。")


@app.command()
def passwd(name: Name, password_stdin: FromInput = False) -> None:
    """改一个账号的密码；用它登录着的都要重新登录。"""
    accounts = opened()
    accounts.set_password(name, password(password_stdin))
    typer.echo(f"已更改 {name} 的密码。")


@app.command()
def rename(name: Name, shown: Annotated[str, typer.Argument(help="给别人看的名字")]) -> None:
    """改一个账号给别人看的名字；登录仍用账号名。"""
    opened().rename(name, shown)
    typer.echo(f"账号 {name} 现在显示为 {shown}。")


@app.command()
def reset(name: Name) -> None:
    """撤去一个账号的两步验证（手机丢了），用它登录着的都要重新登录。"""
    opened().reset_second(name)
    typer.echo(f"已撤去 {name} 的两步验证。")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """列出全部账号。"""
    found = opened().all()
    if not found and not as_json:
        typer.echo("还没有账号；policyqa users add 名字 --role admin 新增第一个管理员。")
    for account in found:
        other = f"（{account.shown}）" if account.shown != account.name else ""
        line = f"{account.name}{other}  {ROLE_NAMES[account.role]}"
        line += "  两步验证" if account.second_on else ""
        stopped = "  已停用" if account.disabled else ""
        shown = account.model_dump(mode="json")
        typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else line + stopped)


@app.command()
def disable(
    name: Name, undo: Annotated[bool, typer.Option("--undo", help="恢复停用的账号")] = False
) -> None:
    """停用一个账号，用它登录着的立即退出。"""
    accounts = opened()
    if undo:
        accounts.enable(name)
    else:
        accounts.disable(name)
    typer.echo(f"已{'恢复' if undo else '停用'}账号 {name}。")


def password(from_input: bool) -> str:
    """A password, typed twice without being shown, or the first line of standard input.

    Raises:
        AccountError: the two differ, or there is neither a terminal nor `--password-stdin`.
    """
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise AccountError("没有终端可以输入密码；请加 --password-stdin，从标准输入给一行。")
    first = getpass.getpass("密码：")
    if getpass.getpass("再输入一次：") != first:
        raise AccountError("两次输入的密码不一样。")
    return first


def opened() -> "Accounts":
    """The accounts of the store that the settings name."""
    from policyqa.qa import settings
    from policyqa.ui.store.accounts import Accounts
    from policyqa.ui.store.database import open_database

    chosen = settings.load()
    engine = open_database(chosen.data, chosen.store.url.get_secret_value())
    return Accounts(engine, chosen.staff)
