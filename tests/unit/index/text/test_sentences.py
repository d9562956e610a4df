"""Where sentences end."""

import pytest

from policyqa.index.text.sentences import MAX_CHARS, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["甲。", "乙！", "丙？", "丁"],
        ["博士补贴50万元；", "硕士补贴20万元；", "本科3万元。"],
        ["真的吗？！", "是……", "好。"],
        ["他说：“去吧。”", "然后走了。"],
        ["“甲。乙。丙”都可以。", "丁。"],  # an end mark inside quotation marks
        ["资助对象（一、博士。二、硕士）可申请。", "下一句。"],
        ["《甲。乙》已施行。", "丙。"],
        ["（一）申报条件；", "（二）申报材料；", "（三）流程。"],
        ["甲（含乙；", "丙）。"],  # an item ends even inside brackets
        ["比例为3.5%。", "共8.36万人。"],
        ["多出的）不算。", "下一句。"],
        [],
    ],
)
def test_sentences(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


def test_white_space_around_sentences_is_left_out() -> None:
    assert sentence_spans(" 甲。 \u3000乙。\n") == [(1, 3), (5, 7)]


@pytest.mark.parametrize("text", ["", "  ", "\u3000\n"])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


def test_an_over_long_sentence_is_cut_at_its_last_comma() -> None:
    text = "甲" * 249 + "，" + "乙" * 99 + "，" + "丙" * 300
    assert sentence_spans(text) == [(0, 350), (350, 650)]


def test_without_a_comma_it_is_cut_at_the_bound() -> None:
    text = "甲" * (2 * MAX_CHARS + 1)
    assert sentence_spans(text) == [(0, 400), (400, 800), (800, 801)]


def test_a_bracket_never_closed_swallows_only_its_surroundings() -> None:
    assert len(sentences("（" + "政策支持人才。" * 40)) > 10
