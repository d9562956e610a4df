"""What is wrong with a data set: evidence that no longer stands in the corpus, questions that come
twice, answers that are not in their evidence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.eval.judge.matching import alternatives, carries_answer, normalise, squeezed
from policyqa.index.types import Document, Passage, Value
from policyqa.qa.errors import DatasetError

Kind = Literal[
    "unknown_field", "missing_source", "lost_evidence", "split_evidence", "answer_not_in_evidence",
    "duplicate", "contradiction",
]  # fmt: skip
PUNCTUATION = re.compile(r"[\W_]+")
SHOWN = 60


class Finding(Value):
    """One thing to mend. `line` is that of `queries.jsonl`, 0 where it is of the whole set."""

    line: int
    id: str
    kind: Kind
    message: str


class Corpus:
    """The texts that a data set is checked against, by source, white space aside."""

    def __init__(self, documents: Sequence[Document], passages: Sequence[Passage]) -> None:
        names = {document.doc_id: document.source for document in documents}
        self.texts = {document.source: squeezed(document.text) for document in documents}
        self.passages: dict[str, list[str]] = {source: [] for source in self.texts}
        for passage in passages:
            self.passages[names[passage.doc_id]].append(squeezed(passage.text))


def findings(dataset: Dataset, corpus: Corpus) -> list[Finding]:
    """Everything that should be mended, in the order of the questions."""
    found = [_unknown(name) for name in dataset.ignored]
    seen: dict[tuple[object, ...], str] = {}
    for query in dataset.queries:
        line = dataset.lines.get(query.id, 0)
        problems = [
            *_duplicate(query, seen),
            *_contradiction(query),
            *_sources(query, dataset.qrels.get(query.id, {}), corpus),
            *_evidence(query, corpus),
            *_answers(query, dataset.qrels.get(query.id, {}), corpus),
        ]
        found += [Finding(line=line, id=query.id, kind=k, message=m) for k, m in problems]
    return found


def check_corpus(dataset: Dataset, documents: Sequence[Document]) -> list[str]:
    """The judged sources that are not in the index, in order.

    Raises:
        DatasetError: none of them is: this is the index of another corpus.
    """
    judged = dict.fromkeys(item.source for query in dataset.queries for item in query.evidence)
    for query in dataset.queries:
        judged |= dict.fromkeys(dataset.qrels.get(query.id, {}))
    known = {document.source for document in documents}
    named = [source for source in judged if source]
    missing = [source for source in named if source not in known]
    if named and len(missing) == len(named):
        raise DatasetError(
            f"数据集 {dataset.name} 判的文件（如 {named[0]}）没有一份在这个索引里；"
            "请用 --index 指定由这些文件建的索引"
        )
    return missing


Problem = tuple[Kind, str]


def _unknown(name: str) -> Finding:
    return Finding(line=0, id="", kind="unknown_field", message=f"不认识的字段 {name}，不起作用")


def _duplicate(query: Query, seen: dict[tuple[object, ...], str]) -> Iterator[Problem]:
    turns = tuple((turn.role, _bare(turn.content)) for turn in query.history)
    key = (_bare(query.text), turns, query.as_of)
    if key in seen:
        yield "duplicate", f"与 {seen[key]} 是同一个问题"
    seen.setdefault(key, query.id)


def _bare(text: str) -> str:
    """Punctuation and width aside; all of a text that is nothing else."""
    plain = normalise(text)
    return PUNCTUATION.sub("", plain) or plain


def _contradiction(query: Query) -> Iterator[Problem]:
    if query.answerable is False and (alternatives(query.answers) or query.evidence):
        yield "contradiction", "标为没有答案，却给了答案或依据"
    if query.answerable and query.reason:
        yield "contradiction", f"标为有答案，却给了拒答的理由 {query.reason}"


def _sources(query: Query, grades: Mapping[str, int], corpus: Corpus) -> Iterator[Problem]:
    named = [*(item.source for item in query.evidence if item.source), *grades]
    for source in dict.fromkeys(named):
        if source not in corpus.texts:
            yield "missing_source", f"文件集里没有 {source}"


def _evidence(query: Query, corpus: Corpus) -> Iterator[Problem]:
    for item in query.evidence:
        if item.source and item.source not in corpus.texts:
            continue
        quote = squeezed(item.quote)
        sources = [item.source] if item.source else list(corpus.texts)
        if not any(quote in corpus.texts[source] for source in sources):
            yield "lost_evidence", f"依据在文件里已找不到：{_cut(item.quote)}"
        elif not any(quote in text for source in sources for text in corpus.passages[source]):
            yield "split_evidence", f"依据在文件里，但不在任何一段里完整出现：{_cut(item.quote)}"


def _answers(query: Query, grades: Mapping[str, int], corpus: Corpus) -> Iterator[Problem]:
    """Each part of an answer stands in a piece of evidence, or else in a relevant document."""
    if query.answer_kind == "free_text" or not query.answerable:
        return
    relevant = [source for source, grade in grades.items() if grade > 0]
    texts = [item.quote for item in query.evidence] or [
        corpus.texts[source] for source in relevant if source in corpus.texts
    ]
    for group in alternatives(query.answers) if texts else []:
        if not any(carries_answer(text, (tuple(group),)) for text in texts):
            yield "answer_not_in_evidence", f"答案不在依据里：{_cut(' / '.join(group))}"


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN else plain[:SHOWN] + "…"
