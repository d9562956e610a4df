"""Words and bigrams, one form for passages and queries."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from policyqa.index.text.marks import places
from policyqa.index.text.words import (
    bigrams,
    cut,
    cutting,
    is_verb,
    is_word,
    normalise,
    simplified,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("５０万元", "50万元"),
        ("Ｒ＆Ｄ", "r&d"),
        ("AI", "ai"),
        ("臺灣人才補貼", "台湾人才补贴"),
        ("人\u200b才\ufeff", "人才"),
        ("1,000,000元", "1000000元"),
        ("3,14", "3,14"),  # no thousands
        ("①㎡", "1m2"),
        ("", ""),
    ],
)
def test_one_form_for_matching(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize("text", ["", "abc 123", "人才政策，50万元。", "後 Ａ"])
def test_simplified_changes_nothing_but_the_script(text: str) -> None:
    assert simplified(text) == text.replace("後", "后")


def test_words_keep_digits_and_latin_whole() -> None:
    assert words("AI+2025年，增长5.5%、8.36万人") == [
        "ai", "2025", "年", "增长", "5.5%", "8.36", "万人",
    ]  # fmt: skip


def test_long_words_come_with_their_parts() -> None:
    found = words("科学技术委员会")
    assert {"科学", "技术", "委员会"} <= set(found)


def test_words_of_both_scripts_and_widths_are_the_same() -> None:
    assert words("博士後補貼５０萬元") == words("博士后补贴50万元")


def test_bigrams_overlap_within_a_run() -> None:
    assert bigrams("博士后，2025年人才A类") == ["博士", "士后", "2025", "年人", "人才", "a", "类"]


@pytest.mark.parametrize("text", ["", "，。！", " \n", "🎉"])
def test_marks_alone_are_no_words(text: str) -> None:
    assert words(text) == bigrams(text) == []


def test_cut_leaves_nothing_out() -> None:
    text = "2024年 重庆有卓越工程师 AI?"
    assert "".join(cut(text)) == text
    assert "卓越工程师" in cut(text)


def test_verbs_are_told_by_the_dictionary() -> None:
    assert is_verb("引进")
    assert not is_verb("工程师")


def test_an_offices_terms_hold_inside_the_block_alone() -> None:
    text = "渝快办的服务"
    apart = cut(text)
    assert "渝快办" not in apart
    with cutting(["渝快辦"]):  # in whatever script they are written
        assert cut(text) == ["渝快办", "的", "服务"]
        assert "渝快办" in words("渝快辦的服務")
        assert is_word("渝快办")
        with cutting([]):
            assert cut(text) == apart
        with cutting(["快办的服务"]):
            assert "快办的服务" in cut(text)
        assert "渝快办" in cut(text)
    assert cut(text) == apart
    assert not is_word("渝快办")


def test_a_term_is_a_word_and_no_pattern() -> None:
    with cutting(["人.", "才|策"]):
        assert cut("人才政策") == cut("人才政策")
        assert words("人才") == ["人才"]


def test_what_is_remembered_of_places_is_of_one_office() -> None:
    text = "钱塘新区的补贴"
    for _ in range(2):
        assert places(text) == ()
        with cutting(["钱塘新区"]):
            assert places(text) == ("钱塘新区",)


def test_two_offices_are_cut_for_at_once() -> None:
    """Threads that take turns keep each its own words."""
    both = threading.Barrier(2, timeout=30)

    def cut_by(terms: tuple[str, ...]) -> list[list[str]]:
        found = []
        with cutting(terms):
            for _ in range(20):
                both.wait()
                found.append(cut("渝快办浙里办"))
        return found

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(cut_by, [("渝快办",), ("浙里办",)])
    assert one == [["渝快办", *one[0][1:]]] * 20
    assert other == [[*other[0][:-1], "浙里办"]] * 20
    assert "浙里办" not in one[0]
    assert "渝快办" not in other[0]
