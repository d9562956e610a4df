"""How what was read is judged against labels, on small texts."""

from pathlib import Path

import pytest

from policyqa.eval.sets.documents import Field, Read, Share, load, pace, plain, report
from policyqa.eval.sets.documents import metadata as judged

DATASETS = Path(__file__).parents[4] / "eval" / "datasets"


def test_share() -> None:
    share = Share()
    share.count(True, "held")
    share.count(False, "missed")
    assert (share.held, share.n, share.failed) == (1, 2, ["missed"])


def test_silence_counts_for_recall_and_a_wrong_value_for_both() -> None:
    field = Field()
    field.judge("A", ["A"], "right")
    field.judge("", ["A"], "silent")
    field.judge("B", ["A"], "wrong")
    field.judge("", [""], "rightly silent")
    field.judge("A", ["A", ""], "may be said")
    field.judge("", ["A", ""], "need not be said")
    assert (field.right, field.said, field.wanted) == (2, 3, 4)
    assert (field.precision, field.recall) == (0.667, 0.5)
    assert Field().precision is Field().recall is None


def test_plain_compares_without_white_space_and_brackets() -> None:
    assert plain("渝府〔2021〕 ２号 《规划》") == plain("渝府[2021]2号规划")


@pytest.mark.parametrize("name", ["documents", "wild"])
def test_the_labels_are_of_files_and_complete(name: str) -> None:
    labels = load(DATASETS / name)
    assert {"row", "section", "list"} <= {record["kind"] for record in labels.structure}
    assert len(labels.sentences) >= 60
    assert len(labels.boilerplate) >= 20


def test_the_parts_of_the_wild_set_share_no_file() -> None:
    mend, unseen = (load(DATASETS / "wild", part).sources for part in ("mend", "unseen"))
    assert mend | unseen == load(DATASETS / "wild").sources
    assert not mend & unseen
    assert min(len(mend), len(unseen)) >= 40


def test_a_part_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="没有“all”这一部分"):
        load(DATASETS / "wild", "all")


def test_a_report_counts_the_files_that_it_read() -> None:
    labels = load(DATASETS / "documents")
    done = Read({}, {"a.pdf": "文件里没有可用的正文"}, (0.1, 0.1, 0.4))
    assert report(done, labels).endswith("0 files read.\n- refused: a.pdf: 文件里没有可用的正文")
    assert all(field.said == 0 for field in judged({}, labels).values())
    assert pace(done.seconds) == "0.10 s a file (median), 0.39 s (99 %), n=3"
