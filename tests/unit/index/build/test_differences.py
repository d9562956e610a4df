"""Two versions of a document: nothing of either is lost, and what changed stands side by side."""

from hypothesis import given
from hypothesis import strategies as st

from policyqa.index.build.differences import NEAR, differences
from policyqa.index.types import Document, Metadata

OLD = "某市人才办法\n第一条 每人补助5万元。\n第二条 受理时间三月。\n第三条 自发布之日起施行。"
NEW = (
    "某市人才办法\n第一条 每人补助8万元。\n第二条 申请人须在本市缴纳社会保险。\n"
    "第三条 自发布之日起施行。\n第四条 由人社局负责解释。"
)
LINES = st.lists(st.text("甲乙丙丁第一二条，。 ", max_size=12), max_size=8)


def document(text: str) -> Document:
    return Document(doc_id="d", source="a.txt", sha256="", metadata=Metadata(), text=text)


def test_each_clause_with_what_became_of_it() -> None:
    found = differences(document(OLD), document(NEW))
    assert [(row.change, row.clause) for row in found] == [
        ("same", ""), ("changed", "第一条"), ("changed", "第二条"), ("same", "第三条"),
        ("added", "第四条"),
    ]  # fmt: skip


def test_a_changed_sum_is_the_only_piece_that_differs() -> None:
    changed = differences(document(OLD), document(NEW))[1]
    assert [(p.kind, p.text) for p in changed.pieces if p.kind != "same"] == [
        ("removed", "5"), ("added", "8"),
    ]  # fmt: skip


def test_a_clause_is_found_however_far_it_has_moved_and_other_lines_near_by() -> None:
    added = "\n".join(f"新增的说明之{n}号内容" for n in range(NEAR + 5))
    old = "第一条 每人补助五万元整。\n联系电话由办公室另行公布。"
    far = differences(document(old), document(f"{added}\n第一条 每人补助八万元整。"))
    assert [row.clause for row in far if row.change == "changed"] == ["第一条"]
    plain = "联系电话由办公室另行公布"
    near = differences(document(plain), document(f"新增一行\n{plain}了"))
    assert [row.change for row in near] == ["added", "changed"]
    away = differences(document(plain), document(f"{added}\n{plain}了"))
    assert "changed" not in {row.change for row in away}


def test_what_was_taken_out_is_shown() -> None:
    found = differences(document(NEW), document(OLD))
    assert [row.old for row in found if row.change == "removed"] == ["第四条 由人社局负责解释。"]


@given(LINES, LINES)
def test_both_versions_can_be_read_from_it(old: list[str], new: list[str]) -> None:
    found = differences(document("\n".join(old)), document("\n".join(new)))
    assert [row.old for row in found if row.old] == [line.strip() for line in old if line.strip()]
    assert [row.new for row in found if row.new] == [line.strip() for line in new if line.strip()]
    for row in found:
        if row.pieces:
            assert "".join(p.text for p in row.pieces if p.kind != "added") == row.old
            assert "".join(p.text for p in row.pieces if p.kind != "removed") == row.new
