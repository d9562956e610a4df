"""What a document is made of: paragraphs, headings, rows, notes; before and after their section
is known."""

from dataclasses import dataclass

from policyqa.index.text.traced import Traced
from policyqa.index.types import SentenceKind

ARTICLE, CLAUSE, BOX, PLAIN = 0, 4, 9, 10


@dataclass(eq=False)
class Raw:
    """A block before its section is known.

    `level` is a heading's (PLAIN without a number), `style` the one its format gives it, 0 for
    none. `path` is the name of the section that a block opens without being a heading (`第三条`).
    `base` are names above all headings (a sheet, the row of a table whose cell holds a text).
    `begins` marks the first block of a cell's own text. `head` is a row's header, `lead` what
    introduces a list's item. `anchor` is where in the file the mark of a note stood.
    """

    body: Traced
    kind: SentenceKind
    level: int = PLAIN
    label: str = ""
    style: int = 0
    path: str = ""
    base: tuple[str, ...] = ()
    head: "Raw | None" = None
    lead: "Raw | None" = None
    closes_box: bool = False
    begins: bool = False
    page: int | None = None
    row: int | None = None
    anchor: int | None = None

    @property
    def text(self) -> str:
        return self.body.text


@dataclass(frozen=True, eq=False)
class Block:
    """One paragraph, heading, table row, note or caption, with the headings above it.

    `head` is the block of the table's header row, `lead` the one that introduces a list's item,
    `page` and `row` (of a sheet) say where it stood in the file.
    """

    body: Traced
    kind: SentenceKind
    section: tuple[str, ...] = ()
    level: int = PLAIN
    head: "Block | None" = None
    lead: "Block | None" = None
    label: str = ""
    page: int | None = None
    row: int | None = None
    anchor: int | None = None
