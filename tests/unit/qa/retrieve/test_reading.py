"""What a reader says of pages, and what becomes of it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.errors import ModelError
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.evidence import Evidence, find
from policyqa.qa.retrieve.pages import Page
from policyqa.qa.retrieve.reading import (
    BOUND,
    CrossEncoderReader,
    OverlapReader,
    Read,
    ReadingStage,
    SentenceReader,
    mixed,
)
from policyqa.qa.retrieve.retrieval import WEIGHTS, Ranking, rank, signals_of
from policyqa.qa.settings import AnswerSettings, ReaderSettings
from policyqa.qa.types import Question
from tests.asking import asked_of

EMBEDDER = HashingEmbedder(256)
TEXTS = {
    "a.txt": "博士后支持办法\n博士后每年资助20万元。资助期两年。",
    "b.txt": "博士后管理办法\n博士后由设站单位管理。管理期两年。",
}


class Fixed:
    """Says `yes` of every page and sentence that has some words, else `no`; of pages alone where
    `whole`."""

    def __init__(self, words: str, yes: float, no: float, *, whole: bool = False) -> None:
        self.words, self.yes, self.no, self.whole = words, yes, no, whole
        self.seen: list[Page] = []

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        self.seen = list(pages)
        return [self._page(page) for page in pages]

    def _page(self, page: Page) -> Read:
        marks = tuple(self.yes if self.words in text else self.no for text in page.sentences)
        return Read(max(marks), () if self.whole else marks)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    folder: Path = tmp_path_factory.mktemp("index")
    sources = [SourceText(name, text, Metadata(date="2021")) for name, text in TEXTS.items()]
    build_texts(sources, folder, EMBEDDER)
    return search_index.load(folder, model=EMBEDDER.fingerprint)


def looked(index: SearchIndex, query: str) -> tuple[Asked, Ranking, list[Evidence]]:
    vector, asked = EMBEDDER.encode_query(query), asked_of(index, query)
    ranking = rank(index, asked, signals_of(index, asked, vector), WEIGHTS)
    return asked, ranking, find(index, ranking, asked)


def test_the_fake_counts_shared_bigrams() -> None:
    page = Page("", "", ("人才公寓", "人才", "无关"))
    (said,) = OverlapReader().read("人才公寓", [page])
    assert said.sentences == pytest.approx((4.0, 8 / 3 - 4, -4.0))
    assert said.answers == 4.0
    assert OverlapReader().read("", [page])[0].sentences == (-4.0, -4.0, -4.0)


@pytest.mark.parametrize("whole", [False, True])
def test_a_passage_that_is_read_to_answer_comes_first_with_its_sentence(
    stored: SearchIndex, whole: bool
) -> None:
    asked, ranking, found = looked(stored, "博士后两年")
    for wanted in ("资助", "管理"):
        stage = ReadingStage(Fixed(wanted, BOUND, -BOUND, whole=whole), ReaderSettings(weight=10))
        marks = stage.read(stored, ranking, asked)
        assert sorted(said.answers for said in marks.values()) == [-BOUND, BOUND]
        assert wanted in stored.passages[stage.ordered(stored, ranking, marks).rows[0]].text
        first = stage.marked(stored, ranking, found, marks)[0]
        assert wanted in first.passage.text
        assert first.read == (None if whole else BOUND)


def test_a_marked_sentence_is_scored_by_its_mark_its_page_and_its_signals(
    stored: SearchIndex,
) -> None:
    asked, ranking, found = looked(stored, "博士后两年")
    stage = ReadingStage(Fixed("每年", 2.0, -1.0), ReaderSettings())
    marks = stage.read(stored, ranking, asked)
    ordered = stage.ordered(stored, ranking, marks)
    stands = {
        stored.passages[r].passage_id: s for r, s in zip(ordered.rows, ordered.scores, strict=True)
    }
    for each in stage.marked(stored, ordered, found, marks):
        mark = 2.0 if "每年" in each.text else -1.0
        behind = stands[each.passage.passage_id] - max(stands.values())
        expected = mixed({"sentence": mark, "signals": each.weighed, "behind": behind})
        assert each.score == pytest.approx(expected)
    assert {each.weighed for each in found} == {each.score for each in found}


def test_what_speaks_for_a_sentence_never_counts_against_it() -> None:
    below = {"sentence": -1.0, "signals": -1.0, "behind": -1.0}
    low = mixed(below)
    for name in below:
        parts = below | {name: 0.0}
        assert mixed(parts) >= low


def test_only_as_many_passages_are_read_as_the_settings_say(stored: SearchIndex) -> None:
    asked, ranking, _ = looked(stored, "博士后")
    reader = Fixed("", 1.0, 0.0)
    stage = ReadingStage(reader, ReaderSettings(passages=1))
    marks = stage.read(stored, ranking, asked)
    assert len(marks) == len(reader.seen) == 1
    assert list(marks) == [stored.passages[ranking.rows[0]].passage_id]
    below = stage.ordered(stored, ranking, marks)
    assert list(below.rows) == list(ranking.rows)  # what was not read keeps its place


def test_what_was_not_read_stands_below_all_that_was(stored: SearchIndex) -> None:
    asked, ranking, found = looked(stored, "博士后")
    stage = ReadingStage(Fixed("无", BOUND, -2.0), ReaderSettings(passages=1))
    marks = stage.read(stored, ranking, asked)
    ordered = stage.marked(stored, ranking, [each.scored(99.0) for each in found], marks)
    read = [each.passage.passage_id in marks for each in ordered]
    assert read == sorted(read, reverse=True)
    assert set(read) == {True, False}
    assert {each.read for each in ordered} == {-2.0, -BOUND}


def test_what_was_marked_is_in_the_confidence_and_pages_alone_are_not(stored: SearchIndex) -> None:
    def asked(reader: Fixed | None) -> float:
        stage = ReadingStage(reader, ReaderSettings()) if reader else None
        assistant = Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0), stage)
        return assistant.ask(Question(question="博士后每年资助多少万元?")).confidence

    sure, unsure = asked(Fixed("资助", 6.0, -6.0)), asked(Fixed("资助", -6.0, -6.0))
    assert unsure < sure
    assert asked(None) not in (sure, unsure)
    other = asked(Fixed("资助", 6.0, -6.0, whole=True))  # nothing is calibrated for it
    assert other == asked(Fixed("资助", 3.0, -3.0, whole=True))


def test_a_folder_that_is_no_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^无法加载重排模型 .*请检查名称或文件夹，或改用内置模型"):
        CrossEncoderReader.load(str(tmp_path))
    with pytest.raises(ModelError, match=r"^无法加载阅读模型 [^\n]*$"):
        SentenceReader.load(tmp_path)


def test_any_cross_encoder_gives_its_own_logits(tmp_path: Path) -> None:
    model = tiny_cross_encoder(tmp_path / "one", labels=1)
    pages = [Page("a", "", ("b",)), Page("b", "c", ()), Page("c", "", ("a", "b"))]
    texts = ["a\n\nb", "b\nc", "c\n\na\nb"]
    reader = CrossEncoderReader.load(str(tmp_path / "one"), precision="float32")
    logits = [float(model(model.preprocess([("a", text)]))["scores"]) for text in texts]
    found = reader.read("a", pages)
    assert [said.answers for said in found] == pytest.approx(logits, abs=1e-5)
    assert {said.sentences for said in found} == {()}
    assert reader.read("a", []) == []


def test_a_model_of_several_outputs_is_refused(tmp_path: Path) -> None:
    tiny_cross_encoder(tmp_path / "three", labels=3)
    with pytest.raises(ModelError, match="给出 3 个分数，需要 1 个"):
        CrossEncoderReader.load(str(tmp_path / "three"))


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
