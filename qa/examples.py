"""Example questions out of the corpus itself, for a reader who does not know what to ask."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import zip_longest

from index.passages import SECTION_SEPARATOR
from index.search_index import SearchIndex
from index.types import Document

LIMIT = 5
TRIED = 24
QUOTED = re.compile(r"“([\u4e00-\u9fffA-Za-z0-9]{2,10})”")
NUMBER = re.compile(
    r"^(第.{1,4}[章节条]|[一二三四五六七八九十]+、|[（(].{1,3}[）)]|\d+[.．、]|专栏\d+)\s*"
)
TASK = re.compile(r"^(加快|支持|鼓励|强化|加强|优化|完善|健全|创新|推动)[\u4e00-\u9fff]{4,12}$")
YEAR_CELL = re.compile(r"^\d{4}年$")
OFTEN = 3  # a quoted name of so many mentions is a subject of its document


def example_questions(index: SearchIndex, answers: Callable[[str], bool]) -> tuple[str, ...]:
    """A few questions that are answered, of several documents and kinds.

    Args:
        index: the corpus.
        answers: whether a question is answered; asked of the candidates in turn.
    """
    by_document = [list(_candidates(index, document)) for document in index.documents]
    mixed = [q for row in zip_longest(*by_document) for q in row if q]
    kept: list[str] = []
    for question in list(dict.fromkeys(mixed))[:TRIED]:
        if answers(question):
            kept.append(question)
        if len(kept) == LIMIT:
            break
    return tuple(kept)


def _candidates(index: SearchIndex, document: Document) -> Iterator[str]:
    names = Counter(QUOTED.findall(document.text)).most_common(2)
    named = [f"“{name}”是什么？" for name, count in names if count >= OFTEN]
    for row in zip_longest(_of_tables(index, document), named, _of_headings(index, document)):
        yield from filter(None, row)


def _of_headings(index: SearchIndex, document: Document) -> Iterator[str]:
    for passage in index.passages:
        if passage.doc_id == document.doc_id and passage.section:
            title = NUMBER.sub("", passage.section.split(SECTION_SEPARATOR)[-1])
            if TASK.match(title):
                yield f"{title}有哪些措施？"


def _of_tables(index: SearchIndex, document: Document) -> Iterator[str]:
    for passage in index.passages:
        if passage.doc_id != document.doc_id:
            continue
        for sentence in passage.sentences:
            if sentence.head is None:
                continue
            labels = document.text[slice(*sentence.head)].split("\t")
            cells = document.text[sentence.start : sentence.end].split("\t")
            years = [label for label in labels if YEAR_CELL.match(label)]
            if years and len(cells) > 2:
                yield f"{years[-1]}{cells[1]}是多少？"
                return
