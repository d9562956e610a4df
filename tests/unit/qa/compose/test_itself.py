"""What is asked of a document itself is answered by its metadata, with the words that say so."""

from dataclasses import replace

import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.compose.itself import asked_itself
from policyqa.qa.corpus import Citable
from policyqa.qa.question.asked import understood
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Answer, Question

EMBEDDER = HashingEmbedder(256)
NUMBERED = """云溪市人才公寓管理办法
云溪市住房保障局
2025年3月10日
云住发〔2025〕16号
第一条 人才公寓租金按市场价的六成收取。
第二条 申请人在云溪人才网提出申请，什么时候发布房源由运营单位决定。
第三条 本办法自2025年4月1日起施行，有效期三年。
"""
BARE = """云溪市青年驿站入住须知
第一条 青年驿站每人免费入住七天。
第二条 入住时出示毕业证书。
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("index")
    sources = [
        SourceText("公寓.txt", NUMBERED, Metadata()),
        SourceText("驿站.txt", BARE, Metadata()),
    ]
    build_texts(sources, folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    return Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.5))


def asked(office: Assistant, question: str) -> Answer:
    return office.ask(Question(question=question, as_of="2026-01-01"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("云溪市人才公寓管理办法的文号是多少?", "云住发〔2025〕16号"),
        ("人才公寓管理办法是几号文", "云住发〔2025〕16号"),
        ("云住发[2025]16号是什么文件?", "云溪市人才公寓管理办法"),
        ("云溪市人才公寓管理办法是谁发的?", "云溪市住房保障局"),
        ("人才公寓管理办法是哪个部门印发的", "云溪市住房保障局"),
        ("人才公寓管理办法什么时候印发的?", "2025年3月10日"),
        ("云溪市人才公寓管理办法什么时候到期?", "有效期三年"),
        ("人才公寓管理办法什么时候开始施行", "自2025年4月1日起施行"),
    ],
)
def test_its_own_words_say_it(office: Assistant, question: str, said: str) -> None:
    answer = asked(office, question)
    assert answer.status == "answered"
    assert len(answer.sentences) == 1
    assert said in answer.citations[0].quote
    assert NUMBERED[answer.citations[0].start : answer.citations[0].end] == (
        answer.citations[0].quote
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("这个办法的文号是多少?", "云住发〔2025〕16号"),
        ("那它是几号文", "云住发〔2025〕16号"),
        ("是谁发的", "云溪市住房保障局"),
        ("青年驿站什么时候发布的", ""),  # something else is asked
    ],
)
def test_a_follow_up_points_at_the_document_that_answered(
    office: Assistant, question: str, said: str
) -> None:
    (document,) = (d for d in office.corpus.documents() if d.source == "公寓.txt")
    passages = {document.doc_id: office.corpus.passages(document.doc_id)}
    asked_now = understood(f"人才公寓 租金 {question}", own=question)
    after = replace(asked_now, cited={document.doc_id: 0.9})
    found = asked_itself(after, Citable({document.doc_id: document}, passages))
    assert (found.quote.text if found and found.quote else "") == said


def test_a_number_that_is_not_there_is_not_given(office: Assistant) -> None:
    answer = asked(office, "云溪市青年驿站入住须知的文号是多少?")
    assert answer.status == "abstained"


@pytest.mark.parametrize(
    "question",
    ["房源什么时候发布?", "人才公寓租金怎么收", "东湖市购房补贴办法是谁发的?", "什么时候印发的?"],
)
def test_what_names_no_document_is_not_asked_of_one(office: Assistant, question: str) -> None:
    answer = asked(office, question)
    assert not any(c.quote in ("云溪市住房保障局", "2025年3月10日") for c in answer.citations)


def test_what_has_ended_says_so_before_anything_else(office: Assistant) -> None:
    answer = office.ask(Question(question="人才公寓管理办法是谁发的?", as_of="2030-01-01"))
    above, said = answer.answer.split("\n", 1)
    assert above.startswith("请注意：《云溪市人才公寓管理办法》")
    assert said.startswith("云溪市住房保障局")
