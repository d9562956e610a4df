"""Ablations: named settings beside the product's own."""

from pathlib import Path

import pytest

from policyqa.eval.runs import variants
from policyqa.qa import settings
from policyqa.qa.errors import SettingsError
from policyqa.qa.settings import Settings


def listed(folder: Path, text: str) -> Path:
    path = folder / "list.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_list_is_read(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        '[[variant]]\nname = "no-words"\nsettings = { "ranking.words" = 0 }\n'
        '[[variant]]\nname = "other"\nindex = "x/y"\n',
    )
    first, second = variants.read(path)
    assert (first.name, first.settings, first.index) == ("no-words", {"ranking.words": 0}, None)
    assert (second.settings, second.index) == ({}, Path("x/y"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "variant 有误"),
        ("[[variant]]", r"variant\.0\.name 有误"),
        ('[[variant]]\nname = "a b"', r"variant\.0\.name 有误"),
        ('[[variant]]\nname = "a"\nsetting = {}', r"variant\.0\.setting 有误"),
        ('[[variant]]\nname = "a"\n[[variant]]\nname = "a"', "名字 a 用了两次"),
        ("[[", "不是 TOML"),
    ],
)
def test_what_is_no_list_is_one_clear_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        variants.read(listed(tmp_path, text))


def test_a_list_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="无法读取"):
        variants.read(tmp_path / "none.toml")


def test_settings_are_changed_by_name() -> None:
    base = Settings()
    other = settings.changed(base, {"ranking.words": 0, "answer.threshold": 0.5, "index": "x"})
    assert (other.ranking.words, other.answer.threshold, other.index) == (0, 0.5, Path("x"))
    assert other.ranking.dense == base.ranking.dense
    assert base.ranking.words == 0.15


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ranking.wrods": 0}, "不认识的设置 ranking.wrods，是否想写 ranking.words"),
        ({"ranking.words": -1}, "设置 ranking.words 有误"),
        ({"answer.threshold": "高"}, "设置 answer.threshold 有误"),
        ({"ranking": 1}, "不认识的设置 ranking"),
    ],
)
def test_a_wrong_change_is_one_clear_line(changes: dict, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        settings.changed(Settings(), changes)


def test_the_lists_of_the_project_can_be_run() -> None:
    folder = Path(__file__).parents[4] / "eval" / "ablations"
    paths = sorted(folder.glob("*.toml"))
    assert paths
    for path in paths:
        for variant in variants.read(path):
            settings.changed(Settings(), variant.settings)
