"""Questions that stand in documents: they find their answers, and are none."""

from pathlib import Path

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.questions import is_question
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Question

EMBEDDER = HashingEmbedder(256)
FAQ = """云溪县人才公寓问答
1.人才公寓可以转租吗？
答：不可以。违者收回。
2.物业费谁来交？
答：由入住的人交。每年一月交一次。
3.什么时候可以入住人才公寓？
答：签约后三日内。
4.人才公寓住满了怎么办？
答：按登记的先后排队等候，有空房时电话通知，三日内不来看房的，排到最后。等候的人可以先领租房补贴，
每月六百元，领到入住为止。补贴由财政支付。排队的名单每月在网站上公布一次。
"""


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("可以代办吗？", True),
        ("租房补贴多少钱?", True),
        ("8.需要什么材料？", True),
        ("每年缴费截止时间为1?", False),  # misread: the page says 11月30日
        ("平方米的补贴?", False),
        ("可以代办。", False),
    ],
)
def test_what_asks_is_a_question(text: str, asks: bool) -> None:
    assert is_question(text) is asks


def answer_of(folder: Path, question: str, text: str = FAQ) -> list[str]:
    build_texts([SourceText("问答.txt", text, Metadata(title="问答"))], folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    assistant = Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))
    return [sentence.text for sentence in assistant.ask(Question(question=question)).sentences]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("人才公寓可以转租吗", "不可以。"),
        ("物业费谁来交", "由入住的人交。"),
        ("什么时候可以入住人才公寓", "签约后三日内。"),
    ],
)
def test_the_answer_is_found_by_its_question(tmp_path: Path, question: str, first: str) -> None:
    said = answer_of(tmp_path, question)
    assert said[0].removeprefix("可以：") == first
    assert not any(is_question(text) for text in said)


def test_a_question_speaks_for_the_beginning_of_a_long_answer(tmp_path: Path) -> None:
    said = answer_of(tmp_path, "人才公寓住满了怎么办")
    assert said[0].startswith("按登记的先后排队等候")
    assert "排队的名单每月在网站上公布一次。" not in said


def test_a_text_of_questions_alone_says_nothing(tmp_path: Path) -> None:
    assert answer_of(tmp_path, "可以转租吗", "问答\n公寓可以转租吗？\n谁来交物业费？") == []
