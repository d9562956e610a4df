"""The form that narrows what is asked, and what a browser may say it holds."""

from typing import Any

import pytest

from policyqa.qa.question.filters import Choices, choices_of
from policyqa.qa.types import Filters
from policyqa.ui.chat import render
from policyqa.ui.chat.filters import MAX_REGIONS, Wanted, filter_form, wanted
from policyqa.ui.chat.language import in_language
from policyqa.ui.chat.talk import Asked, ask, open_source
from tests.ui_fake import ATTACK, FakeAssistant


@pytest.mark.parametrize(("said", "meant"), [
    ({}, Wanted()),
    (None, Wanted()),
    ("<script>", Wanted()),
    ({"as_of": "2024-12-31"}, Wanted("2024-12-31")),
    ({"as_of": ""}, Wanted()),
    ({"regions": ["重庆市"], "kinds": ["plan"], "since": "2021", "until": "2023", "x": 1},
     Wanted(None, Filters(regions=("重庆市",), kinds=("plan",), since="2021", until="2023"))),
    ({"as_of": "昨天"}, Wanted()),
    ({"kinds": ["<b>"]}, Wanted()),
    ({"regions": "重庆市"}, Wanted()),
    ({"regions": ["x"] * 1000}, Wanted()),
])  # fmt: skip
def test_what_a_browser_says_is_checked(said: Any, meant: Wanted) -> None:
    assert wanted(said) == meant


def test_the_form_offers_what_the_collection_has() -> None:
    choices = Choices(regions=(("重庆市", 2),), kinds=(("plan", 1),), years=("2025", "2021"))
    form = in_language(filter_form(choices), "zh")
    assert '<input type="checkbox" name="regions" value="重庆市"><span>重庆市 <small>2<' in form
    assert '<input type="checkbox" name="kinds" value="plan"><span>规划 <small>1<' in form
    assert form.count('<option value="2021">2021</option>') == 2
    assert ">Plan <small>" in in_language(filter_form(choices), "en")
    assert filter_form(Choices()) == ""


def test_names_of_regions_are_only_text_and_not_without_end() -> None:
    many = tuple((f"{n}{ATTACK}", 1) for n in range(100))
    form = filter_form(Choices(regions=many))
    assert "<script" not in form
    assert "<img" not in form
    assert form.count('name="regions"') == MAX_REGIONS


def test_an_answer_says_what_was_left_out_and_opens_it() -> None:
    assistant = FakeAssistant()
    filters = Filters(kinds=("policy",), since="2021")
    asked = Asked("博士后有什么补助", Wanted("2024-06", filters))
    *_, (messages, answers) = ask(assistant, asked, (), lambda seconds: None)
    assert (assistant.asked[-1].as_of, assistant.asked[-1].filters) == ("2024-06", filters)
    shown = in_language(messages[-1]["content"], "zh")
    assert "只查：政策文件 · 2021— · 按 2024年6月 的文件回答 · 有 2 份文件没有查" in shown
    assert 'href="#source-0-x3"' in shown
    assert "人才与城市双向奔赴" in open_source(assistant, answers, "source-0-x3")
    plain = ask(assistant, Asked("博士后有什么补助"), (), lambda seconds: None)
    assert "narrowed" not in [*plain][-1][0][-1]["content"]


def test_choices_come_from_the_documents() -> None:
    assert choices_of(FakeAssistant().corpus.documents()).years == ("2025", "2024")
    assert render.ASKED != render.LEFT_OUT
