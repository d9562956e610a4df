"""The reader's network: what a sentence and a page are made of, on weights of a few numbers."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModel, BertConfig

from policyqa.index.errors import ModelError
from policyqa.index.store.weights import DIGESTS, check_shipped
from policyqa.qa.retrieve import reading
from policyqa.qa.retrieve.pages import TOKENIZER, Page, Window, tokenizer_in, windows
from policyqa.qa.retrieve.reader_model import WEIGHTS, ReaderModel, padded
from policyqa.qa.retrieve.reading import BOUND, SentenceReader, is_sentence_reader
from policyqa.qa.settings import ModelSettings
from policyqa.qa.wiring import _reader

TEXT = "<>/?问头上甲乙丙丁戊己庚"


def model_in(folder: Path) -> ReaderModel:
    """A reader of one layer and random weights, saved with a tokenizer of single characters."""
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(TEXT), hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, initializer_range=1.0, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    encoder = AutoModel.from_config(config, attn_implementation="eager")
    encoder.pooler = None
    model = ReaderModel(encoder, 8).eval()
    model.save(folder)
    tokenizer = Tokenizer(models.WordLevel({c: n for n, c in enumerate(TEXT)}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.save(str(folder / TOKENIZER))
    return model


def test_what_is_padded_takes_no_part() -> None:
    ids, mask, marks = padded(
        [Window((0, 5, 6, 7, 2), ((0, 1, 3), (1, 3, 4))), Window((0, 5, 2), ((0, 1, 2),))]
    )
    assert ids.tolist() == [[0, 5, 6, 7, 2], [0, 5, 2, 1, 1]]
    assert mask.tolist() == [[1] * 5, [1, 1, 1, 0, 0]]
    assert marks.tolist() == [
        [[0, 0.5, 0.5, 0, 0], [0, 0, 0, 1, 0]],
        [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]],
    ]


def test_a_sentence_is_the_mean_of_its_tokens_beside_the_first_token(tmp_path: Path) -> None:
    model = model_in(tmp_path)
    window = Window((0, 5, 6, 7, 2), ((0, 1, 3), (1, 3, 4)))
    with torch.inference_mode():
        pages, rows = model([window])
        states = model.encoder(input_ids=torch.tensor([window.ids])).last_hidden_state[0]
        for row, mean in zip(rows[0], (states[1:3].mean(0), states[3]), strict=True):
            expected = model.sentence(torch.cat([mean, states[0]]))
            assert float(row) == pytest.approx(float(expected), abs=1e-5)
        assert float(pages[0]) == pytest.approx(float(model.page(states[0])), abs=1e-5)


def test_a_reader_gives_what_its_network_gives_in_whatever_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_in(tmp_path)
    reader = SentenceReader.load(tmp_path, precision="float32")
    pages = [Page("头", "上", ("甲乙", "丙")), Page("头", "", ("丁",)), Page("", "", ())]
    for at_once in (1536, 1):
        monkeypatch.setattr(reading, "TOKENS_AT_ONCE", at_once)
        found = reader.read("问", pages)
        for page, said in zip(pages, found, strict=True):
            (window,) = windows(tokenizer_in(tmp_path), "问", page)
            with torch.inference_mode():
                answers, (row,) = model([window])
            clipped = [max(-BOUND, min(BOUND, value)) for value in row.tolist()]
            # weights are stored in half precision
            assert said.answers == pytest.approx(
                max(-BOUND, min(BOUND, float(answers[0]))), abs=0.05
            )
            assert said.sentences == pytest.approx(clipped, abs=0.05)
    assert reader.read("问", []) == []


def test_a_long_page_answers_as_its_best_window_and_every_sentence_has_a_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_in(tmp_path)
    reader = SentenceReader.load(tmp_path, precision="float32")
    sentences = ("甲乙丙", "丁戊", "己庚")
    monkeypatch.setattr("policyqa.qa.retrieve.pages.MAX_TOKENS", 10)
    (said,) = reader.read("问", [Page("头", "", sentences)])
    alone = [reader.read("问", [Page("头", "", (text,))])[0] for text in sentences]
    assert said.sentences == pytest.approx([each.sentences[0] for each in alone], abs=1e-4)
    assert said.answers == pytest.approx(max(each.answers for each in alone), abs=1e-4)


def test_another_reader_of_this_kind_is_taken_by_its_folder(tmp_path: Path) -> None:
    model_in(tmp_path)
    assert is_sentence_reader(tmp_path)
    assert isinstance(_reader(str(tmp_path), ModelSettings(precision="float32")), SentenceReader)
    (tmp_path / WEIGHTS).write_bytes(b"none")
    assert not is_sentence_reader(tmp_path)
    assert not is_sentence_reader(tmp_path / "absent")


def test_weights_that_give_no_numbers_are_told(tmp_path: Path) -> None:
    model = model_in(tmp_path)
    model.page.weight.data[:] = float("nan")
    model.save(tmp_path)
    reader = SentenceReader.load(tmp_path, precision="float32")
    with pytest.raises(ModelError, match="给出的不是数"):
        reader.read("问", [Page(head="头", above="上", sentences=("甲乙",))])


def test_weights_that_are_not_those_that_were_shipped_are_told(tmp_path: Path) -> None:
    model_in(tmp_path)
    digest = hashlib.sha256((tmp_path / WEIGHTS).read_bytes()).hexdigest()
    (tmp_path / DIGESTS).write_text(json.dumps({WEIGHTS: digest}), encoding="utf-8")
    SentenceReader.load(tmp_path, precision="float32")
    with (tmp_path / WEIGHTS).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match="缺失或已损坏，请重新安装"):
        SentenceReader.load(tmp_path, precision="float32")


@pytest.mark.parametrize("room", ["qa/retrieve/reader", "qa/conversation"])
def test_what_is_shipped_is_what_its_digests_say(room: str) -> None:
    folder = Path(__file__).parents[4] / room
    assert (folder / DIGESTS).is_file()
    check_shipped(folder)
