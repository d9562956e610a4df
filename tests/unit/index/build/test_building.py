"""A folder to an index, with a fake embedder: what is new is done, the rest is kept."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from policyqa.index.build import building, sandbox
from policyqa.index.build.building import SourceText, build, build_texts
from policyqa.index.build.sandbox import Parsed, Task
from policyqa.index.build.unfinished import Unfinished
from policyqa.index.errors import IndexBusy, MissingTool, PolicyQAError, SourceError, UnreadableFile
from policyqa.index.read import tools
from policyqa.index.read.extract import Limits
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder, Vectors
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.text.words import words
from policyqa.index.types import Metadata
from tests.unit.index.store.test_search_index import assert_same

FILES = {
    "a.txt": "人才支持措施\n第一条 博士补贴50万元。\n第二条 硕士补贴20万元。",
    "b.md": "# 公园办法\n公园免费开放。",
    "子/c.txt": "臺灣青年來渝創業補助\n每人十萬元。",
}


class Counting(HashingEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self, dimension: int = 16) -> None:
        super().__init__(dimension)
        self.texts: list[str] = []

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        self.texts += texts
        return super().encode_documents(texts, on_batch=on_batch)


class FullDisk(HashingEmbedder):
    """Fails as a full disk does."""

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def loaded(folder: Path) -> SearchIndex:
    return search_index.load(folder, model="hashing-16")


def fresh(source: Path, folder: Path) -> SearchIndex:
    build(source, folder, Counting())
    return loaded(folder)


def test_every_file_of_the_folder_is_indexed(source: Path, folder: Path) -> None:
    report = build(source, folder, Counting())
    assert (report.documents, report.passages) == (3, 4)
    assert report.added == ("a.txt", "b.md", "子/c.txt")
    assert (report.changed, report.removed, report.unchanged, report.failed) == ((), (), 0, ())
    index = loaded(folder)
    assert report.fingerprint == index.manifest.fingerprint
    assert [d.metadata.title for d in index.documents] == [
        "人才支持措施", "公园办法", "臺灣青年來渝創業補助",
    ]  # fmt: skip


def test_passages_are_embedded_under_their_headings_in_simplified_script(
    source: Path, folder: Path
) -> None:
    embedder = Counting()
    build(source, folder, embedder)
    title = "台湾青年来渝创业补助"
    assert f"{title} {title}\n{title}\n每人十万元。" in embedder.texts
    assert "人才支持措施 人才支持措施 第二条\n第二条 硕士补贴20万元。" in embedder.texts
    assert len(embedder.texts) == 4
    assert loaded(folder).documents[2].text == FILES["子/c.txt"]  # stored as written


def test_an_unchanged_folder_is_left_alone_and_says_so(source: Path, folder: Path) -> None:
    build(source, folder, Counting())
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.name != ".lock"}
    embedder = Counting()
    report = build(source, folder, embedder)
    assert (report.added, report.changed, report.removed, report.unchanged) == ((), (), (), 3)
    assert embedder.texts == []
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.name != ".lock"}
    assert after == before


def change(source: Path) -> None:
    (source / "a.txt").unlink()
    (source / "b.md").write_text("# 公园办法\n公园收费开放。", encoding="utf-8")
    (source / "d.txt").write_text("住房办法\n青年人才免租三年。", encoding="utf-8")


def test_what_changed_is_reported_and_only_that_is_embedded(source: Path, folder: Path) -> None:
    build(source, folder, Counting())
    change(source)
    embedder = Counting()
    report = build(source, folder, embedder)
    assert (report.added, report.changed, report.removed) == (("d.txt",), ("b.md",), ("a.txt",))
    assert (report.unchanged, report.documents) == (1, 3)
    assert sorted(embedder.texts) == [
        "住房办法 住房办法\n住房办法\n青年人才免租三年。",
        "公园办法 公园办法\n公园办法\n公园收费开放。",
    ]


def test_an_incremental_build_is_that_of_a_fresh_one(
    source: Path, folder: Path, tmp_path: Path
) -> None:
    build(source, folder, Counting())
    change(source)
    build(source, folder, Counting())
    assert_same(loaded(folder), fresh(source, tmp_path / "fresh"))


def test_of_an_unchanged_document_no_text_is_cut_again(
    source: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(source, folder, Counting())
    change(source)
    cut: list[str] = []

    def watched(text: str) -> list[str]:
        cut.append(text)
        return words(text)

    monkeypatch.setattr(building, "words", watched)
    build(source, folder, Counting())
    assert {text.splitlines()[0][:2] for text in cut} == {"公园", "住房", "青年"}  # b.md, d.txt
    monkeypatch.undo()
    index, other = loaded(folder), fresh(source, tmp_path / "fresh")
    for name in ("passage_words", "sentence_words"):
        one, two = getattr(index, name), getattr(other, name)
        assert [one.of(n) for n in range(len(one))] == [two.of(n) for n in range(len(two))] != []


def test_a_killed_build_goes_on_where_it_was(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Counting):
        """Ends with the process after two parts."""

        def encode_documents(self, texts: Sequence[str], **options: Any) -> Vectors:
            if len(self.texts) == 2:
                raise KeyboardInterrupt
            return super().encode_documents(texts, **options)

    monkeypatch.setattr(building, "PART", 1)
    first, second = Killed(), Counting()
    with pytest.raises(KeyboardInterrupt):
        build(source, folder, first)
    (left,) = folder.glob(".embedding-*")
    assert len(list(left.iterdir())) == 2
    (left / "0.npz").write_bytes(b"cut short")  # is passed over
    build(source, folder, second)
    assert (len(first.texts), len(second.texts)) == (2, 2)
    assert not set(first.texts) & set(second.texts)
    assert list(folder.glob(".embedding-*")) == []
    assert_same(loaded(folder), fresh(source, folder.with_name("fresh")))


def test_vectors_of_another_model_are_not_taken(source: Path, folder: Path) -> None:
    texts = ["一", "二"]
    folder.mkdir()
    Unfinished(folder, "hashing-8").keep(texts, np.ones((2, 8), np.float32))
    assert list(Unfinished(folder, "hashing-8").known(["二", "三"])) == ["二"]
    assert Unfinished(folder, "hashing-16").known(texts) == {}
    build(source, folder, Counting())
    assert list(folder.glob(".embedding-*")) == []


def test_unchanged_documents_keep_their_rules(source: Path, folder: Path) -> None:
    (source / "b.md").write_text("# 公寓办法\n\n第一条 年满60周岁的，可以申请。", encoding="utf-8")
    (rule,) = fresh(source, folder).rules
    (source / "d.txt").write_text("补贴办法\n第一条 年满18周岁的，可以申请。", encoding="utf-8")
    kept, new = fresh(source, folder).rules
    assert kept == rule
    assert new.doc_id != rule.doc_id
    (source / "d.txt").unlink()
    assert fresh(source, folder).rules == (rule,)


def test_a_catalogue_entry_that_changes_is_a_change(source: Path, folder: Path) -> None:
    build(source, folder, Counting())
    (source / "catalogue.toml").write_text('["b.md"]\ntitle = "公园规定"\ndate = "2024"\n')
    report = build(source, folder, Counting())
    assert (report.changed, report.unchanged) == (("b.md",), 2)
    assert loaded(folder).documents[1].metadata == Metadata(title="公园规定", date="2024")


def test_other_words_of_the_office_cut_all_texts_anew_and_embed_none(
    source: Path, folder: Path, tmp_path: Path
) -> None:
    first = build(source, folder, Counting())
    assert not loaded(folder).words.knows("来渝创业")
    (source / "words.toml").write_text('terms = ["来渝创业"]', encoding="utf-8")
    embedder = Counting()
    report = build(source, folder, embedder)
    assert (report.words_changed, report.unchanged, report.changed) == (True, 3, ())
    assert (report.documents, report.skipped, embedder.texts) == (3, (), [])
    assert report.fingerprint != first.fingerprint
    assert loaded(folder).words.knows("来渝创业")
    assert loaded(folder).manifest.office.terms == ("来渝创业",)
    assert_same(loaded(folder), fresh(source, tmp_path / "fresh"))
    assert not build(source, folder, embedder).words_changed
    (source / "words.toml").unlink()
    assert build(source, folder, embedder).words_changed
    assert loaded(folder).manifest.fingerprint == first.fingerprint


def test_an_index_knows_its_words_without_the_folder(source: Path, folder: Path) -> None:
    (source / "words.toml").write_text('shares = ["留存率"]', encoding="utf-8")
    build(source, folder, Counting())
    shutil.rmtree(source)
    assert loaded(folder).manifest.office.shares == ("留存率",)


def test_wrong_words_of_the_office_leave_the_index_as_it_is(source: Path, folder: Path) -> None:
    fingerprint = build(source, folder, Counting()).fingerprint
    (source / "words.toml").write_text("terms = [3]", encoding="utf-8")
    with pytest.raises(SourceError, match=r"words\.toml 中 terms 第 1 项 有误"):
        build(source, folder, Counting())
    assert loaded(folder).manifest.fingerprint == fingerprint


def test_a_damaged_index_is_built_again(source: Path, folder: Path, tmp_path: Path) -> None:
    fingerprint = build(source, folder, Counting()).fingerprint
    next(folder.glob("v-*/passages.jsonl")).write_text("")
    report = build(source, folder, Counting())
    assert (report.fingerprint, len(report.added)) == (fingerprint, 3)
    assert_same(loaded(folder), fresh(source, tmp_path / "fresh"))


def test_an_index_of_another_model_is_built_again(source: Path, folder: Path) -> None:
    build(source, folder, HashingEmbedder(8))
    report = build(source, folder, Counting())
    assert len(report.added) == 3
    assert loaded(folder).manifest.dimension == 16


def test_unreadable_files_are_named_and_the_rest_is_indexed(source: Path, folder: Path) -> None:
    (source / "empty.txt").touch()
    (source / "broken.docx").write_bytes(b"PK\x03\x04")
    (source / "nav.txt").write_text("加入收藏\n设为首页", encoding="utf-8")
    (source / "image.txt").write_bytes(b"\x89PNG\x00\x00")
    (source / "._a.txt").write_bytes(b"\x00\x05\x16\x07")
    (source / ".hidden.txt").write_text("看不见")
    report = build(source, folder, Counting())
    assert report.documents == 3
    assert {file.source: file.reason for file in report.failed} == {
        "broken.docx": "文件已损坏或不完整（无法解压），请重新获取",
        "empty.txt": "文件是空的",
        "nav.txt": "文件里没有可用的正文",
    }
    assert {file.source: file.reason for file in report.skipped} == {
        "._a.txt": "苹果系统的附属文件，没有正文",
        "image.txt": "这是图片，不是文档",
    }


def test_a_file_that_cannot_be_read_is_not_tried_again_until_it_changes(
    source: Path, folder: Path
) -> None:
    (source / "broken.docx").write_bytes(b"PK\x03\x04")
    build(source, folder, Counting())
    report = build(source, folder, Counting())
    assert [file.source for file in report.failed] == ["broken.docx"]
    assert (report.unchanged, report.added) == (3, ())
    (source / "broken.docx").write_text("原来是一份文本。", encoding="utf-8")
    report = build(source, folder, Counting())
    assert (report.added, report.failed) == (("broken.docx",), ())


def test_a_file_is_tried_again_when_the_tool_it_lacked_has_come(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "scan.pdf").write_text("其实能读。", encoding="utf-8")
    lacking = MissingTool("扫描件，需要文字识别", "ocr")
    real = sandbox.parse_files

    def without_tool(tasks: Sequence[Task], limits: Limits) -> Iterator[Parsed | UnreadableFile]:
        return (lacking if t.source == "scan.pdf" else next(real([t], limits)) for t in tasks)

    monkeypatch.setattr(tools, "installed", lambda: frozenset())
    monkeypatch.setattr(sandbox, "parse_files", without_tool)
    assert [f.tool for f in build(source, folder, Counting()).failed] == ["ocr"]
    monkeypatch.setattr(sandbox, "parse_files", real)
    assert [f.tool for f in build(source, folder, Counting()).failed] == ["ocr"]
    monkeypatch.setattr(tools, "installed", lambda: frozenset({"ocr"}))
    assert build(source, folder, Counting()).added == ("scan.pdf",)


def test_what_stays_of_a_changed_file_is_not_embedded_again_and_keeps_its_ids(
    source: Path, folder: Path
) -> None:
    before = {p.text: p.passage_id for p in fresh(source, folder).passages}
    (source / "a.txt").write_text(FILES["a.txt"] + "\n第三条 学士补贴5万元。", encoding="utf-8")
    embedder = Counting()
    build(source, folder, embedder)
    own = "第三条 学士补贴5万元。"
    assert embedder.texts == [f"人才支持措施 人才支持措施 第三条\n{own}"]
    after = {p.text: p.passage_id for p in loaded(folder).passages}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


def test_a_file_that_becomes_unreadable_leaves_the_index(source: Path, folder: Path) -> None:
    build(source, folder, Counting())
    (source / "a.txt").write_bytes(b"")
    report = build(source, folder, Counting())
    assert [file.source for file in report.failed] == ["a.txt"]
    assert report.removed == ("a.txt",)
    assert [d.source for d in loaded(folder).documents] == ["b.md", "子/c.txt"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(SourceError, match=r"没有文件夹 .*absent"):
        build(tmp_path / "absent", folder, Counting())


def test_an_empty_folder_is_refused(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceError, match="没有可读取的文件（文件夹是空的）"):
        build(tmp_path / "none", folder, Counting())


def test_a_folder_of_other_formats_is_refused_and_says_which(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.zip").write_bytes(b"Rar!\x1a\x07\x00")
    with pytest.raises(SourceError, match=r"a\.zip：这是压缩包，不是文档"):
        build(tmp_path / "other", folder, Counting())


def test_a_folder_emptied_later_keeps_the_old_index(source: Path, folder: Path) -> None:
    old = fresh(source, folder)
    for name in FILES:
        (source / name).unlink()
    with pytest.raises(SourceError):
        build(source, folder, Counting())
    assert_same(loaded(folder), old)


def test_a_wrong_catalogue_keeps_the_old_index(source: Path, folder: Path) -> None:
    old = fresh(source, folder)
    (source / "catalogue.toml").write_text("[a")
    with pytest.raises(SourceError, match=r"catalogue\.toml"):
        build(source, folder, Counting())
    assert_same(loaded(folder), old)


def test_two_builds_at_once_are_refused(source: Path, folder: Path) -> None:
    old = fresh(source, folder)
    change(source)
    with FileLock(folder / ".lock"), pytest.raises(IndexBusy, match="另一个进程正在更新索引"):
        build(source, folder, Counting())
    assert_same(loaded(folder), old)
    assert build(source, folder, Counting()).added == ("d.txt",)


def test_a_full_disk_is_said_in_the_projects_words(source: Path, folder: Path) -> None:
    old = fresh(source, folder)
    change(source)
    with pytest.raises(PolicyQAError, match=r"No space left on device，原有索引不受影响"):
        build(source, folder, FullDisk(16))
    assert_same(loaded(folder), old)


def test_an_index_folder_that_is_a_file_is_said_so(source: Path, folder: Path) -> None:
    folder.write_text("taken")
    with pytest.raises(PolicyQAError, match=r"写入索引 .* 失败"):
        build(source, folder, Counting())


def test_progress_counts_every_text_once(source: Path, folder: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    embedder = Counting()
    build(source, folder, embedder, progress=lambda *at: seen.append(at))
    assert seen == [
        ("解析", 1, 3), ("解析", 2, 3), ("解析", 3, 3),
        ("向量", len(embedder.texts), len(embedder.texts)),
        ("词语", 0, len(loaded(folder).passages)),
    ]  # fmt: skip


def test_texts_of_memory_are_indexed_as_files_are(source: Path, folder: Path) -> None:
    shutil.rmtree(source / "子")
    (source / "b.md").unlink()
    text = SourceText("a.txt", FILES["a.txt"], Metadata())
    report = build_texts([text], folder, Counting())
    assert report.added == ("a.txt",)
    assert build_texts([text], folder, Counting()).unchanged == 1
    assert_same(loaded(folder), fresh(source, folder.parent / "from-files"))
    changed = build_texts([SourceText("a.txt", "新", Metadata())], folder, Counting())
    assert changed.changed == ("a.txt",)


def test_texts_that_are_equal_are_embedded_once(folder: Path) -> None:
    texts = [SourceText(name, FILES["a.txt"], Metadata()) for name in ("1", "2")]
    embedder = Counting()
    build_texts(texts, folder, embedder)
    assert len(embedder.texts) == len(set(embedder.texts)) == 2
    vectors = loaded(folder).passage_vectors.vectors(range(4))
    assert vectors[2:] == pytest.approx(vectors[:2], abs=1e-6)


def test_an_index_as_it_should_be_needs_no_writing(source: Path, folder: Path) -> None:
    """On a read-only disk an unchanged source once failed, for want of a lock file."""
    build(source, folder, Counting())
    with FileLock(folder / ".lock"):
        assert build(source, folder, Counting()).unchanged == 3


def test_a_source_folder_is_no_index_folder(source: Path) -> None:
    with pytest.raises(SourceError, match="索引不能放在来源文件夹"):
        build(source, source, Counting())
    assert sorted(path.name for path in source.iterdir()) == ["a.txt", "b.md", "子"]


def test_one_content_under_two_names_is_indexed_once(
    source: Path, folder: Path, tmp_path: Path
) -> None:
    (source / "z.txt").write_text(FILES["a.txt"] + "\n", encoding="utf-8")
    report = build(source, folder, Counting())
    assert report.documents == 3
    assert [(f.source, f.reason) for f in report.skipped] == [
        ("z.txt", "与 a.txt 内容相同，只收录一次")
    ]
    (source / "0.txt").write_text(FILES["a.txt"], encoding="utf-8")  # comes before the other two
    build(source, folder, Counting())
    assert [d.source for d in loaded(folder).documents] == ["0.txt", "b.md", "子/c.txt"]
    assert_same(loaded(folder), fresh(source, tmp_path / "fresh"))


def test_what_has_lost_its_twin_is_read(source: Path, folder: Path) -> None:
    (source / "z.txt").write_text(FILES["a.txt"], encoding="utf-8")
    build(source, folder, Counting())
    (source / "a.txt").write_text("人才支持措施\n第一条 博士补贴60万元。", encoding="utf-8")
    report = build(source, folder, Counting())
    assert (report.documents, report.skipped, report.added) == (4, (), ("z.txt",))
    (source / "z.txt").write_text("另一个文件。\n内容不同。", encoding="utf-8")
    assert build(source, folder, Counting()).changed == ("z.txt",)


def test_what_staff_say_of_one_of_two_keeps_them_apart(source: Path, folder: Path) -> None:
    (source / "z.txt").write_text(FILES["a.txt"], encoding="utf-8")
    (source / "catalogue.toml").write_text('["z.txt"]\nregion = "重庆市渝北区"\n', encoding="utf-8")
    assert build(source, folder, Counting()).documents == 4
