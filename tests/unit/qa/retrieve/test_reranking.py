"""What a reranker reads, and what becomes of what it says."""

from pathlib import Path

import numpy as np
import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.errors import ModelError
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.evidence import find
from policyqa.qa.retrieve.reranking import (
    BOUND,
    DISPUTED,
    WINDOW_CHARS,
    CrossEncoderReranker,
    OverlapReranker,
    SecondStage,
    passage_input,
    place_of,
)
from policyqa.qa.retrieve.retrieval import rank, signals_of
from policyqa.qa.retrieve.weighting import weights_for
from policyqa.qa.settings import AnswerSettings, RerankerSettings
from policyqa.qa.types import Question
from tests.asking import asked_of

EMBEDDER = HashingEmbedder(256)
TEXTS = {
    "a.txt": "博士后支持办法\n博士后每年资助20万元。资助期两年。",
    "b.txt": "博士后管理办法\n博士后由设站单位管理。管理期两年。",
}


class Fixed:
    """Says the same log-odds of every text that has some words, else another."""

    def __init__(self, words: str, yes: float, no: float) -> None:
        self.words, self.yes, self.no = words, yes, no
        self.seen: list[str] = []

    def scores(self, query: str, texts: list[str]) -> np.ndarray:
        self.seen = list(texts)
        return np.array([self.yes if self.words in text else self.no for text in texts])


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> search_index.SearchIndex:
    folder: Path = tmp_path_factory.mktemp("index")
    sources = [SourceText(name, text, Metadata(date="2021")) for name, text in TEXTS.items()]
    build_texts(sources, folder, EMBEDDER)
    return search_index.load(folder, model=EMBEDDER.fingerprint)


def passage_of(*sentences: str, kinds: tuple[str, ...] = ()) -> tuple[Document, Passage]:
    text, spans = "", []
    for n, sentence in enumerate(sentences):
        kind = kinds[n] if kinds else "text"
        spans.append(Sentence(start=len(text), end=len(text) + len(sentence), kind=kind))
        text += sentence
    title = Metadata(title="甲" * 50)
    document = Document(doc_id="d", source="d", sha256="0", metadata=title, text=text)
    passage = Passage(
        passage_id="p", doc_id="d", start=0, end=len(text), text=text, section="第一章 › 第二节",
        sentences=tuple(spans),
    )  # fmt: skip
    return document, passage


def test_title_and_heading_stand_before_the_words_and_are_bounded() -> None:
    document, passage = passage_of("補助２０万元。")
    assert (
        passage_input(document, passage, passage.sentences[0])
        == f"{'甲' * 36}\n第二节\n补助20万元。"
    )


def test_neighbours_are_read_while_they_fit_and_the_anchor_always() -> None:
    before, anchor, after = "前" * 60 + "。", "中" * 50 + "。", "后" * 60 + "。"
    document, passage = passage_of(before, anchor, after)
    words = passage_input(document, passage, passage.sentences[1]).split("\n")[2]
    assert words == before + anchor
    assert passage_input(document, passage, passage.sentences[2]).endswith(anchor + after)
    document, passage = passage_of("长" * 200)
    assert passage_input(document, passage, passage.sentences[0]).count("长") == WINDOW_CHARS


def test_headings_and_what_is_left_out_are_not_read() -> None:
    kinds = ("heading", "text", "text")
    document, passage = passage_of("标题", "第一句。", "第二句。", kinds=kinds)
    first, second = passage.sentences[1:]
    assert passage_input(document, passage, first).endswith("第二节\n第一句。第二句。")
    assert passage_input(document, passage, second, without=[first]).endswith("第二节\n第二句。")


def test_what_a_passage_stands_under_is_read_before_it() -> None:
    document, whole = passage_of("下列人员：", "中间的。", "（二）博士。", "（三）硕士。")
    second, third = whole.sentences[2:]
    passage = whole.model_copy(
        update={"start": second.start, "sentences": (second, third), "context": ((0, 5),)}
    )
    assert passage_input(document, passage, third).endswith("第二节\n下列人员:(二)博士。(三)硕士。")


def test_the_fake_counts_shared_bigrams() -> None:
    scores = OverlapReranker().scores("人才公寓", ["人才公寓", "人才", "无关", ""])
    assert scores == pytest.approx([4.0, 8 / 3 - 4, -4.0, -4.0])
    assert OverlapReranker().scores("", ["人才"]) == pytest.approx([-4.0])


def test_a_passage_that_is_read_to_answer_comes_first_with_its_sentence(
    stored: search_index.SearchIndex,
) -> None:
    query = "博士后两年"
    vector = EMBEDDER.encode_query(query)
    asked = asked_of(stored, query)
    ranking = rank(stored, asked, signals_of(stored, asked, vector), weights_for(asked))
    found = find(stored, ranking, asked, vector)
    for wanted in ("资助", "管理"):
        stage = SecondStage(Fixed(wanted, 50.0, -50.0), RerankerSettings(weight=10))
        read = stage.rerank_passages(stored, ranking, found, asked)
        assert sorted(read.values()) == [-BOUND, BOUND]
        first = stored.passages[stage.ordered(stored, ranking, read).rows[0]]
        assert wanted in first.text
        assert wanted in stage.by_passages(found, read)[0].passage.text


def test_only_as_many_passages_are_read_as_the_settings_say(
    stored: search_index.SearchIndex,
) -> None:
    query = "博士后"
    vector = EMBEDDER.encode_query(query)
    asked = asked_of(stored, query)
    ranking = rank(stored, asked, signals_of(stored, asked, vector), weights_for(asked))
    found = find(stored, ranking, asked, vector)
    reader = Fixed("", 1.0, 0.0)
    stage = SecondStage(reader, RerankerSettings(passages=1))
    read = stage.rerank_passages(stored, ranking, found, asked)
    assert len(read) == len(reader.seen) == 1
    assert list(read) == [stored.passages[ranking.rows[0]].passage_id]
    below = stage.ordered(stored, ranking, read)
    assert list(below.rows) == list(ranking.rows)  # what was not read keeps its place


def test_only_sentences_in_dispute_are_read(stored: search_index.SearchIndex) -> None:
    query = "博士后"
    vector = EMBEDDER.encode_query(query)
    asked = asked_of(stored, query)
    ranking = rank(stored, asked, signals_of(stored, asked, vector), weights_for(asked))
    found = find(stored, ranking, asked, vector)
    assert len(found) > 2
    stage = SecondStage(Fixed("", 1.0, 0.0), RerankerSettings())
    near = [each.scored(5.0) for each in found[:2]]
    far = [each.scored(5.0 - DISPUTED - 0.1) for each in found[2:]]
    assert list(stage.rerank_sentences([*near, *far], asked)) == [place_of(e) for e in near]
    assert stage.rerank_sentences([near[0], *far], asked) == {}


def test_what_was_read_is_in_the_confidence(stored: search_index.SearchIndex) -> None:
    def asked(reader: Fixed | None, model: str = "small") -> float:
        stage = SecondStage(reader, RerankerSettings(model=model)) if reader else None
        assistant = Assistant(stored, EMBEDDER, weights_for, AnswerSettings(threshold=0), stage)
        return assistant.ask(Question(question="博士后每年资助多少万元?")).confidence

    sure, unsure = asked(Fixed("资助", 6.0, -6.0)), asked(Fixed("资助", -6.0, -6.0))
    assert unsure < sure
    assert asked(None) not in (sure, unsure)
    other = asked(Fixed("资助", 6.0, -6.0), "another/model")  # nothing is calibrated for it
    assert other == asked(Fixed("资助", 3.0, -3.0), "another/model")


def test_a_folder_that_is_no_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^无法加载重排模型 .*请检查名称或文件夹，或改用内置模型"):
        CrossEncoderReranker.load(str(tmp_path))


def test_any_cross_encoder_gives_its_own_logits(tmp_path: Path) -> None:
    model = tiny_cross_encoder(tmp_path / "one", labels=1)
    texts = ["ab", "b", "cab"]
    reranker = CrossEncoderReranker.load(str(tmp_path / "one"), precision="float32")
    logits = [float(model(model.preprocess([("a", text)]))["scores"]) for text in texts]
    assert reranker.scores("a", texts) == pytest.approx(logits, abs=1e-5)
    assert len(set(logits)) == len(texts)
    assert reranker.scores("a", []).shape == (0,)


def test_a_model_of_several_outputs_is_refused(tmp_path: Path) -> None:
    tiny_cross_encoder(tmp_path / "three", labels=3)
    with pytest.raises(ModelError, match="给出 3 个分数，需要 1 个"):
        CrossEncoderReranker.load(str(tmp_path / "three"))


def tiny_cross_encoder(folder: Path, *, labels: int):  # type: ignore[no-untyped-def]
    """A BERT classifier of a few random weights, saved as the hub has them."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(1)
    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##a", "##b"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, num_labels=labels, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return CrossEncoder(str(folder), device="cpu", local_files_only=True).eval()
