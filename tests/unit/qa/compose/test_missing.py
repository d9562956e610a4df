"""Parts of a question, and which of them sentences leave open."""

from dataclasses import replace

from policyqa.index.types import Document, Metadata, Passage, Sentence
from policyqa.qa.compose.missing import further, unanswered
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
    assert unanswered(understood(query), [quote_of("每人每月补贴3000元。")], {}) == ("什么时候发",)
    both = [quote_of("每人每月补贴3000元，3月15日发放。")]
    assert unanswered(understood(query), both, {}) == ()


def test_what_was_found_for_a_part_alone_is_said_where_the_part_is_open() -> None:
    asked = understood("补贴多少钱,什么时候发?")
    sum_, day = quote_of("每人每月补贴3000元。"), quote_of("补贴于每年6月15日发放。")
    own = {"补贴多少钱": sum_, "什么时候发": day}
    assert further(asked, [sum_], own) == [day]
    assert unanswered(asked, [sum_], own) == ()


def test_of_another_document_nothing_is_added_to_a_part_that_is_answered() -> None:
    asked = understood("补贴多少钱,什么时候发?")
    said = quote_of("每人每月补贴3000元，6月15日发放。")
    other = quote_of("奖金于3月1日发放。")
    assert further(asked, [said], {"什么时候发": other}) == [other]  # of the document cited
    elsewhere = replace(other, document=other.document.model_copy(update={"doc_id": "b"}))
    assert further(asked, [said], {"什么时候发": elsewhere}) == []


def test_what_is_told_before_a_part_belongs_to_it() -> None:
    told, *_ = parts_of("我单位搬家了,材料在哪里交?电话是多少?")
    assert (told.text, told.whole) == ("材料在哪里交", "我单位搬家了，材料在哪里交")


def test_of_several_years_those_without_a_word_are_open() -> None:
    said = [quote_of("2024年渝北区引进500人。", region="重庆市渝北区")]
    assert unanswered(understood("渝北区2023年和2024年各引进多少人?"), said, {}) == ("2023年",)


def test_a_side_of_a_comparison_is_missed_only_where_another_was_found() -> None:
    asked = understood("本科和专科的补贴分别是多少？")
    said = [quote_of("本科补贴按月发放。")]
    sides = ("本科的补贴是多少", "专科的补贴是多少")
    assert tuple(part.text for part in asked.parts) == sides
    assert unanswered(asked, said, {}) == ()
    assert unanswered(asked, said, {sides[0]: said[0]}) == (sides[1],)
