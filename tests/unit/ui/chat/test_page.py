"""The page's handlers, called as plain functions."""

import html
import json
import re
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from policyqa.index.errors import IndexDamaged
from policyqa.qa.corpus import Corpus
from policyqa.qa.settings import ServerSettings
from policyqa.qa.types import MAX_HISTORY_TURNS, Answer, Question, Turn
from policyqa.ui.chat import page, talk
from policyqa.ui.chat.filters import Wanted
from policyqa.ui.chat.language import in_language
from policyqa.ui.chat.talk import Asked
from policyqa.ui.doorman import POLICY, own_page, refused
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from policyqa.ui.turns import Turns
from tests.ui_fake import (
    ATTACK,
    DOCUMENTS,
    FIRST,
    HOSTILE,
    PLAN,
    SKILLED,
    FakeAssistant,
    passages_of,
)


def no_pause(seconds: float) -> None:
    """Tests do not wait."""


def told(assistant: FakeAssistant, *questions: str) -> talk.Answers:
    answers: talk.Answers = ()
    for question in questions:
        *_, (_, answers) = talk.ask(assistant, Asked(question), answers, no_pause)
    return answers


def test_the_sources_are_shown_at_once_and_the_text_grows() -> None:
    steps = list(talk.ask(FakeAssistant(), Asked("博士后有什么补助"), (), no_pause))
    first, last = steps[0][0], steps[-1][0]
    assert [message["role"] for message in first] == ["user", "assistant"]
    assert "博士后有什么补助" in first[0]["content"]
    assert "依据" in first[1]["content"]
    unsaid = [messages[1]["content"].count("unsaid") for messages, _ in steps]
    assert len(unsaid) > 5
    assert unsaid == sorted(unsaid, reverse=True)
    assert unsaid[0] > 5
    assert FIRST[-1] in last[1]["content"]
    assert [len(answers) for _, answers in steps] == [1] * len(steps)


def test_a_condition_that_is_asked_back_has_a_button_for_each_reply() -> None:
    *_, (_, (answer,)) = talk.ask(FakeAssistant(), Asked("博士后有什么补助"), (), no_pause)
    back = answer.model_copy(update={"choices": ("“有户籍”：是", "“有户籍”：不清楚")})
    assert talk.next_questions(FakeAssistant(), back) == [
        {"value": "“有户籍”：是", "label": "是"},
        {"value": "“有户籍”：不清楚", "label": "不清楚"},
    ]


def test_an_answer_that_takes_longer_is_announced() -> None:
    held = threading.Event()

    class Slow(FakeAssistant):
        def ask(self, question: Question) -> Answer:
            held.wait(10)
            return super().ask(question)

    steps = talk.ask(Slow(), Asked("博士后有什么补助"), (), no_pause)
    messages, answers = next(steps)
    assert "正在查阅" in messages[1]["content"]
    assert answers == ()
    held.set()
    messages, answers = next(steps)
    assert "依据" in messages[1]["content"]
    assert len(answers) == 1


def test_what_may_be_asked_next_stands_below_the_whole_answer() -> None:
    *_, whole, last = talk.ask(FakeAssistant(), Asked("博士后有什么补助"), (), no_pause)
    assert "options" not in whole[0][-1]
    next_one = "高技能人才有哪些奖励？"
    assert last[0][-1]["options"] == [{"value": next_one, "label": next_one}]
    assert last[0][-1]["content"] == whole[0][-1]["content"]
    assert last[1] == whole[1]
    *_, end = talk.ask(FakeAssistant(), Asked("有哪些措施"), (), no_pause)
    assert "options" not in end[0][-1]


def test_what_may_be_meant_is_offered_and_asked_with_the_question() -> None:
    *_, last = talk.ask(FakeAssistant(), Asked("补助是多少，哪项？"), (), no_pause)
    assert last[0][-1]["options"][1] == {
        "value": "《措施》“高技能”补助是多少，哪项？",
        "label": "《措施》“高技能”",
    }


def test_an_answer_stands_when_no_suggestion_can_be_looked_for() -> None:
    class Failing(FakeAssistant):
        def suggestions(self, answer: Answer) -> tuple[str, ...]:
            raise IndexDamaged("索引损坏")

    *_, last = talk.ask(Failing(), Asked("博士后有什么补助"), (), no_pause)
    assert "options" not in last[0][-1]
    assert FIRST[-1] in last[0][-1]["content"]


def test_the_pauses_of_an_answer_stay_below_their_bound() -> None:
    pauses: list[float] = []
    list(talk.ask(FakeAssistant(), Asked("博士后"), (), pauses.append))
    assert 0 < sum(pauses) <= talk.STREAM_S + 1e-9 <= 0.4


def test_a_follow_up_is_asked_with_the_turns_before_it() -> None:
    assistant = FakeAssistant()
    answers = told(assistant, "博士后有什么补助", "那高技能人才呢")
    assert assistant.asked[1].history == (
        Turn(role="user", content="博士后有什么补助"),
        Turn(role="assistant", content=answers[0].answer),
    )
    assert SKILLED in answers[1].answer


def test_a_message_of_the_second_answer_opens_sources_of_the_second() -> None:
    assistant = FakeAssistant()
    answers = told(assistant, "博士后", "那高技能人才呢")
    messages = talk.conversation(answers)
    assert "#source-1-1" in messages[3]["content"]
    assert "#source-0-1" in messages[1]["content"]
    assert SKILLED.rstrip("。") in unescaped(talk.open_source(assistant, answers, "source-1-1"))


def test_an_earlier_question_is_asked_otherwise_with_the_answers_before_it() -> None:
    answers = told(FakeAssistant(), "博士后", "那高技能人才呢", "外籍人才")
    assert talk.edited(answers, "edit-1") == ("那高技能人才呢", answers[:1])
    assert talk.edited(answers, "edit-0") == ("博士后", ())
    for link in ("edit-3", "edit-", "edit-x", "else"):
        assert talk.edited(answers, link) == ("", answers)


def test_what_was_told_is_forgotten_by_its_chip() -> None:
    first, second = told(FakeAssistant(), "博士后", "那高技能人才呢")
    answers = (first, second.model_copy(update={"forget": ("age",)}))
    wanted = Wanted(as_of="2024")
    assert talk.forgetting(answers, "forget-1-degree", wanted) == (
        Asked("那高技能人才呢", wanted, ("age", "degree")),
        answers[:1],
    )
    for link in ("forget-3-age", "forget--age", "edit-1", "else"):
        assert talk.forgetting(answers, link, wanted) is None


def test_a_conversation_comes_back_by_the_numbers_of_its_answers(tmp_path: Path) -> None:
    records = Records(open_database(tmp_path))
    answers = told(FakeAssistant(), "博士后", "那高技能人才呢")
    for answer in answers:
        records.keep(answer)
    names = [answer.id for answer in answers]
    assert talk.restored(records, names) == answers
    assert talk.restored(records, [names[1], "gone", "' or 1=1 --", ""]) == answers[1:]
    assert len(talk.restored(records, names[:1] * 1000)) == talk.MAX_ANSWERS


def test_history_leaves_errors_out_and_keeps_the_latest_turns() -> None:
    answers = told(FakeAssistant(), *[f"博士后{n}" for n in range(MAX_HISTORY_TURNS)])
    error = answers[0].model_copy(update={"status": "error"})
    turns = talk.history((*answers, error))
    assert len(turns) == MAX_HISTORY_TURNS
    assert turns[-2].content == f"博士后{MAX_HISTORY_TURNS - 1}"


def test_nothing_asked_changes_nothing() -> None:
    assistant = FakeAssistant()
    assert list(talk.ask(assistant, Asked(" \n"), (), no_pause)) == [([], ())]
    assert assistant.asked == []


def test_a_conversation_that_is_too_long_asks_to_be_cleared() -> None:
    assistant = FakeAssistant()
    answers = told(assistant, "博士后") * talk.MAX_ANSWERS
    *_, (messages, after) = talk.ask(assistant, Asked("再问"), answers, no_pause)
    assert "新对话" in messages[-1]["content"]
    assert after == answers
    assert len(assistant.asked) == 1


def test_an_index_that_fails_is_one_line_in_the_conversation() -> None:
    class Broken(FakeAssistant):
        def ask(self, question: Question) -> Answer:
            raise IndexDamaged("索引缺少文件 manifest.json，请重新运行 policyqa index。")

    *_, (messages, answers) = talk.ask(Broken(), Asked("博士后"), (), no_pause)
    assert "请重新运行" in messages[-1]["content"]
    assert answers[0].status == "error"


def test_sources_open_by_their_link() -> None:
    assistant = FakeAssistant()
    answers = told(assistant, "博士后", "外籍人才")
    excerpt = talk.open_source(assistant, answers, "source-0-1")
    whole = talk.open_source(assistant, answers, "whole-0-1")
    place = talk.open_source(assistant, answers, "source-1-h1")
    assert "查看全文" in excerpt
    assert "返回摘录" in whole
    assert len(whole) > len(excerpt)
    assert PLAN.text in re.sub(r"</?mark>|<span[^>]*></span>", "", unescaped(whole))
    assert "相关段落" in place
    assert "<mark>" in place


def test_a_source_opens_under_what_its_passage_stands_under() -> None:
    start = PLAN.text.index("第一条")

    cut = FakeAssistant()
    context = {"context": ((start, start + 3),)}
    passages = [p.model_copy(update=context) for d in DOCUMENTS for p in passages_of(d)]
    cut.corpus = Corpus.holding(DOCUMENTS, passages)
    answers = told(cut, "博士后", "那高技能人才呢")
    panel = unescaped(talk.open_source(cut, answers, "source-1-1"))
    assert ">…第一条\n…\n" in panel
    assert "第一条\n…" not in unescaped(talk.open_source(FakeAssistant(), answers, "source-1-1"))


@pytest.mark.parametrize(
    "link", ["source-9-1", "source-0-9", "source-0-h99", "source-x-1", "", "x", "whole-٣-1", ATTACK]
)
def test_a_link_to_nothing_says_so(link: str) -> None:
    assistant = FakeAssistant()
    panel = talk.open_source(assistant, told(assistant, "博士后"), link)
    assert "请重新提问" in panel
    assert "<mark>" not in panel


def test_the_page_is_built_with_its_words_and_without_open_endpoints(tmp_path: Path) -> None:
    blocks = page.build_page(
        FakeAssistant(), Records(open_database(tmp_path)), Turns(ServerSettings())
    )
    shown = json.dumps(blocks.get_config_file(), ensure_ascii=False, default=str)
    assert all(example in shown for example in FakeAssistant().examples())
    functions = blocks.fns.values()
    assert [function.api_visibility for function in functions] == ["private"] * len(functions)
    assert blocks.analytics_enabled is False


def asked(path: str, method: str = "GET", headers: Iterable[tuple[bytes, bytes]] = ()) -> int:
    refusal = refused({"type": "http", "path": path, "method": method, "headers": list(headers)})
    return 200 if refusal is None else refusal.status_code


def test_the_gate_lets_through_what_the_page_needs_and_nothing_else() -> None:
    assert [asked(path) for path in ("/", "/assets/a.js", "/api/documents", "/healthz")] == [
        200
    ] * 4
    closed = (
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/monitoring",
        "/docs",
        "/svelte/x",
    )
    assert [asked(path) for path in closed] == [404] * 5


def test_the_gate_bounds_bodies() -> None:
    def length(value: bytes) -> int:
        return asked("/api/ask", "POST", [(b"content-length", value)])

    assert (length(b"1000000"), length(b"1000001"), length(b"-1")) == (200, 413, 411)
    assert asked("/api/ask", "POST") == 411


def test_the_page_is_named_and_without_foreign_addresses() -> None:
    given = '<html lang="en"><head><meta property="og:image" content="https://x/y.png" /></head>'
    made = own_page(given, "渝才问策", "zh")
    english = own_page(given, "渝才问策", "en")
    assert 'lang="en"' in english
    assert '"历史": "History"' in english
    assert "History" not in made
    assert "</header>" not in english.partition("</script>")[0]
    assert "https://" not in made
    assert 'lang="zh-CN"' in made
    assert "<title>渝才问策</title>" in made
    assert "default-src 'self'" in POLICY


def unescaped(markup: str) -> str:
    return html.unescape(markup)


def test_the_greeting_says_what_is_covered() -> None:
    greeting = talk.welcome(FakeAssistant().corpus.documents())
    assert "已收录 3 份文件，最新的是 2025年6月的《人才" in in_language(greeting, "zh")
    assert "3 documents are collected, the newest of 2025-6: 《人才" in in_language(greeting, "en")
    assert "已收录 0 份文件。" in in_language(talk.welcome(()), "zh")
    assert "<script" not in talk.welcome(
        [
            HOSTILE.model_copy(
                update={"metadata": HOSTILE.metadata.model_copy(update={"date": "2030"})}
            )
        ]
    )
