"""What `policyqa mcp` opens: the tools for programs, in a process of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policyqa.qa import settings as configuration
from policyqa.ui.public import PublicAssistant
from policyqa.ui.store.changes import Changes
from policyqa.ui.turns import Turns


def over_stdio(index: Path | None) -> None:
    """Answer the program that started us; see `ui.mcp.serve_starter`.

    Raises:
        SettingsError: the package that speaks the protocol is not installed.
    """
    from policyqa.ui.mcp import serve_starter

    with nothing_said():
        assistant = opened(index)
    serve_starter(assistant, Turns(configuration.load().server))


def over_http(host: str, port: int, index: Path | None) -> None:
    """Answer whoever reaches an address, as `serve` does.

    Raises:
        SettingsError: the address cannot be had, other machines reach it before there is an admin,
            or the package that speaks the protocol is not installed.
    """
    from policyqa.ui import mcp, server, tokens, users
    from policyqa.ui.doorman import MCP

    listener = server.listen(host, port)
    server.refuse_unowned(listener, users.opened())
    chosen = configuration.load()
    app = mcp.create_app(opened(index), chosen.server, chosen.web.names, tokens.opened())
    server.run(app, listener, chosen.server, path=MCP.lstrip("/"))


def opened(index: Path | None) -> PublicAssistant:
    """Who answers: without what staff withdraw, in whichever process they do."""
    from policyqa.qa.cli import present
    from policyqa.qa.wiring import open_library, open_live
    from policyqa.ui import users

    changes = Changes(users.opened().engine)
    with present.progress() as progress:
        assistant = open_live(index, progress=progress)
    folder = open_library(index).folder
    return PublicAssistant(assistant, lambda: gone(changes, folder))


def gone(changes: Changes, folder: Path) -> frozenset[str]:
    """The files that staff have withdrawn, whether or not the index that is in use here still has
    them, without those that are back in the source folder."""
    return frozenset(
        each.source
        for each in changes.withdrawn()
        if each.state == "waiting" or not (folder / each.source).is_file()
    )


@contextmanager
def nothing_said() -> Iterator[None]:
    """Nothing that anything writes reaches standard output until the block ends."""
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
