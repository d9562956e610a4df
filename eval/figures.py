"""What an evaluation says: the object of `policyqa eval --json`, each figure with its name."""

from collections.abc import Iterator

from pydantic import Field

from index.types import Value

Figure = float | None


class RetrievalFigures(Value):
    """Means over answerable questions; success to nDCG over those whose sources are judged."""

    success_at_1: Figure = Field(title="命中 success@1")
    success_at_3: Figure = Field(title="命中 success@3")
    success_at_5: Figure = Field(title="命中 success@5")
    success_at_10: Figure = Field(title="命中 success@10")
    recall_at_1: Figure = Field(title="召回 recall@1")
    recall_at_3: Figure = Field(title="召回 recall@3")
    recall_at_5: Figure = Field(title="召回 recall@5")
    recall_at_10: Figure = Field(title="召回 recall@10")
    mrr_at_1: Figure = Field(title="倒数排名 MRR@1")
    mrr_at_3: Figure = Field(title="倒数排名 MRR@3")
    mrr_at_5: Figure = Field(title="倒数排名 MRR@5")
    mrr_at_10: Figure = Field(title="倒数排名 MRR@10")
    ndcg_at_1: Figure = Field(title="排序增益 nDCG@1")
    ndcg_at_3: Figure = Field(title="排序增益 nDCG@3")
    ndcg_at_5: Figure = Field(title="排序增益 nDCG@5")
    ndcg_at_10: Figure = Field(title="排序增益 nDCG@10")
    answer_in_top_1: Figure = Field(title="前 1 段含答案")
    answer_in_top_3: Figure = Field(title="前 3 段含答案")
    answer_in_top_5: Figure = Field(title="前 5 段含答案")
    answer_in_top_10: Figure = Field(title="前 10 段含答案")
    long_answer_in_top_5: Figure = Field(title="长答案在前 5 段的比例")
    top_5_chars: Figure = Field(title="前 5 段平均字数")


class AnswerFigures(Value):
    """Accuracy over answerable questions with known answers, the rest over answers given."""

    accuracy: Figure = Field(title="答案正确率")
    completeness: Figure = Field(title="多项答案齐全率")
    answer_chars_p50: Figure = Field(title="答案字数中位数")
    citation_precision: Figure = Field(title="引用准确率")
    citation_recall: Figure = Field(title="引用召回率")
    sentence_support: Figure = Field(title="有据句比例")
    quote_exact: Figure = Field(title="引文与原文一致")


class AbstentionFigures(Value):
    """Positive = abstained; `answered_rate` is the share of answerable questions answered."""

    precision: Figure = Field(title="拒答准确率")
    recall: Figure = Field(title="拒答召回率")
    f1: Figure = Field(title="拒答 F1")
    answered_rate: Figure = Field(title="该答已答率")


class LatencyFigures(Value):
    """Milliseconds a question, errors aside; `embed_p50` is embedding the query alone."""

    p50: Figure = Field(title="耗时中位数(毫秒)")
    p95: Figure = Field(title="耗时 p95(毫秒)")
    embed_p50: Figure = Field(title="其中嵌入(毫秒)")


class Certainty(Value):
    """Of one figure: the questions that it is over, and its 95 % bootstrap interval."""

    n: int
    low: float
    high: float


class Group(Value):
    """The figures of some questions; None (null) where nothing was there to be judged."""

    n: int = Field(title="问题数")
    errors: int = Field(title="出错数")
    retrieval: RetrievalFigures
    answers: AnswerFigures
    abstention: AbstentionFigures
    latency_ms: LatencyFigures
    certainty: dict[str, Certainty] = Field(default_factory=dict)


class Figures(Value):
    """The figures of a whole data set and of each type of question that it names."""

    dataset: str
    n: int
    errors: int
    fingerprint: str
    retrieval: RetrievalFigures
    answers: AnswerFigures
    abstention: AbstentionFigures
    latency_ms: LatencyFigures
    certainty: dict[str, Certainty] = Field(default_factory=dict)
    by_type: dict[str, Group]


def labelled(figures: Group | Figures, *, bounds: bool = False) -> Iterator[tuple[str, str]]:
    """Name and value of each figure, for a person: shares with three places, with `bounds` their
    interval and n; "–" for None."""
    parts = {
        "retrieval": figures.retrieval,
        "answers": figures.answers,
        "abstention": figures.abstention,
        "latency_ms": figures.latency_ms,
    }
    yield "问题数", str(figures.n)
    yield "出错数", str(figures.errors)
    for group, part in parts.items():
        for name, info in type(part).model_fields.items():
            known = figures.certainty.get(f"{group}.{name}") if bounds else None
            yield info.title or name, _shown(name, getattr(part, name), known)


def _shown(name: str, value: Figure, known: Certainty | None) -> str:
    if value is None:
        return "–"
    if name.endswith(("p50", "p95", "chars")):
        return f"{value:.1f}"
    return f"{value:.3f}" + (f"（{known.low:.3f}–{known.high:.3f}，n={known.n}）" if known else "")
