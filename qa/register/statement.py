"""A self-check to keep: what somebody told, what follows for each programme, and the clauses that
it rests on, as a receipt that `verify` checks."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from policyqa.qa.check.permalinks import permalink
from policyqa.qa.check.receipts import Receipt
from policyqa.qa.register.checking import Verdict
from policyqa.qa.register.standing import Standings
from policyqa.qa.register.types import Cell
from policyqa.qa.types import AnswerSentence, Citation

NAME = "我能享受什么（自测，不是认定）"
UNSIGNED = "条件未签"


def statement_of(
    told: Sequence[str],
    verdicts: Sequence[Verdict],
    standings: Standings,
    *,
    now: datetime | None = None,
) -> Receipt:
    """The receipt of a self-check, of this moment.

    Args:
        told: what somebody told, as people read it (年龄 34).
        verdicts: of the programmes, in the order in which they are shown.
        standings: of the cells.
    """
    found = _Cited(standings)
    lines = [f"您说的：{'；'.join(told) or '什么也没有说'}。", f"按 {standings.day} 的登记册："]
    lines += [line for verdict in verdicts for line in _lines(verdict, found)]
    moment = (now or datetime.now()).astimezone()
    return Receipt(
        question=NAME,
        asked_at=moment.isoformat(timespec="seconds"),
        answer="\n".join(lines),
        sentences=tuple(
            AnswerSentence(text=each.quote, citations=(each.n,)) for each in found.citations
        ),
        citations=tuple(found.citations),
        corpus=standings.corpus.fingerprint,
        by="documents",
    )


class _Cited:
    """The cells that are cited, each once, numbered from 1."""

    def __init__(self, standings: Standings) -> None:
        self.citations: list[Citation] = []
        self._standings = standings
        self._numbers: dict[str, str] = {}

    def mark(self, cell: Cell) -> str:
        """`[n]` for a cell; what it is worth where its words are gone or have changed."""
        if cell.quote.link not in self._numbers:
            self._numbers[cell.quote.link] = self._cite(cell)
        return self._numbers[cell.quote.link]

    def _cite(self, cell: Cell) -> str:
        held = self._standings.of(cell)
        if held.document is None or held.span is None:
            return f"〔{held.label}：{held.because}〕"
        document, (start, end) = held.document, held.span
        about = document.metadata
        self.citations.append(
            Citation(
                n=len(self.citations) + 1,
                doc_id=document.doc_id,
                source=document.source,
                title=about.title,
                section="",
                issuer=about.issuer,
                doc_number=about.doc_number,
                date=about.date,
                quote=document.text[start:end],
                start=start,
                end=end,
                passage_id="",
                region=about.region,
                kind=about.kind,
                permalink=str(permalink(document, held.span)),
            )
        )
        return f"[{len(self.citations)}]"


def _lines(verdict: Verdict, found: _Cited) -> Iterator[str]:
    """What follows for one programme: the verdict, then by which clauses, what is lacking, and what
    it gives."""
    programme = verdict.programme
    marks = "" if verdict.is_signed else f"（{UNSIGNED}）"
    notes = f"：{'；'.join(verdict.notes)}" if verdict.notes else ""
    yield f"{programme.name}：{verdict.word}{marks}{notes}"
    if verdict.met is True:
        yield f"　按 {''.join(found.mark(cell) for cell in programme.conditions)}"
    for point in verdict.failed:
        gap = f"（{point.gap}）" if point.gap else ""
        yield f"　不符合：{point.words}{gap}{found.mark(programme.conditions[point.cell])}"
    for point in verdict.open:
        office = "须由经办部门判断" if point.wants == "office" else "还要知道"
        yield f"　{office}：{point.words}{found.mark(programme.conditions[point.cell])}"
    given = zip(verdict.benefits, verdict.worth, strict=True) if verdict.met is not False else ()
    for benefit, worth in given:
        yield f"　待遇：{benefit.text}{worth.remark}{found.mark(benefit)}"
