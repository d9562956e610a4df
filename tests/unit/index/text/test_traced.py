"""Text that remembers where its characters stood: every step checked character by character."""

import re

import numpy as np
import pytest

from policyqa.index.text.traced import Traced, joined

ORIGINAL = "  人才[x]政策, 一、二  "


def check(traced: Traced, text: str, at: list[int]) -> None:
    assert traced.text == text
    assert traced.at.tolist() == at
    assert traced.at.dtype == np.int32


def test_the_whole_original_stands_where_it_stands() -> None:
    check(Traced.of("甲乙"), "甲乙", [0, 1])


def test_a_slice_keeps_its_places() -> None:
    check(Traced.of("甲乙丙丁")[1:3], "乙丙", [1, 2])


@pytest.mark.parametrize(
    ("text", "chars", "stripped", "first"),
    [("  甲 乙 ", None, "甲 乙", 2), ("\t甲\u3000", "\u3000", "\t甲", 0), ("  ", None, "", 2)],
)
def test_strip_is_that_of_str(text: str, chars: str | None, stripped: str, first: int) -> None:
    check(Traced.of(text).strip(chars), stripped, list(range(first, first + len(stripped))))
    assert text.strip(chars) == stripped


def test_matches_are_taken_out() -> None:
    found = Traced.of("甲[1]乙[2]").without(re.compile(r"\[\d\]"))
    check(found, "甲乙", [0, 4])


def test_without_a_match_nothing_changes() -> None:
    text = Traced.of("甲乙")
    assert text.without(re.compile("丙")) is text


def test_spans_are_taken_out() -> None:
    check(Traced.of("甲乙丙丁").without_spans([(0, 1), (2, 3)]), "乙丁", [1, 3])


def test_split_is_that_of_re() -> None:
    pattern = re.compile("[,、]")
    parts = list(Traced.of(ORIGINAL).split(pattern))
    assert [part.text for part in parts] == pattern.split(ORIGINAL)
    assert all(ORIGINAL[i] == c for p in parts for i, c in zip(p.at, p.text, strict=True))


def test_parts_are_joined_in_the_given_order() -> None:
    whole = Traced.of("甲乙丙")
    check(joined([whole[2:], whole[:1]]), "丙甲", [2, 0])
    check(whole[2:] + whole[:1], "丙甲", [2, 0])


def test_nothing_joined_is_empty() -> None:
    check(joined([]), "", [])
