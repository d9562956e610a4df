"""What of a conversation belongs to a question."""

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from policyqa.qa.conversation.conversation import Conversation, Earlier
from policyqa.qa.conversation.resolver import MAX_WORDS, PreviousQuestion, belonging
from policyqa.qa.conversation.sheet import (
    BEGIN,
    END,
    MAX_TOKENS,
    PROMPT,
    TITLE_TOKENS,
    Sheet,
    sheet_of,
)

BEFORE = Conversation(
    turns=(
        Earlier(question="郑州居住证怎么办?", documents=("1",), titles=("河南省居住证实施办法",)),
    )
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Each character is a token."""
    made = Tokenizer(WordLevel({"?": 9}, unk_token="?"))
    made.pre_tokenizer = Split("", "isolated")
    return made


def said(sheet: Sheet, *words: str) -> list[float]:
    return [1.0 if word.text in words else -1.0 for word in sheet.words]


def test_words_know_their_tokens(tokenizer: Tokenizer) -> None:
    sheet = sheet_of(tokenizer, "丢了呢", BEFORE)
    asked = len(PROMPT) + 3
    assert (sheet.ids[0], sheet.ids[1 + asked]) == (BEGIN, END)
    title = (asked + 2, asked + 2 + len(BEFORE.titles[0]))
    assert sheet.titles == (title,)
    first, second, *_ = (word for word in sheet.words if word.part == 1)
    assert (first.text, first.start) == ("郑州", 0)
    assert first.tokens == (title[1] + 1, title[1] + 3)
    assert second.tokens[0] == first.tokens[1]
    assert "怎么" not in {word.text for word in sheet.words}  # it names nothing
    assert {word.part for word in sheet.words} == {0, 1}


def test_as_much_is_read_as_there_is_room_for(tokenizer: Tokenizer) -> None:
    turns = tuple(
        Earlier(
            question=f"郑州居住证{'好' * 90}?", documents=(str(n),), titles=(f"{n}号{'办法' * 40}",)
        )
        for n in range(4)
    )
    sheet = sheet_of(tokenizer, "办" * 500, Conversation(turns=turns))
    assert len(sheet.ids) <= MAX_TOKENS
    assert all(word.tokens[1] < len(sheet.ids) for word in sheet.words)
    assert [end - start for start, end in sheet.titles] == [TITLE_TOKENS] * 3
    assert {word.part for word in sheet.words} == {0, 1, 2, 3}  # of the questions the latest


def test_neighbours_are_put_together_and_said_once(tokenizer: Tokenizer) -> None:
    sheet = sheet_of(tokenizer, "丢了呢", BEFORE)
    assert belonging("丢了呢", sheet, said(sheet, "郑州", "居住证")) == ["郑州居住证"]
    assert belonging("居住证丢了呢", sheet, said(sheet, "郑州", "居住证")) == ["郑州"]
    assert belonging("丢了呢", sheet, said(sheet)) == []


def test_a_place_that_is_named_now_takes_the_place_of_the_earlier(tokenizer: Tokenizer) -> None:
    sheet = sheet_of(tokenizer, "贵阳的呢", BEFORE)
    assert belonging("贵阳的呢", sheet, said(sheet, "郑州", "居住证")) == ["居住证"]


def test_a_class_that_is_named_now_takes_the_place_of_the_earlier(tokenizer: Tokenizer) -> None:
    before = Conversation(turns=(Earlier(question="博士每年补贴多少?"),))
    sheet = sheet_of(tokenizer, "那硕士呢", before)
    assert belonging("那硕士呢", sheet, said(sheet, "博士", "补贴")) == ["补贴"]
    assert belonging("那材料呢", sheet, said(sheet, "博士", "补贴")) == ["博士", "补贴"]


def test_few_words_are_put_before_a_question(tokenizer: Tokenizer) -> None:
    long = Conversation(turns=(Earlier(question="、".join(["郑州居住证", "贵阳房产证"] * 20)),))
    sheet = sheet_of(tokenizer, "丢了呢", long)
    every = {word.text for word in sheet.words}
    assert sum(map(len, belonging("丢了呢", sheet, said(sheet, *every)))) <= MAX_WORDS


def test_without_a_model_the_question_before_is_put_before_it() -> None:
    found = PreviousQuestion().resolve("丢了呢", BEFORE)
    assert found.text == "郑州居住证怎么办? 丢了呢"
    assert found.own == "丢了呢"
    assert found.vector is None
