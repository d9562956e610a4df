"""One database: SQLite in the data folder, or PostgreSQL by its address. Opening brings its
tables up to date."""

from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from policyqa.ui.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
FILE = "policyqa.sqlite"
HINT = "请写成 postgresql+psycopg://用户:密码@主机/库名，或留空用 SQLite。"
LOCK_S = 60  # how long one process waits for another that changes the tables
BUSY_MS = 10_000  # how long one writer waits for another

Tables = Literal["absent", "old", "current", "newer"]  # against those that this program makes


def open_database(folder: Path, url: str = "") -> Engine:
    """A database with all its tables.

    Args:
        folder: of the data; made where it is not there. A lock in it keeps two processes from
            changing the tables at once.
        url: SQLAlchemy's address of a database (`postgresql+psycopg://…`); "" is SQLite in the
            folder.

    Raises:
        StoreError: the address means nothing, nothing answers there, or the tables are of a later
            version than this program.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(url or f"sqlite:///{folder / FILE}", pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        with FileLock(folder / f"{FILE}.lock", timeout=LOCK_S):
            if not url:
                _begin(folder / FILE)
            upgrade(engine)
    except Timeout as error:
        raise StoreError(f"另一个进程占着数据库超过 {LOCK_S} 秒，请等它结束，或结束它。") from error
    except (ArgumentError, ImportError) as error:
        raise StoreError(f"看不懂数据库地址 {shown(url)}。{HINT}") from error
    except CommandError as error:
        raise StoreError("数据库是更新版本的程序建立的，请升级 policyqa。") from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(
            f"打不开数据库 {shown(url) or folder / FILE}：{_first_line(error)}。"
        ) from error
    return engine


def _begin(path: Path) -> None:
    """Make the file of a new database, readable by nobody else (its journal gets the same).

    Raises:
        StoreError: there is one, and nothing is in it: what was kept is lost, which must not pass
            for a beginning.
    """
    if path.exists() and path.stat().st_size == 0:
        raise StoreError(f"数据库 {path} 是空的，内容没有了；请放回备份，要重新开始就删掉它。")
    path.touch(mode=0o600)


def tables_are(folder: Path, url: str = "") -> Tables:
    """How a database stands that nobody opens by it: nothing is made or changed.

    Raises:
        StoreError: the address means nothing, nothing answers there, it is damaged, or it cannot be
            written.
    """
    path = folder / FILE
    if not url and not path.exists():
        return "absent"
    engine = None
    try:
        engine = create_engine(url or f"sqlite:///file:{quote(str(path))}?mode=rw&uri=true")
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if not url:
                said = connection.execute(text("PRAGMA quick_check")).scalar()
                if said != "ok":
                    raise StoreError(f"数据库 {path} 已损坏（{str(said).splitlines()[0]}）。")
        if current is None:
            return "absent"
        write_once(engine)
    except (ArgumentError, ImportError) as error:
        raise StoreError(f"看不懂数据库地址 {shown(url)}。{HINT}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"打不开数据库 {shown(url) or path}：{_first_line(error)}。") from error
    finally:
        if engine is not None:
            engine.dispose()
    scripts = ScriptDirectory(str(MIGRATIONS))
    if current == scripts.get_current_head():
        return "current"
    return "old" if current in {each.revision for each in scripts.walk_revisions()} else "newer"


def write_once(engine: Engine) -> None:
    """Write what stands there already: whether the database takes anything at all.

    Raises:
        SQLAlchemyError: it does not.
    """
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def shown(url: str) -> str:
    """An address without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True) if url else ""
    except ArgumentError:
        return "（无法解析）"


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """Readers beside a writer, and rows that go with the row they belong to."""
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip() or type(error).__name__).splitlines()[0]
