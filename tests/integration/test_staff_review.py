"""The review pages: what a clerk sees of an answer, what a form may say, what is taken away."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from policyqa.qa.types import Answer, Question
from policyqa.ui import server
from policyqa.ui.staff.review import COLUMNS, csv_lines, review_of
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import Better, Review, Reviews
from tests.staff import PASSWORD, empty, service_of, sessions_of
from tests.ui_fake import ATTACK, FIRST, PLAN, SECOND, FakeAssistant

ASKED = {"one": "博士后有什么补助", "two": "外籍人才", "three": "攻击"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application, which takes long to build: each test finds in it what was asked alone."""
    folder = tmp_path_factory.mktemp("desk")
    engine = open_database(folder)
    yield server.create_app(service_of(engine, folder / "source"))
    engine.dispose()


@pytest.fixture
def engine(desk: FastAPI) -> Engine:
    engine: Engine = desk.state.sessions.accounts.engine
    empty(engine)
    for name, question in ASKED.items():
        Records(engine).keep(answer(name, question))
    return engine


@pytest.fixture
def client(desk: FastAPI, engine: Engine) -> TestClient:
    """An editor's browser."""
    desk.state.sessions = sessions_of(engine)
    client = TestClient(desk, follow_redirects=False, raise_server_exceptions=False)
    client.post("/staff/login", data={"name": "editor1", "password": PASSWORD})
    return client


def answer(name: str, question: str) -> Answer:
    return FakeAssistant().ask(Question(id=name, question=question))


def csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert found
    return found[1]


def test_each_sentence_stands_beside_its_quote_in_its_context(client: TestClient) -> None:
    page = client.get("/staff/review/one?show=all").text
    assert f"<mark>{FIRST}</mark>" in page
    assert f"<mark>{SECOND}</mark>" in page
    start = PLAN.text.index(FIRST)
    assert PLAN.text[start - 20 : start] in page  # the words before it
    for n in (1, 2, 3):
        assert page.count(f'name="verdict-{n}"') == 4
    assert page.count('name="verdict-0"') == 5


def test_a_document_that_is_gone_or_changed_is_said_to_be(
    client: TestClient, engine: Engine
) -> None:
    given = answer("x", ASKED["one"])
    first, second, third = given.citations
    gone = first.model_copy(update={"doc_id": "gone"})
    moved = second.model_copy(update={"start": second.start + 1})
    changed = given.model_copy(update={"id": "four", "citations": (gone, moved, third)})
    Records(engine).keep(changed)
    page = client.get("/staff/review/four?show=all").text
    assert "文件已不在库中" in page
    assert "文件在回答之后有改动" in page
    assert f"<mark>{FIRST}</mark>" in page  # the quote all the same


def test_a_verdict_is_kept_and_the_next_answer_comes(client: TestClient, engine: Engine) -> None:
    order = [item.id for item in Reviews(engine).stream("unreviewed", count=9)]
    form = {"csrf": csrf(client), "verdict-0": "partial", "comment": " 漏了一项 "}
    reply = client.post(f"/staff/review/{order[0]}?show=unreviewed", data=form)
    assert reply.headers["location"] == f"/staff/review/{order[1]}?show=unreviewed"
    [kept] = Reviews(engine).of(order[0])
    assert (kept.reviewer, kept.verdicts, kept.comment) == ("editor1", {0: "partial"}, "漏了一项")
    last = client.post(f"/staff/review/{order[2]}?show=unreviewed", data=form)
    assert last.headers["location"] == "/staff/review?show=unreviewed"
    again = client.get(f"/staff/review/{order[0]}?show=all").text
    assert 'value="partial" data-key="6" checked' in again


@pytest.mark.parametrize("form", [
    {}, {"verdict-0": "supported"}, {"verdict-1": "right"}, {"verdict-0": "<b>"},
    {"verdict-9": "supported"}, {"comment": "只有一句话"},
])  # fmt: skip
def test_what_the_form_did_not_offer_is_refused(
    client: TestClient, engine: Engine, form: dict[str, str]
) -> None:
    reply = client.post("/staff/review/one", data={"csrf": csrf(client), **form})
    assert reply.status_code == 400
    assert "请先给出判断" in reply.text
    assert Reviews(engine).of("one") == []


def test_the_right_passage_is_picked_from_search(client: TestClient, engine: Engine) -> None:
    page = client.get("/staff/review/two?show=all&search=博士后").text
    places = re.findall(r'name="better" value="([^"]+)"', page)
    assert places
    form = {"csrf": csrf(client), "verdict-0": "unanswered", "better": places[0]}
    client.post("/staff/review/two", data=form)
    [kept] = Reviews(engine).of("two")
    assert kept.better is not None
    document = FakeAssistant().corpus.document(kept.better.doc_id)
    assert document.text[kept.better.start : kept.better.end] == kept.better.quote != ""
    again = client.get("/staff/review/two?show=all").text
    assert f'value="{places[0]}" checked><span><b>您选的段落' in again


def test_a_passage_that_was_picked_stays_until_another_or_none_is(
    client: TestClient, engine: Engine
) -> None:
    better = Better(doc_id="gone", start=0, end=2, quote="原文")  # its document has left since
    given = {"answer_id": "two", "reviewer": "editor1", "verdicts": {1: "better"}}
    Reviews(engine).put(Review.model_validate({**given, "better": better}))
    page = client.get("/staff/review/two?show=all&search=博士后").text
    assert re.findall(r'name="better" value="([^"]*)" checked', page) == ["gone:0:2"]
    form = {"csrf": csrf(client), "verdict-0": "unanswered"}
    client.post("/staff/review/two", data={**form, "better": "gone:0:2"})
    assert Reviews(engine).of("two")[0].better == better
    client.post("/staff/review/two", data={**form, "better": ""})
    assert Reviews(engine).of("two")[0].better is None


def test_a_search_keeps_what_is_typed_and_saves_nothing(client: TestClient, engine: Engine) -> None:
    """Without a script; and a refusal keeps it too."""
    form = {"csrf": csrf(client), "verdict-1": "better", "verdict-0": "<b>", "comment": "看<b>"}
    reply = client.post("/staff/review/one", data={**form, "act": "search", "search": "博士后"})
    assert (reply.status_code, Reviews(engine).of("one")) == (200, [])
    assert 'name="verdict-1" value="better" data-key="4" checked' in reply.text
    assert "看&lt;b&gt;</textarea>" in reply.text
    empty = client.post("/staff/review/one", data={**form, "act": "search", "search": " "})
    assert (empty.status_code, Reviews(engine).of("one")) == (200, [])
    places = re.findall(r'name="better" value="([^"]+)"', reply.text)
    form |= {"better": places[1], "act": "search", "search": "高技能"}
    again = client.post("/staff/review/one", data=form).text
    assert re.findall(r'name="better" value="([^"]*)" checked', again) == [places[1]]
    refused = client.post("/staff/review/one", data=form | {"act": ""})
    assert (refused.status_code, "请先给出判断" in refused.text) == (400, True)
    assert 'name="verdict-1" value="better" data-key="4" checked' in refused.text
    form |= {"act": "", "verdict-0": "partial"}
    assert client.post("/staff/review/one", data=form).status_code == 303
    assert Reviews(engine).of("one")[0].better is not None


def test_what_is_said_beside_a_verdict_on_a_citation_alone_is_kept(
    client: TestClient, engine: Engine
) -> None:
    page = client.get("/staff/review/one?show=all&search=博士后").text
    place = re.findall(r'name="better" value="([^"]+)"', page)[0]
    form = {"csrf": csrf(client), "verdict-2": "better", "better": place, "comment": "看第三条"}
    client.post("/staff/review/one", data=form)
    [kept] = Reviews(engine).of("one")
    assert kept.better is not None
    assert (kept.verdicts, kept.comment) == ({2: "better"}, "看第三条")
    [line] = map(json.loads, client.get("/staff/review.jsonl").text.splitlines())
    assert (line["citation"], line["comment"]) == (2, "看第三条")
    assert line["better"]["quote"] == kept.better.quote


@pytest.mark.parametrize("better", ["x", "gone:0:5", "a:b:c", f"{PLAN.doc_id}:9:9", "::"])
def test_a_passage_that_is_not_there_is_said(
    client: TestClient, engine: Engine, better: str
) -> None:
    form = {"csrf": csrf(client), "verdict-0": "right", "better": better}
    reply = client.post("/staff/review/one", data=form)
    assert (reply.status_code, "您选的段落已不在库中" in reply.text) == (409, True)
    assert Reviews(engine).of("one") == []


def test_a_review_needs_a_verdict() -> None:
    with pytest.raises(HTTPException):
        review_of({"comment": "x"}, answer("one", ASKED["one"]), "li", FakeAssistant())


def test_disagreement_is_seen(client: TestClient, engine: Engine) -> None:
    for reviewer, verdict in (("li", "supported"), ("ma", "outdated")):
        verdicts = {0: "right", 1: verdict}
        given = {"answer_id": "one", "reviewer": reviewer, "verdicts": verdicts}
        Reviews(engine).put(Review.model_validate(given))
    page = client.get("/staff/review/one?show=all").text
    assert page.count("意见不一") == 1 + 0  # citation 1, and nothing else
    assert "li：支持" in page
    assert "ma：过时" in page
    stream = client.get("/staff/review?show=disputed").text
    assert '<b class="dispute">意见不一</b>' in stream


def test_what_was_said_is_taken_away_as_lines_and_as_a_table(
    client: TestClient, engine: Engine
) -> None:
    given = {"answer_id": "one", "reviewer": "li", "comment": "=HYPERLINK(1)"}
    Reviews(engine).put(Review.model_validate({**given, "verdicts": {0: "right", 2: "outdated"}}))
    lines = [json.loads(line) for line in client.get("/staff/review.jsonl").text.splitlines()]
    assert [tuple(line) for line in lines] == [COLUMNS] * 2
    assert [(line["citation"], line["verdict"]) for line in lines] == [
        (0, "right"),
        (2, "outdated"),
    ]
    table = client.get("/staff/review.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="review.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert [row["verdict"] for row in rows] == ["right", "outdated"]
    assert rows[0]["comment"] == "'=HYPERLINK(1)"  # no table program runs it
    assert rows[0]["question"] == ASKED["one"]


@pytest.mark.parametrize("first", "=+-@＝＋－＠\t")
def test_no_table_program_runs_a_cell(first: str) -> None:
    row = dict.fromkeys(COLUMNS, "x") | {"comment": f"{first}HYPERLINK(1)"}
    assert f"'{first}HYPERLINK(1)" in list(csv_lines(iter([row])))[1]


def test_a_table_without_reviews_has_its_header() -> None:
    assert list(csv_lines(iter(()))) == ["\ufeff" + ",".join(COLUMNS) + "\r\n"]


def test_hostile_text_is_only_text(client: TestClient) -> None:
    page = client.get("/staff/review/three?show=all").text
    assert ATTACK not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_what_a_follow_up_was_searched_as_is_told(client: TestClient, engine: Engine) -> None:
    given = answer("x", ASKED["one"]).model_copy(update={"id": "five", "query": "博士 博士后补助"})
    Records(engine).keep(given)
    assert "接着上文，按“博士 博士后补助”查的" in client.get("/staff/review/five?show=all").text
    assert "接着上文" not in client.get("/staff/review/one?show=all").text


def test_an_answer_that_is_not_kept_is_404(client: TestClient) -> None:
    assert client.get("/staff/review/gone").status_code == 404
    form = {"csrf": csrf(client), "verdict-0": "right"}
    assert client.post("/staff/review/gone", data=form).status_code == 404


def test_a_filter_that_is_none_is_refused(client: TestClient) -> None:
    assert client.get("/staff/review?show=<b>").status_code == 422
