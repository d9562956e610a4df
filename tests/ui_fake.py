"""A small assistant with three documents and fixed answers, for the page and the API."""

import hashlib
import re
from collections.abc import Iterable, Sequence

from policyqa.index.types import Document, FileReport, Metadata, Passage
from policyqa.qa.check.permalinks import Effort, permalink
from policyqa.qa.check.receipts import Claim, SentenceCheck, checked
from policyqa.qa.corpus import Corpus
from policyqa.qa.errors import QuestionError
from policyqa.qa.explaining import Expected, Explanation
from policyqa.qa.question.filters import admits, is_narrowed
from policyqa.qa.types import (
    MAX_QUESTION_CHARS,
    Answer,
    AnswerSentence,
    Citation,
    Compared,
    Hit,
    LeftOut,
    Note,
    Question,
    Resolved,
    Told,
)

ATTACK = (
    "<img src=http://evil.example/x> ![图](http://evil.example/y) [点我](javascript:alert(1)) "
    "$$x^2$$ <script>alert(1)</script> ${alert(1)} {{value}} **粗** `码` http://evil.example/z"
)

FIRST = "博士后出站留渝工作并签订三年以上劳动合同的，一次性给予15万元安家补助。"
SECOND = "在站期间每人每年给予生活补助8万元，最长不超过两年。"
SKILLED = "新引进的高技能人才，在渝缴纳社会保险满一年的，给予每人2万元的技能提升奖励。"

_FILLER = (
    "各部门、各单位要结合实际抓好贯彻落实，建立人才工作联席会议制度，定期研究解决人才引进、培养、"
    "使用、评价、激励中的困难和问题，重大事项及时报告。"
)
_PLAN = "\n".join(
    (
        "渝南人发〔2024〕12号",
        "关于进一步加强博士后和高技能人才工作的若干措施",
        "第一章 总则",
        *(f"第{n}条 {_FILLER}" for n in "一二三四五六七八"),
        "第二章 博士后支持",
        f"第九条 {FIRST}{SECOND}所需经费由市、区两级财政按照各百分之五十的比例分担。",
        *(f"第{n}条 {_FILLER}" for n in ("十", "十一", "十二", "十三", "十四")),
        "第三章 高技能人才",
        f"第十五条 {SKILLED}",
        *(f"第{n}条 {_FILLER}" for n in ("十六", "十七", "十八", "十九", "二十")),
    )
)
_NEWS = (
    "人才与城市双向奔赴\n" + _FILLER + "\n近年来，博士后留渝率达到90%，较2020年提高10个百分点。\n"
)


def document(source: str, text: str, **metadata: str) -> Document:
    """A document as the index would store it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    about = Metadata.model_validate(metadata)
    return Document(doc_id=digest[:16], source=source, sha256=digest, metadata=about, text=text)


PLAN = document(
    "plan.txt",
    _PLAN,
    title="关于进一步加强博士后和高技能人才工作的若干措施",
    issuer="渝南区人力资源和社会保障局",
    doc_number="渝南人发〔2024〕12号",
    date="2024-03-15",
    kind="policy",
)
NEWS = document("news.txt", _NEWS, title="人才与城市双向奔赴", issuer="渝南日报", date="2025-06")
HOSTILE = document("hostile.txt", f"开头{ATTACK}结尾\n\n    缩进一行", title=ATTACK, issuer=ATTACK)


def passages_of(document: Document) -> tuple[Passage, ...]:
    """A passage a line, under the chapter's heading."""
    passages, section = [], ""
    for m in re.finditer(r".+", document.text):
        section = m.group() if re.match("第.章 ", m.group()) else section
        passages.append(
            Passage(
                passage_id=f"{document.doc_id}-{m.start()}",
                doc_id=document.doc_id,
                start=m.start(),
                end=m.end(),
                text=m.group(),
                section=section,
                sentences=(),
            )
        )
    return tuple(passages)


DOCUMENTS = (PLAN, NEWS, HOSTILE)
CORPUS = Corpus.holding(
    DOCUMENTS,
    [passage for each in DOCUMENTS for passage in passages_of(each)],
    (
        *(FileReport(source=d.source, status="read") for d in DOCUMENTS),
        FileReport(source="x.zip", status="failed", reason=f"读不出来{ATTACK}"),
    ),
    "c0ffee",
)


class FakeAssistant:
    """Knows 博士后, 高技能人才 (alone or as a follow-up), an answer with all its parts (措施), an
    ambiguous question (哪项) and the hostile document (攻击)."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.corpus = CORPUS

    def check(self) -> None:
        """Nothing is ever wrong with it."""

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Questions with the same first two characters."""
        by_start: dict[str, list[int]] = {}
        for n, question in enumerate(questions):
            by_start.setdefault(question[:2], []).append(n)
        return tuple(map(tuple, sorted(by_start.values(), key=lambda group: -len(group))))

    def examples(self) -> tuple[str, ...]:
        return (
            "博士后留渝有什么补助？",
            "高技能人才有哪些奖励？",
            "博士后留渝率是多少？",
            "人才工作由哪些部门负责落实？",
        )

    def suggestions(self, answer: Answer) -> tuple[str, ...]:
        if "攻击" in answer.question:
            return (ATTACK,)
        return ("高技能人才有哪些奖励？",) if "博士后" in answer.question else ()

    def search(self, question: Question) -> tuple[Hit, ...]:
        answer = self.ask(question)
        if answer.status == "error":
            raise QuestionError(answer.answer)
        return answer.hits[: question.k]

    def explain(self, question: Question, *, expect: str = "") -> Explanation:
        answer = self.ask(question)
        if answer.status == "error":
            raise QuestionError(answer.answer)
        said = any(expect in citation.quote for citation in answer.citations)
        became = Expected(words=expect, stage="said" if said else "absent")
        return Explanation(answer=answer, expected=became if expect else None)

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        answer = self._narrowed(question, self._answer(question))
        earlier = any("36岁" in turn.content for turn in question.history)
        remembered = Told(attribute="age", label="年龄", said="36岁")
        told = (remembered,) if earlier and "age" not in question.forget else ()
        before = next((t.content for t in question.history if t.role == "user"), "")
        understood = f"{before[:4]} {question.question}" if "呢" in question.question else ""
        return answer.model_copy(
            update={"told": told, "forget": question.forget, "understood": understood}
        )

    def verify(
        self, claims: Sequence[Claim], documents: Iterable[Document], effort: Effort | None = None
    ) -> tuple[SentenceCheck, ...]:
        return checked(claims, documents, effort)

    def _narrowed(self, question: Question, answer: Answer) -> Answer:
        """What cites a document that is not to be asked becomes silence, with what was left out."""
        closed = [d for d in self.corpus.documents() if not admits(question, d.metadata)]
        if not is_narrowed(question):
            return answer
        gone = {document.doc_id for document in closed}
        if gone & {citation.doc_id for citation in answer.citations}:
            answer = self._said(question, "abstained", "no_evidence", "没有依据。")
        left_out = LeftOut(
            documents=len(closed), hits=tuple(h for h in self._hits() if h.doc_id in gone)
        )
        update = {"as_of": question.as_of, "filters": question.filters, "left_out": left_out}
        return answer.model_copy(update=update)

    def _answer(self, question: Question) -> Answer:
        words = question.question
        if not words.strip() or len(words) > MAX_QUESTION_CHARS:
            return self._said(question, "error", "bad_question", "问题是空的，或超过2000字。")
        if "攻击" in words or "<img" in words:
            return self._cited(question, (("原文如此：" + ATTACK, HOSTILE, ATTACK),))
        if "措施" in words:
            return self._composed(question)
        if "哪项" in words:
            silent = self._said(question, "abstained", "ambiguous", "您问的是哪一项？")
            return silent.model_copy(update={"choices": ("《措施》“博士后”", "《措施》“高技能”")})
        if "博士后" in words:
            news = "博士后留渝率达到90%，较2020年提高10个百分点。"
            rows = ((FIRST, PLAN, FIRST), (SECOND, PLAN, SECOND), (news, NEWS, news))
            return self._cited(question, rows)
        if "高技能" in words and (question.history or "奖励" in words):
            return self._cited(question, ((SKILLED, PLAN, SKILLED),))
        if "天气" in words:
            return self._said(question, "abstained", "out_of_scope", "这里只答人才政策。")
        near = Note(kind="near", parts=(f"《{PLAN.metadata.title}》",))
        notes = (Note(kind="no_evidence"), near, Note(kind="next_step"))
        text = "".join(note.text for note in notes)
        silent = self._said(question, "abstained", "no_evidence", text, self._hits())
        return silent.model_copy(update={"notes": notes})

    def _said(
        self, question: Question, status: str, reason: str, text: str, hits: tuple[Hit, ...] = ()
    ) -> Answer:
        return Answer.model_validate(
            {
                "id": question.id or "a1",
                "question": question.question,
                "query": question.question,
                "status": status,
                "reason": reason,
                "answer": text,
                "hits": hits,
                "corpus": self.corpus.fingerprint,
            }
        )

    def _cited(self, question: Question, rows: tuple[tuple[str, Document, str], ...]) -> Answer:
        numbered = list(enumerate(rows, 1))
        return Answer(
            id=question.id or "a1",
            question=question.question,
            query=question.question,
            status="answered",
            reason=None,
            answer="".join(f"{text}[{n}]" for n, (text, _, _) in numbered),
            sentences=tuple(
                AnswerSentence(text=text, citations=(n,)) for n, (text, _, _) in numbered
            ),
            citations=tuple(cite(n, found, quote) for n, (_, found, quote) in numbered),
            hits=self._hits(),
            corpus=self.corpus.fingerprint,
        )

    def _composed(self, question: Question) -> Answer:
        """An answer with a verdict, a list, an earlier value, a table, what is missing, a note."""
        news = "博士后留渝率达到90%，较2020年提高10个百分点。"
        plan = cite(1, PLAN, FIRST).model_copy(
            update={"validity": "已过期", "validity_because": "有效期至2025-12-31"}
        )
        said = AnswerSentence(
            text=FIRST, citations=(1,), role="item", resolved=(Resolved(at=3, text="离站"),)
        )
        return Answer(
            id=question.id or "a1",
            question=question.question,
            query=question.question,
            status="answered",
            reason=None,
            answer=f"视条件而定：· {said.shown}[1]\n· {SECOND}[2]\n（2025-06 渝南日报）{news}[3]",
            sentences=(
                said,
                AnswerSentence(text=SECOND, citations=(2,), role="item"),
                AnswerSentence(text=news, citations=(3,), role="earlier"),
            ),
            citations=(plan, cite(2, PLAN, SECOND), cite(3, NEWS, news)),
            hits=self._hits(),
            verdict="视条件而定",
            completeness="partial",
            missing=(Note(kind="not_said", parts=("在哪里办理",)),),
            notes=(Note(kind="target"),),
            compared=(
                Compared(label="2025-06", value="90%", citation=3),
                Compared(label="2024-03-15", value="15万元", citation=1),
            ),
            compared_by="time",
            corpus=self.corpus.fingerprint,
        )

    def _hits(self) -> tuple[Hit, ...]:
        return (hit(1, PLAN, FIRST + SECOND), hit(2, PLAN, SKILLED), hit(3, NEWS, _FILLER))


def cite(n: int, found: Document, quote: str) -> Citation:
    """The citation of `quote` where it first stands in the document."""
    start = found.text.index(quote)
    return Citation(
        n=n,
        doc_id=found.doc_id,
        source=found.source,
        title=found.metadata.title,
        section="第二章 博士后支持" if found is PLAN else "",
        issuer=found.metadata.issuer,
        doc_number=found.metadata.doc_number,
        date=found.metadata.date,
        quote=quote,
        start=start,
        end=start + len(quote),
        passage_id=f"p{n}",
        permalink=str(permalink(found, (start, start + len(quote)))),
    )


def hit(rank: int, found: Document, text: str) -> Hit:
    """The passage `text` of the document as the hit of a rank."""
    start = found.text.index(text)
    return Hit(
        rank=rank,
        passage_id=f"p{rank}",
        doc_id=found.doc_id,
        source=found.source,
        start=start,
        end=start + len(text),
        score=1 / rank,
        text=text,
        title=found.metadata.title,
    )
