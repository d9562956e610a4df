"""How what was read is judged against labels, on small texts."""

from policyqa.eval.sets.documents import Field, Share, plain, records, report
from policyqa.eval.sets.documents import metadata as judged


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


def test_the_labels_are_of_files_and_complete() -> None:
    assert {record["kind"] for record in records("structure.jsonl")} == {
        "row", "section", "list", "footnote", "article",
    }  # fmt: skip
    assert len(records("sentences.jsonl")) >= 60
    assert len(records("boilerplate.jsonl")) >= 20


def test_a_report_counts_the_files_that_it_read() -> None:
    assert report({}).endswith("0 files read.")
    assert all(field.said == 0 for field in judged({}).values())
