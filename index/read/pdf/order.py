"""The reading order of a page: columns found by the white between them, and their margins."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from policyqa.index.read.pdf.lines import PdfLine, merged
from policyqa.index.read.pdf.paragraphs import INDENT_EM, ends_sentence
from policyqa.index.read.pdf.tables import Ruled

MIN_COLUMN_LINES = 4
MIN_FULL_SHARE = 0.5
FULL = 0.7
MIN_COLUMN_EM = 8.0
MIN_GUTTER_EM = 0.8
SAME_EDGE_EM = 0.7
SAME_COLUMN_EM = 2.6
MAX_INDENT_EM, FULL_EM = 3.0, 2.2
MAX_COLUMN_DEPTH = 3
MIN_TEXT_SHARE = 0.5

Item = PdfLine | Ruled


@dataclass(frozen=True)
class Leaf:
    """One column (or band of one) of a page, from the top. `alone`: the page has no other."""

    items: tuple[Item, ...]
    page: int
    width: float
    alone: bool

    @property
    def lines(self) -> list[PdfLine]:
        return [item for item in self.items if isinstance(item, PdfLine)]


def leaves_of(
    pieces: Sequence[PdfLine], tables: Sequence[Ruled], page: int, width: float
) -> list[Leaf]:
    """A page's columns in reading order."""
    items: list[Item] = sorted([*pieces, *tables], key=lambda item: (item.top, item.x0))
    parts = list(_parted(items, 0))
    return [Leaf(tuple(_rowed(part)), page, width, alone=len(parts) == 1) for part in parts]


def _parted(items: list[Item], depth: int) -> Iterator[list[Item]]:
    """Items cut into columns wherever a gutter runs through enough lines."""
    gutter = _gutter(items) if depth < MAX_COLUMN_DEPTH else None
    if gutter is None:
        if items:
            yield items
        return
    for crosses, band in groupby(items, key=lambda item: item.x0 < gutter < item.x1):
        if crosses:
            yield list(band)
            continue
        inside = list(band)
        yield from _parted([i for i in inside if i.x1 <= gutter], depth + 1)
        yield from _parted([i for i in inside if i.x0 >= gutter], depth + 1)


def _gutter(items: Sequence[Item]) -> float | None:
    """The x between two columns of running text, or None."""
    lines = [item for item in items if isinstance(item, PdfLine)]
    if len(lines) < 2 * MIN_COLUMN_LINES:
        return None
    starts = sorted({round(line.x0) for line in lines})
    tried = (x - 0.5 * MIN_GUTTER_EM * lines[0].size for x in starts[1:])
    fitting = [x for x in tried if _parts_columns(lines, x)]
    return min(fitting, key=lambda x: sum(line.x0 < x < line.x1 for line in lines), default=None)


def _parts_columns(lines: Sequence[PdfLine], x: float) -> bool:
    left = [line for line in lines if line.x1 <= x]
    right = [line for line in lines if line.x0 >= x]
    across = len(lines) - len(left) - len(right)
    if min(len(left), len(right)) < MIN_COLUMN_LINES or across > min(len(left), len(right)):
        return False
    return _is_column(left) and _is_column(right)


def _is_column(lines: Sequence[PdfLine]) -> bool:
    """Whether lines are running text: most of them fill the column."""
    wide = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    full = sum(line.x1 - line.x0 >= FULL * wide for line in lines)
    enough = wide >= MIN_COLUMN_EM * lines[0].size
    return enough and full >= MIN_FULL_SHARE * len(lines)


def _rowed(items: Iterable[Item]) -> Iterator[Item]:
    """Pieces of one row in one column as one line."""
    rows: dict[int, list[PdfLine]] = {}
    out: list[Item | int] = []
    for item in items:
        if isinstance(item, Ruled):
            out.append(item)
        elif item.row in rows:
            rows[item.row].append(item)
        else:
            rows[item.row] = [item]
            out.append(item.row)
    for entry in out:
        yield merged(rows[entry]) if isinstance(entry, int) else entry


def flowed(leaves: Sequence[Leaf]) -> list[Item]:
    """The items of a document in reading order, each line with its distances to the margins."""
    usual = _usual_margins(leaves)
    flow: list[Item] = []
    for n, leaf in enumerate(leaves):
        left, right = _margins(leaf, usual)
        placed = [
            replace(item, column=n, indent=item.x0 - left, slack=right - item.x1)
            if isinstance(item, PdfLine)
            else item
            for item in leaf.items
        ]
        for apart, items in groupby(placed, key=_is_apart):
            run = list(items)
            flow += _block(run) if apart else run
    return flow


def _is_apart(item: Item) -> bool:
    """Whether a line touches neither edge of its column."""
    return isinstance(item, PdfLine) and min(item.indent, item.slack) > INDENT_EM * item.size


def _block(run: list[Item]) -> list[Item]:
    """Lines between two edges of their own (a quotation set in), with their distances to these;
    others, such as centred lines, as they are."""
    lines = [item for item in run if isinstance(item, PdfLine)]
    em, left, right = lines[0].size, min(x.x0 for x in lines), max(x.x1 for x in lines)
    even = abs(min(x.indent for x in lines) - min(x.slack for x in lines)) <= 2 * em
    starts = [*_run_on(lines, right), *([left] if _is_flush(lines, right) else [])]
    if not even or not starts or any(abs(x - left) > SAME_EDGE_EM * em for x in starts):
        return run
    return [replace(line, indent=line.x0 - left, slack=right - line.x1) for line in lines]


def _is_flush(lines: Sequence[PdfLine], right: float) -> bool:
    """Whether three or more lines begin at one edge and all but the last end at the other."""
    *full, last = lines
    near = SAME_EDGE_EM * last.size
    ends = len(full) > 1 and all(right - line.x1 <= near for line in full)
    return ends and right - last.x1 > 2 * near and all(abs(x.x0 - last.x0) <= near for x in full)


def _usual_margins(leaves: Sequence[Leaf]) -> list[tuple[float, float, int]]:
    """Margins that pages of one column are sure of, with the number of lines that say so."""
    found = []
    for leaf in leaves:
        left, right = _left(leaf.lines), _right(leaf.lines)
        if not leaf.alone or left is None or right is None:
            continue
        if right - left >= MIN_TEXT_SHARE * leaf.width:
            found.append((left, right, len(leaf.lines)))
    return found


def _margins(leaf: Leaf, usual: Sequence[tuple[float, float, int]]) -> tuple[float, float]:
    """A column's left and right edge: its own, widened to what the other pages agree on."""
    lines = leaf.lines
    if not lines:
        return 0.0, leaf.width
    em = lines[0].size
    left = min(line.x0 for line in lines) if _left(lines) is None else _left(lines) or 0.0
    right = _right(lines)
    own = max(line.x1 for line in lines) if right is None else right
    if not leaf.alone and right is not None:
        return left, own
    wide = right is not None and own - left >= MIN_TEXT_SHARE * leaf.width
    edge = own if wide else max(line.x1 for line in lines)
    begun = min(_run_on(lines, edge), default=edge)
    sure = begun <= left + SAME_EDGE_EM * em and edge - begun >= MIN_TEXT_SHARE * leaf.width
    if sure and not wide:
        left, own = min(left, begun), edge
    near = (SAME_EDGE_EM if sure else SAME_COLUMN_EM) * em
    like = [m for m in usual if abs(m[0] - left) <= near and m[1] > own - em]
    if like:
        best = max(like, key=lambda m: m[2])
        return min(left, best[0]), max(own, best[1])
    if not leaf.alone or wide or sure:
        return left, own
    return _symmetric(lines, leaf.width, left, own)


def _run_on(lines: Sequence[PdfLine], right: float) -> Iterator[float]:
    """Where the second lines of paragraphs begin: left of a line that is set in and full."""
    for above, line in pairwise(lines):
        set_in = INDENT_EM < (above.x0 - line.x0) / line.size < MAX_INDENT_EM
        full = abs(right - above.x1) < FULL_EM * line.size
        if set_in and full and not ends_sentence(above.text):
            yield line.x0


def _symmetric(
    lines: Sequence[PdfLine], width: float, left: float, right: float
) -> tuple[float, float]:
    """Edges of a page with few lines: as far from the right side as from the left."""
    edge = min(left, width - right)
    if len(lines) < 2:
        edge = min(edge, 0.15 * width)
    return min(left, edge), max(right, width - edge)


def _left(lines: Sequence[PdfLine]) -> float | None:
    """The leftmost start that two lines share."""
    return _shared(sorted((line.x0, line.size) for line in lines))


def _right(lines: Sequence[PdfLine]) -> float | None:
    """The rightmost end that two lines share, hanging punctuation aside."""
    shared = _shared(sorted((-line.reach, line.size) for line in lines))
    return None if shared is None else -shared


def _shared(edges: Sequence[tuple[float, float]]) -> float | None:
    for (x, size), (other, _) in pairwise(edges):
        if other - x <= SAME_EDGE_EM * size:
            return x
    return None
