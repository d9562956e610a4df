"""The commands `policyqa tokens`: what programs show to be let in. A token is told once, when it is
made."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policyqa.ui.store.tokens import Token, Tokens

app = typer.Typer(help="程序用的令牌。", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="给哪个程序用")],
    scopes: Annotated[
        list[str],
        typer.Option(
            "--scope", help="可以做什么，可重复：ask、search、documents、verify、feedback"
        ),
    ],
    days: Annotated[int, typer.Option(help="有效几天")] = 365,
    per_minute: Annotated[int, typer.Option(help="一分钟最多问几次")] = 60,
    as_json: JsonOption = False,
) -> None:
    """新增一个令牌；令牌只显示这一次。"""
    token, made = opened().add(name, scopes, days=days, per_minute=per_minute)
    if as_json:
        typer.echo(json.dumps({"token": token, **made.model_dump(mode="json")}, ensure_ascii=False))
        return
    typer.echo(token)
    typer.echo(f"{line_of(made)}。令牌只显示这一次，请现在就存好。", err=True)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """列出全部令牌（不含令牌本身），新的在前。"""
    found = opened().all()
    if not found and not as_json:
        typer.echo("还没有令牌；policyqa tokens add 名字 --scope ask 新增一个。")
    for each in found:
        shown = json.dumps(each.model_dump(mode="json"), ensure_ascii=False)
        typer.echo(shown if as_json else line_of(each))


@app.command()
def revoke(token_id: Annotated[str, typer.Argument(metavar="编号", help="令牌的编号")]) -> None:
    """吊销一个令牌，立即生效，不能恢复。"""
    revoked = opened().revoke(token_id)
    typer.echo(f"已吊销令牌 {revoked.id}（{revoked.name}）。")


@app.command()
def usage(
    token_id: Annotated[str, typer.Argument(metavar="编号", help="令牌的编号，空为全部")] = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="最近几天")] = 30,
    as_json: JsonOption = False,
) -> None:
    """令牌每天各用了几次（按世界时的日期），新的在前。"""
    for use in opened().uses(days=days, token_id=token_id):
        said = json.dumps(use.model_dump(mode="json"), ensure_ascii=False)
        typer.echo(said if as_json else f"{use.day}  {use.token}  {use.scope}  {use.count}")


def line_of(token: "Token") -> str:
    """What is known of a token, in a line."""
    stopped = "  已吊销" if token.revoked else ""
    may = "、".join(token.scopes)
    until, rate = token.expires[:10], token.per_minute
    return f"{token.id}  {token.name}  {may}  每分钟 {rate} 次  到 {until}{stopped}"


def opened() -> "Tokens":
    """The tokens of the store that the settings name."""
    from policyqa.qa import settings
    from policyqa.ui.store.database import open_database
    from policyqa.ui.store.tokens import Tokens

    chosen = settings.load()
    return Tokens(open_database(chosen.data, chosen.store.url.get_secret_value()))
