"""The page's words in two languages: nothing is forgotten, and nothing from outside is taken for
one of them."""

import ast
import html
import re
from pathlib import Path
from typing import get_args

import pytest

from policyqa.qa.compose.verdicts import AS_ASKED
from policyqa.qa.question.filters import KINDS
from policyqa.qa.register.standing import STATES
from policyqa.qa.types import Answer, Note, NoteKind
from policyqa.qa.wording import COMPLETENESS, NOTES, VERDICTS
from policyqa.ui import chat
from policyqa.ui.chat import render
from policyqa.ui.chat.language import (
    BEGIN,
    END,
    MARKS,
    PART,
    english,
    in_language,
    language_of,
    say,
)
from policyqa.ui.programmes.linking import ALL, SELF_CHECK
from policyqa.ui.store.types import REASONS

FOLDER = Path(chat.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
# What is no word of the page: names, units that are put together, text for the log or the API.
NO_WORDS = {"渝才问策", "年月日", "渝", "提问", "注：", "中文", "提示"}
NO_WORDS |= {"与服务的连接断开了，正在重新连接…"}  # in the place of Gradio's English
MODULES = ("render", "panel", "forms", "filters", "talk", "page", "reactions", "cited")


def test_marks_become_words_of_one_language() -> None:
    given = f"<b>{say('来源 {}', 3)}</b> {say('没有这个词')}"
    assert in_language(given, "zh") == "<b>来源 3</b> 没有这个词"
    assert in_language(given, "en") == "<b>Source 3</b> 没有这个词"


def test_a_part_may_hold_words_and_braces() -> None:
    assert in_language(say("{}：", say("可以")), "en") == "Yes: "
    assert in_language(say("我们会把这个问题转给工作人员：{}", "a{}b"), "zh").endswith("a{}b")


def test_text_from_outside_is_never_a_mark() -> None:
    forged = f"{BEGIN}可以{PART}x{END}"
    assert render.escape(forged) == "可以x"
    assert in_language(render.inline(forged), "en") == "可以x"


@pytest.mark.parametrize(
    ("cookies", "language"),
    [({}, "zh"), ({"policyqa_language": "en"}, "en"), ({"policyqa_language": "<b>"}, "zh")],
)
def test_a_reader_chooses_by_cookie(cookies: dict[str, str], language: str) -> None:
    assert language_of(cookies) == language


def words_in_python(path: Path) -> set[str]:
    """String constants with Chinese in them, docstrings and parts of f-strings left out."""
    tree = ast.parse(path.read_text("utf-8"))
    parts = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    alone = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in parts | alone
        and CHINESE.search(node.value)
    }


def words_in_scripts() -> set[str]:
    """Chinese strings of the browser's part."""
    code = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))
    return {found for found in re.findall(r"'([^'\n]*)'", code) if CHINESE.search(found)}


def templates() -> set[str]:
    """What `qa` says in its own words on the page, as `say` is given it."""
    notes = {words.removeprefix("注：") for kind, words in NOTES.items() if kind != "other"}
    return notes | set(COMPLETENESS.values()) | set(VERDICTS.values())


def words_of_the_page() -> set[str]:
    found = {word for name in MODULES for word in words_in_python(FOLDER / f"{name}.py")}
    found |= words_in_scripts() | templates() | set(KINDS.values()) | set(REASONS.values())
    return found - NO_WORDS


def test_every_word_of_the_page_has_its_english() -> None:
    assert words_of_the_page() - set(english()) == set()


def test_english_has_as_many_places_as_chinese() -> None:
    for chinese, words in english().items():
        assert words.count("{}") == chinese.count("{}"), chinese
        assert words, chinese


def test_no_english_is_left_of_words_that_are_gone() -> None:
    values = {"可以", "不可以", "视条件而定", "有效", "试行"}  # of an answer
    values |= {words for _, both in AS_ASKED for words in both}
    values |= {"Aa", "。", "{}：", "{}年", "{}年{}月", "{}年{}月{}日"}
    values |= {*STATES.values(), SELF_CHECK.words, ALL.words}
    joined = {name for name in english() if name.startswith("<")}
    assert set(english()) - words_of_the_page() - values - joined == set()


def note_of(kind: NoteKind, part: str) -> Note:
    return Note(kind=kind, parts=(part,) * NOTES[kind].count("{}"))


@pytest.mark.parametrize("kind", get_args(NoteKind))
def test_a_note_is_worded_in_both_languages(kind: NoteKind) -> None:
    note = note_of(kind, "名称")
    shown = render.note_html(note)
    assert html.unescape(in_language(shown, "zh")) == note.text.removeprefix("注：")
    translated = html.unescape(in_language(shown, "en"))
    assert translated.count("名称") == len(note.parts)
    if kind != "other":
        given = ("名称", "博士后有哪些支持政策？")  # an example stays Chinese, as its answer is
        assert not CHINESE.search(re.sub("|".join(given), "", translated))


@pytest.mark.parametrize("kind", [kind for kind in get_args(NoteKind) if "{}" in NOTES[kind]])
@pytest.mark.parametrize(
    "hostile",
    ["<img src=x>", "](http://evil.example)", f"{BEGIN}可以{PART}x{END}", "{}{0}{x}", "a\n\n# b"],
)
def test_what_is_put_into_a_note_is_shown_and_nothing_else(kind: NoteKind, hostile: str) -> None:
    shown, words = render.note_html(note_of(kind, hostile)), NOTES[kind].removeprefix("注：")
    escaped = render.inline(hostile)
    assert not re.search(rf"[\[\](){{}}\n{MARKS}]|<(?!br>)", escaped)
    assert in_language(shown, "zh") == escaped.join(words.split("{}"))
    assert in_language(shown, "en") == escaped.join(english().get(words, words).split("{}"))


def test_the_places_of_a_note_are_filled_in_order() -> None:
    shown = render.note_html(Note(kind="elsewhere", parts=("重庆市", "北京")))
    assert in_language(shown, "zh") == "所引文件是重庆市的，没有专门说明北京的情况。"
    assert "is of 重庆市; it says nothing special about 北京" in in_language(shown, "en")


def test_a_question_in_english_is_framed_in_english_whatever_the_page_speaks() -> None:
    asked = "How many postdocs stay?"
    silent = Answer(
        id="1",
        query="x",
        status="abstained",
        reason="no_evidence",
        question=asked,
        answer="x",
        notes=(Note(kind="no_evidence"),),
    )
    shown = in_language(render.answer_message(silent, 0), "zh")
    assert "No evidence" in shown
    chinese = silent.model_copy(update={"question": "多少博士后留下？"})
    assert "No evidence" not in in_language(render.answer_message(chinese, 0), "zh")
    assert "暂无依据" in in_language(render.answer_message(chinese, 0), "zh")
