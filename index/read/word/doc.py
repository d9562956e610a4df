"""Old binary Word files (.doc), by a tool on PATH.

Order, tried on real files and on one saved from a .docx with known text:

1. LibreOffice (`soffice` or `libreoffice`): the .docx it makes goes to `index.read.word.reader`.
   The only one that keeps merged cells, automatic numbers (一、（一）) and notes. 1.5 s a file,
   heavy to install.
2. `antiword -x db`: text and tables complete, automatic numbers lost, cells that are merged
   downwards look empty, notes only in its plain text.
   Refuses a file whose last sector is cut or too long (a download's fault), hence the padding.
3. `catdoc`: tables fall apart into lines, some text lost. Reads what antiword turns away.

A tool gets a copy of the file under a neutral name in a folder of its own, no shell, a time limit;
macros are not run.
"""

import ctypes
import io
import itertools
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from unicodedata import category

from lxml import etree

from policyqa.index.errors import MissingTool, UnreadableFile
from policyqa.index.read.extract import Cell, Extract, Limits, Paragraph, Part, Table
from policyqa.index.read.ooxml import OLE_MAGIC, Element, is_encrypted
from policyqa.index.read.word import reader as word

TIMEOUT_S = 55  # three tools, one after the other, within `Limits.seconds`
PR_SET_PDEATHSIG = 1  # of prctl(2)
MAX_OUTPUT_BYTES = 50 * 2**20
MARK = re.compile(r"\[(\d{1,3})\]")
NOTE_LINE = re.compile(r"\[(\d{1,3})\](.+)")
SECTOR = 512
SAME_EDGE_PT = 3.0  # columns that end as near as this end alike
PROPERTY = re.compile(r"DOCPROPERTY\s+(?:&quot;|\")?(\w+)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
FIB_MAGIC = b"\xec\xa5"
ENCRYPTED_FLAG = 0x0100
MAX_HEADING = 40
SENTENCE_END = ("。", "！", "？", "；", "：", "，", "、", "…", ":", ";")
MISSING = "旧版 .doc 需要 antiword 或 catdoc（apt install antiword），或另存为 .docx"
PASSWORD = "文件有密码保护，请先去掉密码再上传"
NO_NUMBERS = "旧版 .doc：自动编号没有读出，请核对条款号，或另存为 .docx"
NO_TABLES = "旧版 .doc：只读出了文字，表格没有还原，末尾可能有乱码，请另存为 .docx"
SECTION_LEVELS = {"chapter": 1, "sect1": 2, "sect2": 3, "sect3": 4, "sect4": 5, "sect5": 6}


def available() -> str:
    """The tool that reads .doc files here, "" without one."""
    return next((tool for tool in READERS if _path_of(tool)), "")


def read(data: bytes, limits: Limits) -> Extract:
    """The parts of a .doc, by the first tool on PATH that can read it.

    Raises:
        MissingTool: none of the tools is installed.
        UnreadableFile: a password, no tool can read it, or it has no text.
    """
    if not data.startswith(OLE_MAGIC):
        raise UnreadableFile("不是旧版 Word 文件（.doc），请用 Word 或 WPS 打开后另存为 .docx")
    if is_encrypted(data) or has_password(data):
        raise UnreadableFile(PASSWORD)
    tools = [tool for tool in READERS if _path_of(tool)]
    if not tools:
        raise MissingTool(MISSING, "doc")
    failure = UnreadableFile(MISSING)
    for tool in tools:
        try:
            return _with_tool(tool, data, limits)
        except UnreadableFile as error:
            failure = error
    raise UnreadableFile(f"{failure}，请用 Word 或 WPS 打开后另存为 .docx") from failure


def has_password(data: bytes) -> bool:
    """Whether Word's own header says encrypted ([MS-DOC] 2.5.2, FibBase.fEncrypted)."""
    for start in range(SECTOR, len(data) - 12, SECTOR):
        if data[start : start + 2] == FIB_MAGIC:
            return bool(int.from_bytes(data[start + 10 : start + 12], "little") & ENCRYPTED_FLAG)
    return False


def _with_tool(tool: str, data: bytes, limits: Limits) -> Extract:
    try:
        with tempfile.TemporaryDirectory(prefix="policyqa-") as name:
            folder = Path(name)
            source = folder / "input.doc"
            source.write_bytes(data + b"\x00" * (-len(data) % SECTOR))
            extract = READERS[tool](source, limits)
    except OSError as error:
        raise UnreadableFile(f"{tool} 无法运行（{error.strerror or error}）") from error
    if not extract.parts:
        raise UnreadableFile(f"{tool} 没有读出文字")
    if is_garbled(extract):
        raise UnreadableFile(f"{tool} 读出的是乱码，文件可能已损坏")
    return extract


def is_garbled(extract: Extract) -> bool:
    """Whether a tool took damaged bytes for text: signs that no document has, above 3 %."""
    text = "".join(_text_of(part) for part in extract.parts)
    strange = sum(category(sign) in ("Cc", "Cn", "Co", "Cs") or sign == "�" for sign in text)
    strange -= text.count("\n")
    return strange * 100 > 3 * len(text)


def _text_of(part: Part) -> str:
    if isinstance(part, Table):
        return "\n".join(cell.text for row in part.rows for cell in row)
    return part.text


def _by_soffice(source: Path, limits: Limits) -> Extract:
    folder = source.parent
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = [
        "--headless",
        "--norestore",
        "--infilter=MS Word 97",
        "--convert-to",
        "docx",
        "--outdir",
        str(folder),
    ]
    output([_path_of("soffice"), profile, *options, str(source)], folder)
    made = folder / "input.docx"
    if not made.is_file():
        raise UnreadableFile("LibreOffice 读不了这个文件")
    data = made.read_bytes()
    if has_lost_fields(data):
        raise UnreadableFile("LibreOffice 没有读出文档属性域里的文字")
    return word.read(data, limits)


def has_lost_fields(data: bytes) -> bool:
    """Whether a field's name stands in a .docx in place of its text: LibreOffice writes it where
    the old file kept the text (FlSubject for the title), which the other tools read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = archive.read("word/document.xml").decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError):
        return False
    return any(f">{name}<" in body for name in set(PROPERTY.findall(body)))


def _by_antiword(source: Path, limits: Limits) -> Extract:
    book = output([_path_of("antiword"), "-x", "db", str(source)], source.parent)
    text = output([_path_of("antiword"), "-m", "UTF-8", "-w", "0", str(source)], source.parent)
    extract = from_docbook(book)
    return replace(extract, parts=with_notes(extract.parts, text.decode("utf-8", "replace")))


def _by_catdoc(source: Path, limits: Limits) -> Extract:
    text = output([_path_of("catdoc"), "-d", "utf-8", "-w", str(source)], source.parent)
    return from_lines(text.decode("utf-8", "replace"))


READERS: dict[str, Callable[[Path, Limits], Extract]] = {
    "soffice": _by_soffice,
    "antiword": _by_antiword,
    "catdoc": _by_catdoc,
}
NAMES = {"soffice": ("soffice", "libreoffice")}  # Debian has either, by the packages chosen


def _path_of(tool: str) -> str:
    """Where a tool lies, "" where it is not installed."""
    found = (shutil.which(name) for name in NAMES.get(tool, (tool,)))
    return next((path for path in found if path), "")


def output(command: list[str], folder: Path, timeout_s: float = TIMEOUT_S) -> bytes:
    """What the command writes to its standard output, run in a folder that is also its home.

    Raises:
        UnreadableFile: it failed, took too long or wrote too much.
        OSError: it cannot be started.
    """
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LANG": "C.UTF-8"}
    late = threading.Event()

    def stop() -> None:
        late.set()
        _kill(process)

    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    ) as process:
        timer = threading.Timer(timeout_s, stop)
        timer.start()
        try:
            written = process.stdout.read(MAX_OUTPUT_BYTES + 1) if process.stdout else b""
        finally:
            timer.cancel()
            if len(written) > MAX_OUTPUT_BYTES:
                _kill(process)
    name = Path(command[0]).name
    if late.is_set():
        raise UnreadableFile(f"{name} 超过 {timeout_s:.0f} 秒没有读完")
    if len(written) > MAX_OUTPUT_BYTES:
        raise UnreadableFile(f"{name} 读出的文字超过上限 {MAX_OUTPUT_BYTES // 2**20} MB")
    if process.returncode:
        raise UnreadableFile(f"{name} 读不了这个文件（退出码 {process.returncode}）")
    return written


def _die_with_parent() -> None:
    """In the tool's process: end when the one that reads files is ended (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def from_docbook(book: bytes) -> Extract:
    """Antiword's DocBook to parts: chapters and sections are headings, lists plain paragraphs."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(book, parser)
    except etree.LxmlError as error:
        raise UnreadableFile("antiword 的结果读不出来") from error
    if root is None:
        raise UnreadableFile("antiword 没有读出文字")
    parts = tuple(part for chapter in root.iter("chapter") for part in _docbook(chapter))
    listed = next(root.iter("orderedlist"), None) is not None
    return Extract(parts, warnings=(NO_NUMBERS,) if listed else ())


def _docbook(node: Element) -> Iterator[Part]:
    for item in node:
        if item.tag == "title":
            level = SECTION_LEVELS.get(node.tag, 0)
            heading = _words(item)
            if heading:
                yield Paragraph(" ".join(heading), kind="heading", level=level)
        elif item.tag in ("informaltable", "table"):
            table = _table(item)
            if table.rows:
                yield table
        elif item.tag == "para" and item.find(".//tgroup") is None:
            yield from _paragraphs(item)
        elif isinstance(item.tag, str) and item.tag != "chapter":
            yield from _docbook(item)


def _words(node: Element) -> list[str]:
    """The node's lines, trimmed, without the empty ones and without `<footnote>`, a bare mark."""
    text = "".join(node.xpath(".//text()[not(ancestor::footnote)]"))
    lines = (re.sub(r"\t+", " ", line).strip() for line in text.split("\n"))
    return [line for line in lines if line]


def _paragraphs(para: Element) -> Iterator[Paragraph]:
    lines = _words(para)
    strong = "".join(para.xpath(".//emphasis[@role='bold']//text()"))
    bold = "".join(strong.split()) == "".join("".join(lines).split())
    for line in lines:
        heading = bold and len(line) <= MAX_HEADING and not line.endswith(SENTENCE_END)
        yield Paragraph(line, kind="heading" if heading else "text")


def _table(node: Element) -> Table:
    """One table. Rows of other widths than the ones above stand in a `<tgroup>` of their own: where
    its columns lie over several of the others, cells are merged across."""
    groups = [(_edges(group), list(group.iter("row"))) for group in node.iter("tgroup")]
    grid: list[float] = []
    for edge in sorted(edge for edges, _ in groups for edge in edges):
        if not grid or edge - grid[-1] > SAME_EDGE_PT:
            grid.append(edge)
    rows = [_placed(row, edges, grid) for edges, rows in groups for row in rows]
    rows = [row for row in rows if any(cell.text for cell in row)]
    width = max(map(len, rows), default=0)
    even = tuple(tuple(row + [Cell()] * (width - len(row))) for row in rows)
    return Table(even, merges_known=False)


def _edges(group: Element) -> list[float]:
    """Where its columns end, in points from the left."""
    widths = [spec.get("colwidth", "").removesuffix("pt") for spec in group.iter("colspec")]
    return list(itertools.accumulate(float(w) if NUMBER.fullmatch(w) else 0.0 for w in widths))


def _placed(row: Element, edges: Sequence[float], grid: Sequence[float]) -> list[Cell]:
    """The cells of a row, each at its column of the grid, those that it covers behind it."""
    cells: list[Cell] = []
    for n, entry in enumerate(row.iter("entry")):
        end = edges[n] if n < len(edges) else math.inf
        reach = sum(edge <= end + SAME_EDGE_PT for edge in grid)
        cells.append(Cell("\n".join(_words(entry))))
        cells += [Cell(covered="left")] * (reach - len(cells) if n < len(edges) else 0)
    return cells


def with_notes(parts: tuple[Part, ...], text: str) -> tuple[Part, ...]:
    """The parts with the notes that antiword writes in its plain text only.

    There a mark is `[1]`, and the notes stand at the end, each on a line that begins with its own.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    notes = _notes_of(lines)
    marked = (
        [line for line in lines[: len(lines) - len(notes)] if MARK.search(line)] if notes else []
    )
    made: list[Part] = []
    for part in parts:
        made.append(part)
        found = next((line for line in marked if MARK.sub("", line) == _text_of(part)), "")
        made += (_note(mark, notes.pop(mark)) for mark in MARK.findall(found) if mark in notes)
    return (*made, *(_note(mark, note) for mark, note in notes.items()))


def _notes_of(lines: list[str]) -> dict[str, str]:
    """The longest run of lines at the end that counts `[1]…`, `[2]…`."""
    ends = [NOTE_LINE.match(line) for line in reversed(lines)]
    run = [match for match in itertools.takewhile(bool, ends) if match][::-1]
    counted = [match[1] for match in run] == [str(at + 1) for at in range(len(run))]
    return {match[1]: match[2].strip() for match in run} if counted else {}


def _note(mark: str, text: str) -> Paragraph:
    return Paragraph(text, kind="note", label=f"脚注{mark}")


def from_lines(text: str) -> Extract:
    """Catdoc's text, one line a paragraph; the tabs between cells become gaps.

    It often ends with signs that are none, from behind the text: the warning says so.
    """
    lines = (re.sub(r"\t+", " ", line).strip() for line in re.split(r"[\n\r\f\x07]", text))
    return Extract(tuple(Paragraph(line) for line in lines if line), warnings=(NO_TABLES,))
