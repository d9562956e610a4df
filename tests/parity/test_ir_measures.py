"""Our metrics against `ir_measures` (trec_eval and MS MARCO's script), query by query."""

import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import ir_measures
import pytest
from ir_measures import RR, R, Success, nDCG

from policyqa.eval.judge import dataset
from policyqa.eval.judge.metrics import (
    PerQuery,
    Qrel,
    ScoredDoc,
    mrr_at_k,
    ndcg_at_k,
    recall_at_k,
    success_at_k,
)

SHARED = Path(os.environ.get("SHARED_FOLDER") or Path(__file__).parents[3] / "shared")
SETS = [
    "cmrc2018_dev", "crud_rag_news", "drcd_dev", "dureader_checklist_dev", "dureader_robust_dev",
    "guangzhou_policy", "ncp_policies", "stard_law",
]  # fmt: skip
PAIRS = [
    (success_at_k, Success, (1, 3, 5, 10)),
    (recall_at_k, R, (1, 3, 5, 10)),
    (mrr_at_k, RR, (1, 3, 5, 10)),
    (ndcg_at_k, nDCG, (1, 3, 5, 10)),
]
Metric = Callable[..., PerQuery]


def assert_same(qrels: list[Qrel], run: list[ScoredDoc], pairs: Iterable[tuple] = PAIRS) -> None:
    theirs = [ir_measures.Qrel(*qrel) for qrel in qrels]
    docs = [ir_measures.ScoredDoc(*doc) for doc in run]
    for ours, measure, cut_offs in pairs:
        for k in cut_offs:
            expected = {
                m.query_id: m.value for m in ir_measures.iter_calc([measure @ k], theirs, docs)
            }
            values = ours(qrels, run, k=k)
            assert values.keys() == expected.keys()
            for query_id, value in values.items():
                assert value == pytest.approx(expected[query_id], abs=1e-9), (measure, k, query_id)


def random_run(chance: random.Random, queries: Iterable[str], ids: list[str]) -> list[ScoredDoc]:
    """Up to 20 documents a query, none for one in ten; scores differ and are exact in float32,
    which is what trec_eval keeps."""
    run = []
    for query_id in queries:
        size = 0 if chance.random() < 0.1 else min(len(ids), chance.randint(1, 20))
        found = chance.sample(ids, size)
        scores = chance.sample(range(1000), size)
        run += [ScoredDoc(query_id, d, s / 8) for d, s in zip(found, scores, strict=True)]
    return run


@pytest.mark.parametrize("seed", range(20))
def test_random_runs_with_grades(seed: int) -> None:
    chance = random.Random(seed)
    ids = [f"d{n:02}" for n in range(40)]
    queries = [f"q{n}" for n in range(15)]
    qrels = [
        Qrel(query_id, doc_id, chance.choice([0, 1, 1, 2, 3]))
        for query_id in queries
        for doc_id in chance.sample(ids, chance.randint(1, 12))
    ]
    assert_same(qrels, random_run(chance, queries, ids))


@pytest.mark.parametrize("seed", range(10))
def test_ties_are_broken_as_trec_eval_does(seed: int) -> None:
    chance = random.Random(seed)
    ids = [f"d{n:02}" for n in range(12)]
    qrels = [Qrel("q", doc_id, chance.randint(0, 2)) for doc_id in ids]
    run = [ScoredDoc("q", doc_id, chance.choice([0.5, 0.25])) for doc_id in ids]
    assert_same(qrels, run, [pair for pair in PAIRS if pair[1] is not RR])


@pytest.mark.parametrize("name", SETS)
def test_real_judgements(name: str) -> None:
    folder = SHARED / "data" / name
    if not folder.is_dir():
        pytest.skip(f"{folder} 不在：这些数据集不随项目发布（SHARED_FOLDER 可指定位置）")
    loaded = dataset.load(folder)
    qrels = [Qrel(q, d, grade) for q, of in loaded.qrels.items() for d, grade in of.items()]
    ids = sorted({qrel.doc_id for qrel in qrels})[:60]  # few, so that a random run finds some
    run = random_run(random.Random(name), list(loaded.qrels), ids)
    assert sum(success_at_k(qrels, run, k=10).values()) > 0
    assert_same(qrels, run)
