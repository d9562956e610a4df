"""Sentences to an answer: the best ones in reading order, each with its citations."""

import re
from collections.abc import Callable, Mapping, Sequence

from policyqa.index.metadata.validity import Validity
from policyqa.index.structure.quotes import display, quote_spans
from policyqa.index.text.words import bigrams
from policyqa.index.types import Document, Sentence, Span
from policyqa.qa.check.gate import Finding, check
from policyqa.qa.check.permalinks import permalink
from policyqa.qa.compose.deixis import resolutions
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.evidence import LEADS_IN, Evidence, Quote
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import AnswerSentence, Citation, Resolved, Role
from policyqa.qa.wording import TARGET

MARGIN = 2.0  # how far below the best a further sentence may score, where no reader marks them
FEW, FEW_CHARS = 3, 230  # sentences and characters that are said then
NEAR = 1.2  # how far below the best a sentence that a reader marked may be, in log-odds
LED = 600  # characters after a lead-in within which what it leads in begins
REPLACED = 4.0  # how much worse a sentence of the successor may be and still stand before
STEP = 0.01
SAME = 0.75  # share of bigrams from which two sentences say the same
MAX_CHARS = 450
# What joins a sentence to the one before it, or to the question before it, and says nothing by
# itself.
CONNECTIVE = re.compile(
    r"^(?:答[：:]\s*|(?:此外|另外|同时|与此同时|而且|并且|因此|为此|据了解|据介绍|据悉|据统计|总之|事实上|其次|首先|再次|最后|据此|比如|例如)[，,：:]\s*)"
)


def chosen(found: Sequence[Evidence], asked: Asked, settings: AnswerSettings) -> list[Evidence]:
    """The sentences to say: the best, and those that belong to the answer with it, within the
    limit.

    Where a reader has marked them, those that are nearly as likely to belong to it as the best;
    else those near the best that add something. What speaks of another year or edition than the one
    asked is never said.

    Args:
        found: best first.
        asked: the question.
        settings: the limits.
    """
    usable = [each for each in found if not each.contradicts]
    if usable and usable[0].read is not None:
        return _led(_within(usable, asked, settings, least=usable[0].score - NEAR))
    telling = [each for each in usable if not each.text.endswith(LEADS_IN)]
    few = AnswerSettings(
        max_chars=min(FEW_CHARS, settings.max_chars), max_sentences=min(FEW, settings.max_sentences)
    )
    least = found[0].score - MARGIN if found else 0.0
    near = [each for each in telling if each.score >= least]
    picked = _within(near, asked, few, least=least)
    if any(e.signals.expected for e in near[:1]):
        # nothing that holds no sum beside the best, which does
        picked = [e for e in picked if e.signals.expected]
    return sorted(picked, key=lambda e: (_first_place(picked, e), e.sentence.start))


def _within(
    found: Sequence[Evidence], asked: Asked, settings: AnswerSettings, *, least: float
) -> list[Evidence]:
    """The first, and further ones of at least this score, none of which repeats another, in their
    order, within the limits."""
    picked: list[Evidence] = []
    chars = 0
    for evidence in found:
        if picked and evidence.score < least:
            break
        if any(is_same(evidence.quote, other.quote) for other in picked):
            continue
        one_region = picked and asked.uses("one_region")
        if one_region and _of_other_region(evidence.quote, picked[0].quote):
            continue
        if picked and chars + len(evidence.text) > settings.max_chars:
            continue
        picked.append(evidence)
        chars += len(evidence.text)
        if len(picked) == settings.max_sentences:
            break
    return picked


def _led(picked: Sequence[Evidence]) -> list[Evidence]:
    """The best first, unless what leads it in is said too; then passages in the order of their best
    sentence, sentences of each in reading order, none that leads in what is not said."""
    kept = [e for e in picked if not e.text.endswith(LEADS_IN) or _leads(e, picked)] or picked[:1]
    places = list(dict.fromkeys(e.passage.passage_id for e in kept))
    ordered = sorted(kept, key=lambda e: (places.index(e.passage.passage_id), e.sentence.start))
    if ordered[0].text.endswith(LEADS_IN):
        return ordered
    return [kept[0], *(e for e in ordered if e is not kept[0])]


def _leads(evidence: Evidence, picked: Sequence[Evidence]) -> bool:
    return any(
        0 <= other.sentence.start - evidence.sentence.end < LED
        for other in picked
        if other.document is evidence.document
    )


def without_replaced(
    found: Sequence[Evidence], asked: Asked, replaced: Mapping[str, str]
) -> list[Evidence]:
    """The sentences with those of a replaced document put behind what its successor says of it.

    A question that names a year asks for what held then, and one that asks for changes for both.

    Args:
        found: best first.
        asked: the question.
        replaced: the successor's id by that of the document that it replaces.
    """
    if not replaced or asked.years:
        return list(found)
    scored = [_behind(e, found, replaced.get(e.document.doc_id, "")) for e in found]
    return sorted(scored, key=lambda e: -e.score)


def _behind(evidence: Evidence, found: Sequence[Evidence], successor: str) -> Evidence:
    """A sentence of a replaced document below the best one of its successor that is of the same
    kind and nearly as good; as it is where there is none: what the successor leaves out."""
    better = [
        e.score
        for e in found
        if e.document.doc_id == successor
        and not e.contradicts
        and e.signals.expected >= evidence.signals.expected
        and e.score >= evidence.score - REPLACED
    ]
    return evidence.scored(min(evidence.score, max(better) - STEP)) if better else evidence


def _first_place(picked: Sequence[Evidence], evidence: Evidence) -> int:
    """Documents stand in the order of their best sentence, sentences in reading order."""
    ids = [e.document.doc_id for e in picked]
    return ids.index(evidence.document.doc_id)


def _of_other_region(quote: Quote, best: Quote) -> bool:
    """Whether both documents say whom they are for, and it is not the same region."""
    regions = {quote.document.metadata.region, best.document.metadata.region} - {""}
    return len(regions) > 1


def is_same(one: Quote, other: Quote) -> bool:
    """Whether two sentences are one, or say the same in nearly the same words; rows of one table
    never do."""
    if one.document is other.document and one.sentence == other.sentence:
        return True
    if one.sentence.head is not None and one.sentence.head == other.sentence.head:
        return False
    a, b = set(bigrams(one.text)), set(bigrams(other.text))
    return bool(a and b) and len(a & b) >= SAME * min(len(a), len(b))


def shortened(quote: Quote) -> Span:
    """The part of a sentence to quote: without a last clause that is no whole one, and no longer
    than `MAX_CHARS`."""
    start, end = quote.sentence.start, quote.sentence.end
    finished = _finished(quote.document.text[start:end])
    return _bounded(quote.document.text, start, start + len(finished))


def _finished(text: str) -> str:
    """A sentence without a last clause that leads in what is not said with it, or that breaks off
    inside a quotation or a bracket."""
    cut = max(text.rfind(mark) for mark in "，,；;")
    last = text[cut + 1 :]
    breaks_off = any(last.count(opens) > last.count(ends) for opens, ends in ("“”", "《》", "（）"))
    return text[:cut] if cut > 0 and (text.endswith(LEADS_IN) or breaks_off) else text


def _bounded(text: str, start: int, end: int) -> Span:
    """Cut at a clause so that one sentence alone never exceeds the limit."""
    if end - start <= MAX_CHARS:
        return start, end
    soft = max(text.rfind(mark, start, start + MAX_CHARS) for mark in "，,；;、")
    return start, soft if soft > start else start + MAX_CHARS


class Composer:
    """Collects sentences and numbers their citations from 1, each span once.

    What the gate does not pass is not said but kept in `dropped` with what the gate found.

    `passage_of` gives the id of the passage that a span of a document stands in, `validity_of`
    whether a document holds on the day of the question; `resolve` says whether what 今年 and 该区
    mean is put into the sentences.
    """

    def __init__(
        self,
        passage_of: Callable[[str, Span], str],
        validity_of: Callable[[Document], Validity | None] = lambda document: None,
        *,
        resolve: bool = True,
    ) -> None:
        self._passage_of = passage_of
        self._validity_of = validity_of
        self._resolve = resolve
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []
        self.dropped: list[tuple[str, Finding]] = []
        self._numbers: dict[tuple[str, Span], int] = {}

    def add(self, quote: Quote, span: Span, *, role: Role = "statement") -> tuple[int, ...]:
        """Append one sentence that says what the span says; the numbers of its citations, () where
        the gate stopped it."""
        document = quote.document
        parts, head = quote_spans(document, span), quote.sentence.head
        if head:
            text = row_text(document, quote.sentence, parts)
        else:
            text = CONNECTIVE.sub("", " ".join(document.text[slice(*span)].split()))
        own = "".join(document.text[slice(*part)] for part in parts)
        finding = check(text, [own, document.text[slice(*head)]] if head else [own])
        if not finding.passed:
            self.dropped.append((text, finding))
            return ()
        proof = (
            [*sorted(parts, key=lambda part: not _is_own(document, part)), head] if head else parts
        )
        numbers = tuple(dict.fromkeys(self._cite(quote, part) for part in proof))
        self.sentences.append(
            AnswerSentence(
                text=_ended(text),
                citations=numbers,
                role=role,
                resolved=self._resolved(text, document),
            )
        )
        return numbers

    def number_of(self, quote: Quote) -> int:
        """The number under which something of the quote's sentence is cited; 0 for none."""
        sentence, name = quote.sentence, quote.document.doc_id
        return next(
            (
                number
                for (doc_id, (start, _)), number in self._numbers.items()
                if doc_id == name and sentence.start <= start < sentence.end
            ),
            0,
        )

    def _resolved(self, text: str, document: Document) -> tuple[Resolved, ...]:
        found = resolutions(text, document) if self._resolve else ()
        return tuple(Resolved(at=each.at, text=each.text) for each in found)

    def _cite(self, quote: Quote, span: Span) -> int:
        document = quote.document
        key = (document.doc_id, span)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            citation = cite(
                quote, span, self._numbers[key], self._passage_of(document.doc_id, span)
            )
            self.citations.append(with_validity(citation, self._validity_of(document)))
        return self._numbers[key]

    def text(self) -> str:
        """The sentences in one text, each followed by its marks, items and steps on their own
        lines, values of other times with their dates."""
        return "".join(self._shown(n, sentence) for n, sentence in enumerate(self.sentences))

    def _shown(self, n: int, sentence: AnswerSentence) -> str:
        marks = "".join(f"[{number}]" for number in sentence.citations)
        words = sentence.shown
        before = "\n" if n else ""
        if sentence.role in ("item", "step"):
            return f"{before}· {words}{marks}"
        if sentence.role in ("earlier", "conflict", "target"):
            aim = TARGET if sentence.role == "target" else ""
            return f"{before}（{aim}{self._dated(sentence)}）{words}{marks}"
        after_list = n > 0 and self.sentences[n - 1].role != "statement"
        return f"{before if after_list else ''}{words}{marks}"

    def _dated(self, sentence: AnswerSentence) -> str:
        cited = self.citations[sentence.citations[0] - 1]
        return " ".join(filter(None, [cited.date, cited.issuer])) or cited.title


def cite(quote: Quote, span: Span, number: int, passage_id: str) -> Citation:
    """The citation of a span of the quote's document."""
    document, about = quote.document, quote.document.metadata
    return Citation(
        n=number,
        doc_id=document.doc_id,
        source=document.source,
        title=about.title,
        section=" › ".join(filter(None, [quote.passage.section, quote.sentence.label])),
        issuer=about.issuer,
        doc_number=about.doc_number,
        date=about.date,
        quote=document.text[slice(*span)],
        start=span[0],
        end=span[1],
        passage_id=passage_id,
        page=quote.sentence.page,
        row=quote.sentence.row,
        region=about.region,
        kind=about.kind,
        permalink=str(permalink(document, span)),
    )


def with_validity(citation: Citation, held: Validity | None) -> Citation:
    """The citation with what is known of its document's validity."""
    if held is None:
        return citation
    return citation.model_copy(update={"validity": held.state, "validity_because": held.because})


def _is_own(document: Document, part: Span) -> bool:
    """Whether a part of a table row has cells of its own, and is none that several rows share: what
    a reader is led to first."""
    return "\t" in document.text[slice(*part)].strip("\n")


def row_text(document: Document, sentence: Sentence, parts: Sequence[Span]) -> str:
    """A table row with its header's labels, of those cells only that stand in these parts."""
    if sentence.head is None:
        return display(document, sentence)
    labels = document.text[slice(*sentence.head)].split("\t")
    at, shown = sentence.start, []
    cells = document.text[sentence.start : sentence.end].split("\t")
    for label, cell in zip(labels[-len(cells) :], cells, strict=False):
        held = all(any(a <= n < b for a, b in parts) for n in range(at, at + len(cell)))
        if cell.strip() and held:
            shown.append(f"{label}：{' '.join(cell.split())}" if label else cell)
        at += len(cell) + 1
    return "；".join(shown)


def _ended(text: str) -> str:
    """With an end mark, so that sentences can follow each other."""
    stripped = text.rstrip("，,；;、 ")
    return stripped if stripped.endswith(tuple("。！？!?…”’）)》：:")) else stripped + "。"
