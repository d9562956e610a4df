"""One file of a whole database, and a database of such a file: SQLite by its backup interface,
PostgreSQL by its own programs."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from policyqa.ui.errors import StoreError
from policyqa.ui.store.database import FILE

PG_FILE = "policyqa.pgdump"
ABSENT = "数据库在 PostgreSQL 里，这里没有 {}（Debian：apt install postgresql-client）{}。"


def dumped(folder: Path, url: str, into: Path) -> Path:
    """Write all that a database holds at one moment into a file of a folder, also while others
    write to it; the file.

    Raises:
        StoreError: the database cannot be read, or the program that does it is not there.
    """
    if url:
        path = into / PG_FILE
        words = "；要备份其余的就加 --without-database"
        _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={path}", otherwise=words)
        return path
    path = into / FILE
    try:
        with (
            closing(sqlite3.connect(f"file:{folder / FILE}?mode=rw", uri=True)) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"读不了数据库 {folder / FILE}：{error}。") from error
    return path


def put_back(path: Path, url: str) -> None:
    """Let PostgreSQL hold what a dump holds, instead of what it held; whole or not at all.

    Raises:
        StoreError: it does not take it, or the program that does it is not there.
    """
    whole = ("--clean", "--if-exists", "--no-owner", "--single-transaction", str(path))
    _run("pg_restore", url, *whole)


def _run(program: str, url: str, *arguments: str, otherwise: str = "") -> None:
    """Run a program of PostgreSQL; a password does not stand among its arguments."""
    found = shutil.which(program)
    if not found:
        raise StoreError(ABSENT.format(program, otherwise))
    address = make_url(url)
    plain = address.set(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(address.password)} if address.password else {}
    done = subprocess.run(
        [found, "--no-password", f"--dbname={plain}", *arguments],
        env={**os.environ, **password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        last = (done.stderr.strip() or "没有说明").splitlines()[0]
        raise StoreError(f"{program} 没有成功：{last[:300]}。")
