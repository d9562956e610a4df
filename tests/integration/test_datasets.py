"""The project's own question sets stand in the seeds, and are what they say they are."""

from collections import Counter
from pathlib import Path

import ir_measures
import pytest

from policyqa.eval.judge.dataset import Dataset, load
from policyqa.eval.judge.evaluate import evaluate
from policyqa.eval.runs import trec
from policyqa.eval.sets.lint import Corpus, findings
from policyqa.qa.assistant import Assistant

FOLDER = Path(__file__).parents[2] / "eval" / "datasets"
KINDS = {
    "eligibility", "programme", "service", "figure", "when", "who", "where", "list", "table", "box",
    "definition", "multi_year", "followup", "colloquial", "typo", "english", "traditional", "short",
    "near_miss", "other_region", "other_year", "boilerplate", "smalltalk", "injection",
}  # fmt: skip
MEASURES = {
    "success_at_{}": ir_measures.Success,
    "recall_at_{}": ir_measures.R,
    "mrr_at_{}": ir_measures.RR,
    "ndcg_at_{}": ir_measures.nDCG,
}


@pytest.fixture(scope="module")
def seeds() -> Dataset:
    return load(FOLDER / "seeds")


@pytest.fixture(scope="module")
def followups() -> Dataset:
    return load(FOLDER / "followups")


def test_the_seeds_have_questions_of_every_kind(seeds: Dataset) -> None:
    assert len(seeds.queries) >= 250
    assert {query.type for query in seeds.queries} >= KINDS
    assert {query.split for query in seeds.queries} == {"dev", "test"}
    silent = [query for query in seeds.queries if not query.answerable]
    assert all(query.reason for query in silent)
    assert {query.reason for query in silent} == {"no_evidence", "out_of_scope", "refused"}


def test_half_of_the_conversations_change_the_topic(followups: Dataset) -> None:
    counts = Counter(query.type for query in followups.queries)
    assert counts == {"followup": 60, "topic_change": 60, "alone": 60}
    assert all(bool(q.history) == (q.type != "alone") for q in followups.queries)


def test_each_change_of_topic_is_asked_alone_as_well(followups: Dataset) -> None:
    asked = {query.id: query for query in followups.queries}
    for query in asked.values():
        if query.type == "topic_change":
            alone = asked[f"{query.id}-alone"]
            assert alone == query.model_copy(
                update={"id": alone.id, "type": "alone", "history": ()}
            )


@pytest.mark.model
@pytest.mark.parametrize("name", ["seeds", "followups"])
def test_the_sets_stand_in_the_seeds(name: str, seeds_assistant: Assistant) -> None:
    index = seeds_assistant.index
    found = findings(load(FOLDER / name), Corpus(index.documents, index.passages))
    assert [(finding.line, finding.message) for finding in found] == []


@pytest.mark.model
def test_the_figures_are_those_of_ir_measures(
    seeds: Dataset, seeds_assistant: Assistant, tmp_path: Path
) -> None:
    some = seeds.model_copy(update={"queries": seeds.queries[::12]})
    evaluation = evaluate(seeds_assistant, some)
    run, qrels = tmp_path / "run.trec", tmp_path / "qrels.trec"
    run.write_text("".join(trec.run_lines(evaluation.rows, "x")), "utf-8")
    qrels.write_text("".join(trec.qrels_lines(evaluation.rows)), "utf-8")
    wanted = {
        name.format(k): measure @ k for name, measure in MEASURES.items() for k in (1, 3, 5, 10)
    }
    known = ir_measures.calc_aggregate(
        wanted.values(),
        ir_measures.read_trec_qrels(str(qrels)),
        ir_measures.read_trec_run(str(run)),
    )
    retrieval = evaluation.figures.retrieval.model_dump()
    assert 0 < retrieval["success_at_1"] < 1
    for name, measure in wanted.items():
        assert retrieval[name] == pytest.approx(known[measure], abs=1e-9), name
