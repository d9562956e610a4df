"""A receipt reads like the answer, and tells when it or the documents have changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from policyqa.index.types import Document, Metadata
from policyqa.qa.check.permalinks import permalink
from policyqa.qa.check.receipts import Receipt, receipt_of, rendered, verify, write
from policyqa.qa.errors import ReceiptError
from policyqa.qa.types import Answer, AnswerSentence, Citation

TEXT = "博士后每月补贴3000元。<img src=x>**硕士**每月补贴1000元。"
QUOTE = "博士后每月补贴3000元。"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def document_of(text: str = TEXT) -> Document:
    about = Metadata(title="办法<b>", issuer="人社局", date="2024-05-01")
    return Document(doc_id="d", source="a.txt", sha256="", metadata=about, text=text)


def answer_of(sentence: str = QUOTE) -> Answer:
    citation = Citation(
        n=1, doc_id="d", source="a.txt", title="办法<b>", section="第一条", issuer="人社局",
        doc_number="", date="2024-05-01", quote=QUOTE, start=0, end=len(QUOTE), passage_id="p",
        permalink=str(permalink(document_of(), (0, len(QUOTE)))),
    )  # fmt: skip
    return Answer(
        id="", question="补贴<script>多少?", query="补贴多少?", status="answered", reason=None,
        answer=f"{sentence}[1]", sentences=(AnswerSentence(text=sentence, citations=(1,)),),
        citations=(citation,), corpus="f1",
    )  # fmt: skip


def kept(path: Path, sentence: str = QUOTE) -> Receipt:
    receipt = receipt_of(answer_of(sentence), now=NOW)
    write(receipt, path)
    return receipt


@pytest.mark.parametrize("name", ["r.html", "r.md"])
def test_a_receipt_of_unchanged_documents_holds(tmp_path: Path, name: str) -> None:
    kept(tmp_path / name)
    found = verify(tmp_path / name, [document_of()], corpus="f1")
    assert (found.holds, found.altered, found.same_corpus) == (True, False, True)
    assert [(s.text, s.held) for s in found.sentences] == [(QUOTE, "unchanged")]


def test_it_says_what_a_clerk_needs_and_runs_nothing() -> None:
    page = rendered(receipt_of(answer_of(), now=NOW), "html")
    visible = page.partition("<!-- policyqa-receipt")[0]
    for words in (QUOTE, "人社局", "2024-05-01", "第一条", "f1", "pq1:a.txt:"):
        assert words in visible
    assert "<script" not in visible
    assert "补贴&lt;script&gt;多少?" in visible
    assert "办法&lt;b&gt;" in visible
    text = rendered(receipt_of(answer_of(), now=NOW), "markdown")
    assert "\\<b\\>" in text.partition("<!-- policyqa-receipt")[0]


@pytest.mark.parametrize("name", ["r.html", "r.md"])
def test_a_receipt_whose_text_was_altered_says_so(tmp_path: Path, name: str) -> None:
    kept(tmp_path / name)
    text = (tmp_path / name).read_text("utf-8")
    (tmp_path / name).write_text(text.replace("3000", "9000"), encoding="utf-8")
    found = verify(tmp_path / name, [document_of()], corpus="f1")
    assert (found.altered, found.holds) == (True, False)


@pytest.mark.parametrize("name", ["receipt.html", "receipt.md"])
def test_a_receipt_of_an_earlier_version_is_unaltered(name: str) -> None:
    """They were written in Python, without templates; `verify` compares every byte."""
    found = verify(Path(__file__).with_name("earlier") / name, [], corpus="f1")
    assert (found.altered, found.same_corpus) == (False, True)


@pytest.mark.parametrize(
    ("now", "held"),
    [
        (f"新增一句。{TEXT}", "moved"),
        (TEXT.replace("3000", "3500"), "changed"),
    ],
)
def test_documents_that_changed_since(tmp_path: Path, now: str, held: str) -> None:
    kept(tmp_path / "r.md")
    found = verify(tmp_path / "r.md", [document_of(now)], corpus="f2")
    assert [s.held for s in found.sentences] == [held]
    assert found.holds == (held == "moved")
    assert not found.same_corpus


def test_a_document_that_is_gone(tmp_path: Path) -> None:
    kept(tmp_path / "r.md")
    assert [s.held for s in verify(tmp_path / "r.md", [], corpus="f1").sentences] == ["gone"]


def test_a_sentence_that_its_words_do_not_carry(tmp_path: Path) -> None:
    kept(tmp_path / "r.md", "博士后每月补贴9000元。")
    found = verify(tmp_path / "r.md", [document_of()], corpus="f1")
    assert [s.held for s in found.sentences] == ["unsupported"]


def test_nothing_is_written_over_and_names_are_checked(tmp_path: Path) -> None:
    kept(tmp_path / "r.md")
    with pytest.raises(ReceiptError, match="已经存在"):
        kept(tmp_path / "r.md")
    with pytest.raises(ReceiptError, match=r"\.html 或 \.md"):
        kept(tmp_path / "r.pdf")


@pytest.mark.parametrize("text", ["", "# 笔记", "<!-- policyqa-receipt AAAA -->"])
def test_what_is_no_receipt_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.md").write_text(text, encoding="utf-8")
    with pytest.raises(ReceiptError, match="不是"):
        verify(tmp_path / "r.md", [], corpus="")
    with pytest.raises(ReceiptError, match="无法读取"):
        verify(tmp_path / "none.md", [], corpus="")
