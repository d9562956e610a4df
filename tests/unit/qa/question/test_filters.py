"""Which documents are asked, and what that leaves out: worked out by hand on four of them."""

from typing import Any

import pytest
from typer.testing import CliRunner

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.cli.commands import app
from policyqa.qa.errors import QuestionError
from policyqa.qa.question.filters import choices_of, is_narrowed, narrowed, narrowed_question
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Answer, Filters, Question

ABOUT = {
    "city.txt": Metadata(region="重庆市", kind="policy", date="2023-06-15", title="市补贴办法"),
    "zone.txt": Metadata(region="重庆高新区", kind="plan", date="2021", title="区补贴规划"),
    "news.txt": Metadata(region="重庆市", kind="news", date="2025-03", title="补贴新闻"),
    "bare.txt": Metadata(title="补贴说明"),
}
EVERY = set(ABOUT)
EMBEDDER = HashingEmbedder(256)


class Listened(Assistant):
    """Remembers what it was asked."""

    heard: tuple[Question, ...] = ()

    def ask(self, question: Question, **more: Any) -> Answer:
        self.heard += (question,)
        return super().ask(question, **more)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Listened:
    folder = tmp_path_factory.mktemp("filters")
    text = "{title}\n第一章 金额\n博士每年补贴{n}0万元。\n第二章 申请条件\n须在渝工作。"
    texts = [
        SourceText(name, text.format(title=about.title, n=n), about)
        for n, (name, about) in enumerate(ABOUT.items(), start=1)
    ]
    build_texts(texts, folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    return Listened(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))


def ask(assistant: Listened, as_of: str | None = None, **filters: Any) -> Answer:
    wanted = Filters.model_validate(filters)
    question = Question(question="博士每年补贴多少钱?", as_of=as_of, filters=wanted)
    return assistant.ask(question)


CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, EVERY),
    ({"regions": ["重庆市"]}, {"city.txt", "news.txt"}),
    ({"regions": ["重庆市", "重庆高新区"]}, {"city.txt", "news.txt", "zone.txt"}),
    ({"kinds": ["plan", "other"]}, {"zone.txt", "bare.txt"}),
    ({"since": "2021-07"}, {"city.txt", "zone.txt", "news.txt"}),  # 2021 may be July
    ({"since": "2023-06-16"}, {"news.txt"}),
    ({"until": "2023-06-14"}, {"zone.txt"}),
    ({"since": "2023", "until": "2023"}, {"city.txt"}),
    ({"regions": ["重庆市"], "kinds": ["news"], "since": "2025"}, {"news.txt"}),
    ({"regions": ["北京市"]}, set()),
    ({"as_of": "2023-06-14"}, {"zone.txt", "bare.txt"}),
    ({"as_of": "2023-06-15", "regions": ["重庆市"]}, {"city.txt"}),
]


@pytest.mark.parametrize(("wanted", "sources"), CASES)
def test_only_what_is_wanted_is_asked(
    assistant: Listened, wanted: dict[str, Any], sources: set[str]
) -> None:
    answer = ask(assistant, **wanted)
    assert {hit.source for hit in answer.hits} == sources
    assert {citation.source for citation in answer.citations} <= sources
    assert {hit.source for hit in answer.left_out.hits} <= EVERY - sources
    assert answer.left_out.documents == len(EVERY - sources)
    assert answer.filters == Filters.model_validate(
        {name: value for name, value in wanted.items() if name != "as_of"}
    )
    assert answer.as_of == wanted.get("as_of")


def test_what_was_left_out_among_the_nearest_is_shown(assistant: Listened) -> None:
    everything = ask(assistant)
    first = everything.hits[0]
    other = "plan" if ABOUT[first.source].kind != "plan" else "news"
    without = ask(assistant, kinds=[other])
    nearest = without.left_out.hits[0]
    assert (nearest.rank, nearest.passage_id) == (1, first.passage_id)
    assert all(hit.rank <= 3 and ABOUT[hit.source].kind != other for hit in without.left_out.hits)
    assert everything.left_out.hits == ()


def test_a_collection_says_what_there_is_to_choose(assistant: Listened) -> None:
    choices = choices_of(assistant.corpus.documents())
    assert choices.regions == (("重庆市", 2), ("重庆高新区", 1))
    assert set(choices.kinds) == {("policy", 1), ("plan", 1), ("news", 1), ("other", 1)}
    assert choices.years == ("2025", "2023", "2021")


def test_what_may_be_asked_next_is_asked_of_the_same_documents(assistant: Listened) -> None:
    answer = ask(assistant, regions=["重庆市"], as_of="2024")
    assistant.heard = ()
    assert assistant.suggestions(answer)
    assert {(q.as_of, q.filters.regions) for q in assistant.heard} == {("2024", ("重庆市",))}


def test_it_is_said_in_words(assistant: Listened) -> None:
    assert narrowed(ask(assistant)) == ()
    lines = narrowed(ask(assistant, as_of="2024", regions=["重庆市"], kinds=["plan"], since="2020"))
    assert lines[:2] == ("只查：重庆市，规划，2020—。", "按 2024 的文件回答。")
    assert lines[2].startswith("有 4 份文件没有查，其中内容相近的有《")


def test_a_question_is_narrowed_only_by_what_is_set() -> None:
    assert not is_narrowed(Question(question="问"))
    assert is_narrowed(Question(question="问", as_of="2024"))
    assert is_narrowed(Question(question="问", filters=Filters(kinds=("plan",))))


@pytest.mark.parametrize(("filters", "words"), [
    ({"kinds": ["plans"]}, "没有这类文件；可用的是 policy、plan"),
    ({"since": "去年"}, "since 应为 2024、2024-12 或 2024-12-31 这样的日期"),
])  # fmt: skip
def test_what_was_typed_wrong_is_said(filters: dict[str, Any], words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        narrowed_question("问", filters=filters)


def test_the_command_refuses_a_wrong_filter_as_wrong_usage() -> None:
    found = CliRunner().invoke(app, ["ask", "问", "--kind", "plans"])
    assert found.exit_code == 2
    assert "没有这类文件" in found.stderr
