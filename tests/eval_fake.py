"""An assistant whose every answer is known, and six questions for it."""

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.index.types import Document, Metadata
from policyqa.qa.corpus import Corpus
from policyqa.qa.types import Answer, AnswerSentence, Citation, Hit, Question, Timings

PLAN = "第一条 博士后给予15万元补助。第二条 高技能人才奖励2万元。第三条 由区人才办负责解释。"
NEWS = "博士后留渝率达到90%。"
TEXTS = {"plan.txt": PLAN, "news.txt": NEWS}
CORPUS = Corpus.holding(
    [
        Document(doc_id=name, source=name, sha256="", metadata=Metadata(), text=text)
        for name, text in TEXTS.items()
    ],
    fingerprint="c0ffee",
)


class FakeAssistant:
    """Says for each question what it was given; unknown questions are an error."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = answers
        self.asked: list[Question] = []
        self.corpus = CORPUS

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self._answers.get(question.question) or said("error")


def hits(*texts: tuple[str, str]) -> tuple[Hit, ...]:
    return tuple(
        Hit(
            rank=n, passage_id=f"p{n}", doc_id=source, source=source, start=0, end=0, score=1 / n,
            text=text,
        )
        for n, (source, text) in enumerate(texts, start=1)
    )  # fmt: skip


def cite(n: int, source: str, quote: str) -> Citation:
    start = TEXTS[source].find(quote)
    return Citation(
        n=n, doc_id=source, source=source, title="", section="", issuer="", doc_number="", date="",
        quote=quote, start=start, end=start + len(quote), passage_id="p",
    )  # fmt: skip


def said(
    status: str,
    *sentences: tuple[str, tuple[int, ...]],
    cited: tuple[Citation, ...] = (),
    found: tuple[Hit, ...] = (),
    ms: float = 10.0,
) -> Answer:
    text = "".join(words + "".join(f"[{n}]" for n in numbers) for words, numbers in sentences)
    return Answer(
        id="", question="", query="", status=status, reason=None, answer=text or "抱歉。",
        sentences=tuple(AnswerSentence(text=w, citations=n) for w, n in sentences),
        citations=cited, hits=found, timings_ms=Timings(embed=ms / 10, total=ms),
    )  # fmt: skip


def question(text: str, **fields: object) -> Query:
    return Query.model_validate({"id": text, "text": text} | fields)


EVIDENCE = [
    {"source": "plan.txt", "quote": "博士后给予15万元补助"},
    {"source": "plan.txt", "quote": "高技能人才奖励2万元"},
]


# Six questions: right, wrong, silent though answerable, rightly silent, answered though
# unanswerable, and one that fails.
QUERIES = (
    question("对", type="甲", evidence=EVIDENCE[:1], answers=["15万元"]),
    question("错", type="甲", evidence=EVIDENCE[1:], answers=["2万元"]),
    question("沉默", evidence=EVIDENCE[:1], answers=["15万元"]),
    question("无解", answerable=False, type="乙"),
    question("硬答", answerable=False, type="乙"),
    question("出错", evidence=EVIDENCE[:1], answers=["15万元"]),
)
DATASET = Dataset(name="小集", queries=QUERIES, qrels={}, corpus=None)
ANSWERS = {
    "对": said(
        "answered",
        ("博士后给予15万元补助。", (1,)),
        cited=(cite(1, "plan.txt", "博士后给予15万元补助"),),
        found=hits(("plan.txt", "博士后给予15万元补助")),
        ms=10,
    ),
    "错": said(
        "answered",
        ("由区人才办负责。", (1,)),
        ("给3万元。", (1,)),
        cited=(cite(1, "plan.txt", "由区人才办负责解释"),),
        found=hits(("news.txt", NEWS), ("plan.txt", "高技能人才奖励2万元")),
        ms=20,
    ),
    "沉默": said("abstained", found=hits(("news.txt", NEWS)), ms=30),
    "无解": said("abstained", ms=40),
    "硬答": said("answered", ("博士后。", (1,)), cited=(cite(1, "news.txt", "博士后"),), ms=50),
}
