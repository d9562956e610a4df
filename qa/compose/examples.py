"""Example questions out of the corpus itself, for a reader who does not know what to ask."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import zip_longest

from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.text.marks import without_number
from policyqa.index.types import Document

LIMIT = 6
TRIED = 24
QUOTED = re.compile(r"“([\u4e00-\u9fff]{3,10})”")
TASK = re.compile(r"^(加快|支持|鼓励|强化|加强|优化|完善|健全|推动)[\u4e00-\u9fff]{4,12}$")
YEAR_CELL = re.compile(r"^\d{4}年$")
EXPLAINED = "(包括|是指|指的是|即|由.{1,20}组成)"
OF_USE = "[^。；]{0,20}(政策|服务|平台|应用)"
OFTEN = 3  # a quoted name of so many mentions is a subject of its document


def example_questions(index: SearchIndex, answers: Callable[[str], bool]) -> tuple[str, ...]:
    """A few questions that are answered, of several documents and kinds.

    Args:
        index: the corpus.
        answers: whether a question is answered; asked of the candidates in turn.
    """
    by_document = [list(_candidates(index, n)) for n in range(len(index.documents))]
    mixed = [q for row in zip_longest(*by_document) for q in row if q]
    kept: list[str] = []
    for question in list(dict.fromkeys(mixed))[:TRIED]:
        if answers(question):
            kept.append(question)
        if len(kept) == LIMIT:
            break
    return tuple(kept)


def _candidates(index: SearchIndex, n: int) -> Iterator[str]:
    """Questions on one document, its kinds in turn; each document begins with another kind."""
    document = index.documents[n]
    kinds = [_of_tables(index, document), _of_headings(index, document), _of_names(document)]
    for row in zip_longest(*kinds[n % 3 :], *kinds[: n % 3]):
        yield from filter(None, row)


def _of_names(document: Document) -> Iterator[str]:
    """The first of the document's own names that it explains or says something to use of."""
    for name, count in Counter(QUOTED.findall(document.text)).most_common(5):
        if count < OFTEN:
            return
        if re.search(f"“{name}”{EXPLAINED}", document.text):
            yield f"“{name}”是什么？"
            return
        if re.search(f"“{name}”{OF_USE}", document.text):
            yield f"“{name}”有哪些政策和服务？"
            return


def _of_headings(index: SearchIndex, document: Document) -> Iterator[str]:
    for passage in index.passages:
        if passage.doc_id == document.doc_id and passage.section:
            title = without_number(passage.section.split(SECTION_SEPARATOR)[-1])
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
