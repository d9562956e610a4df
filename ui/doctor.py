"""Looks an installation over: what is well, what is not, and what to do about each. Nothing is
changed but the caches."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from policyqa.index.build import scanning
from policyqa.index.errors import IndexError_, IndexMissing, PolicyQAError
from policyqa.index.metadata import catalogue, office
from policyqa.index.read import tools
from policyqa.index.store import search_index
from policyqa.index.store.embedding import Embedder
from policyqa.index.types import Value
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.errors import SettingsError
from policyqa.qa.settings import Settings
from policyqa.ui.errors import StoreError
from policyqa.ui.staff.sessions import KEY_BYTES, KEY_FILE
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.database import FILE, open_database, tables_are

State = Literal["good", "note", "bad"]
NEEDED_BYTES, WANTED_BYTES = 200 * 2**20, 2 * 2**30  # free: less fails soon; a new index has room
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
INSTALL = {
    "doc": ("读不了旧版 Word（.doc）", "apt install antiword，或装 LibreOffice"),
    "ocr": ("读不了扫描的 PDF", "pip install 'policyqa[ocr]'"),
}


class Finding(Value):
    """What was looked at, how it is, and what to do where it is not well. A `note` keeps nothing
    from working."""

    name: str
    state: State
    found: str
    todo: str = ""


@dataclass(frozen=True)
class Installed:
    """What is looked over: the settings, the folder of the index, and what loads the embedder."""

    settings: Settings
    index: Path
    embedder: Callable[[], Embedder]


def examine(
    index: Path | None = None, embedder: Callable[[], Embedder] = wiring.embedder
) -> Iterator[Finding]:
    """Every finding, the quick ones first; only one where the settings are wrong."""
    try:
        settings = configuration.load()
    except SettingsError as error:
        todo = "改正这个环境变量；policyqa settings 列出每一个。"
        yield Finding(name="settings", state="bad", found=str(error), todo=todo)
        return
    given = sum(each.from_environment for each in configuration.listed(settings))
    yield Finding(name="settings", state="good", found=f"设置都认得，{given} 项来自环境变量")
    installed = Installed(settings, index or settings.index, embedder)
    for look in (_folders, _private, _space, _source, _database, _entrance, _helpers, _model):
        yield from look(installed)


def _folders(at: Installed) -> Iterator[Finding]:
    """Whether what has to be written can be."""
    for name, folder in (
        ("data", at.settings.data),
        ("cache", at.settings.cache),
        ("index", at.index),
    ):
        place = _there(folder)
        if not os.access(place, os.W_OK | os.X_OK) or not place.is_dir():
            todo = f"用运行服务的用户 chown、chmod {place}，或另设文件夹。"
            yield Finding(name=f"folder.{name}", state="bad", found=f"写不进 {folder}", todo=todo)
    if os.geteuid() == 0:
        todo = "给它一个自己的用户，见 deploy/policyqa.service。"
        yield Finding(name="user", state="note", found="正以 root 运行", todo=todo)


def _private(at: Installed) -> Iterator[Finding]:
    """What is kept is for nobody else of the machine, and the key is long enough."""
    data = at.settings.data
    wide = [path for path in (data, data / FILE, data / KEY_FILE) if _is_open(path)]
    for path in wide:
        todo = f"chmod {'700' if path.is_dir() else '600'} {path}"
        yield Finding(name="private", state="note", found=f"别的用户读得到 {path}", todo=todo)
    if not wide:
        yield Finding(name="private", state="good", found="保存的内容只有自己读得到")
    key = data / KEY_FILE
    if key.is_file() and key.stat().st_size < KEY_BYTES:
        todo = f"删掉 {key}，下次启动另做一个，都要重新登录。"
        yield Finding(name="key", state="bad", found=f"签名密钥不足 {KEY_BYTES} 字节", todo=todo)


def _space(at: Installed) -> Iterator[Finding]:
    """Free space under each folder, once a file system."""
    seen: set[int] = set()
    for folder in (at.settings.data, at.index, at.settings.cache):
        place = _there(folder)
        if (device := place.stat().st_dev) in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(place).free
        state: State = "bad" if free < NEEDED_BYTES else "note" if free < WANTED_BYTES else "good"
        todo = "" if state == "good" else "腾出空间：模型约 300 MB，更新索引时新旧各占一份。"
        found = f"{place} 还有 {free / 2**30:.1f} GB"
        yield Finding(name="disk", state=state, found=found, todo=todo)


def _source(at: Installed) -> Iterator[Finding]:
    """The documents, and what is said about them."""
    folder = wiring.source_of(at.index, at.settings)
    try:
        scanning.check_folder(folder)
        catalogue.load(folder)
        office.load(folder)
    except PolicyQAError as error:
        todo = "改正它，或设 POLICYQA_SOURCE。"
        yield Finding(name="source", state="bad", found=str(error), todo=todo)
        return
    count = sum(1 for _ in scanning.paths(folder))
    if not count:
        todo = "放入文件，再运行 policyqa index。"
        yield Finding(name="source", state="bad", found=f"{folder} 里没有文件", todo=todo)
    elif not os.access(folder, os.W_OK | os.X_OK):
        todo = f"要在工作台里放入、撤下文件，让运行服务的用户写得进 {folder}。"
        yield Finding(name="source", state="note", found=f"写不进 {folder}", todo=todo)
    else:
        yield Finding(name="source", state="good", found=f"{folder} 里有 {count} 个文件")


def _database(at: Installed) -> Iterator[Finding]:
    """The database, and whether somebody is in charge."""
    data, url = at.settings.data, at.settings.store.url.get_secret_value()
    try:
        tables = tables_are(data, url)
    except StoreError as error:
        todo = "改正 POLICYQA_STORE__URL 或文件的权限；坏了就用 policyqa restore 放回备份。"
        yield Finding(name="database", state="bad", found=str(error), todo=todo)
        return
    if tables in ("absent", "old"):
        found = "还没有数据库" if tables == "absent" else "数据库是较早的版本建立的"
        todo = "不用做什么，启动时会建立或升级；升级前先 policyqa backup。"
        yield Finding(name="database", state="note", found=found, todo=todo)
        return
    if tables == "newer":
        found, todo = "数据库是更新版本的程序建立的", "升级 policyqa。"
        yield Finding(name="database", state="bad", found=found, todo=todo)
        return
    yield Finding(name="database", state="good", found="数据库读得出、写得进，表是现在的")
    engine = open_database(data, url)
    admin = Accounts(engine, at.settings.staff).has_admin()
    engine.dispose()
    todo = "" if admin else "policyqa users add 名字 --role admin"
    found = "有管理员账号" if admin else "还没有管理员账号，不能对本机以外提供服务"
    yield Finding(name="admin", state="good" if admin else "note", found=found, todo=todo)


def _entrance(at: Installed) -> Iterator[Finding]:
    """How others come in, and where questions go out."""
    if not at.settings.server.proxies:
        todo = "对外服务时放在带 HTTPS 的代理后面，把 POLICYQA_SERVER__PROXIES 设为它的地址。"
        yield Finding(name="tls", state="note", found="没有设反向代理，密码会明文传送", todo=todo)
    else:
        yield Finding(name="tls", state="good", found=f"代理是 {at.settings.server.proxies}")
    if not at.settings.web.names:
        todo = "把 POLICYQA_WEB__HOSTS 设为网站的域名。"
        yield Finding(name="hosts", state="note", found="任何域名都收", todo=todo)
    address = urlsplit(at.settings.llm.base_url)
    if address.scheme == "http" and address.hostname not in LOCAL:
        todo = "改用 https 的地址，或本机的语言模型。"
        yield Finding(name="llm", state="note", found="问题不加密地送到别的机器", todo=todo)


def _helpers(at: Installed) -> Iterator[Finding]:
    """Programs that not everybody needs; whether the index lacks a file for want of one."""
    there = tools.installed()
    try:
        lacking = [file.report.tool for file in search_index.read_manifest(at.index).files]
    except IndexError_:
        lacking = []
    for name, (found, todo) in INSTALL.items():
        if name in there:
            yield Finding(name=f"helper.{name}", state="good", found=f"{name}：已装")
            continue
        count = lacking.count(name)
        unread = f"，有 {count} 个文件因此没有读" if count else ""
        yield Finding(name=f"helper.{name}", state="note", found=found + unread, todo=todo)
    if at.settings.store.url.get_secret_value() and not shutil.which("pg_dump"):
        found, todo = "没有 pg_dump，备份不了 PostgreSQL", "apt install postgresql-client"
        yield Finding(name="helper.pg_dump", state="note", found=found, todo=todo)


def _model(at: Installed) -> Iterator[Finding]:
    """The weights and, since they tell which index fits, the index."""
    try:
        noted = wiring.check_weights(at.settings)
        model = at.embedder()
        model.encode_query("人才")
    except PolicyQAError as error:
        todo = "照上面说的做，或重新安装 policyqa。"
        yield Finding(name="model", state="bad", found=str(error), todo=todo)
        return
    if noted:
        yield Finding(name="model", state="good", found="模型的文件与哈希相符，算得出向量")
    else:
        found = "解压出来的模型没有哈希可核对（较早的版本解压的）"
        todo = f"要核对就删掉 {at.settings.cache / 'models'}，下次启动会重新解压。"
        yield Finding(name="model", state="note", found=found, todo=todo)
    try:
        manifest = search_index.check(at.index)
        search_index.check_compatible(manifest, model=model.fingerprint)
    except IndexMissing as error:
        todo = "policyqa index；不做的话第一次启动时会建立。"
        yield Finding(name="index", state="note", found=str(error), todo=todo)
    except IndexError_ as error:
        todo = "policyqa index，或用 policyqa restore 放回备份。"
        yield Finding(name="index", state="bad", found=str(error), todo=todo)
    else:
        found = f"索引完整，格式 {manifest.format}，{len(manifest.files)} 个文件"
        found += f"，向量 {manifest.vectors}"
        yield Finding(name="index", state="good", found=found)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    place = folder.resolve()
    while not place.exists():
        place = place.parent
    return place


def _is_open(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & 0o077)
