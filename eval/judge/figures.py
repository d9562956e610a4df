"""What an evaluation says: the object of `policyqa eval --json`, each figure with its name."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import Field

from policyqa.index.types import Value

Figure = float | None


class RetrievalFigures(Value):
    """Means over answerable questions; success to nDCG over those whose sources are judged."""

    success_at_1: Figure = Field(title="命中 success@1", description="success@1")
    success_at_3: Figure = Field(title="命中 success@3", description="success@3")
    success_at_5: Figure = Field(title="命中 success@5", description="success@5")
    success_at_10: Figure = Field(title="命中 success@10", description="success@10")
    recall_at_1: Figure = Field(title="召回 recall@1", description="recall@1")
    recall_at_3: Figure = Field(title="召回 recall@3", description="recall@3")
    recall_at_5: Figure = Field(title="召回 recall@5", description="recall@5")
    recall_at_10: Figure = Field(title="召回 recall@10", description="recall@10")
    mrr_at_1: Figure = Field(title="倒数排名 MRR@1", description="MRR@1")
    mrr_at_3: Figure = Field(title="倒数排名 MRR@3", description="MRR@3")
    mrr_at_5: Figure = Field(title="倒数排名 MRR@5", description="MRR@5")
    mrr_at_10: Figure = Field(title="倒数排名 MRR@10", description="MRR@10")
    ndcg_at_1: Figure = Field(title="排序增益 nDCG@1", description="nDCG@1")
    ndcg_at_3: Figure = Field(title="排序增益 nDCG@3", description="nDCG@3")
    ndcg_at_5: Figure = Field(title="排序增益 nDCG@5", description="nDCG@5")
    ndcg_at_10: Figure = Field(title="排序增益 nDCG@10", description="nDCG@10")
    answer_in_top_1: Figure = Field(title="前 1 段含答案", description="answer in top 1")
    answer_in_top_3: Figure = Field(title="前 3 段含答案", description="answer in top 3")
    answer_in_top_5: Figure = Field(title="前 5 段含答案", description="answer in top 5")
    answer_in_top_10: Figure = Field(title="前 10 段含答案", description="answer in top 10")
    long_answer_in_top_1: Figure = Field(
        title="长答案在前 1 段", description="long answer @1, share"
    )
    long_answer_in_top_3: Figure = Field(
        title="长答案在前 3 段", description="long answer @3, share"
    )
    long_answer_in_top_5: Figure = Field(
        title="长答案在前 5 段", description="long answer @5, share"
    )
    long_answer_in_top_10: Figure = Field(
        title="长答案在前 10 段", description="long answer @10, share"
    )
    top_1_chars: Figure = Field(title="前 1 段平均字数", description="characters of top 1, mean")
    top_3_chars: Figure = Field(title="前 3 段平均字数", description="characters of top 3, mean")
    top_5_chars: Figure = Field(title="前 5 段平均字数", description="characters of top 5, mean")
    top_10_chars: Figure = Field(title="前 10 段平均字数", description="characters of top 10, mean")


class AnswerFigures(Value):
    """Accuracy over answerable questions with known answers, the rest over answers given;
    `rejected_cited` over questions that some words are known not to answer."""

    accuracy: Figure = Field(title="答案正确率", description="accuracy")
    completeness: Figure = Field(title="多项答案齐全率", description="completeness of lists")
    answer_chars_p50: Figure = Field(title="答案字数中位数", description="answer length, median")
    citation_precision: Figure = Field(title="引用准确率", description="citation precision")
    citation_recall: Figure = Field(title="引用召回率", description="citation recall")
    sentence_support: Figure = Field(title="有据句比例", description="sentences supported")
    quote_exact: Figure = Field(title="引文与原文一致", description="quotes exact")
    rejected_cited: Figure = Field(
        default=None, title="引了被否定的话", description="rejected words cited"
    )


class AbstentionFigures(Value):
    """Positive = abstained; `answered_rate` is the share of answerable questions answered.

    `coverage` is the share answered of all questions whose answer could be told right from wrong,
    `error` the share of those answers that are wrong.
    """

    precision: Figure = Field(title="拒答准确率", description="abstention precision")
    recall: Figure = Field(title="拒答召回率", description="abstention recall")
    f1: Figure = Field(title="拒答 F1", description="abstention F1")
    answered_rate: Figure = Field(title="该答已答率", description="answerable answered")
    coverage: Figure = Field(title="作答比例", description="coverage")
    error: Figure = Field(title="答错比例", description="error of what was answered")


class LatencyFigures(Value):
    """Milliseconds a question, errors aside; `embed_p50` is embedding the query alone."""

    p50: Figure = Field(title="耗时中位数(毫秒)", description="latency p50 (ms)")
    p95: Figure = Field(title="耗时 p95(毫秒)", description="latency p95 (ms)")
    embed_p50: Figure = Field(title="其中嵌入(毫秒)", description="of it embedding (ms)")


class Certainty(Value):
    """Of one figure: the questions that it is over, and its 95 % bootstrap interval."""

    n: int
    low: float
    high: float


class CurvePoint(Value):
    """Had only answers of at least this confidence been given: share answered, share wrong."""

    threshold: float
    coverage: float
    error: float
    answered: int


class Group(Value):
    """The figures of some questions; None (null) where nothing was there to be judged."""

    n: int = Field(title="问题数", description="questions")
    errors: int = Field(title="出错数", description="errors")
    retrieval: RetrievalFigures
    answers: AnswerFigures
    abstention: AbstentionFigures
    latency_ms: LatencyFigures
    certainty: dict[str, Certainty] = Field(default_factory=dict)


class Figures(Value):
    """The figures of a whole data set and of each type of question that it names.

    `reasons` counts, by what was wanted (a reason, or answerable | unanswerable), what came
    (answered, a reason of silence, error). `curve` is coverage against error, most confident first.
    """

    dataset: str
    n: int
    errors: int
    fingerprint: str
    retrieval: RetrievalFigures
    answers: AnswerFigures
    abstention: AbstentionFigures
    latency_ms: LatencyFigures
    certainty: dict[str, Certainty] = Field(default_factory=dict)
    reasons: dict[str, dict[str, int]] = Field(default_factory=dict)
    curve: tuple[CurvePoint, ...] = ()
    by_type: dict[str, Group]


class Entry(NamedTuple):
    """One figure with its names; `key` is as in `certainty` ("retrieval.success_at_1")."""

    key: str
    title: str
    english: str
    value: Figure
    certainty: Certainty | None

    def shown(self, *, bounds: bool = False, interval: bool = False) -> str:
        """For a person: shares with three places, lengths and times with one, "–" for None; with
        `interval` its interval, with `bounds` also n."""
        if self.value is None:
            return "–"
        places = 1 if self.key.endswith(("p50", "p95", "chars")) else 3
        known = self.certainty if bounds or interval else None
        if known is None:
            return f"{self.value:.{places}f}"
        low, high = f"{known.low:.{places}f}", f"{known.high:.{places}f}"
        count = f"，n={known.n}" if bounds else ""
        return f"{self.value:.{places}f}（{low}–{high}{count}）"


def entries(figures: Group | Figures) -> Iterator[Entry]:
    """Every figure in order, without the counts."""
    parts = {
        "retrieval": figures.retrieval,
        "answers": figures.answers,
        "abstention": figures.abstention,
        "latency_ms": figures.latency_ms,
    }
    for group, part in parts.items():
        for name, info in type(part).model_fields.items():
            key = f"{group}.{name}"
            value, known = getattr(part, name), figures.certainty.get(key)
            yield Entry(key, info.title or name, info.description or name, value, known)


def figure(figures: Group | Figures, key: str) -> Figure:
    """The figure of this name.

    Raises:
        KeyError: there is none of this name.
    """
    return {entry.key: entry.value for entry in entries(figures)}[key]


def labelled(figures: Group | Figures, *, bounds: bool = False) -> Iterator[tuple[str, str]]:
    """Name and value of each figure as a person reads them, the counts first."""
    yield "问题数", str(figures.n)
    yield "出错数", str(figures.errors)
    for entry in entries(figures):
        yield entry.title, entry.shown(bounds=bounds)
