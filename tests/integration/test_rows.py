"""Of a table that names many, only the rows of what the question names are said."""

import pytest

from policyqa.index.build.building import build
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.qa.assistant import Assistant
from policyqa.qa.question.asked import understood
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.retrieve.rows import _wanted
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Question

EMBEDDER = HashingEmbedder(256)
ROWS = [
    ("行业", "层次", "购房补贴（万元）", "租房补贴（元/月）"),
    ("制造业", "高级技师", "15", "1600"),
    ("制造业", "技师", "8", "1000"),
    ("服务业", "高级技师", "9", "1200"),
    ("服务业", "技师", "5", "800"),
    ("农业", "农艺师", "4", "700"),
]
TABLE = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in ROWS)
PAGE = f"<html><body><h1>云溪市人才补助标准表</h1><table>{TABLE}</table></body></html>"


PLAN = [
    ("指标", "单位", "2020年", "2025年"),
    ("人才总量", "万人", "8", "20"),
    ("万人发明专利", "件", "44", "70"),
    ("博士后工作站", "个", "12", "30"),
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("index")
    (source / "标准.html").write_text(PAGE, encoding="utf-8")
    build(source, folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    return Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("服务业技师的租房补贴是多少", ["服务业\t技师\t5\t800"]),
        ("制造业的高级技师购房补贴多少", ["制造业\t高级技师\t15\t1600"]),
        (
            "制造业的高级技师和技师租房补贴各多少",
            ["制造业\t高级技师\t15\t1600", "制造业\t技师\t8\t1000"],
        ),
        ("农艺师租房补贴多少", ["农业\t农艺师\t4\t700"]),
    ],
)
def test_the_row_is_that_of_its_names(office: Assistant, question: str, rows: list[str]) -> None:
    answer = office.ask(Question(question=question))
    quotes = [c.quote for c in answer.citations]
    assert [q for q in quotes if q.startswith(("制造", "服务", "农业"))] == rows


def test_where_no_row_is_named_each_may_be_said(office: Assistant) -> None:
    answer = office.ask(Question(question="租房补贴的标准是多少"))
    assert len(answer.sentences) > 1


def test_a_unit_names_no_row() -> None:
    rows = [list(row) for row in PLAN[1:]]
    assert _wanted(rows, understood("每万人要有多少件发明专利")) == {}
    assert _wanted(rows, understood("万人发明专利2025年多少件")) == {-4: {"万人发明专利"}}
