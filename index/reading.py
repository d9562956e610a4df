"""Files to their parts: the format is told by content, its loader does the rest."""

from collections.abc import Callable

from index.errors import UnreadableFile
from index.extract import Extract, Limits
from index.formats.detect import Format, format_of

Loader = Callable[[bytes, Limits], Extract]


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
    return extract


def _has_text(part: object) -> bool:
    rows = getattr(part, "rows", ())
    return bool(getattr(part, "text", "").strip()) or any(c.text.strip() for r in rows for c in r)


def _loader(found: Format) -> Loader:
    """The loader of a format; each is imported only when a file needs it."""
    if found == "pdf":
        return _pdf()
    if found in ("text", "rtf"):
        from index.formats import text

        return text.read if found == "text" else text.read_rtf
    from importlib import import_module

    module = {"csv": "csv_"}.get(found, found)
    loader: Loader = import_module(f"index.formats.{module}").read
    return loader


def _pdf() -> Loader:
    from index.formats import ocr, pdf

    def loader(data: bytes, limits: Limits) -> Extract:
        able = limits.recognise_scans and ocr.available()
        return pdf.read(data, limits, recognise=ocr.load() if able else None)

    return loader
