"""The stored text is the document's text: what it has, the file has, in order, each line once.

The file's own text is what its loader gives (`original_of`). Of both sides white space and layout
marks are left out. The stored text is cut into pieces: at the ends of its sentences, rows and cells
and at its seams (where words of the file were taken out between). Piece by piece each must stand in
the file behind the piece before it, so that a line that is written twice fails unless the file has
it twice. Five things are not in the order of the file, by design, and are compared as said here:

- Notes, captions and bylines stand elsewhere than their place in the page: they are taken out of
  the stored text and must, kind by kind, stand in the file in their own order. (A byline is in no
  passage, which tells it.)
- A merged cell is written in each row that it covers, so that a row can be read alone. A cell that
  is equal to the one above it is therefore not asked of the file once more, unless all cells of the
  row are: two equal rows must be two in the file.
- Labels of several header rows are written column by column: each word of a header is looked for
  from where the header begins.
- So are the cells of a row, since a long cell is a text of its own below its row; that text is
  looked for from where its row begins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Extract, Limits, Plain
from policyqa.index.read.reading import read
from policyqa.index.structure.blocks_of import original_of
from policyqa.index.structure.parsing import parse
from policyqa.index.structure.passages import MAX_CONTEXT_CHARS
from policyqa.index.structure.quotes import in_context, quote_spans
from policyqa.index.types import Document, Metadata, Passage, Sentence, Span
from tests.property.test_passages import plain, texts

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
LIMITS = Limits(recognise_scans=False)
SAMPLE = 25
ASIDE = ("note", "caption")
TABULAR = ("row", "header")


def first_stray(document: Document, passages: Sequence[Passage], original: str) -> str:
    """The first piece of a stored text that the file does not have at its place; "" for none."""
    own = plain(original)
    sentences = [s for passage in passages for s in passage.sentences]
    asides = [[(s.start, s.end) for s in sentences if s.kind == kind] for kind in ASIDE]
    for spans in (*asides, _bylines(document, passages)):
        reader = Reader(document, own)
        if stray := next((s for span in spans if (s := reader.text(span))), ""):
            return stray
    reader = Reader(document, own)
    main = (s for s in sentences if s.kind not in ASIDE)
    return next((stray for s in main if (stray := reader.sentence(s))), "")


def _bylines(document: Document, passages: Sequence[Passage]) -> list[Span]:
    """The lines of a stored text that stand in no passage."""
    edges = [0, *(edge for p in passages for edge in (p.start, p.end)), len(document.text)]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return [line for gap in gaps for line in _parts(document, gap, "\n")]


def _parts(document: Document, span: Span, mark: str) -> Iterator[Span]:
    """A span cut at a mark."""
    start = span[0]
    for part in document.text[slice(*span)].split(mark):
        yield start, start + len(part)
        start += len(part) + len(mark)


@dataclass
class Reader:
    """How far the file's own text was read: `reached` for rows, `below` for texts after a row."""

    document: Document
    own: str
    reached: int = 0
    below: int = 0
    above: tuple[str, ...] = ()

    def sentence(self, sentence: Sentence) -> str:
        """Read one sentence; what of it is not found, "" for nothing."""
        span = (sentence.start, sentence.end)
        return self.row(sentence) if sentence.kind in TABULAR else self.text(span)

    def text(self, span: Span) -> str:
        """Read on with a text, piece by piece."""
        for piece in self._pieces(span):
            at = self.own.find(piece, self.below)
            if at < 0:
                return piece
            self.below = at + len(piece)
        self.reached = max(self.reached, self.below)
        return ""

    def row(self, sentence: Sentence) -> str:
        """Read on with a row or a header, its cells in any order."""
        begun = self.reached
        for span in self._asked(sentence):
            self.below = begun
            if stray := self.text(span):
                return stray
        self.below = begun
        return ""

    def _asked(self, sentence: Sentence) -> list[Span]:
        """The words of a header; the cells of a row but those equal to the one above, if any."""
        cells = list(_parts(self.document, (sentence.start, sentence.end), "\t"))
        texts = tuple(plain(self.document.text[slice(*cell)]) for cell in cells)
        same = texts == self.above or len(texts) != len(self.above)
        above = ("",) * len(texts) if same else self.above
        self.above = texts
        if sentence.kind == "header":
            return [word for cell in cells for word in _parts(self.document, cell, " ")]
        return [cell for cell, text, a in zip(cells, texts, above, strict=True) if text != a]

    def _pieces(self, span: Span) -> Iterator[str]:
        for start, end in quote_spans(self.document, span):
            yield plain(self.document.text[start:end])


def stray_of(extract: Extract) -> str:
    document, passages = parse(extract, source="a", metadata=Metadata(), sha256="0" * 64)
    return first_stray(document, passages, original_of(extract))


def said(part: int, item: int, clauses: int) -> str:
    """A sentence of about ten characters a clause that stands nowhere else."""
    return "，".join(f"第{part}{item}{n}批支持人才" for n in range(clauses)) + "。"


def listed(part: int, clauses: int) -> str:
    items = (f"（{n}）{said(part, at, clauses)}" for at, n in enumerate("一二三四五六七八"))
    return "\n".join([f"第{part}批申请人应当具备下列条件：", *items])


def tabled(part: int, clauses: int) -> str:
    rows = (f"\n\t第{n}类\n\t{said(part, n, clauses)}\n\t{n}\n" for n in range(10, 18))
    return f"\n\t类别{part}\n\t条件\n\t人数\n{''.join(rows)}"


def article(part: int, clauses: int) -> str:
    return f"第{part}条 " + "\n".join(said(part, n, clauses) for n in range(9))


builders = st.sampled_from((listed, tabled, article))
long_texts = st.lists(st.tuples(builders, st.integers(2, 12)), min_size=1, max_size=4).map(
    lambda parts: "\n".join(build(n, size) for n, (build, size) in enumerate(parts, start=1))
)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_of_any_text(text: str) -> None:
    assert stray_of(Extract((Plain(text),))) == ""


@given(long_texts)
@settings(max_examples=100, deadline=None)
def test_of_texts_whose_lists_tables_and_articles_are_cut(text: str) -> None:
    assert stray_of(Extract((Plain(text),))) == ""


@given(long_texts)
@settings(max_examples=100, deadline=None)
def test_a_context_stands_above_its_passage_and_is_short(text: str) -> None:
    extract = Extract((Plain(text),))
    document, passages = parse(extract, source="a", metadata=Metadata(), sha256="0" * 64)
    for passage in passages:
        edges = [edge for span in passage.context for edge in span]
        assert edges == sorted(edges)
        assert not edges or edges[-1] <= passage.start
        words = [document.text[slice(*span)] for span in passage.context]
        assert all(0 < len(each) <= MAX_CONTEXT_CHARS for each in words)
        assert in_context(document, passage) == "\n".join([*words, passage.text])


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_of_every_seed(path: Path) -> None:
    assert stray_of(read(path.read_bytes(), path.name, LIMITS)) == ""


def real_files() -> list[Path]:
    """Those of every format, and every so many of the other real files."""
    formats, policies = (sorted((SHARED / n).glob("*")) for n in ("formats", "policies"))
    return [*formats, *policies[:: max(1, len(policies) // SAMPLE)]]


@pytest.mark.skipif(
    not (SHARED / "formats").is_dir(),
    reason="../shared is not here (its files may not be committed)",
)
def test_of_real_files_of_every_format() -> None:
    strays, count = {}, 0
    for path in real_files():
        try:
            extract = read(path.read_bytes(), path.name, LIMITS)
        except UnreadableFile:
            continue
        count += 1
        if stray := stray_of(extract):
            strays[path.name] = stray
    assert strays == {}
    assert count > SAMPLE
