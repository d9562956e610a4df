"""Files to their parts: the format is told by content, its loader does the rest."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.detect import Format, format_of
from policyqa.index.read.extract import Extract, Limits, Paragraph, Part, Table

ADDRESS = re.compile(r"(?:https?://|www\.)[\w\-./?%&=#:~+@]+", re.ASCII)
SENTENCE = re.compile(r"[。；！？，]|[：:]\s*\S|.{30}")
ONLY_LINKS = "文件里只有名称和链接，没有自己的正文，答不了问题；请把链接里的文件另存下来再上传"
# What comes later looks at each sentence within its paragraph: the time grows with the square.
MAX_LINE_CHARS = 100_000
TOO_LONG = f"有一段超过 {MAX_LINE_CHARS // 10_000} 万字，不像文章，请分段后再试"
Loader = Callable[[bytes, Limits], Extract]


LOADERS: dict[Format, tuple[str, str]] = {
    "text": ("text", "read"),
    "rtf": ("text", "read_rtf"),
    "html": ("html.reader", "read"),
    "mhtml": ("html.mhtml", "read"),
    "markdown": ("html.markdown", "read"),
    "word": ("word.reader", "read"),
    "doc": ("word.doc", "read"),
    "sheets": ("sheets.reader", "read"),
    "csv": ("sheets.csv", "read"),
}


def read(data: bytes, name: str, limits: Limits | None = None) -> Extract:
    """The parts of one file.

    Args:
        data: the file's bytes.
        name: its name, which decides between kinds of text only.
        limits: bounds on what is read.

    Raises:
        UnsupportedFile: no document, or of a kind that cannot be read.
        MissingTool: it needs a program or a package that is not installed.
        UnreadableFile: too large, damaged, locked, or without text.
    """
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        size, bound = len(data) / 2**20, limits.max_bytes // 2**20
        raise UnreadableFile(f"文件 {size:.0f} MB，超过上限 {bound} MB，请拆分")
    if not data.strip(b" \t\r\n\x00"):
        raise UnreadableFile("文件是空的")
    extract = _loader(format_of(data, name))(data, limits)
    if not any(_has_text(part) for part in extract.parts):
        raise UnreadableFile("文件里没有文字")
    _refuse_endless(extract, limits)
    if _only_links(extract):
        extract = replace(extract, warnings=(*extract.warnings, ONLY_LINKS))
    return extract


def _only_links(extract: Extract) -> bool:
    """Whether a file is a list of links: besides them there are names, and no sentence."""
    linked, own = False, []
    for part in extract.parts:
        if isinstance(part, Table):
            return False
        text, addresses = ADDRESS.subn("", part.text)
        is_link = isinstance(part, Paragraph) and part.link
        linked |= is_link or addresses > 0
        heads = isinstance(part, Paragraph) and part.kind == "heading"
        own += [] if is_link or heads else text.splitlines()
    return linked and not any(SENTENCE.search(line) for line in own)


def _refuse_endless(extract: Extract, limits: Limits) -> None:
    """Refuse what no one would read, before it eats the time of what comes after."""
    if any(len(line) > MAX_LINE_CHARS for part in extract.parts for line in _lines(part)):
        raise UnreadableFile(TOO_LONG)
    rows = sum(1 for part in extract.parts if not isinstance(part, Table) for _ in _lines(part))
    if rows > limits.max_rows:
        raise UnreadableFile(f"文字有 {rows} 行，超过上限 {limits.max_rows} 行，请拆分")


def _lines(part: Part) -> Iterator[str]:
    if isinstance(part, Table):
        yield from (line for row in part.rows for cell in row for line in cell.text.splitlines())
    else:
        yield from part.text.splitlines()


def _has_text(part: object) -> bool:
    rows = getattr(part, "rows", ())
    return bool(getattr(part, "text", "").strip()) or any(c.text.strip() for r in rows for c in r)


def _loader(found: Format) -> Loader:
    """The loader of a format; each is imported only when a file needs it."""
    if found == "pdf":
        return _pdf()
    module, function = LOADERS[found]
    loader: Loader = getattr(import_module(f"policyqa.index.read.{module}"), function)
    return loader


def _pdf() -> Loader:
    from policyqa.index.read.pdf import ocr
    from policyqa.index.read.pdf import reader as pdf

    def loader(data: bytes, limits: Limits) -> Extract:
        able = limits.recognise_scans and ocr.available()
        return pdf.read(data, limits, recognise=ocr.load() if able else None)

    return loader
