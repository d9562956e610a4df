"""The page's words in two languages: nothing is forgotten, and nothing from outside is taken for
one of them."""

import ast
import re
from pathlib import Path

import pytest

from policyqa.qa.compose import wording
from policyqa.qa.question.filters import KINDS
from policyqa.ui import chat
from policyqa.ui.chat import render
from policyqa.ui.chat.language import BEGIN, END, PART, english, in_language, language_of, say
from policyqa.ui.store.types import REASONS

FOLDER = Path(chat.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
# What is no word of the page: names, units that are put together, text for the log or the API.
NO_WORDS = {"渝才问策", "年月日", "渝", "提问", "注：", "中文", "提示"}
NO_WORDS |= {"与服务的连接断开了，正在重新连接…"}  # in the place of Gradio's English
MODULES = ("render", "panel", "forms", "filters", "talk", "page", "reactions")


def test_marks_become_words_of_one_language() -> None:
    html = f"<b>{say('来源 {}', 3)}</b> {say('没有这个词')}"
    assert in_language(html, "zh") == "<b>来源 3</b> 没有这个词"
    assert in_language(html, "en") == "<b>Source 3</b> 没有这个词"


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
    whole = {wording.NO_EVIDENCE, wording.NEXT_STEP, wording.REFUSED, wording.TALK, wording.UNCLEAR}
    whole |= {wording.OUT_OF_SCOPE + wording.NEXT_STEP, *wording.COMPLETENESS.values()}
    named = {wording.ASK_ISSUER, wording.CONTACT_SAYS, wording.NOT_SAID, *render.TEMPLATES}
    return whole | {re.sub(r"\{\w+\}", "{}", each).removeprefix("注：") for each in named}


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
    values |= {"Aa", "。", "{}：", "{}年", "{}年{}月", "{}年{}月{}日"}
    joined = {name for name in english() if name.startswith("<")}
    assert set(english()) - words_of_the_page() - values - joined == set()


def test_a_note_with_names_in_it_is_translated() -> None:
    note = wording.FROM_ELSEWHERE.format(region="重庆市", place="北京")
    shown = render._note(note)
    assert in_language(shown, "zh") == note.removeprefix("注：")
    assert "is of 重庆市; it says nothing special about 北京" in in_language(shown, "en")
