"""What may be asked next: what else the cited documents say, checked before it is shown."""

import re
from collections.abc import Callable, Iterator, Sequence

from policyqa.index.metadata.validity import normal_title
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.text.marks import without_number
from policyqa.index.types import Document, Passage
from policyqa.qa.question.headings import asked_headings
from policyqa.qa.types import Answer

LIMIT = 3
TRIED = 8
MAX_NAME_CHARS = 24
ENDING = re.compile(
    r"(?:实施|管理|暂行|试行)?(?:办法|规定|细则|方案|意见|措施|指南|通知|公告|规划|若干措施)$"
)
# A heading of a document, and the question that it answers; {name} is what the document is about.
QUESTIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(heading), question)
    for heading, question in (
        ("条件|资格", "{name}需要满足哪些条件？"),
        ("材料|资料|要件", "{name}需要提交哪些材料？"),
        ("流程|程序|步骤", "{name}的办理流程是什么？"),
        ("标准|金额|额度", "{name}的标准是多少？"),
        ("时间|期限|时限", "{name}什么时候办理？"),
        ("地点|地址|窗口", "{name}在哪里办理？"),
        ("对象|范围", "哪些人可以申请{name}？"),
        ("收费|费用", "{name}收费吗？"),
    )
)
TASK = re.compile(r"^(加快|支持|鼓励|强化|加强|优化|完善|健全|推动|实施)[\u4e00-\u9fff“”]{4,14}$")


def suggested(
    answer: Answer,
    documents: Sequence[Document],
    passages: Callable[[str], Sequence[Passage]],
    answers: Callable[[str], bool],
) -> tuple[str, ...]:
    """At most three questions on the documents that an answer cites, each of which is answered.

    Args:
        answer: that was given.
        documents: that it cites, in its order.
        passages: of a document, by its id.
        answers: whether a question is answered; asked of a few candidates in turn.
    """
    asked = asked_headings(answer.query)
    candidates = dict.fromkeys(
        question
        for document in documents
        for question in _candidates(document, passages(document.doc_id))
        if question != answer.question and not _is_asked(question, asked)
    )
    kept: list[str] = []
    for question in list(candidates)[:TRIED]:
        if answers(question):
            kept.append(question)
        if len(kept) == LIMIT:
            break
    return tuple(kept)


def _is_asked(question: str, asked: Sequence[re.Pattern[str]]) -> bool:
    """Whether a candidate asks for what was asked for just now."""
    return any(kind in asked for kind in asked_headings(question))


def _candidates(document: Document, passages: Sequence[Passage]) -> Iterator[str]:
    name = ENDING.sub("", normal_title(document.metadata.title))
    for passage in passages:
        heading = without_number(passage.section.split(SECTION_SEPARATOR)[-1]).strip()
        if TASK.match(heading):
            yield f"{heading}有哪些措施？"
        elif 2 < len(name) <= MAX_NAME_CHARS and len(heading) <= 12:
            for pattern, question in QUESTIONS:
                if pattern.search(heading):
                    yield question.format(name=name)
                    break
