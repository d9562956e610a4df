"""What a collection costs at a size: its making, its figures, the sizes as they are written."""

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from policyqa.eval import commands
from policyqa.eval.bench.growth import Growth, growth, plot, sizes_of, table
from policyqa.eval.bench.synthetic import collection
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.types import Metadata
from policyqa.qa.errors import SettingsError

EMBEDDER = HashingEmbedder(64)
GRANTS = "人才支持办法\n博士每年补贴50万元。硕士每年补贴20万元。\n申请人提交身份证。"
PARK = "公园管理办法\n公园免费开放。\n公园每天早上6点开门。"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    folder = tmp_path_factory.mktemp("index")
    texts = [SourceText(f"{n}.txt", text, Metadata()) for n, text in enumerate((GRANTS, PARK))]
    build_texts(texts, folder, EMBEDDER)
    return search_index.load(folder, model=EMBEDDER.fingerprint)


def test_a_made_collection_has_the_words_and_about_the_vectors_of_the_real_one(
    source: SearchIndex,
) -> None:
    made = list(collection(source, 30))
    passages = [passage for each in made for passage in each.passages]
    assert len(passages) == len({passage.passage_id for passage in passages}) == 30
    assert set("".join(each.document.text for each in made)) <= set(GRANTS + PARK)
    for each in made:
        for passage in each.passages:
            assert each.document.text[passage.start : passage.end] == passage.text
            assert passage.sentences[-1].end == passage.end
    vectors = np.concatenate([each.vectors for each in made])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    real = source.passage_vectors.vectors(np.arange(len(source.passages)))
    assert (vectors @ real.T).max(axis=1) == pytest.approx(1 / np.sqrt(1 + 0.25), abs=0.1)
    again = [each.document.text for each in collection(source, 30)]
    assert again == [each.document.text for each in made]


def test_the_cost_of_a_size_is_measured(source: SearchIndex) -> None:
    cost = growth(source, EMBEDDER, ["公园几点开门", "博士补贴多少"], 12)
    assert (cost.passages, cost.recall) == (12, 1.0)
    assert 0 < cost.p50_ratio <= cost.p95_ratio
    assert min(cost.build_ms, cost.disk_bytes, cost.open_s, cost.encode_query_p50_ms) > 0


def test_a_row_a_size_and_a_line_a_cost() -> None:
    one = Growth(
        passages=1000, build_ms=2.5, disk_bytes=7000, memory_bytes=100, open_s=1,
        encode_query_p50_ms=18, p50_ratio=0.5, p95_ratio=0.75, recall=0.995,
    )  # fmt: skip
    other = one.model_copy(update={"passages": 100_000, "p95_ratio": 3.0})
    assert table([one, other]).splitlines()[2:] == [
        "| 1,000 | 2.500 | 7,000 | 100 | 1.000 | 0.500 | 0.750 | 0.995 |",
        "| 100,000 | 2.500 | 7,000 | 100 | 1.000 | 0.500 | 3.000 | 0.995 |",
    ]
    drawn = plot([one, other])
    assert all(name in drawn for name in ("<svg", "p95 ÷ encode_query", "disk, GiB"))


def test_sizes_are_written_with_k_and_m() -> None:
    assert sizes_of("1m,10k, 100K,10k,7") == (7, 10_000, 100_000, 1_000_000)


@pytest.mark.parametrize("given", ["0", "k", "10k,", "-5", "1.5m", "十", "9999999999"])
def test_what_is_no_size_is_told_in_one_line(given: str) -> None:
    app = typer.Typer()
    commands.register(app)
    arguments = ["bench", "--dataset", "eval/datasets/seeds", "--sizes", given]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, SettingsError)
    assert str(result.exception).startswith("--sizes 写成 10k,100k,1m，不能是 ")
