"""Words and bigrams, one form for passages and queries."""

import pytest

from policyqa.index.text.words import bigrams, cut, is_verb, normalise, simplified, words


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
