"""Rows of tables that are of something else than the question names: another grade, a place."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from policyqa.index.text.words import normalise
from policyqa.index.types import Document, Passage, Sentence, Span
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.evidence import Evidence

KEY_CHARS = range(2, 21)  # of a cell that can name what its row is of
UNIT = re.compile(
    r"[十百千万亿]*(?:人次?|名|位|元|件|个|家|项|次|户|套|年|个?月|天|平方米|公里|亩)(?:/.+)?"
)
Table = tuple[str, Span]  # the document's id, the span of the header
NO_TABLE: Table = ("", (0, 0))


def without_other_rows(
    found: Sequence[Evidence], asked: Asked, passages: Mapping[str, Sequence[Passage]]
) -> list[Evidence]:
    """The sentences, best first: of a table in whose columns the question names rows, those that
    it names are all as good as the best of them, and the others barred.

    Args:
        found: best first.
        asked: the question.
        passages: of each document, by its id.
    """
    rows = [e for e in found if _table_of(e)]
    if not rows or not asked.uses("rows"):
        return list(found)
    wanted = {
        table: _wanted(_cells(own[0].document, _rows_of(table, passages)), asked)
        for table, own in _by_table(rows).items()
    }
    return sorted(_as_good([_barred(e, wanted) for e in found], wanted), key=lambda e: -e.score)


def _by_table(rows: Iterable[Evidence]) -> Mapping[Table, list[Evidence]]:
    tables: dict[Table, list[Evidence]] = defaultdict(list)
    for each in rows:
        if table := _table_of(each):
            tables[table].append(each)
    return tables


def _rows_of(table: Table, passages: Mapping[str, Sequence[Passage]]) -> list[Sentence]:
    doc_id, head = table
    own = passages.get(doc_id, ())
    return [s for p in own for s in p.sentences if s.kind == "row" and s.head == head]


def _cells(document: Document, rows: Sequence[Sentence]) -> list[list[str]]:
    """The cells of each row, normalised."""
    return [_cells_of(document, row) for row in rows]


def _cells_of(document: Document, row: Sentence) -> list[str]:
    text = document.text[row.start : row.end]
    return [normalise("".join(cell.split())) for cell in text.split("\t")]


def _wanted(rows: Sequence[Sequence[str]], asked: Asked) -> Mapping[int, frozenset[str]]:
    """By column, counted from the last, the cells that the question names, where it names some and
    not all: the longest at each place of the question, whichever column they stand in."""
    columns = range(-max(map(len, rows)), 0)
    cells = {n: {row[n] for row in rows if len(row) >= -n} for n in columns}
    named = _named("".join(asked.plain.split()), set().union(*cells.values()))
    found = {n: frozenset(own & named) for n, own in cells.items()}
    return {n: names for n, names in found.items() if names and names != cells[n]}


def _named(question: str, cells: set[str]) -> set[str]:
    named = set[str]()
    for key in sorted(filter(_is_key, cells), key=len, reverse=True):
        if key in question:
            named.add(key)
            question = question.replace(key, "\n")
    return named


def _as_good(
    found: Sequence[Evidence], wanted: Mapping[Table, Mapping[int, frozenset[str]]]
) -> list[Evidence]:
    best: dict[Table, Evidence] = {}
    for each in found:
        table = _table_of(each)
        if table and wanted.get(table) and not each.barred:
            best.setdefault(table, each)
    return [_at_least(each, best.get(_table_of(each) or NO_TABLE)) for each in found]


def _at_least(evidence: Evidence, best: Evidence | None) -> Evidence:
    if best is None or evidence.barred or evidence.score >= best.score:
        return evidence
    return replace(evidence, score=best.score, read=best.read)


def _table_of(evidence: Evidence) -> Table | None:
    head = evidence.sentence.head
    return (evidence.document.doc_id, head) if head is not None else None


def _is_key(cell: str) -> bool:
    han = any("\u4e00" <= c <= "\u9fff" for c in cell)
    return len(cell) in KEY_CHARS and han and not UNIT.fullmatch(cell)


def _barred(evidence: Evidence, wanted: Mapping[Table, Mapping[int, frozenset[str]]]) -> Evidence:
    columns = wanted.get(_table_of(evidence) or NO_TABLE, {})
    if not columns or evidence.barred:
        return evidence
    cells = _cells_of(evidence.document, evidence.sentence)
    other = any(
        len(cells) >= -column and cells[column] not in names for column, names in columns.items()
    )
    return replace(evidence, barred="row") if other else evidence
