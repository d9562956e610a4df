"""A programme as the register holds it: what it gives, to whom, on what proof, how and where. Every
cell has the words of a document that it rests on, and says who has signed it."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from policyqa.index.conditions.types import Branch, Node, leaves
from policyqa.index.types import DateOrNone, Value
from policyqa.qa.check.permalinks import Permalink, parse
from policyqa.qa.errors import PermalinkError

Kind = Literal["programme", "service"]
Period = Literal["", "once", "monthly", "yearly"]
Purpose = Literal["demand", "spare"]

KINDS: Mapping[Kind, str] = {"programme": "政策", "service": "服务"}
PERIODS: Mapping[Period, str] = {"": "", "once": "一次性", "monthly": "每月", "yearly": "每年"}
# The fields that hold cells, as 政务服务事项 names them, in the order in which they are shown.
FIELDS: Mapping[str, str] = {
    "for_whom": "对象", "conditions": "条件", "benefits": "待遇", "exclusions": "不可兼得",
    "materials": "材料", "steps": "流程", "time_limit": "时限", "fee": "费用",
    "window": "受理时间", "place": "地点", "channel": "渠道", "phone": "咨询", "basis": "依据",
}  # fmt: skip
MAX_SUM = Decimal(10**12)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MAX_CHARS = 4000  # of a cell; a list of conditions is one
MAX_CELLS = 100  # of a field
MAX_DEPTH = 12  # of a tree of conditions
SEAL_CHARS = 16
ID = r"^[a-z0-9][a-z0-9-]{0,79}$"


def visible(text: object) -> object:
    """Text without what nobody sees and what turns the line round."""
    return UNSEEN.sub("", text) if isinstance(text, str) else text


class Quote(Value):
    """Words of a document, and the permalink that names their file, version and place."""

    text: str = Field(min_length=1, max_length=MAX_CHARS)
    link: str = Field(max_length=1000)

    @field_validator("link")
    @classmethod
    def _is_one(cls, link: str) -> str:
        try:
            parse(link)
        except PermalinkError as error:
            raise ValueError(str(error)) from error
        return link

    @property
    def place(self) -> Permalink:
        """File, version and span of the words as they were read."""
        return parse(self.link)


class Signature(Value):
    """Who has signed a cell and when (UTC, ISO 8601). `seal` is that of what was signed: a cell
    that was changed afterwards is not signed."""

    by: str = Field(min_length=1, max_length=100)
    time: str = Field(max_length=40)
    seal: str


class Cell(Value):
    """One thing that a programme says: `text` as readers see it, and what it rests on."""

    text: Annotated[str, BeforeValidator(visible)] = Field(min_length=1, max_length=MAX_CHARS)
    quote: Quote
    signed: Signature | None = None

    @property
    def seal(self) -> str:
        """Changes with whatever the cell says."""
        said = self.model_dump_json(exclude={"signed"})
        return hashlib.sha256(said.encode()).hexdigest()[:SEAL_CHARS]

    @property
    def is_signed(self) -> bool:
        """Whether what it says now is what somebody signed."""
        return self.signed is not None and self.signed.seal == self.seal


class Condition(Cell):
    """What must hold of who applies: a tree whose spans are of `quote.text`. A `spare` says of whom
    something is not demanded."""

    purpose: Purpose = "demand"
    tree: Node

    @model_validator(mode="after")
    def _stands_in_the_quote(self) -> "Condition":
        if _depth(self.tree) > MAX_DEPTH:
            raise ValueError(f"条件套得太深，最多 {MAX_DEPTH} 层")
        if not _is_possible(self.tree):
            raise ValueError("要求满足的项数应在 1 和列出的项数之间")
        for leaf in leaves(self.tree):
            if not 0 <= leaf.start < leaf.end <= len(self.quote.text):
                raise ValueError(f"条件的位置 {leaf.start}–{leaf.end} 不在原文之内")
        return self


class Benefit(Cell):
    """What is given: `amount` and `cap` in `unit`, for so many months, to those of `group` ("" for
    all); `attribute` and `rank` say which class of the catalogue that is, "" and 0 for none."""

    amount: Decimal | None = Field(default=None, ge=0, le=MAX_SUM)
    unit: str = Field(default="", max_length=20)
    period: Period = ""
    cap: Decimal | None = Field(default=None, ge=0, le=MAX_SUM)
    months: int | None = Field(default=None, ge=1, le=1200)
    group: str = Field(default="", max_length=200)
    attribute: str = Field(default="", max_length=40)
    rank: int = 0


class Exclusion(Cell):
    """What is not to be had together with it; `others` are ids of programmes of the register."""

    others: tuple[str, ...] = Field(default=(), max_length=MAX_CELLS)


class Programme(Value):
    """One version of a programme or service, read at `clause` of a document. `valid_to` is the last
    day on which it holds, "" where that is not known."""

    id: str = Field(pattern=ID)
    version: int = Field(ge=1, le=9999)
    kind: Kind = "programme"
    name: str = Field(min_length=1, max_length=200)
    document: str = Field(min_length=1, max_length=1000)
    clause: str = Field(default="", max_length=300)
    region: str = Field(default="", max_length=100)
    issuer: str = Field(default="", max_length=200)
    valid_from: DateOrNone = ""
    valid_to: DateOrNone = ""
    for_whom: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    conditions: tuple[Condition, ...] = Field(default=(), max_length=MAX_CELLS)
    benefits: tuple[Benefit, ...] = Field(default=(), max_length=MAX_CELLS)
    exclusions: tuple[Exclusion, ...] = Field(default=(), max_length=MAX_CELLS)
    materials: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    steps: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    time_limit: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    fee: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    window: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    place: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    channel: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    phone: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)
    basis: tuple[Cell, ...] = Field(default=(), max_length=MAX_CELLS)

    def cells(self) -> Iterator[tuple[str, int, Cell]]:
        """Every cell with its field and its place in it, in the order of `FIELDS`."""
        for field in FIELDS:
            for number, cell in enumerate(getattr(self, field)):
                yield field, number, cell

    def unsigned(self) -> "Programme":
        """The same without any signature."""
        fields = {
            field: tuple(cell.model_copy(update={"signed": None}) for cell in getattr(self, field))
            for field in FIELDS
        }
        return self.model_copy(update=fields)


def _is_possible(node: Node) -> bool:
    """Whether no list asks for more of its items than it has."""
    if not isinstance(node, Branch):
        return True
    return 1 <= node.least <= len(node.parts) and all(map(_is_possible, node.parts))


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.parts)) if isinstance(node, Branch) else 1
