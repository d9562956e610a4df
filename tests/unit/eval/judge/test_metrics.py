"""Metrics against values worked out by hand, and the text matching beneath the verdicts."""

import math

import pytest

from policyqa.eval.judge import matching
from policyqa.eval.judge.metrics import (
    Qrel,
    ScoredDoc,
    abstention,
    mean,
    mrr_at_k,
    ndcg_at_k,
    percentile,
    recall_at_k,
    success_at_k,
)

# Query q: a (grade 2) and b (grade 1) are relevant, x is judged not to be. Order: x, b, y, a.
QRELS = [Qrel("q", "a", 2), Qrel("q", "b", 1), Qrel("q", "x", 0)]
RUN = [
    ScoredDoc("q", "y", 0.2),
    ScoredDoc("q", "x", 0.9),
    ScoredDoc("q", "a", 0.1),
    ScoredDoc("q", "b", 0.5),
]


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 1.0), (10, 1.0)])
def test_success_is_whether_any_is_found(k: int, expected: float) -> None:
    assert success_at_k(QRELS, RUN, k=k) == {"q": expected}


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 0.5), (3, 0.5), (4, 1.0)])
def test_recall_is_the_share_that_is_found(k: int, expected: float) -> None:
    assert recall_at_k(QRELS, RUN, k=k) == {"q": expected}


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 0.5), (10, 0.5)])
def test_mrr_is_one_over_the_first_rank(k: int, expected: float) -> None:
    assert mrr_at_k(QRELS, RUN, k=k) == {"q": expected}


def test_ndcg_discounts_grades_by_rank() -> None:
    found = 1 / math.log2(3) + 2 / math.log2(5)  # b at rank 2, a at rank 4
    ideal = 2 / math.log2(2) + 1 / math.log2(3)
    assert ndcg_at_k(QRELS, RUN, k=10)["q"] == pytest.approx(found / ideal, abs=1e-12)
    assert ndcg_at_k(QRELS, RUN, k=1)["q"] == 0.0
    assert ndcg_at_k(QRELS, RUN, k=2)["q"] == pytest.approx(1 / math.log2(3) / ideal)


def test_a_query_without_results_counts_as_zero_and_an_unjudged_one_not_at_all() -> None:
    qrels = [*QRELS, Qrel("silent", "a", 1)]
    run = [*RUN, ScoredDoc("unjudged", "a", 1.0)]
    for metric in (success_at_k, recall_at_k, mrr_at_k, ndcg_at_k):
        values = metric(qrels, run, k=5)
        assert values.keys() == {"q", "silent"}
        assert values["silent"] == 0.0


def test_a_query_with_nothing_relevant_counts_as_zero() -> None:
    for metric in (success_at_k, recall_at_k, mrr_at_k, ndcg_at_k):
        assert metric([Qrel("q", "x", 0)], RUN, k=5) == {"q": 0.0}


def test_ties_go_to_the_larger_id_as_in_trec_eval_whatever_the_order() -> None:
    tied = [ScoredDoc("q", "a", 0.5), ScoredDoc("q", "y", 0.5)]
    assert mrr_at_k(QRELS, tied, k=5) == mrr_at_k(QRELS, tied[::-1], k=5) == {"q": 0.5}


def test_a_document_twice_counts_once_at_its_best() -> None:
    twice = [ScoredDoc("q", "a", 0.9), ScoredDoc("q", "x", 0.5), ScoredDoc("q", "a", 0.1)]
    assert mrr_at_k(QRELS, twice, k=5) == {"q": 1.0}
    assert recall_at_k(QRELS, twice, k=5) == {"q": 0.5}
    assert ndcg_at_k(QRELS, twice, k=5)["q"] == pytest.approx(2 / (2 + 1 / math.log2(3)))


def test_a_negative_grade_is_not_relevant_and_takes_nothing_away() -> None:
    qrels = [Qrel("q", "x", -1), Qrel("q", "b", 1)]
    assert ndcg_at_k(qrels, RUN, k=5)["q"] == pytest.approx(1 / math.log2(3))
    assert recall_at_k(qrels, RUN, k=1) == {"q": 0.0}


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="现为 0"):
        success_at_k(QRELS, RUN, k=0)


def test_abstention_is_precision_and_recall_of_silence() -> None:
    # abstained on 3, two of them rightly; 4 are unanswerable
    abstained = [True, True, True, False, False, False]
    answerable = [False, False, True, False, False, True]
    scores = abstention(abstained, answerable)
    assert scores.precision == pytest.approx(2 / 3)
    assert scores.recall == pytest.approx(2 / 4)
    assert scores.f1 == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))


def test_abstention_without_a_denominator_is_none_and_not_zero() -> None:
    assert abstention([False], [True]) == (None, None, None)
    assert abstention([False], [False]) == (None, 0.0, 0.0)
    assert abstention([True], [True]) == (0.0, None, 0.0)


def test_abstention_refuses_sequences_of_different_length() -> None:
    with pytest.raises(ValueError, match="shorter"):
        abstention([True, False], [True])


@pytest.mark.parametrize(
    ("q", "expected"), [(0, 10.0), (50, 25.0), (95, 38.5), (100, 40.0), (25, 17.5)]
)
def test_percentile_lies_straight_between_neighbours(q: float, expected: float) -> None:
    assert percentile([40.0, 10.0, 30.0, 20.0], q) == pytest.approx(expected)


@pytest.mark.parametrize(("values", "q"), [([], 50), ([1.0], -1), ([1.0], 101)])
def test_percentile_refuses_what_has_none(values: list[float], q: float) -> None:
    with pytest.raises(ValueError, match=f"q={q}"):
        percentile(values, q)


def test_mean_is_over_what_there_is() -> None:
    assert mean([1.0, None, 0.0]) == 0.5
    assert mean([None]) is None


def test_normalise_folds_width_case_and_white_space() -> None:
    assert matching.normalise(" ５０ 万元\nＡＰＰ\u3000第1条") == "50万元app第1条"


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("补助 50\n万元。", ("50万元",), True),
        ("补助50万元。", ("60万元", "５０万元"), True),
        ("补助50万元。", ("60万元",), False),
        ("甲和乙", (("甲", "丙"), ("乙",)), True),
        ("只有甲", (("甲", "丙"), ("乙",)), False),
        ("随便", (), False),
        ("随便", ("", " "), False),
        ("有甲", ((" ",), ("甲",)), True),
    ],
)
def test_answers_in(text: str, answers: tuple[str, ...], expected: bool) -> None:
    assert matching.answers_in(text, answers) is expected


def test_answers_in_any_takes_texts_together_but_a_string_from_one() -> None:
    assert matching.answers_in_any(["只有甲", "只有乙"], (("甲",), ("乙",)))
    assert not matching.answers_in_any(["只有甲", "只有乙"], ("甲只有乙",))


def test_holds_asks_for_the_quote_as_it_is_but_for_white_space() -> None:
    assert matching.holds("前文 青年人才\n\t人 后文", "青年人才人")
    assert not matching.holds("ＡＰＰ", "app")


@pytest.mark.parametrize(
    ("quote", "evidence", "expected"),
    [
        ("一次性给予\n15万元补助", "给予15万元", True),
        ("给予15万元", "一次性给予 15 万元补助", True),
        ("甲乙丙丁戊己", "子甲乙丙丁丑寅", True),  # 3 of the 5 bigrams: just 60 %
        ("甲乙丙丁戊己", "子甲乙丙丑寅卯", False),  # 2 of 5
        ("", "甲", False),
        ("甲", "乙", False),
    ],
)
def test_overlaps(quote: str, evidence: str, expected: bool) -> None:
    assert matching.overlaps(quote, evidence) is expected


@pytest.mark.parametrize(
    ("sentence", "quotes", "expected"),
    [
        ("博士后留渝率达90%。", ["博士后留渝率达９０％，较2020年增长"], True),
        ("博士后留渝率达90%。", ["博士后留渝率达90，较2020年增长"], False),
        ("补助5万元。", ["补助50万元。"], False),
        ("共1000名人才。", ["共1,000名人才"], True),
        ("指标：青年人才；2025年：2500", ["指标\t2020年\t2025年", "青年人才\t834\t2500"], True),
        ("指标：青年人才；2025年：2500", ["青年人才\t834\t2500"], False),
        ("全部工作人员享受补助待遇甲", ["全部工作人员享受补助待遇乙"], True),  # 11 of 12 bigrams
        ("工作人员享受补助甲", ["工作人员享受补助乙"], False),  # 7 of 8
        ("有补助", [], False),
    ],
)
def test_supported(sentence: str, quotes: list[str], expected: bool) -> None:
    assert matching.supported(sentence, quotes) is expected
