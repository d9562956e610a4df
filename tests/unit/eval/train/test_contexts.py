"""What passages are embedded with: the words of each variant, and its table."""

from pathlib import Path

import numpy as np
import pytest

from policyqa.eval.judge.dataset import load
from policyqa.eval.train.contexts import VARIANTS, measured, rows_of, table
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.weighting import weights_for
from policyqa.qa.settings import AnswerSettings

EMBEDDER = HashingEmbedder(256)
TEXTS = {"a": "第一章 总则\n甲事由乙办。丙事由丁办。", "b": "戊事由己办。"}


@pytest.fixture
def index(tmp_path: Path) -> search_index.SearchIndex:
    sources = [
        SourceText(name, text, Metadata(title=f"办法{name}")) for name, text in TEXTS.items()
    ]
    build_texts(sources, tmp_path / "index", EMBEDDER)
    return search_index.load(tmp_path / "index", model=EMBEDDER.fingerprint)


def vector(text: str) -> list[float]:
    return EMBEDDER.encode_query(text).tolist()


def test_each_variant_embeds_what_it_says(index: search_index.SearchIndex) -> None:
    made = {name: variant(index, EMBEDDER) for name, variant in VARIANTS.items()}
    first, last = np.array([0]), np.array([len(index.passages) - 1])
    whole, heading = index.passages[0].text, index.passages[0].section

    def passage(name: str, row: np.ndarray = first) -> list[float]:
        return made[name].passage_vectors.vectors(row)[0].tolist()

    assert passage("product") == pytest.approx(vector(whole), abs=1e-6)
    assert passage("title_and_section") == pytest.approx(
        vector(f"办法a {heading}\n{whole}"), abs=1e-6
    )
    assert passage("section") == pytest.approx(vector(f"{heading}\n{whole}"), abs=1e-6)
    assert passage("windows", last) == pytest.approx(vector("戊事由己办。"), abs=1e-6)
    assert passage("sizes", last) == pytest.approx(vector("戊事由己办。"), abs=1e-6)
    starts = index.sentence_starts[:-1]
    second = int(starts[0]) + [
        index.documents[0].text[s.start : s.end] for s in index.passages[0].sentences
    ].index("丙事由丁办。")
    after = made["sentences_after_another"].sentence_vectors.vectors(np.array([second]))[0]
    assert after.tolist() == pytest.approx(vector("甲事由乙办。丙事由丁办。"), abs=1e-6)
    under = made["sentences_under_title"].sentence_vectors.vectors(np.array([int(starts[-1])]))[0]
    assert under.tolist() == pytest.approx(vector("办法b\n戊事由己办。"), abs=1e-6)


def test_a_row_a_variant_with_its_interval(index: search_index.SearchIndex, tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "1", "text": "丙事由谁办?", "evidence": [{"quote": "丙事由丁办。"}]}\n'
    )
    assistant = Assistant(index, EMBEDDER, weights_for, AnswerSettings())
    rows = rows_of("toy", measured(assistant, load(tmp_path)))
    assert [row["variant"] for row in rows] == list(VARIANTS)
    assert rows[0]["n"] == 1
    assert rows[0]["success_at_5"] == 1.0
    assert rows[0]["answer_in_top_5"] is None
    lines = table(rows).splitlines()
    assert len(lines) == 2 + len(VARIANTS)
    assert lines[2].startswith("| toy | product | 1 | ")
    assert "| – |" in lines[2]
