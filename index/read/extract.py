"""What a loader gives: the parts of a file in reading order, and where in the file they stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

ParagraphKind = Literal["text", "heading", "note", "caption", "byline"]
Covered = Literal["", "above", "left"]
MAX_STRUCK_CHARS = 30


@dataclass(frozen=True)
class Limits:
    """Bounds on one file; a loader that meets one raises `UnreadableFile` and names it.

    `seconds` and `memory_bytes` bound the process that reads it; without `recognise_scans` scanned
    pages are not read even where the tool is installed.
    """

    max_bytes: int = 50 * 2**20
    max_unpacked_bytes: int = 300 * 2**20
    max_pages: int = 500
    max_rows: int = 50_000
    max_chars: int = 5_000_000
    seconds: float = 180.0
    memory_bytes: int = 6 * 2**30
    recognise_scans: bool = True


@dataclass(frozen=True)
class Plain:
    """Running text whose lines mean nothing certain (a .txt file); see `index.text.cleaning`."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, without a line break inside.

    `level` is that of a heading which the format itself marks (1 the highest), 0 when only its
    words can tell. `label` names a footnote (`脚注3`); a note follows the paragraph of its mark,
    which stood at the offset `mark` of that paragraph's text if that is known. `sheet` and `row`
    (from 1) say where a line beside a sheet's tables stood. `link` says that it is mostly a link.
    """

    text: str
    kind: ParagraphKind = "text"
    level: int = 0
    label: str = ""
    page: int | None = None
    mark: int | None = None
    sheet: str = ""
    row: int | None = None
    link: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Cell:
    """One cell; one that a merged cell covers has no text and says where its value stands."""

    text: str = ""
    covered: Covered = ""


@dataclass(frozen=True)
class Table:
    """Rows of equal length, as the file has them. Line breaks inside a cell are kept.

    `header_rows` is what the format says of it, None when it says nothing. `merges_known` is False
    where the format cannot tell a merged cell from an empty one (csv, text). `first_row` is the
    number of `rows[0]` in its sheet, from 1. `pairs` says that the format marks labels to the left
    of their values (事项名称 | 人才落户 | 承诺时限 | 5日) and no header. `pages` has the page
    of each row of a table that goes over several.
    """

    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    header_rows: int | None = None
    merges_known: bool = True
    page: int | None = None
    sheet: str = ""
    first_row: int = 1
    pairs: bool = False
    pages: tuple[int, ...] = ()


Part = Plain | Paragraph | Table


@dataclass(frozen=True)
class Extract:
    """The parts of one file in reading order.

    `said` is what the format itself says of the document, by `index.types.Metadata`'s names
    (`title` of an HTML page or of Word's properties, `date`, `issuer`). `warnings` are lines for
    staff, in Chinese.
    """

    parts: tuple[Part, ...]
    said: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def struck_warning(struck: Sequence[str]) -> tuple[str, ...]:
    """A line for staff where a file holds struck-out words, which no loader reads."""
    return _left_out(struck, "划掉的文字（删除线）")


def hidden_warning(hidden: Sequence[str]) -> tuple[str, ...]:
    """A line for staff where a file holds words that a reader of it does not see: no loader reads
    them."""
    return _left_out(hidden, "看不见的文字（隐藏、白色或极小的字）")


def _left_out(found: Sequence[str], kind: str) -> tuple[str, ...]:
    texts = [text for text in (" ".join(text.split()) for text in found) if text]
    if not texts:
        return ()
    first = texts[0][:MAX_STRUCK_CHARS] + ("……" if len(texts[0]) > MAX_STRUCK_CHARS else "")
    return (f"有 {len(texts)} 处{kind}没有读，如“{first}”",)
