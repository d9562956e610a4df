"""Sentences to an answer: the best ones in reading order, each with its citations."""

import re
from collections.abc import Callable, Sequence

from index.quotes import quote_spans
from index.types import Span
from index.words import bigrams
from qa.evidence import Evidence, QueryTokens
from qa.settings import AnswerSettings
from qa.types import AnswerSentence, Citation

MARGIN = 2.0  # how far below the best a further sentence may score
SAME = 0.75  # share of bigrams from which two sentences say the same
LONG = 90  # characters from which a sentence is shortened
MAX_CHARS = 450
CLAUSE = re.compile(r"[^，,；;]+[，,；;]?")
# Clauses that state an aim or a mood and nothing to act on.
RHETORIC = re.compile(
    r"^(为.{2,40}(提供|奠定|注入|作出|做出|贡献)|推动|促进|助力|助推|不断|进一步|有效|切实|持续|努力|充分|着力"
    r"|激发|奋力|让.{0,20}(成为|成主角)|确保.{0,12}(落实|完成|到位)|形成.{0,30}(局面|氛围|格局)|营造)"
)
EXCEPTION = re.compile("但|除|不|未|须|应|仅|只|限|若|如|否则|符合|满足|经|按|可")


def chosen(found: Sequence[Evidence], settings: AnswerSettings) -> list[Evidence]:
    """The sentences to say: the best, and those near it that add something, within the limit.

    What speaks of another year or edition than the one asked is never said.
    """
    picked: list[Evidence] = []
    chars = 0
    for evidence in found:
        if evidence.contradicts:
            continue
        if evidence.score < found[0].score - MARGIN:
            break
        if any(_same(evidence, other) for other in picked):
            continue
        if picked and _of_other_region(evidence, picked[0]):
            continue
        if picked and chars + len(evidence.text) > settings.max_chars:
            continue
        picked.append(evidence)
        chars += len(evidence.text)
        if len(picked) == settings.max_sentences:
            break
    return sorted(picked, key=lambda e: (_first_place(picked, e), e.sentence.start))


def _first_place(picked: Sequence[Evidence], evidence: Evidence) -> int:
    """Documents stand in the order of their best sentence, sentences in reading order."""
    ids = [e.document.doc_id for e in picked]
    return ids.index(evidence.document.doc_id)


def _of_other_region(evidence: Evidence, best: Evidence) -> bool:
    """Whether both documents say whom they are for, and it is not the same region."""
    regions = {evidence.document.metadata.region, best.document.metadata.region} - {""}
    return len(regions) > 1


def _same(one: Evidence, other: Evidence) -> bool:
    if one.document is other.document and one.sentence == other.sentence:
        return True
    a, b = set(bigrams(one.text)), set(bigrams(other.text))
    return bool(a and b) and len(a & b) >= SAME * min(len(a), len(b))


def shortened(evidence: Evidence, tokens: QueryTokens) -> Span:
    """The part of a sentence to quote: clauses of mere aim at its end are left out.

    Only whole clauses at the end go, only from a long sentence, and never one that holds a
    number, a word of the question, or a condition.
    """
    start, end = evidence.sentence.start, evidence.sentence.end
    if end - start <= LONG or evidence.sentence.head is not None:
        return _bounded(evidence.document.text, start, end)
    text = evidence.document.text[start:end]
    clauses = [m.span() for m in CLAUSE.finditer(text)]
    while len(clauses) > 2 and _is_idle(text[slice(*clauses[-1])], tokens):
        clauses.pop()
    last = start + clauses[-1][1]
    if last < end:
        last -= len(text[: clauses[-1][1]]) - len(text[: clauses[-1][1]].rstrip("，,；;"))
    return _bounded(evidence.document.text, start, last)


def _is_idle(clause: str, tokens: QueryTokens) -> bool:
    if not RHETORIC.match(clause) or EXCEPTION.search(clause) or re.search(r"\d", clause):
        return False
    return tokens.word_share(clause) < 0.1


def _bounded(text: str, start: int, end: int) -> Span:
    """Cut at a clause so that one sentence alone never exceeds the limit."""
    if end - start <= MAX_CHARS:
        return start, end
    soft = max(text.rfind(mark, start, start + MAX_CHARS) for mark in "，,；;、")
    return start, soft if soft > start else start + MAX_CHARS


class Composer:
    """Collects sentences and numbers their citations from 1, each span once.

    `passage_of` gives the id of the passage that a span of a document stands in.
    """

    def __init__(self, passage_of: Callable[[str, Span], str]) -> None:
        self._passage_of = passage_of
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []
        self._numbers: dict[tuple[str, Span], int] = {}

    def add(self, evidence: Evidence, span: Span) -> None:
        """Append one sentence that says what the span says."""
        document = evidence.document
        parts = quote_spans(document, span)
        numbers = [self._cite(evidence, part) for part in parts]
        if evidence.sentence.head is not None:
            numbers.append(self._cite(evidence, evidence.sentence.head))
            text = evidence.text
        else:
            text = " ".join(document.text[slice(*span)].split())
        shown = AnswerSentence(text=_ended(text), citations=tuple(dict.fromkeys(numbers)))
        self.sentences.append(shown)

    def _cite(self, evidence: Evidence, span: Span) -> int:
        document = evidence.document
        key = (document.doc_id, span)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            section = " › ".join(filter(None, [evidence.passage.section, evidence.sentence.label]))
            self.citations.append(
                Citation(
                    n=self._numbers[key],
                    doc_id=document.doc_id,
                    source=document.source,
                    title=document.metadata.title,
                    section=section,
                    issuer=document.metadata.issuer,
                    doc_number=document.metadata.doc_number,
                    date=document.metadata.date,
                    quote=document.text[slice(*span)],
                    start=span[0],
                    end=span[1],
                    passage_id=self._passage_of(document.doc_id, span),
                    page=evidence.sentence.page,
                    row=evidence.sentence.row,
                )
            )
        return self._numbers[key]

    def text(self) -> str:
        """The sentences in one text, each followed by its marks."""
        return "".join(
            sentence.text + "".join(f"[{n}]" for n in sentence.citations)
            for sentence in self.sentences
        )


def _ended(text: str) -> str:
    """With an end mark, so that sentences can follow each other."""
    stripped = text.rstrip("，,；;、 ")
    return stripped if stripped.endswith(tuple("。！？!?…”’）)》")) else stripped + "。"
