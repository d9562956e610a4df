"""A question to an answer over a small corpus, without a model."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from policyqa.index.build.building import SourceText, build, build_texts
from policyqa.index.errors import ModelError, SourceError
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder, Vectors
from policyqa.index.text import words
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.conversation.conversation import Conversation
from policyqa.qa.conversation.resolver import Resolved
from policyqa.qa.errors import QuestionError
from policyqa.qa.llm.language_model import Writer
from policyqa.qa.question.asked import OWN
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Answer, Note, Question, Turn
from tests.asking import asked_of

EMBEDDER = HashingEmbedder(256)
TEXTS = {
    "grants.txt": "支持办法\n博士每年补贴50万元。硕士每年补贴20万元。\n交身份证。",
    "park.txt": "公园管理办法\n公园免费开放。\n公园每天早上6点开门。",
    "goals.txt": "博士后目标\n2020年招收博士后80人。\n2025年招收博士后300人。",
}


class BrokenEmbedder(HashingEmbedder):
    """Fails at the question, as a model whose file was removed does."""

    def encode_query(self, text: str) -> Vectors:
        raise ModelError("模型文件不见了")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> search_index.SearchIndex:
    folder: Path = tmp_path_factory.mktemp("index")
    sources = [SourceText(name, text, Metadata(date="2021")) for name, text in TEXTS.items()]
    build_texts(sources, folder, EMBEDDER)
    return search_index.load(folder, model=EMBEDDER.fingerprint)


@pytest.fixture
def assistant(stored: search_index.SearchIndex) -> Assistant:
    return Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0, doubtful=0.0))


def ask(assistant: Assistant, question: str, *earlier: str, k: int = 10) -> Answer:
    history = tuple(Turn(role="user", content=text) for text in earlier)
    return assistant.ask(Question(id="q1", question=question, history=history, k=k))


def test_an_outline_has_each_section_where_it_begins(tmp_path: Path) -> None:
    text = (
        "人才办法\n第一章 总则\n第一节 目的\n为吸引人才制定本办法。\n第二节 对象\n对象是博士。\n"
        "第二章 附则\n本办法自发布之日起施行。"
    )
    build_texts([SourceText("a.txt", text, Metadata(title="人才办法"))], tmp_path, EMBEDDER)
    small = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    outlined = Assistant(small, EMBEDDER, WEIGHTS, AnswerSettings())
    document = outlined.corpus.documents()[0]
    entries = outlined.corpus.outline(document.doc_id)
    assert [(entry.depth, entry.title) for entry in entries] == [
        (0, "人才办法"),
        (1, "第一章 总则"),
        (2, "第一节 目的"),
        (2, "第二节 对象"),
        (1, "第二章 附则"),
    ]
    starts = [entry.start for entry in entries]
    assert starts == sorted(starts)
    assert all(text.find("第二节") - 1 <= entry.start for entry in entries[3:])
    with pytest.raises(SourceError):
        outlined.corpus.outline("none")


def test_an_answer_with_its_proof(assistant: Assistant) -> None:
    answer = ask(assistant, "公园每天早上几点开門?")
    assert (answer.id, answer.status, answer.reason) == ("q1", "answered", None)
    assert (answer.question, answer.query) == ("公园每天早上几点开門?", "公园每天早上几点开门?")
    assert "公园每天早上6点开门。[" in answer.answer
    assert answer.citations[0].source == "park.txt"
    assert answer.corpus == assistant.corpus.fingerprint == assistant.index.manifest.fingerprint


@pytest.mark.parametrize("question", ["硕士每年补贴多少?", "公园几点开门?", "博士"])
def test_every_quote_and_hit_is_a_slice_of_its_document(
    assistant: Assistant, question: str
) -> None:
    answer = ask(assistant, question)
    assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert {n for s in answer.sentences for n in s.citations} == {c.n for c in answer.citations}
    for proof in answer.citations:
        assert (
            proof.quote
            == assistant.corpus.document(proof.doc_id).text[proof.start : proof.end]
            != ""
        )
    for hit in answer.hits:
        assert hit.text == assistant.corpus.document(hit.doc_id).text[hit.start : hit.end]
    marked = "".join(
        sentence.text + "".join(f"[{n}]" for n in sentence.citations)
        for sentence in answer.sentences
    )
    assert answer.answer == marked != ""


@pytest.mark.parametrize(("over", "kinds"), [(0.01, ["doubtful"]), (-0.01, [])])
def test_an_answer_that_is_rather_wrong_than_right_says_that_it_may_not_be_it(
    stored: search_index.SearchIndex, assistant: Assistant, over: float, kinds: list[str]
) -> None:
    sure = ask(assistant, "公园几点开门?")
    assert sure.notes == ()
    settings = AnswerSettings(threshold=0.0, doubtful=sure.confidence + over)
    answer = ask(Assistant(stored, EMBEDDER, WEIGHTS, settings), "公园几点开门?")
    assert [note.kind for note in answer.notes] == kinds
    above = "".join(f"{note.text}\n" for note in answer.notes)
    assert answer.answer == above + sure.answer


@pytest.mark.parametrize(("k", "count"), [(1, 1), (2, 2), (100, 3)])
def test_hits_are_k_or_all_there_are(assistant: Assistant, k: int, count: int) -> None:
    hits = ask(assistant, "博士补贴多少?", k=k).hits
    assert [hit.rank for hit in hits] == list(range(1, count + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("question", ["", "😀😀", "\x00\x07", "补" * 2001])
def test_a_bad_question_is_a_status_and_not_an_exception(
    assistant: Assistant, question: str
) -> None:
    answer = ask(assistant, question)
    assert (answer.status, answer.reason) == ("error", "bad_question")
    assert (answer.query, answer.citations, answer.hits) == ("", (), ())
    assert answer.answer.startswith("问题")


def test_a_model_that_fails_is_a_status_too(stored: search_index.SearchIndex) -> None:
    broken = Assistant(stored, BrokenEmbedder(256), WEIGHTS, AnswerSettings())
    answer = ask(broken, "博士补贴多少?")
    assert (answer.status, answer.reason, answer.answer) == ("error", "failed", "模型文件不见了")


def test_at_threshold_one_it_never_answers_and_says_where_to_look(
    stored: search_index.SearchIndex,
) -> None:
    shy = Assistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=1.0))
    answer = ask(shy, "公园几点开门?", k=1)
    assert (answer.status, answer.reason) == ("abstained", "no_evidence")
    assert (answer.sentences, answer.citations) == ((), ())
    assert answer.answer == (
        "现有文件里没有找到能回答这个问题的依据。内容相近的有：《公园管理办法》。"
        "可以换个说法再问，或向文件的发布单位咨询。"
    )
    near = Note(kind="near", parts=("《公园管理办法》",))
    assert answer.notes == (Note(kind="no_evidence"), near, Note(kind="next_step"))
    assert len(answer.hits) == 1


@pytest.mark.parametrize(
    "question", ["怎么申请?", "那个呢?", "多少钱?", "有哪些?", "那材料呢", "那第二条呢?"]
)
def test_a_question_that_names_nothing_is_asked_back(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert (answer.status, answer.reason) == ("abstained", "ambiguous")
    assert answer.notes == (Note(kind="unclear"),)
    assert answer.answer == answer.notes[0].text
    assert ask(assistant, question, "公园的开放时间?").reason is None


def test_a_follow_up_is_answered_for_its_own_year(assistant: Assistant) -> None:
    first = "2020年招收博士后多少人?"
    answer = ask(assistant, "那2025年呢?", first)
    assert answer.query == "年招收博士后多少人? 那2025年呢?"
    assert "300人" in answer.answer


def test_what_is_hidden_cannot_be_found(assistant: Assistant) -> None:
    asked = assistant.understood(Resolved("公园每天几点开门"))
    vector = EMBEDDER.encode_query(asked.text)
    best = assistant.find(asked, vector).ranking.rows[:1]
    found = assistant.find(asked, vector, hidden=best)
    assert best[0] not in found.ranking.rows
    assert len(found.ranking.rows) == 2
    nothing = assistant.find(asked, vector, hidden=np.arange(3))
    assert (list(nothing.ranking.rows), nothing.picked) == ([], [])


def test_documents_are_found_by_their_id(assistant: Assistant) -> None:
    for document in assistant.corpus.documents():
        assert assistant.corpus.document(document.doc_id) is document
    with pytest.raises(SourceError, match="没有编号为 none 的文件"):
        assistant.corpus.document("none")


def test_examples_are_questions_that_are_answered(tmp_path: Path) -> None:
    text = "人才办法\n“金凤凰”是指领军人才。“金凤凰”每年评选。“金凤凰”补贴50万元。"
    build_texts([SourceText("a.txt", text, Metadata(title="人才办法"))], tmp_path, EMBEDDER)
    index = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    keen, shy = (
        Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=t)) for t in (0.0, 1.0)
    )
    assert keen.examples() == ("“金凤凰”是什么？",)
    assert shy.examples() == ()


def office(folder: Path, words: str) -> Assistant:
    """An assistant of an office that has words of its own."""
    (folder / "source").mkdir(parents=True)
    text = "留存办法\n第一条 渝快办的留存率达90%。\n第二条 快办。\n第三条 留存30人。"
    (folder / "source" / "a.txt").write_text(text, encoding="utf-8")
    (folder / "source" / "words.toml").write_text(words, encoding="utf-8")
    build(folder / "source", folder / "index", EMBEDDER)
    index = search_index.load(folder / "index", model=EMBEDDER.fingerprint)
    return Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))


def test_two_offices_in_one_process_keep_their_words_apart(tmp_path: Path) -> None:
    one = office(
        tmp_path / "one",
        'terms = ["渝快办"]\nshares = ["留存率"]\n[english]\n"渝快办" = ["fast service"]',
    )
    other = office(tmp_path / "other", "")
    for _ in range(2):  # what is remembered of the first must not reach the second
        asked = one.asked_of(Question(question="渝快办的留存率是多少?"))
        assert "渝快办" in asked.words.every
        assert asked.expectation.kind == "percent"
        asked = other.asked_of(Question(question="渝快办的留存率是多少?"))
        assert "渝快办" not in asked.words.every
        assert asked.expectation.kind == "count"
        assert one.understood(Resolved("fast service")).text == "fast service 渝快办"
        assert other.understood(Resolved("fast service")).text == "fast service 服务"


def test_sentences_are_verified_in_the_offices_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the texts of the index were cut: half a name is no name."""
    said: list[list[str]] = []
    module = "policyqa.qa.assistant.checked_claims"
    monkeypatch.setattr(module, lambda *_: said.append(words.cut("渝才码申领")))
    for terms in ('terms = ["渝才码"]', ""):
        office(tmp_path / f"{len(said)}", terms).verify([], [])
    assert [("渝才码" in each) for each in said] == [True, False]


def test_an_office_is_answered_in_its_words_in_every_thread(tmp_path: Path) -> None:
    one = office(tmp_path / "one", 'terms = ["渝快办"]\nshares = ["留存率"]')
    other = office(tmp_path / "other", "")
    questions = [Question(question="渝快办的留存率是多少?")] * 8
    alone = [plain(assistant.ask(questions[0])) for assistant in (one, other)]
    assert alone[0]["hits"] != alone[1]["hits"]  # scored by other words
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(each.ask, q) for q in questions for each in (one, other)]
        assert [plain(future.result()) for future in asked] == alone * len(questions)


def plain(answer: Answer) -> dict[str, Any]:
    return answer.model_dump(exclude={"timings_ms"})


def test_the_log_counts_and_keeps_the_question_to_itself(
    assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="policyqa"):
        assistant.ask(Question(id="a b\n", question="硕士补贴多少?"))
    (line,) = caplog.messages
    assert line.startswith("id=a_b_ status=answered citations=")
    assert "硕士" not in line


def test_time_is_counted_by_stage(assistant: Assistant) -> None:
    times = ask(assistant, "硕士补贴多少?").timings_ms
    assert min(times.embed, times.retrieve, times.answer) > 0
    assert times.total >= times.embed + times.retrieve + times.answer - 0.01


@pytest.mark.parametrize(("as_of", "sources"), [
    ("2020", {"old.txt", "undated.txt"}),
    ("2023-05-01", {"old.txt", "undated.txt"}),
    ("2023-06", {"old.txt", "new.txt", "undated.txt"}),
    ("2023", {"old.txt", "new.txt", "undated.txt"}),
    (None, {"old.txt", "new.txt", "undated.txt"}),
])  # fmt: skip
def test_what_came_after_the_day_asked_for_is_left_out(
    tmp_path: Path, as_of: str | None, sources: set[str]
) -> None:
    dates = {"old.txt": "2020-03-01", "new.txt": "2023-06-15", "undated.txt": ""}
    texts = [
        SourceText(name, f"补贴办法{n}\n博士每年补贴{n}0万元。", Metadata(date=date))
        for n, (name, date) in enumerate(dates.items(), start=1)
    ]
    build_texts(texts, tmp_path, EMBEDDER)
    index = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    assistant = Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))
    answer = assistant.ask(Question(question="博士每年补贴多少钱?", as_of=as_of))
    assert {hit.source for hit in answer.hits} == sources
    assert {citation.source for citation in answer.citations} <= sources


class Fixed:
    """A resolver that puts one word before each question, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Conversation]] = []

    def resolve(self, query: str, before: Conversation) -> Resolved:
        self.given.append((query, before))
        return Resolved(f"硕士 {query}", query, EMBEDDER.encode_query("硕士每年补贴"))


def resolving(assistant: Assistant) -> tuple[Assistant, Fixed]:
    resolver = Fixed()
    settings = AnswerSettings(threshold=0.0)
    made = Assistant(assistant.index, EMBEDDER, WEIGHTS, settings, resolver=resolver)
    return made, resolver


def after(text: str, *before: str, **asked: Any) -> Question:
    return Question(
        question=text, history=[Turn(role="user", content=each) for each in before], **asked
    )


def test_what_was_said_before_is_answered_again_where_it_is_not_remembered(
    assistant: Assistant,
) -> None:
    one, resolver = resolving(assistant)
    answer = one.ask(after("多少钱?", "博士每年补贴多少万元?", "那谁发?"))
    assert answer.query == "硕士 多少钱?"
    (query, first), (asked, before) = resolver.given
    assert (query, asked) == ("那谁发?", "多少钱?")
    assert [turn.question for turn in first.turns] == ["博士每年补贴多少万元?"]
    assert before.questions == ("那谁发?", "博士每年补贴多少万元?")
    cited = one.ask(Question(question="博士每年补贴多少万元?")).citations[0].title
    assert before.turns[0].titles[0] == cited

    again, resolver = resolving(assistant)  # asked turn by turn: nothing is answered twice
    again.ask(Question(question="博士每年补贴多少万元?"))
    again.ask(after("那谁发?", "博士每年补贴多少万元?"))
    assert again.ask(after("多少钱?", "博士每年补贴多少万元?", "那谁发?")).hits == answer.hits
    assert resolver.given[-1] == (asked, before)
    assert len(resolver.given) == 2


def test_a_language_model_writes_no_earlier_turn(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def rewritten(answer: Answer, *_: Any) -> Answer:
        written.append(answer.question)
        return answer

    monkeypatch.setattr("policyqa.qa.assistant.rewritten", rewritten)
    settings, writer = AnswerSettings(threshold=0.0), cast(Writer, object())
    one = Assistant(assistant.index, EMBEDDER, WEIGHTS, settings, writer=writer)
    one.ask(after("硕士每年补贴多少?", "博士每年补贴多少万元?", "那谁发?"))
    assert written == ["硕士每年补贴多少?"]


def test_a_search_finds_what_the_answer_rests_on_and_writes_nothing(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question(question="公园每天几点开门?", k=2)
    answer = assistant.ask(question)
    writer = cast(Writer, object())  # to call it would fail
    one = Assistant(assistant.index, EMBEDDER, WEIGHTS, AnswerSettings(), writer=writer)
    assert one.search(question) == answer.hits
    assert len(answer.hits) == 2
    assert one.search(Question(question="你好")) == ()
    with pytest.raises(QuestionError):
        one.search(Question(question=" "))


def test_what_was_not_answered_vouches_for_no_document(assistant: Assistant) -> None:
    resolver, silent = Fixed(), AnswerSettings(threshold=1.0)
    one = Assistant(assistant.index, EMBEDDER, WEIGHTS, silent, resolver=resolver)
    one.ask(after("多少钱?", "博士每年补贴多少万元?"))
    ((_, before),) = resolver.given
    assert before.questions == ("博士每年补贴多少万元?",)
    assert (before.documents, before.titles) == ((), ())


def test_a_conversation_for_another_day_is_another(assistant: Assistant) -> None:
    one, resolver = resolving(assistant)
    one.ask(after("多少钱?", "博士每年补贴多少万元?", "那谁发?"))
    one.ask(after("多少钱?", "博士每年补贴多少万元?", "那谁发?", as_of="2090"))
    assert len(resolver.given) == 4


def test_small_talk_is_not_looked_back_on(assistant: Assistant) -> None:
    one, resolver = resolving(assistant)
    assert one.ask(after("谢谢", "博士每年补贴多少万元?")).reason == "out_of_scope"
    assert resolver.given == []
    one.ask(after("多少钱?", "博士每年补贴多少万元?", "谢谢"))
    assert resolver.given[0][1].questions == ("博士每年补贴多少万元?",)
    assert one.ask(after("硕士多少钱?", "你好")).query == "硕士多少钱?"
    assert len(resolver.given) == 1


def test_only_the_askers_turns_count(assistant: Assistant) -> None:
    said = [Turn(role="assistant", content="硕士每年补贴多少?")]
    assert assistant.asked_of(Question(question="那2025年呢?", history=said)).text == "那2025年呢?"


def test_an_item_that_was_listed_is_meant_by_its_number(tmp_path: Path) -> None:
    items = "（一）年满十八周岁；\n（二）在本市有固定住所；\n（三）没有犯罪记录。"
    text = f"办法\n申请人须符合下列条件：\n{items}"
    build_texts([SourceText("a.txt", text, Metadata())], tmp_path, EMBEDDER)
    index = search_index.load(tmp_path, model=EMBEDDER.fingerprint)
    one = Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))
    before = "申请人须符合哪些条件?"
    assert "固定住所" in one.asked_of(after("第二条再说说", before)).text
    assert "犯罪" in one.asked_of(after("最后一个呢?", before)).text
    assert "（" not in one.asked_of(after("第九条呢?", before)).text


def test_a_follow_ups_own_words_count_more_than_its_topic(assistant: Assistant) -> None:
    tokens = asked_of(assistant.index, "博士补贴 多少", own="多少")
    plain = asked_of(assistant.index, "博士补贴 多少")
    assert tokens.bigrams.rarity["多少"] == OWN * plain.bigrams.rarity["多少"]
    assert tokens.bigrams.rarity["补贴"] == plain.bigrams.rarity["补贴"]
    assert tokens.bigram_share("博士补贴") < plain.bigram_share("博士补贴")
