"""The five seeds against sentences, boilerplate and structure that were labelled by hand."""

from pathlib import Path

import pytest

from policyqa.eval.sets import documents
from policyqa.index.build.sandbox import Parsed

ROOT = Path(__file__).parents[2]
LABELS = documents.load(ROOT / "eval" / "datasets" / "documents")
OUT_OF_ORDER = ("003 重庆在“渝才荟”平台上上线", "003 其中，最便捷的功能是AI简历推荐")
"""Two sentences whose columns stand in another order in the file; joining them would be a guess."""


@pytest.fixture(scope="module")
def files() -> dict[str, Parsed]:
    return documents.read([ROOT / "seeds"], LABELS).files


def test_sentences_stand_whole(files: dict[str, Parsed]) -> None:
    share = documents.whole_sentences(files, LABELS)
    assert share.n >= 60
    assert [line for line in share.failed if not line.startswith(OUT_OF_ORDER)] == []


def test_boilerplate_stands_in_no_passage(files: dict[str, Parsed]) -> None:
    share = documents.boilerplate(files, LABELS)
    assert share.n >= 20
    assert share.failed == []


def test_rows_sections_lists_notes_and_articles_are_kept(files: dict[str, Parsed]) -> None:
    shares = documents.structure(files, LABELS)
    assert all(share.n for share in shares.values())
    assert {name: share.failed for name, share in shares.items() if share.failed} == {}


def test_what_the_seeds_say_of_themselves(files: dict[str, Parsed]) -> None:
    fields = documents.metadata(files, LABELS)
    wrong = {name: f.failed for name, f in fields.items() if f.right < f.said}
    assert wrong == {}
    assert fields["title"].wanted == len(files) == 5


def test_whatever_stands_in_no_file_is_counted_as_failed(files: dict[str, Parsed]) -> None:
    absent = {"source": next(iter(files)), "text": "这一句不在任何文件里。"}
    labels = documents.Labels({}, [absent], [absent], [])
    assert documents.whole_sentences(files, labels).held == 0
    assert documents.boilerplate(files, labels).held == 1
