"""A citation's name leads to its words, wherever they have gone."""

import pytest

from policyqa.index.types import Document, Metadata
from policyqa.qa.check import permalinks
from policyqa.qa.check.permalinks import Effort, parse, permalink, resolve
from policyqa.qa.errors import EffortError, PermalinkError

TEXT = "第一条 博士后每月补贴3000元。\n第二条 硕士每月补贴1000元。"
QUOTE = "硕士每月补贴1000元。"


def document_of(text: str, source: str = "办法:2024.txt") -> Document:
    return Document(
        doc_id=source + text[:5], source=source, sha256="", metadata=Metadata(), text=text
    )


def link_of(text: str = TEXT) -> str:
    start = text.index(QUOTE)
    return str(permalink(document_of(text), (start, start + len(QUOTE))))


def test_a_permalink_reads_back() -> None:
    link = link_of()
    assert link.startswith("pq1:办法:2024.txt:")
    assert str(parse(f" {link}\n")) == link


def test_the_same_words_in_the_same_place() -> None:
    found = resolve(parse(link_of()), [document_of(TEXT)])
    assert (found.state, found.quote) == ("unchanged", QUOTE)


def test_words_that_have_moved_are_found_with_other_line_breaks() -> None:
    moved = "新增一条。\n第一条 博士后每月补贴3500元。\n第二条 硕士每月\n补贴1000元。"
    found = resolve(parse(link_of()), [document_of(moved)])
    assert (found.state, found.quote) == ("moved", "硕士每月\n补贴1000元。")


def test_words_that_stand_in_another_file_now() -> None:
    other = document_of(TEXT, source="新名.txt")
    found = resolve(parse(link_of()), [other])
    assert (found.state, found.document, found.quote) == ("moved", other, QUOTE)


def test_words_that_were_changed_are_said_to_be() -> None:
    found = resolve(parse(link_of()), [document_of(TEXT.replace("1000", "2000"))])
    assert (found.state, found.quote) == ("changed", "硕士每月补贴2000元。")


def test_nothing_is_left() -> None:
    found = resolve(parse(link_of()), [document_of("别的内容。", source="别的.txt")])
    assert (found.state, found.document, found.quote) == ("gone", None, "")


@pytest.mark.parametrize(
    "text",
    ["", "pq1:a.txt:x:3-1:5x0", "pq2:a.txt:x:0-3:3x0", "http://a/b", "pq1:a:x:0:3", "pq1::x:0-3:y"],
)
def test_what_is_no_permalink_is_refused(text: str) -> None:
    with pytest.raises(PermalinkError, match="引文链接"):
        parse(text)


def test_a_forged_length_finds_nothing() -> None:
    forged = parse("pq1:办法:2024.txt:0:0-3:99999999x0")
    assert resolve(forged, [document_of(TEXT)]).state == "changed"


@pytest.mark.parametrize("size", [99999999, 4])
def test_words_longer_than_their_place_are_not_looked_for(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permalinks, "_digest", lambda words: pytest.fail("it was looked for"))
    forged = permalinks.Permalink(
        source="办法:2024.txt", version="0", start=9**9, end=9**9 + 3, words=f"{size}x0"
    )
    assert permalinks._found(TEXT, forged, Effort()) is None


def test_looking_everywhere_ends_in_time() -> None:
    link = parse(link_of())
    nowhere = link.model_copy(update={"words": "10x0"})
    assert resolve(link, [document_of(TEXT)], Effort(0)).state == "unchanged"
    with pytest.raises(EffortError, match="太费时"):
        resolve(nowhere, [document_of(TEXT)], Effort(0))
    assert resolve(nowhere, [document_of(TEXT)], Effort(1e6)).state == "changed"
