"""Saving and loading an index; every damage is noticed, no interruption loses the old one."""

import dataclasses
import errno
import json
from pathlib import Path

import numpy as np
import pytest

from policyqa.index.build.building import SourceText, build_texts, text_of
from policyqa.index.errors import IndexDamaged, IndexMismatch, IndexMissing
from policyqa.index.store import files, search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.store.search_index import (
    CURRENT,
    LEXICALS,
    MANIFEST,
    Manifest,
    SearchIndex,
)
from policyqa.index.types import Metadata

EMBEDDER = HashingEmbedder(8)
MODEL = EMBEDDER.fingerprint
TEXTS = [
    "人才支持措施\n第一条 博士补贴50万元。硕士补贴20万元。",
    "公园管理办法\n第一条 公园免费向14周岁以下儿童开放。",
]


def build(folder: Path, *texts: str) -> SearchIndex:
    sources = [SourceText(f"{n}.txt", text, Metadata()) for n, text in enumerate(texts or TEXTS)]
    build_texts(sources, folder, EMBEDDER)
    return search_index.load(folder, model=MODEL)


def version(folder: Path) -> Path:
    return folder / (folder / CURRENT).read_text().strip()


def assert_same(left: SearchIndex, right: SearchIndex) -> None:
    assert left.documents == right.documents
    assert left.passages == right.passages
    assert left.rules == right.rules
    assert left.manifest.fingerprint == right.manifest.fingerprint
    one, other = left.passage_vectors, right.passage_vectors
    every = np.arange(len(one))
    np.testing.assert_array_equal(one.vectors(every), other.vectors(every))
    for name in LEXICALS:
        one, other = getattr(left, name), getattr(right, name)
        np.testing.assert_array_equal(one.scores(["人才", "公园"]), other.scores(["人才", "公园"]))


class FullDisk(LexicalIndex):
    """Fails as a full disk does, after other files were written."""

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        raise OSError(errno.ENOSPC, "No space left on device")


def failing(index: SearchIndex) -> SearchIndex:
    manifest = index.manifest.model_copy(update={"fingerprint": "f" * 16})
    return dataclasses.replace(index, manifest=manifest, document_bigrams=FullDisk(None, 0, {}))


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    first = build(tmp_path / "a")
    assert [rule.root.node for rule in first.rules] == ["leaf"]
    search_index.save(first, tmp_path / "b")
    assert_same(search_index.load(tmp_path / "b", model=MODEL), first)


def test_rows_belong_together(tmp_path: Path) -> None:
    index = build(tmp_path)
    assert [index.documents[row].source for row in index.document_of] == ["0.txt", "1.txt"]
    assert index.sentence_starts.tolist() == [0, 3, 5]
    first = index.documents[0]
    assert index.document_rows[first.doc_id] == 0
    passage = EMBEDDER.encode_query(text_of(first, index.passages[0]))
    np.testing.assert_array_equal(index.passage_vectors.vectors(np.array([0]))[0], passage)


def test_an_index_of_nothing_is_saved_and_loaded(tmp_path: Path) -> None:
    index = build(tmp_path, "加入收藏")
    assert (len(index.documents), index.passages, len(index.words)) == (1, (), 0)
    assert index.document_of.tolist() == []
    assert index.sentence_starts.tolist() == [0]


def test_every_lost_or_altered_file_is_noticed(tmp_path: Path) -> None:
    build(tmp_path)
    files = [path for path in version(tmp_path).rglob("*") if path.is_file()]
    assert len(files) >= 12
    for path in files:
        whole = path.read_bytes()
        for damaged in (None, whole[:-1], whole + b" ", b""):
            path.unlink()
            if damaged is not None:
                path.write_bytes(damaged)
            if path.name == MANIFEST and damaged == whole + b" ":
                continue  # white space after JSON is no damage
            with pytest.raises(IndexDamaged, match="请运行 policyqa index"):
                search_index.load(tmp_path, model=MODEL)
            path.write_bytes(whole)
    search_index.load(tmp_path, model=MODEL)


def test_of_a_mapped_file_only_the_size_is_looked_at_until_it_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (search_index, files):
        monkeypatch.setattr(module, "LARGE_BYTES", 500)
    whole = build(tmp_path)
    assert isinstance(whole.documents, files.Records)
    assert [whole.row_of(passage) for passage in whole.passages] == [0, 1]
    path = version(tmp_path) / "documents.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("50", "90"), encoding="utf-8")
    assert "90万元" in search_index.load(tmp_path, model=MODEL).documents[0].text
    with pytest.raises(IndexDamaged, match=r"documents\.jsonl 被改动或不完整"):
        search_index.check(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=r"documents\.jsonl 被改动或不完整"):
        search_index.load(tmp_path, model=MODEL)


def test_passages_and_rules_are_found_by_their_document(tmp_path: Path) -> None:
    index = build(tmp_path)
    for document in index.documents:
        own = tuple(p for p in index.passages if p.doc_id == document.doc_id)
        assert index.passages_of[document.doc_id] == own != ()
        rules = tuple(rule for rule in index.rules if rule.doc_id == document.doc_id)
        assert index.rules_of[document.doc_id] == rules
    assert sum(map(len, index.rules_of.values())) == len(index.rules) == 1
    assert index.manifest.vectors == search_index.read_manifest(tmp_path).vectors == "Flat"


def test_a_lost_file_is_named(tmp_path: Path) -> None:
    build(tmp_path)
    (version(tmp_path) / "passages.jsonl").unlink()
    with pytest.raises(IndexDamaged, match=r"passages\.jsonl 缺失"):
        search_index.load(tmp_path, model=MODEL)


def test_an_altered_file_is_named(tmp_path: Path) -> None:
    build(tmp_path)
    path = version(tmp_path) / "documents.jsonl"
    path.write_text(path.read_text().replace("50", "90"))
    with pytest.raises(IndexDamaged, match=r"documents\.jsonl 被改动或不完整"):
        search_index.load(tmp_path, model=MODEL)


@pytest.mark.parametrize("pointer", ["", "v-none", "../a", "v-/x", "\n"])
def test_a_pointer_to_nowhere_is_noticed(tmp_path: Path, pointer: str) -> None:
    build(tmp_path)
    (tmp_path / CURRENT).write_text(pointer)
    with pytest.raises(IndexDamaged, match="指向的版本"):
        search_index.load(tmp_path, model=MODEL)


@pytest.mark.parametrize("data", [b"\xff\xfe\xff", None])
def test_a_pointer_that_cannot_be_read_is_noticed(tmp_path: Path, data: bytes | None) -> None:
    build(tmp_path)
    (tmp_path / CURRENT).unlink()
    if data is None:
        (tmp_path / CURRENT).mkdir()
    else:
        (tmp_path / CURRENT).write_bytes(data)
    with pytest.raises(IndexDamaged, match="无法读取"):
        search_index.load(tmp_path, model=MODEL)


@pytest.mark.parametrize("made", [True, False])
def test_where_nothing_was_indexed_it_says_so(tmp_path: Path, made: bool) -> None:
    folder = tmp_path if made else tmp_path / "absent"
    with pytest.raises(IndexMissing, match="还没有索引，请先运行 policyqa index"):
        search_index.load(folder, model=MODEL)


def test_another_model_is_refused_and_both_are_named(tmp_path: Path) -> None:
    build(tmp_path)
    with pytest.raises(IndexMismatch, match="模型是 hashing-8，当前是 hashing-16"):
        search_index.load(tmp_path, model="hashing-16")


@pytest.mark.parametrize(("field", "value", "said"), [
    ("parser", "0.9.1", f"解析版本是 0.9.1，当前是 {search_index.PARSER}"),
    ("format", 99, f"格式是 99，当前是 {search_index.FORMAT}"),
])  # fmt: skip
def test_another_version_is_refused_and_both_are_named(
    tmp_path: Path, field: str, value: object, said: str
) -> None:
    build(tmp_path)
    path = version(tmp_path) / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(IndexMismatch, match=said):
        search_index.load(tmp_path, model=MODEL)


def test_the_manifest_says_what_it_was_made_from(tmp_path: Path) -> None:
    index = build(tmp_path)
    manifest = search_index.read_manifest(tmp_path)
    assert manifest == index.manifest
    assert (manifest.model, manifest.dimension) == ("hashing-8", 8)
    assert [file.source for file in manifest.files] == ["0.txt", "1.txt"]
    assert search_index.fingerprint(MODEL, manifest.files[::-1]) == manifest.fingerprint
    assert search_index.fingerprint("other", manifest.files) != manifest.fingerprint
    assert search_index.fingerprint(MODEL, manifest.files[:1]) != manifest.fingerprint


def test_a_full_disk_leaves_the_old_version_and_no_litter(tmp_path: Path) -> None:
    old = build(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(OSError, match="No space left"):
        search_index.save(failing(old), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert_same(search_index.load(tmp_path, model=MODEL), old)


def test_what_a_killed_build_left_is_passed_over_then_removed(tmp_path: Path) -> None:
    old = build(tmp_path)
    for name in (".building-99999", "v-0123456789abcdef"):
        (tmp_path / name).mkdir()
        (tmp_path / name / MANIFEST).write_text("{")
    assert_same(search_index.load(tmp_path, model=MODEL), old)
    new = build(tmp_path, "新的措施\n第一条 支持青年人才。")
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {CURRENT, ".lock", f"v-{new.manifest.fingerprint}"}


def test_a_damaged_version_is_replaced_by_saving_again(tmp_path: Path) -> None:
    index = build(tmp_path)
    (version(tmp_path) / "passages.jsonl").unlink()
    assert_same(build(tmp_path), index)


def test_what_is_not_ours_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "v-2024-通知").mkdir()
    (tmp_path / "v-2024-通知" / "通知.txt").write_text("原件")
    build(tmp_path)
    assert (tmp_path / "v-2024-通知" / "通知.txt").read_text() == "原件"


@pytest.mark.parametrize("change", [
    {"contents": {}},
    {"files": []},
    {"fingerprint": "0" * 16},
])  # fmt: skip
def test_an_altered_manifest_is_noticed(tmp_path: Path, change: dict[str, object]) -> None:
    build(tmp_path)
    manifest = next(tmp_path.glob(f"v-*/{MANIFEST}"))
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))
    with pytest.raises(IndexDamaged, match="请运行 policyqa index 重建"):
        search_index.load(tmp_path, model=MODEL)


def test_a_version_replaced_while_it_is_read_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path)
    read = search_index._read
    new: list[SearchIndex] = []

    def overtaken(version: Path, manifest: Manifest) -> SearchIndex:
        if not new:
            monkeypatch.undo()
            new.append(build(tmp_path, "新的措施\n第一条 支持青年人才。"))
        return read(version, manifest)

    monkeypatch.setattr(search_index, "_read", overtaken)
    assert_same(search_index.load(tmp_path, model=MODEL), new[0])
