"""An abstention that helps: what is nearest, whom to ask; and what may be asked next."""

from pathlib import Path

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Note, Question

EMBEDDER = HashingEmbedder(64)
GUIDE = """人才落户指南
一、办理条件
具有本科以上学历的可以申请落户。
二、申请材料
1. 居民身份证；
2. 学历证书。
三、办理流程
1. 网上预审。
2. 窗口受理。
四、咨询方式
咨询电话：0577-12345678。
"""


def assistant_of(folder: Path, threshold: float, text: str = GUIDE) -> Assistant:
    about = Metadata(title="人才落户指南", date="2025-02-18", issuer="青岚市公安局")
    build_texts([SourceText("落户.txt", text, about)], folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    settings = AnswerSettings(threshold=threshold)
    return Assistant(index, EMBEDDER, WEIGHTS, settings)


def test_silence_names_what_is_nearest_and_whom_to_ask(tmp_path: Path) -> None:
    assistant = assistant_of(tmp_path, 1.0)
    answer = assistant.ask(Question(question="具有本科以上学历的申请落户要等多久?"))
    assert (answer.status, answer.reason) == ("abstained", "no_evidence")
    assert answer.citations == ()
    assert answer.contact is not None
    assert answer.contact.issuer == "青岚市公安局"
    assert answer.contact.text == "咨询电话：0577-12345678。"
    assert answer.contact.citation is not None
    assert answer.contact.citation.quote == "咨询电话：0577-12345678。"
    assert answer.answer.endswith(
        "可以换个说法再问，或向相近文件的发布单位（青岚市公安局）咨询。文件写明：“咨询电话：0577-12345678。”"
    )
    assert answer.notes[-2:] == (
        Note(kind="ask_issuer", parts=("青岚市公安局",)),
        Note(kind="contact", parts=("咨询电话：0577-12345678。",)),
    )
    assert answer.nearest
    for citation in answer.nearest:
        assert GUIDE[citation.start : citation.end] == citation.quote


def test_a_document_without_a_word_on_it_gives_its_issuer_alone(tmp_path: Path) -> None:
    assistant = assistant_of(tmp_path, 1.0, "人才落户指南\n具有本科以上学历的可以申请落户。")
    answer = assistant.ask(Question(question="具有本科以上学历的申请落户要等多久?"))
    assert answer.contact is not None
    assert (answer.contact.text, answer.contact.citation) == ("", None)


def test_what_may_be_asked_next_is_answered_and_is_something_else(tmp_path: Path) -> None:
    assistant = assistant_of(tmp_path, 0.0)
    answer = assistant.ask(Question(question="人才落户需要提交哪些材料?"))
    following = assistant.suggestions(answer)
    assert 0 < len(following) <= 3
    assert not any("材料" in question for question in following)
    for question in following:
        assert assistant.ask(Question(question=question)).status == "answered"


@pytest.mark.parametrize("threshold", [1.0])
def test_nothing_is_suggested_that_is_not_answered(tmp_path: Path, threshold: float) -> None:
    open_to_all = assistant_of(tmp_path / "a", 0.0)
    answer = open_to_all.ask(Question(question="人才落户需要提交哪些材料?"))
    assert assistant_of(tmp_path / "b", threshold).suggestions(answer) == ()


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("咨询电话：0571-87654321。", True),
        ("举报热线12345。", True),
        ("联系邮箱：rencai@example.org", True),
        ("咨询地址：青岚市人民路18号二楼", True),
        ("可以通过窗口、网站等方式申报。", False),
        ("咨询电话：", False),
        ("公示期为2025年3月1日起5个工作日，接受监督。", False),
        ("九、业务咨询电话……………………", False),
    ],
)
def test_a_contact_is_what_somebody_can_be_reached_by(
    tmp_path: Path, text: str, reached: bool
) -> None:
    guide = f"人才落户指南\n具有本科以上学历的可以申请落户。\n{text}\n"
    answer = assistant_of(tmp_path, 1.0, guide).ask(Question(question="申请落户要等多久?"))
    assert answer.contact is not None
    assert bool(answer.contact.text) is reached
