"""What a reader sees of a passage, cut to what fits."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.retrieve import pages
from policyqa.qa.retrieve.pages import TOKENIZER, Page, page_of, tokenizer_in, windows

LEAD, ITEM = "下列人员：", "（二）博士。"


@pytest.fixture
def by_character() -> Tokenizer:
    """A token a character; its id is the place in this text."""
    vocabulary = {c: n for n, c in enumerate("<>/?问头上甲乙丙丁戊:")}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return tokenizer


def stored(**about: str) -> tuple[Document, Passage]:
    text = f"{LEAD}中间的。{ITEM}（三）硕士。"
    spans = [(len(LEAD) + 4, len(LEAD) + 4 + len(ITEM)), (len(LEAD) + 4 + len(ITEM), len(text))]
    document = Document(
        doc_id="d", source="d", sha256="0", metadata=Metadata.model_validate(about), text=text
    )
    passage = Passage(
        passage_id="p", doc_id="d", start=spans[0][0], end=len(text), text=text[spans[0][0] :],
        section="第一章 › 第二节 › 第三条", context=((0, len(LEAD)),),
        sentences=tuple(Sentence(start=a, end=b) for a, b in spans),
    )  # fmt: skip
    return document, passage


def test_title_place_year_and_section_stand_before_what_a_passage_needs() -> None:
    page = page_of(*stored(title="落戶辦法", region="成都市", date="2021-07-01"))
    assert page.head == "落户办法 成都市 2021 第二节 第三条"
    assert page.above == "下列人员:"
    assert page.sentences == ("(二)博士。", "(三)硕士。")


def test_a_place_that_the_title_names_is_not_said_twice() -> None:
    page = page_of(*stored(title="成都市落户办法", region="成都市"))
    assert page.head == "成都市落户办法 第二节 第三条"


def test_a_window_is_question_head_context_and_sentences(by_character: Tokenizer) -> None:
    (window,) = windows(by_character, "问", Page("头", "上", ("甲乙", "丙")))
    ask, head, above, one, two, three = (by_character.token_to_id(c) for c in "问头上甲乙丙")
    assert window.ids == (0, ask, 2, 2, head, 2, above, one, two, three, 2)
    assert window.spans == ((0, 7, 9), (1, 9, 10))


def test_a_long_page_is_cut_between_sentences_and_what_leads_in_is_repeated(
    by_character: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAX_TOKENS", 12)
    cut = windows(by_character, "问", Page("头", "", ("甲:", "乙乙乙", "丙丙丙丙丙丙丙丙", "丁")))
    lead = [by_character.token_to_id(c) for c in "甲:"]
    assert [[number for number, _, _ in w.spans] for w in cut] == [[0, 1], [2], [3]]
    assert all(list(w.ids[6:8]) == lead for w in cut)
    assert all(len(w.ids) <= 12 for w in cut)
    assert cut[1].spans == ((2, 8, 11),)  # a sentence that is too long is read as far as it fits


def test_a_page_without_sentences_is_one_window(by_character: Tokenizer) -> None:
    (window,) = windows(by_character, "问", Page("头", "", ()))
    assert window.spans == ()


def test_a_tokenizer_that_pads_and_cuts_does_neither_here(
    by_character: Tokenizer, tmp_path: Path
) -> None:
    by_character.enable_padding(pad_id=1)
    by_character.enable_truncation(2)
    by_character.save(str(tmp_path / TOKENIZER))
    (window,) = windows(tokenizer_in(tmp_path), "问", Page("头", "", ("甲", "乙丙丁")))
    assert window.spans == ((0, 6, 7), (1, 7, 10))
