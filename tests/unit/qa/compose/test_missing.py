"""Parts of a question, and which of them sentences leave open."""

from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.compose.missing import unanswered
from policyqa.qa.question.asked import understood
from policyqa.qa.question.parts import parts_of
from policyqa.qa.retrieve.evidence import Quote


def quote_of(text: str, **about: str) -> Quote:
    document = Document(
        doc_id="a", source="a", sha256="", metadata=Metadata.model_validate(about), text=text
    )
    sentence = Sentence(start=0, end=len(text))
    passage = Passage(
        passage_id="p", doc_id="a", start=0, end=len(text), text=text, sentences=(sentence,)
    )
    return Quote(document, passage, sentence, text)


def test_a_question_for_one_thing_has_no_parts() -> None:
    assert parts_of("博士后留渝率是多少?") == ()
    assert parts_of("对符合条件的博士,补贴多少?") == ()


def test_a_question_for_two_things_has_two() -> None:
    parts = parts_of("大会什么时候、在哪里举行?")
    assert [(p.text, p.expectation.kind, p.where) for p in parts] == [
        ("大会什么时候", "date", False),
        ("在哪里举行", "", True),
    ]


def test_a_part_is_open_where_no_sentence_holds_its_kind() -> None:
    query = "补贴多少钱,什么时候发?"
    assert unanswered(understood(query), [quote_of("每人每月补贴3000元。")]) == ("什么时候发",)
    assert unanswered(understood(query), [quote_of("每人每月补贴3000元，3月15日发放。")]) == ()


def test_of_several_years_those_without_a_word_are_open() -> None:
    said = [quote_of("2024年渝北区引进500人。", region="重庆市渝北区")]
    assert unanswered(understood("渝北区2023年和2024年各引进多少人?"), said) == ("2023年",)
