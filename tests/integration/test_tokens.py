"""Tokens of programs: by command, at the desk, in the database and in the log."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from policyqa.qa import settings
from policyqa.qa.cli.commands import app
from policyqa.ui import commands, server, tokens
from policyqa.ui.errors import TokenError
from policyqa.ui.store.audit import latest
from policyqa.ui.store.database import open_database
from policyqa.ui.store.tokens import SCOPES, Tokens
from tests.staff import PASSWORD, service_of


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "data")
    yield engine
    engine.dispose()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(settings.PREFIX + "DATA", str(tmp_path / "data"))
    settings.load.cache_clear()
    if not any(group.name == "tokens" for group in app.registered_groups):
        commands.register(app)
    yield
    settings.load.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["tokens", *arguments])


@pytest.mark.usefixtures("data")
def test_a_token_is_made_listed_and_revoked_by_command() -> None:
    assert "还没有令牌" in run("list").output
    made = run("add", "门户", "--scope", "search", "--scope", "ask", "--days", "30")
    assert re.fullmatch(r"pqa_[\w-]{43}\n", made.stdout)
    assert "只显示这一次" in made.stderr
    (known,) = tokens.opened().all()
    assert known.scopes == ("ask", "search")
    assert tokens.opened().found(made.stdout.strip()) == known
    listed = run("list").output
    assert listed.startswith(f"{known.id}  门户  ask、search  每分钟 60 次  到 ")
    tokens.opened().count(known.id, "ask")
    tokens.opened().count(known.id, "ask")
    today = datetime.now(UTC).date().isoformat()
    assert run("usage").output == f"{today}  {known.id}  ask  2\n"
    assert run("usage", "other").output == ""
    assert run("revoke", known.id).output == f"已吊销令牌 {known.id}（门户）。\n"
    assert "已吊销" in run("list").output
    assert tokens.opened().found(made.stdout.strip()) is None
    as_json = json.loads(run("add", "b", "--scope", "ask", "--json").output)
    assert as_json["token"].startswith("pqa_")
    assert as_json["per_minute"] == 60
    assert "token" not in json.loads(run("list", "--json").output.splitlines()[0])


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(("arguments", "words"), [
    (("add", "x", "--scope", "all"), "令牌可以做的是：ask"),
    (("add", "", "--scope", "ask"), "令牌名须是"),
    (("add", "x", "--scope", "ask", "--days", "0"), "有效天数须在 1 到 3650"),
    (("add", "x", "--scope", "ask", "--per-minute", "0"), "每分钟次数须在 1 到"),
    (("revoke", "none"), "没有编号为 none 的令牌"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    failed = run(*arguments)
    assert isinstance(failed.exception, TokenError)
    assert words in str(failed.exception)


def test_no_token_is_stored_as_it_is_and_the_log_tells_of_it(
    engine: Engine, tmp_path: Path
) -> None:
    store = Tokens(engine)
    token, made = store.add("门户", SCOPES, by="admin1")
    store.revoke(made.id)
    store.revoke(made.id)
    engine.dispose()
    held = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    assert token.encode() not in held
    assert token.removeprefix("pqa_").encode() not in held
    entries = latest(engine, count=5)
    acts = [(each.act, each.who, each.what) for each in entries]
    assert acts == [("token_revoked", "命令行", made.id), ("token_added", "admin1", made.id)]
    assert token not in str(entries)


def test_a_token_ends_on_its_day(engine: Engine) -> None:
    now = [datetime(2026, 11, 30, 8, tzinfo=UTC)]
    store = Tokens(engine, now=lambda: now[0])
    token, made = store.add("门户", ["ask"], days=2)
    now[0] += timedelta(days=2, seconds=-1)
    assert store.found(token) == made
    now[0] += timedelta(seconds=1)
    assert store.found(token) is None


def test_uses_at_the_same_moment_are_all_counted(engine: Engine) -> None:
    store = Tokens(engine)
    _, made = store.add("门户", ["ask"])
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.count(made.id, "ask"), range(40)))
    assert store.totals(days=1) == {made.id: 40}


def test_an_admin_makes_and_revokes_tokens_at_the_desk(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    service = server.create_app(service_of(engine, tmp_path / "source"))
    client = TestClient(service, follow_redirects=False)
    client.post("/staff/login", data={"name": "admin1", "password": PASSWORD})
    page = client.get("/staff/tokens").text
    secret = re.search(r'name="csrf" value="([^"]+)"', page)
    assert secret
    assert "还没有令牌" in page
    form = {"csrf": secret[1], "name": "<门户>", "scope": ["ask"], "days": 30, "per_minute": 7}
    refused = client.post("/staff/tokens", data=form)
    assert refused.status_code == 400
    assert "令牌名须是" in refused.text
    assert "<门户>" not in refused.text
    told = client.post("/staff/tokens", data={**form, "name": "门户", "scope": ["ask", "search"]})
    token = re.search(r"pqa_[\w-]{43}", told.text)
    assert told.headers["cache-control"] == "no-store"
    assert token
    (known,) = Tokens(engine).all()
    assert (known.made_by, known.per_minute, known.scopes) == ("admin1", 7, ("ask", "search"))
    bearer = {"Authorization": f"Bearer {token[0]}"}
    assert client.post("/api/v1/search", json={"question": "补助"}, headers=bearer).is_success
    page = client.get("/staff/tokens").text
    assert token[0] not in page
    assert "<td>1 次</td>" in page
    assert "提问、查段落" in page
    gone = client.post("/staff/tokens/revoke", data={"csrf": secret[1], "token": known.id})
    assert gone.status_code == 303
    assert "已吊销" in client.get("/staff/tokens").text
    assert client.post("/api/v1/search", json={"question": "a"}, headers=bearer).status_code == 401
    log = client.get("/staff/log").text
    assert "新增令牌" in log
    assert "吊销令牌" in log
    assert "可以：提问、查段落" in log
