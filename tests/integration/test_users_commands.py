"""`policyqa users`: accounts by command, passwords never from an argument."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from typer.testing import CliRunner, Result

from policyqa.qa import settings
from policyqa.qa.cli.commands import app
from policyqa.ui import commands, users
from policyqa.ui.errors import AccountError
from policyqa.ui.store.accounts import Second

PASSWORD = "长一点的密码才好呢。"
RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(settings.PREFIX + "DATA", str(tmp_path))
    settings.load.cache_clear()
    if not any(group.name == "users" for group in app.registered_groups):
        commands.register(app)
    yield
    settings.load.cache_clear()


def run(*arguments: str, password: str = PASSWORD) -> Result:
    return RUNNER.invoke(app, ["users", *arguments], input=f"{password}\n")


def test_accounts_are_added_listed_disabled_and_enabled() -> None:
    assert "新增第一个管理员" in run("list").output
    added = run("add", "王主任", "--role", "admin", "--password-stdin")
    assert added.output == "已新增账号 王主任（管理员）。\n"
    run("add", "li", "--role", "reader", "--password-stdin")
    assert run("list").output == "li  查看\n王主任  管理员\n"
    assert run("disable", "li").exit_code == 0
    assert run("list").output == "li  查看  已停用\n王主任  管理员\n"
    lines = [json.loads(line) for line in run("list", "--json").output.splitlines()]
    assert [(line["name"], line["disabled"]) for line in lines] == [("li", True), ("王主任", False)]
    assert "恢复" in run("disable", "li", "--undo").output


def test_a_password_is_changed() -> None:
    run("add", "li", "--role", "admin", "--password-stdin")
    new = "另外一个很长很长的密码"
    assert run("passwd", "li", "--password-stdin", password=new).exit_code == 0
    assert users.opened().log_in("li", new)


@pytest.mark.parametrize(("arguments", "words"), [
    (("add", "li", "--role", "admin"), "没有终端可以输入密码"),
    (("passwd", "li", "--password-stdin"), "没有账号 li"),
    (("disable", "li"), "没有账号 li"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    failed = run(*arguments)
    assert isinstance(failed.exception, AccountError)
    assert words in str(failed.exception)


def test_a_role_that_is_none_is_wrong_usage() -> None:
    assert run("add", "li", "--role", "king", "--password-stdin").exit_code == 2


def test_two_passwords_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["一二三四五六七八九十", "另外的密码另外的密码"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda words: next(typed))
    with pytest.raises(AccountError, match="不一样"):
        users.password(False)


def test_a_shown_name_is_given_and_changed_and_a_second_factor_taken_off() -> None:
    run("add", "li", "--role", "admin", "--shown", "李科长", "--password-stdin")
    assert run("list").output == "li（李科长）  管理员\n"
    assert run("rename", "li", "人才科").output == "账号 li 现在显示为 人才科。\n"
    accounts = users.opened()
    accounts.begin_second("li")
    accounts.confirm_second("li", pyotp.TOTP(accounts.second("li").secret).now())
    assert run("list").output == "li（人才科）  管理员  两步验证\n"
    assert run("reset", "li").output == "已撤去 li 的两步验证。\n"
    assert users.opened().second("li") == Second(on=False)
    assert "太常见" in str(run("passwd", "li", "--password-stdin", password="1234567890").exception)
