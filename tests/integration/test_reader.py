"""The reader of this package: small, offline, and marks what a question asks for."""

from pathlib import Path

import pytest

from policyqa import qa
from policyqa.qa.retrieve.pages import Page
from policyqa.qa.retrieve.reading import FOLDER, SentenceReader

MODEL = Path(qa.__file__).parent / "retrieve" / FOLDER
MAX_BYTES = 48 * 2**20

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def reader() -> SentenceReader:
    return SentenceReader.load()


def test_it_is_as_small_as_promised() -> None:
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) <= MAX_BYTES


@pytest.mark.parametrize(("question", "head", "answers", "near"), [
    (
        "入站博士后每月能拿多少生活补助?",
        "博士后支持办法",
        "在站博士后每人每月发放生活补助3000元,期限两年。",
        "博士后科研工作站由设站单位负责日常管理,每年考核一次。",
    ),
    (
        "人才公寓租金打几折?",
        "人才公寓管理办法",
        "租金按照同地段市场租金的70%收取。",
        "人才公寓由区住房保障中心统一配租,每年开放两次申请。",
    ),
    pytest.param(
        "购房补贴去哪里申请?",
        "购房补贴申领指南",
        "申请人向区政务服务中心人才服务窗口提出申请。",
        "购房补贴按照合同价的5%发放,最高不超过20万元。",
        marks=pytest.mark.xfail(reason="the matter draws more than 向…窗口", strict=True),
    ),
    (
        "2024年的申报截止到哪一天?",
        "领军人才申报通知",
        "2024年度申报时间为3月1日至4月30日,逾期不予受理。",
        "申报人应当具有博士学位,年龄不超过45周岁。",
    ),
])  # fmt: skip
def test_the_sentence_that_answers_is_told_from_the_one_that_is_only_near(
    reader: SentenceReader, question: str, head: str, answers: str, near: str
) -> None:
    (together,) = reader.read(question, [Page(head, "", (near, answers))])
    assert together.sentences[1] > together.sentences[0]
    yes, no = reader.read(question, [Page(head, "", (answers,)), Page(head, "", (near,))])
    assert yes.answers > no.answers
    assert yes.sentences[0] > no.sentences[0]
    (alone,) = reader.read(question, [Page(head, "", (answers,))])
    assert alone.answers == pytest.approx(yes.answers, abs=0.3)  # padding changes only rounding


@pytest.mark.parametrize("threads", [1, 2])
def test_it_computes_on_the_threads_it_is_given_and_leaves_the_process_its_own(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    reader = SentenceReader.load(threads=threads)
    before, seen = torch.get_num_threads(), []
    inner = reader._model.forward

    def watched(*given: object) -> object:
        seen.append(torch.get_num_threads())
        return inner(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(reader._model, "forward", watched)
    reader.read("问", [Page("", "", ("答",))])
    assert seen == [threads]
    assert torch.get_num_threads() == before
