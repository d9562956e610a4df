"""The real seeds read, cleaned and indexed without a model; builds that die on the way."""

import re
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from policyqa.index.build.building import build
from policyqa.index.metadata import catalogue
from policyqa.index.read.encoding import decode
from policyqa.index.read.extract import Extract, Plain
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.parsing import parse
from policyqa.index.structure.quotes import quote_spans
from policyqa.index.types import Document, Metadata, Passage
from tests.unit.index.store.test_search_index import assert_same

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
EMBEDDER = HashingEmbedder(384)
SPACES = re.compile(r"\s+")

# What no passage may hold, and the seed that has it.
BOILERPLATE = {
    "买房小贴士": "004",
    "穗好办": "004",
    "任艺飞": "004",
    "更多>": "004",
    "电动指甲刀": "004",
    "华南植物园": "004",
    "八五”普法": "004",
    "南洲水厂": "004",
    "新滘东路": "004",
    "关键词: 全方位": "004",
    "加入收藏": "004",
    "来源:重庆日报": "004",
    "[bookmark": "002",
    "[footnoteRef": "002",
    "_Toc": "002",
    "此页无正文": "002",
    "此件公开发布": "002",
    "本报记者": "003",
    "本版责编": "003",
    "供图": "003",
    "重庆日报记者": "001",
    "张丹峰": "000",
}

# Sentences that stand whole in one sentence of one passage.
KEY_SENTENCES = [
    ("000", "全市人才资源总量突破565万人，今年以来，全市引进人才4.7万人，新招收博士后808人，"
     "出站留渝率保持在80%以上，人才集聚“磁场效应”不断增强。"),
    ("000", "截至10月底，重庆累计为7786人发放英才卡，累计为各类人才提供服务14.7万人次。"),
    ("000", "今年，英才大会将集中引进急需紧缺人才2504名、项目515个。"),
    ("001", "目前，全市人才资源总量超过650万人。"),
    ("001", "据统计，今年，我市新招收全职博士后1004人、同比增长29%，新增市外来渝人才7.4万人、"
     "同比增长19%。"),
    ("002", "到2025年，人才资源总量达到20万人，比2020年增加11.64万人，实现人才资源数量快速增长。"),
    ("002", "首次来西部（重庆）科学城应聘的青年人才免费提供青年人才驿站入驻服务。"),
    ("002", "紧抓西部（重庆）科学城建设有利契机，到2025年，引进培养50名左右国内外顶尖人才。"),
    ("002", "“人才飞地”入驻人员可视为本地人才享受相应人才政策。"),
    ("002", "截至2020年底，人才资源总量达到8.36万人。"),
    ("003", "为此，重庆市委组织部牵头，联合科技、人社、金融等多部门，在两江新区、重庆高新区、"
     "北碚区、巴南区、永川区、璧山区等地，布局建设人才创新创业服务港，为创业团队提供一站式服务，"
     "让创客“进驻一个港，办成N件事”成为现实。"),  # broken by two pictures
    ("003", "人才港投用两年来，已集聚创新创业人才1100余名，在孵人才企业524家，一大批创新成果从"
     "实验室走向生产线、进入大市场。"),
    ("003", "截至今年8月，重庆已累计选派293个特派员团，服务足迹遍布各区县产业园区。"),
    ("004", "针对紧缺人才,制定《“两江人才”十条》以及高层次人才、高技能人才、教育优秀人才、"
     "卫生优秀人才“1+4”政策体系,每年安排不少于1亿元人才专项资金,政策实施两年以来累计兑现达3亿元。"),
    ("004", "全市率先投用“两江英才荟”一站式人才综合服务台,拓展高层次人才服务至68项;"),
]  # fmt: skip

INDICATORS = [
    "人才规模|人才资源总量|万人|8.36|20",
    "人才规模|顶尖人才|人|25|50",
    "人才规模|杰出人才|人|159|300",
    "人才规模|领军人才|人|343|1000",
    "人才规模|青年人才|人|834|2500",
    "人才素质|高层次专业技术人才占专业技术人才比例|%|20.53|30",
    "人才素质|高技能人才占技能人才比例|%|15.87|30",
    "人才投入|全社会R&D经费支出占GDP比例|%|4.9|5.5",
    "人才投入|人才专项经费占政府预算收入比例|%|-|1.5",
    "人才效能|新获得国家级科技奖项|件|-|20",
    "人才效能|万人发明专利拥有量|件|44.5|70",
    "人才效能|技术合同交易额|亿元|5|20",
    "人才载体|重大科技基础设施|个|0|3",
    "人才载体|市级以上研发机构|个|272|320",
    "人才载体|国际科技合作平台|个|0|2",
    "人才载体|孵化载体面积|万平方米|92|300",
]


def original(number: str) -> str:
    (path,) = SEEDS.glob(f"{number}_*.txt")
    return decode(path.read_bytes())


@pytest.fixture(scope="module")
def seeds() -> dict[str, tuple[Document, tuple[Passage, ...]]]:
    """Documents and passages by the first three digits of their file."""
    entries = catalogue.load(SEEDS)
    return {
        path.name[:3]: parse(
            Extract((Plain(decode(path.read_bytes())),)),
            source=path.name,
            metadata=entries[path.name],
            sha256="0" * 64,
        )
        for path in sorted(SEEDS.glob("*.txt"))
    }


Seeds = dict[str, tuple[Document, tuple[Passage, ...]]]


@pytest.mark.parametrize("words", BOILERPLATE)
def test_boilerplate_stands_in_no_passage(seeds: Seeds, words: str) -> None:
    assert words in original(BOILERPLATE[words])
    assert [p.text for _, cut in seeds.values() for p in cut if words in p.text] == []


@pytest.mark.parametrize(("number", "sentence"), KEY_SENTENCES)
def test_a_key_sentence_stands_whole_in_one_passage(
    seeds: Seeds, number: str, sentence: str
) -> None:
    document, passages = seeds[number]
    found = [document.text[s.start : s.end] for p in passages for s in p.sentences]
    assert found.count(sentence) == 1


def test_the_table_of_indicators_has_16_rows_of_5_cells(seeds: Seeds) -> None:
    document, passages = seeds["002"]
    rows = [s for p in passages for s in p.sentences if s.kind == "row"]
    found = [document.text[s.start : s.end].replace("\t", "|") for s in rows]
    assert found == INDICATORS
    heads = {document.text[slice(*s.head)] for s in rows if s.head}
    assert heads == {"类别\t指标\t单位\t2020年\t2025年"}
    assert all(s.head for s in rows)


def test_footnotes_are_sentences_of_their_own(seeds: Seeds) -> None:
    document, passages = seeds["002"]
    notes = {
        s.label: document.text[s.start : s.end]
        for p in passages
        for s in p.sentences
        if s.kind == "note"
    }
    assert list(notes) == [f"脚注{n}" for n in range(8)]
    assert notes["脚注7"] == "“基础人才”具体指高校毕业生和技能人才"


def test_eight_boxes_are_sections(seeds: Seeds) -> None:
    boxes = {p.section.rsplit(" › ", 1)[-1] for p in seeds["002"][1] if "专栏" in p.section}
    assert [box[:3] for box in sorted(boxes)] == [f"专栏{n}" for n in range(1, 9)]


def test_articles_of_one_page_are_sections_of_their_own(seeds: Seeds) -> None:
    tops = {p.section.split(" › ")[0] for p in seeds["003"][1]}
    assert {"重庆实施人才强园强企行动", "“渝才荟”AI管家赋能产才匹配"} <= tops


def test_every_part_of_a_quote_stands_in_its_file(seeds: Seeds) -> None:
    marks = re.compile(r"\[bookmark:[^\]]*\]|\[footnoteRef:\d+\]")
    for number, (document, passages) in seeds.items():
        file = SPACES.sub("", marks.sub("", original(number)))
        for sentence in (s for p in passages for s in p.sentences):
            for start, end in quote_spans(document, (sentence.start, sentence.end)):
                assert SPACES.sub("", document.text[start:end]) in file


def test_every_seed_has_a_catalogue_entry_and_no_entry_is_left_over() -> None:
    assert set(catalogue.load(SEEDS)) == {path.name for path in SEEDS.glob("*.txt")}


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_titles_of_the_catalogue_stand_in_the_text(seeds: Seeds, number: str) -> None:
    assert seeds[number][0].metadata.title in original(number)


@pytest.mark.parametrize(
    ("number", "proof"),
    [("001", "□ 重庆日报记者"), ("002", "重庆高新区管委会\n关于印发"), ("004", "来源:重庆日报")],
)
def test_issuers_of_the_catalogue_are_named_in_the_text(
    seeds: Seeds, number: str, proof: str
) -> None:
    assert seeds[number][0].metadata.issuer in proof
    assert proof in original(number)


def test_the_document_number_of_the_catalogue_is_that_of_the_text(seeds: Seeds) -> None:
    numbers = {n: document.metadata.doc_number for n, (document, _) in seeds.items()}
    assert {n: number for n, number in numbers.items() if number} == {"002": "渝高新发〔2021〕26号"}
    assert original("002").strip().startswith(numbers["002"])


def test_dates_of_the_catalogue_are_those_of_the_text(seeds: Seeds) -> None:
    dates = {number: document.metadata.date for number, (document, _) in seeds.items()}
    signed = date.fromisoformat(dates["002"])
    assert f"{signed.year}年{signed.month}月{signed.day}日\n（此件公开发布）" in original("002")
    assert f"{dates['004']} 14:00:38 来源" in original("004")
    assert (dates["001"][4:], dates["000"][4:]) == ("-11", "-11")  # the day before, days ahead
    assert "11月19日，全市教育大会召开" in original("001")
    assert "11月20—21日" in original("000")
    assert f"{dates['000'][:4]}年印发实施" in original("000")
    assert f"计划从{dates['003']}年起" in original("003")


def test_the_seeds_are_indexed_and_found(tmp_path: Path) -> None:
    report = build(SEEDS, tmp_path / "index", EMBEDDER)
    assert (report.documents, report.failed) == (5, ())
    assert build(SEEDS, tmp_path / "index", EMBEDDER).unchanged == 5
    index = search_index.load(tmp_path / "index", model=EMBEDDER.fingerprint)
    assert report.passages == len(index.passages) == len(index.passage_vectors) == len(index.words)
    row = int(index.bigrams.scores(["飞地"]).argmax())
    assert "人才飞地" in index.passages[row].text


CHILD = """
import os, resource, signal, sys, time
from dataclasses import replace
from pathlib import Path
from policyqa.index.store import search_index
from policyqa.index.build.building import build
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.errors import PolicyQAError
from policyqa.index.store.lexical import LexicalIndex

source, folder = Path(sys.argv[1]), Path(sys.argv[2])
embedder = HashingEmbedder(384)

class Deadly(LexicalIndex):
    def save(self, folder):
        super().save(folder)
        os.kill(os.getpid(), signal.SIGKILL)

def die(stage, done, total):
    os.kill(os.getpid(), signal.SIGKILL)

def killed_while_embedding():
    build(source, folder, embedder, progress=die)

def killed_while_saving():
    index = search_index.load(folder, model=embedder.fingerprint)
    manifest = index.manifest.model_copy(update={"fingerprint": "f" * 16})
    deadly = Deadly.load(next(folder.glob("v-*")) / "bigrams")
    search_index.save(replace(index, manifest=manifest, bigrams=deadly), folder)

def full_disk():
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
    try:
        build(source, folder, embedder)
    except PolicyQAError as error:
        print(f"{type(error).__name__}: {error}")

globals()[sys.argv[3]]()
"""


def child(*words: object) -> subprocess.CompletedProcess[str]:
    """Run a function of CHILD in a process of its own."""
    command = [sys.executable, "-c", CHILD, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The plan of the seeds, indexed into `index` beside it, then a second document."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "plan.txt").write_text(original("002"), encoding="utf-8")
    build(folder, tmp_path / "index", EMBEDDER)
    (folder / "news.txt").write_text(original("003"), encoding="utf-8")
    return folder


def indexed(source: Path) -> SearchIndex:
    return search_index.load(source.parent / "index", model=EMBEDDER.fingerprint)


@pytest.mark.parametrize("moment", ["killed_while_embedding", "killed_while_saving"])
def test_a_build_that_is_killed_leaves_the_old_index(source: Path, moment: str) -> None:
    old = indexed(source)
    assert child(source, source.parent / "index", moment).returncode == -signal.SIGKILL
    assert_same(indexed(source), old)
    report = build(source, source.parent / "index", EMBEDDER)  # the lock of the dead is free
    assert (report.added, report.unchanged) == (("news.txt",), 1)
    assert not list((source.parent / "index").glob(".building-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
@pytest.mark.parametrize("room", [100, 60_000, 150_000])
def test_a_disk_that_fills_up_leaves_the_old_index(source: Path, room: int) -> None:
    old = indexed(source)
    sizes = [path.stat().st_size for path in (source.parent / "index").rglob("*")]
    assert max(sizes) > room
    done = child(source, source.parent / "index", "full_disk", room)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("PolicyQAError: 写入索引 ")
    assert done.stdout.endswith("，原有索引不受影响\n")
    assert_same(indexed(source), old)
    assert not list((source.parent / "index").glob(".building-*"))


def test_metadata_of_the_seeds_is_complete(seeds: Seeds) -> None:
    assert all(d.metadata != Metadata() and d.metadata.region for d, _ in seeds.values())
