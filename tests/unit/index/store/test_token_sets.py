"""Sets of tokens: the same as sets of Python, before and after saving."""

from pathlib import Path

import pytest

from policyqa.index.errors import IndexDamaged
from policyqa.index.store.token_sets import TokenSets

TEXTS = [["人才", "补贴", "人才"], [], ["补贴", "博士"], ["甲"]]
ASKED = ("补贴", "没有", "人才")


def both(folder: Path, texts: list[list[str]]) -> tuple[TokenSets, TokenSets]:
    built = TokenSets.build(texts)
    built.save(folder / "sets")
    return built, TokenSets.load(folder / "sets")


def test_what_each_text_holds(tmp_path: Path) -> None:
    for sets in both(tmp_path, TEXTS):
        assert [sets.of(row) for row in range(len(sets))] == [frozenset(t) for t in TEXTS]
        assert sets.holds(ASKED, range(1, 4)).tolist() == [
            [token in text for token in ASKED] for text in TEXTS[1:]
        ]
        assert sets.holds((), range(2)).shape == (2, 0)
        assert sets.holds(ASKED, range(0)).shape == (0, 3)


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_texts_without_a_token(tmp_path: Path, texts: list[list[str]]) -> None:
    for sets in both(tmp_path, texts):
        assert len(sets) == len(texts)
        assert not sets.holds(ASKED, range(len(texts))).any()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    both(tmp_path, TEXTS)
    (tmp_path / "sets" / "numbers.npy").write_bytes(b"no")
    with pytest.raises(IndexDamaged, match="sets"):
        TokenSets.load(tmp_path / "sets")
