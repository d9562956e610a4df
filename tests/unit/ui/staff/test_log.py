"""What a line of the log says, in words."""

import pytest

from policyqa.ui.staff.log import details_of, page_of
from policyqa.ui.store.audit import Act, Entry


@pytest.mark.parametrize(("act", "details", "said"), [
    ("reviewed", {"0": "right", "2": "outdated"}, ["整个回答：正确", "引文 2：过时"]),
    ("account_added", {"role": "editor"}, ["角色：编辑"]),
    ("judged", {"verdict": "down"}, ["没有用"]),
    ("document_added", {"replace": True, "change": "x"}, ["替换同名文件"]),
    ("document_added", {"replace": False, "change": "x"}, []),
    ("locked", {"minutes": 15}, ["15 分钟"]),
    ("purged", {"days": 0}, ["0 天以前的"]),
    ("purged", {"days": None}, []),
    ("change_failed", {"change": "x", "reason": "读不出来"}, ["读不出来"]),
    ("metadata_corrected", {"fields": {"date": "2024", "replaces": ["甲", "乙"], "trial": True}},
     ["日期：2024", "试行：是", "替代的文件：甲、乙"]),
    ("metadata_corrected", {"fields": {"title": None}, "before": {"title": "甲" * 300}},
     [f"标题：按文件里读到的（原来：{'甲' * 200}）"]),
    ("document_restored", {"version": "20260101-000000-1-a.txt"}, ["旧版 20260101-000000-1-a.txt"]),
])  # fmt: skip
def test_details(act: Act, details: dict[str, object], said: list[str]) -> None:
    entry = Entry(id=1, time="2026", who="li", act=act, what="x", details=details)
    assert details_of(entry) == said


@pytest.mark.parametrize(("act", "page"), [
    ("reviewed", "/staff/review/x?show=all"),
    ("judged", "/staff/review/x?show=all"),
    ("answer_drafted", "/staff/drafts/x"),
    ("logged_in", ""),
])  # fmt: skip
def test_what_it_tells_of_can_be_seen(act: Act, page: str) -> None:
    assert page_of(Entry(id=1, time="2026", who="li", act=act, what="x", details={})) == page
