"""The command line called in this process, so that models are loaded once."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from policyqa.qa import settings
from policyqa.qa.cli.commands import app, main


class Said(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def policyqa(*arguments: str | Path, stdin: str = "") -> Said:
    """What the command prints and ends with; `main` turns an error of ours into one line and
    status 1. The commands of the layers above are registered once."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["policyqa", *map(str, arguments)]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", argv)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        if any(each.name == "eval" for each in app.registered_groups):
            patch.setattr("policyqa.qa.cli.commands._register_plugins", lambda: None)
        patch.setattr(sys.modules["__main__"], "__package__", "")  # else it names the usage
        patch.setenv("COLUMNS", "200")
        settings.load.cache_clear()  # a new process reads its environment
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            settings.load.cache_clear()
    return Said(code, out.getvalue(), err.getvalue())


def done(*arguments: str | Path, stdin: str = "") -> str:
    """What it prints where all went well."""
    result = policyqa(*arguments, stdin=stdin)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout
