"""How answers on real policies are judged, by hand."""

from policyqa.eval.judge.dataset import Query
from policyqa.eval.runs.readings import Judged, figures, judged
from policyqa.qa.types import Answer, AnswerSentence, Citation, Hit

ONE, TWO = "每人每年补贴二万元。", "期限三年。"


def query(**fields: object) -> Query:
    evidence = [{"source": "a.txt", "quote": quote} for quote in (ONE, TWO)]
    base = {"id": "1", "text": "补贴多少", "type": "amount", "named": True, "evidence": evidence}
    return Query.model_validate(base | fields)


def cited(n: int, quote: str, source: str = "a.txt") -> Citation:
    return Citation(
        n=n, doc_id=source, source=source, title="", section="", issuer="", doc_number="", date="",
        quote=quote, start=0, end=len(quote), passage_id="p",
    )  # fmt: skip


def hit(rank: int, text: str, source: str = "a.txt") -> Hit:
    return Hit(
        rank=rank, passage_id=f"p{rank}", doc_id=source, source=source, start=0, end=len(text),
        score=1.0, text=text,
    )  # fmt: skip


def answer(*citations: Citation, hits: tuple[Hit, ...] = (), **fields: object) -> Answer:
    said = tuple(AnswerSentence(text=c.quote, citations=(c.n,)) for c in citations)
    base = {"question": "", "query": "", "status": "answered", "answer": "", "confidence": 0.7}
    base |= {"id": "1", "reason": None}
    return Answer.model_validate(
        base | {"sentences": said, "citations": citations, "hits": hits} | fields
    )


def test_all_is_said_and_the_first_sentence_is_of_it() -> None:
    row = judged(query(), answer(cited(1, ONE), cited(2, "期限 三年。"), hits=(hit(1, ONE + TWO),)))
    assert (row.found, row.document, row.first, row.every, row.precision) == (True,) * 4 + (1.0,)


def test_half_is_said_after_something_else() -> None:
    found = (hit(1, "别的", "b.txt"), *(hit(n, "别的") for n in range(2, 6)), hit(6, ONE))
    row = judged(query(), answer(cited(1, "别的。"), cited(2, ONE), hits=found))
    assert (row.found, row.document, row.first, row.every) == (False,) * 4
    assert row.precision == 0.5


def test_the_same_words_of_another_document_are_no_evidence() -> None:
    row = judged(query(), answer(cited(1, ONE, "b.txt"), hits=(hit(1, ONE, "b.txt"),)))
    assert (row.found, row.document, row.first, row.every) == (False,) * 4


def test_what_stands_above_a_passage_is_found_with_it() -> None:
    above = hit(1, TWO).model_copy(update={"context": (ONE,)})
    assert judged(query(evidence=[{"source": "a.txt", "quote": ONE}]), answer(hits=(above,))).found


def test_silence_is_right_for_a_near_miss_alone() -> None:
    silent = {"status": "abstained", "reason": "no_evidence", "confidence": 0.1}
    miss = judged(query(answerable=False, evidence=[]), answer(**silent))
    lost = judged(query(), answer(**silent))
    said = judged(query(), answer(cited(1, ONE), cited(2, TWO), hits=(hit(1, ONE),)))
    other = judged(query(named=False), answer(cited(1, "别的。"), confidence=0.3))
    found = figures([miss, lost, said, other])
    assert (miss.silent, miss.first) == (True, None)
    values = {name: (figure.value, figure.n) for name, figure in found.items()}
    assert values["false_answers"] == (0.0, 1)
    assert values["false_silences"] == (0.3333, 3)
    assert (values["named_first_said"], values["first_said"]) == ((0.5, 2), (0.3333, 3))
    assert (values["named_evidence_in_5"], values["auc"]) == ((0.5, 2), (1.0, 4))
    bounds = found["false_silences"]
    assert (bounds.low, bounds.high) == (0.0, 1.0)  # of three questions nothing is known


def test_without_questions_of_a_kind_there_is_no_figure() -> None:
    row = Judged(
        id="1", question="", type="", named=False, answerable=False, silent=True, reason="",
        confidence=0.1,
    )  # fmt: skip
    found = figures([row])
    for name in ("named_first_said", "false_silences", "auc"):
        assert found[name].value is None
    assert found["false_answers"].value == 0.0
