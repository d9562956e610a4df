"""The cross-encoder of this package: small, offline, and reads what a question asks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policyqa import qa
from policyqa.qa.retrieve.reranking import CrossEncoderReranker

FOLDER = Path(qa.__file__).parent / "retrieve" / "reranker"
MAX_BYTES = 40 * 2**20

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def reranker() -> CrossEncoderReranker:
    return CrossEncoderReranker.load()


def test_it_is_as_small_as_promised() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= MAX_BYTES


@pytest.mark.parametrize(("question", "answers", "near"), [
    (
        "入站博士后每月能拿多少生活补助?",
        "博士后支持办法\n在站博士后每人每月发放生活补助3000元,期限两年。",
        "博士后支持办法\n博士后科研工作站由设站单位负责日常管理,每年考核一次。",
    ),
    (
        "人才公寓租金打几折?",
        "人才公寓管理办法\n租金按照同地段市场租金的70%收取。",
        "人才公寓管理办法\n人才公寓由区住房保障中心统一配租,每年开放两次申请。",
    ),
    (
        "购房补贴去哪里申请?",
        "购房补贴申领指南\n申请人向区政务服务中心人才服务窗口提出申请。",
        "购房补贴申领指南\n购房补贴按照合同价的5%发放,最高不超过20万元。",
    ),
    (
        "2024年的申报截止到哪一天?",
        "领军人才申报通知\n2024年度申报时间为3月1日至4月30日,逾期不予受理。",
        "领军人才申报通知\n申报人应当具有博士学位,年龄不超过45周岁。",
    ),
])  # fmt: skip
def test_what_answers_is_told_from_what_is_only_near(
    reranker: CrossEncoderReranker, question: str, answers: str, near: str
) -> None:
    yes, no = reranker.scores(question, [answers, near])
    assert yes > no
    alone = [float(reranker.scores(question, [text])[0]) for text in (answers, near)]
    assert alone == pytest.approx([yes, no], abs=0.1)  # padding changes nothing but rounding


class Watched:
    """A model that notes on how many threads it is asked."""

    def __init__(self) -> None:
        self.threads = 0

    def predict(self, pairs: Sequence[Any], **_: Any) -> Any:
        import torch

        self.threads = torch.get_num_threads()
        return np.zeros(len(pairs))


@pytest.mark.parametrize("threads", [1, 2])
def test_it_computes_on_the_threads_it_is_given_and_leaves_the_process_its_own(
    threads: int,
) -> None:
    import torch

    before, model = torch.get_num_threads(), Watched()
    CrossEncoderReranker(model, threads).scores("问", ["答"])  # type: ignore[arg-type]
    assert model.threads == threads
    assert torch.get_num_threads() == before
