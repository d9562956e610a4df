"""Tables with ruled lines: where the rules make a grid, which cells are merged, what they hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from policyqa.index.read.extract import Cell, Table
from policyqa.index.read.pdf.glyphs import spaced
from policyqa.index.read.pdf.lines import (
    CLOSERS,
    MARK_CLOSE,
    MARK_OPEN,
    PdfLine,
    boxed,
    lines_of,
    merged,
)
from policyqa.index.read.pdf.paragraphs import begins_marked, ends_sentence
from policyqa.index.read.pdf.shapes import Glyph, Rule

SNAP = 2.5
MIN_RULE = 5.0
OPEN_SIDE = 12.0
MIN_BORDER_SHARE = 0.6
MAX_RULES = 6000
MAX_GRID_CELLS = 20_000
MAX_REPEATED_ROWS = 3


@dataclass(frozen=True)
class Ruled:
    """A table on one page and its box. `edges` are where its columns part."""

    table: Table
    box: Rule
    edges: tuple[float, ...]
    page: int

    @property
    def top(self) -> float:
        return self.box.top

    @property
    def bottom(self) -> float:
        return self.box.bottom

    @property
    def x0(self) -> float:
        return self.box.x0

    @property
    def x1(self) -> float:
        return self.box.x1


def tables_of(
    glyphs: Sequence[Glyph], rules: Iterable[Rule], page: int
) -> tuple[list[Ruled], list[Glyph]]:
    """The ruled tables of a page from the top, and the glyphs outside them."""
    rest, found = list(glyphs), []
    for lying, standing in _grids(rules):
        xs, ys = _edges(lying, standing)
        if not _could_be_table(xs, ys):
            continue
        inside = boxed(rest, Rule(xs[0], ys[0], xs[-1], ys[-1]))
        table = _table(xs, ys, lying, standing, inside, page)
        if table is None:
            continue
        found.append(Ruled(table, Rule(xs[0], ys[0], xs[-1], ys[-1]), tuple(xs), page))
        taken = set(map(id, inside))
        rest = [g for g in rest if id(g) not in taken]
    return sorted(found, key=lambda ruled: ruled.top), rest


def _could_be_table(xs: Sequence[float], ys: Sequence[float]) -> bool:
    cells = (len(xs) - 1) * (len(ys) - 1)
    return len(xs) > 2 and len(ys) > 1 and cells <= MAX_GRID_CELLS


def _grids(rules: Iterable[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Lying and standing rules that touch one another, the largest group first."""
    drawn = list(rules)[:MAX_RULES]
    lying = _fused([r for r in drawn if r.x1 - r.x0 >= r.bottom - r.top])
    standing = [
        _flip(r) for r in _fused([_flip(r) for r in drawn if r.x1 - r.x0 < r.bottom - r.top])
    ]
    groups: list[tuple[list[Rule], list[Rule]]] = []
    for rule in standing:
        touched = [h for h in lying if _touch(h, rule)]
        groups.append((touched, [rule]))
    for group in sorted(_united(groups), key=lambda g: -len(g[0]) * len(g[1])):
        if len(group[0]) >= 2 and group[1]:
            yield group


def _flip(rule: Rule) -> Rule:
    return Rule(rule.top, rule.x0, rule.bottom, rule.x1)


def _fused(rules: list[Rule]) -> list[Rule]:
    """Lying rules at one height that touch (dashes too), as one."""
    out: list[Rule] = []
    for rule in sorted(rules, key=lambda r: (round((r.top + r.bottom) / 2 / SNAP), r.x0)):
        last = out[-1] if out else None
        level = last is not None and abs(last.top + last.bottom - rule.top - rule.bottom) < 2 * SNAP
        if last is not None and level and rule.x0 <= last.x1 + SNAP:
            out[-1] = last._replace(x1=max(last.x1, rule.x1))
        else:
            out.append(rule)
    return [rule for rule in out if rule.x1 - rule.x0 >= MIN_RULE]


def _touch(lying: Rule, standing: Rule) -> bool:
    y, x = (lying.top + lying.bottom) / 2, (standing.x0 + standing.x1) / 2
    across = lying.x0 - SNAP <= x <= lying.x1 + SNAP
    return across and standing.top - SNAP <= y <= standing.bottom + SNAP


def _united(
    groups: list[tuple[list[Rule], list[Rule]]],
) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups that share a lying rule, as one."""
    out: list[tuple[set[Rule], set[Rule]]] = []
    for lying, standing in groups:
        here = (set(lying), set(standing))
        apart = []
        for other in out:
            if other[0] & here[0]:
                here = (here[0] | other[0], here[1] | other[1])
            else:
                apart.append(other)
        out = [*apart, here]
    return [(sorted(a), sorted(b)) for a, b in out]


def _edges(lying: Sequence[Rule], standing: Sequence[Rule]) -> tuple[list[float], list[float]]:
    """Where columns and rows part; a side without a rule is where two or more lying rules end."""
    xs = _snapped([(r.x0 + r.x1) / 2 for r in standing])
    ys = _snapped([(r.top + r.bottom) / 2 for r in lying])
    left, right = _snapped([r.x0 for r in lying]), _snapped([r.x1 for r in lying])
    if xs and sum(abs(r.x0 - left[0]) < SNAP for r in lying) > 1 and left[0] < xs[0] - OPEN_SIDE:
        xs = [left[0], *xs]
    if xs and sum(abs(r.x1 - right[-1]) < SNAP for r in lying) > 1:
        xs = [*xs, right[-1]] if right[-1] > xs[-1] + OPEN_SIDE else xs
    return xs, ys


def _snapped(values: Sequence[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP:
            out.append(value)
    return out


def _table(
    xs: Sequence[float],
    ys: Sequence[float],
    lying: Sequence[Rule],
    standing: Sequence[Rule],
    glyphs: Sequence[Glyph],
    page: int,
) -> Table | None:
    """The cells of a grid with their text, or None when it is a frame around running text."""
    spans = _spans(xs, ys, lying, standing)
    texts: dict[tuple[int, int], str] = {}
    for top, left, bottom, right in set(spans.values()):
        box = Rule(xs[left], ys[top], xs[right + 1], ys[bottom + 1])
        texts[top, left] = cell_text(boxed(glyphs, box))
    if len(texts) < 2 or sum(map(bool, texts.values())) < 2:
        return None
    rows = tuple(
        tuple(_cell(r, n, spans[r, n], texts) for n in range(len(xs) - 1))
        for r in range(len(ys) - 1)
    )
    kept = tuple(row for row in rows if any(cell.text or cell.covered for cell in row))
    return Table(rows=kept, page=page) if kept else None


def _cell(
    row: int, column: int, span: tuple[int, int, int, int], texts: dict[tuple[int, int], str]
) -> Cell:
    top, left, _, _ = span
    if row > top:
        return Cell(covered="above")
    return Cell(covered="left") if column > left else Cell(texts[top, left])


def _spans(
    xs: Sequence[float], ys: Sequence[float], lying: Sequence[Rule], standing: Sequence[Rule]
) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """For each place of the grid the cell that holds it: top, left, bottom, right (inclusive)."""
    spans: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    columns, rows = len(xs) - 1, len(ys) - 1
    flipped = [_flip(r) for r in standing]
    for r in range(rows):
        for n in range(columns):
            if (r, n) in spans:
                continue
            right = n
            while right + 1 < columns and (r, right + 1) not in spans:
                if _drawn(flipped, xs[right + 1], ys[r], ys[r + 1]):
                    break
                right += 1
            bottom = r
            while bottom + 1 < rows:
                if _drawn(lying, ys[bottom + 1], xs[n], xs[right + 1]):
                    break
                bottom += 1
            for place in ((a, b) for a in range(r, bottom + 1) for b in range(n, right + 1)):
                spans.setdefault(place, (r, n, bottom, right))
    return spans


def _drawn(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    """Whether rules lie along most of an edge."""
    held = sum(
        max(0.0, min(r.x1, end) - max(r.x0, start))
        for r in rules
        if abs((r.top + r.bottom) / 2 - at) <= SNAP
    )
    return held >= MIN_BORDER_SHARE * (end - start)


def cell_text(glyphs: Sequence[Glyph]) -> str:
    """A cell's lines joined where they run on; what the author broke stays on its own line."""
    rows: dict[int, list[PdfLine]] = {}
    for piece in lines_of(glyphs, 1):
        rows.setdefault(piece.row, []).append(piece)
    lines = [merged(pieces) for pieces in rows.values()]
    if not lines:
        return ""
    right = max(line.x1 for line in lines)
    text = lines[0].text
    for above, line in pairwise(lines):
        short = right - above.x1 > line.head + 0.8 * line.size
        new = begins_marked(line.text) or (ends_sentence(above.text) and short)
        text = f"{text}\n{line.text}" if new else spaced(text, line.text)
    return text.replace(MARK_OPEN, "").replace(MARK_CLOSE, "")


def continues(first: Ruled, second: Ruled) -> bool:
    """Whether a table at the top of the next page has the columns of the one above."""
    if second.page != first.page + 1 or len(first.edges) != len(second.edges):
        return False
    shift = second.edges[0] - first.edges[0]
    return all(
        abs(b - a - shift) < 2 * SNAP for a, b in zip(first.edges, second.edges, strict=True)
    )


def appended(first: Ruled, second: Ruled) -> Ruled:
    """Two pages of one table as one; a header that is repeated is dropped."""
    old, new = first.table.rows, second.table.rows
    header = _repeated(old, new)
    body = list(new[header:])
    if body and not header and _splits_row(old[-1], body[0]):
        last = tuple(
            Cell(spaced(a.text, b.text), a.covered) for a, b in zip(old[-1], body[0], strict=True)
        )
        old, body = (*old[:-1], last), body[1:]
    if body:
        body[0] = tuple(map(_held, old[-1], body[0]))
    pages = (*(first.table.pages or [first.page] * len(old)), *[second.page] * len(body))
    return replace(second, table=replace(first.table, rows=(*old, *body), pages=pages))


def _held(last: Cell, first: Cell) -> Cell:
    """The first cell of a column on the new page, where a merged cell reaches over the break."""
    reaches = last.covered == "above" and not first.text and not first.covered
    return Cell(covered="above") if reaches else first


def _repeated(old: Sequence[tuple[Cell, ...]], new: Sequence[tuple[Cell, ...]]) -> int:
    count = 0
    while count < min(MAX_REPEATED_ROWS, len(old), len(new)) and old[count] == new[count]:
        count += 1
    return count


def _splits_row(last: Sequence[Cell], first: Sequence[Cell]) -> bool:
    """Whether a row is the rest of the one above: its first cell empty, a sentence not ended."""
    if first[0].text or first[0].covered or not last[0].text:
        return False
    pairs = [(a.text, b.text) for a, b in zip(last, first, strict=True) if b.text]
    opened = [a for a, _ in pairs if a and a[-1] not in CLOSERS.replace("，", "").replace("、", "")]
    return bool(pairs) and all(a for a, _ in pairs) and bool(opened)
