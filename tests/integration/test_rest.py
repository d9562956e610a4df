"""`/api/v1`: what each address gives, what it refuses and in what shape, and who is let in."""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, text

from policyqa.index.errors import IndexDamaged
from policyqa.qa.check.permalinks import permalink
from policyqa.qa.check.receipts import Claim, receipt_of, rendered
from policyqa.qa.errors import EffortError
from policyqa.qa.settings import ServerSettings
from policyqa.qa.types import Answer, Hit, Question
from policyqa.ui import server
from policyqa.ui.assistant import Assistant
from policyqa.ui.public import PublicAssistant
from policyqa.ui.rest import routes
from policyqa.ui.rest.problems import MEDIA_TYPE
from policyqa.ui.rest.types import ClaimSent, Proof
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from policyqa.ui.store.tokens import SCOPES, Tokens
from tests.staff import service_of, sessions_of
from tests.ui_fake import FIRST, NEWS, PLAN, SECOND, FakeAssistant, document, passages_of

ASKED = {"question": "博士后有什么补助"}
AT = (PLAN.text.index(FIRST), PLAN.text.index(FIRST) + len(FIRST))
OLD = "http://testserver/api/"
LINK = str(permalink(PLAN, AT))
REST = "http://testserver/api/v1"
FREE = ServerSettings(asks_per_minute=100_000)
Serve = Callable[..., TestClient]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "data")
    yield engine
    engine.dispose()


@pytest.fixture
def serve(engine: Engine, tmp_path: Path) -> Serve:
    """A service by its settings and its assistant."""
    (tmp_path / "source").mkdir()
    sessions = sessions_of(engine)

    def start(assistant: Assistant | None = None, **settings: object) -> TestClient:
        service = service_of(engine, tmp_path / "source", assistant, sessions=sessions)
        app = server.create_app(service, ServerSettings.model_validate(settings))
        return TestClient(app, base_url=REST, raise_server_exceptions=False)

    return start


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, TestClient]:
    """A service for all tests that change nothing of it, and its database."""
    folder = tmp_path_factory.mktemp("office")
    engine = open_database(folder / "data")
    app = server.create_app(service_of(engine, folder / "source"), FREE)
    return engine, TestClient(app, base_url=REST, raise_server_exceptions=False)


@pytest.fixture
def client(office: tuple[Engine, TestClient]) -> TestClient:
    return office[1]


@pytest.fixture
def tokens(engine: Engine) -> Tokens:
    """Of the service that `serve` starts."""
    return Tokens(engine)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_problem(reply: Response, status: int, words: str) -> bool:
    """Whether a reply is problem details of a status that say something."""
    said = reply.json()
    assert (reply.status_code, said["status"]) == (status, status)
    assert reply.headers["content-type"] == MEDIA_TYPE
    assert set(said) == {"type", "title", "status", "detail", "errors"}
    assert words in said["detail"], said
    assert "\n" not in said["detail"]
    return True


def test_a_question_is_answered_as_at_the_address_of_before(client: TestClient) -> None:
    sent = {**ASKED, "id": "q1", "k": 2}
    reply = client.post("ask", json=sent)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json() == client.post(OLD + "ask", json=sent).json()
    assert reply.json()["citations"][0]["quote"] == FIRST


def test_an_answer_comes_as_events_its_sources_first(client: TestClient) -> None:
    reply = client.post("ask", json=ASKED, headers={"accept": "text/event-stream"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in reply.text.strip().split("\n\n")]
    names = [name.removeprefix("event: ") for name, _ in blocks]
    assert names == ["citation"] * 3 + ["sentence"] * 3 + ["answer"]
    whole = Answer.model_validate(json.loads(blocks[-1][1].removeprefix("data: ")))
    assert whole == Answer.model_validate(client.post("ask", json=ASKED).json())
    assert json.loads(blocks[3][1].removeprefix("data: "))["text"] == FIRST


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_error_is_never_inside_a_200(client: TestClient, accept: str) -> None:
    reply = client.post("ask", json={"question": " "}, headers={"accept": accept})
    assert is_problem(reply, 400, "问题是空的")


def test_an_abstention_is_an_answer(client: TestClient) -> None:
    reply = client.post("ask", json={"question": "天气"})
    assert (reply.status_code, reply.json()["status"]) == (200, "abstained")


def test_passages_are_found_without_an_answer(client: TestClient) -> None:
    reply = client.post("search", json={"question": "补助", "k": 2})
    found = [Hit.model_validate(each) for each in reply.json()["hits"]]
    assert [each.rank for each in found] == [1, 2]
    assert PLAN.text[found[0].start : found[0].end] == found[0].text
    assert set(reply.json()) == {"hits", "corpus"}


def test_documents_and_passages_come_by_pages(client: TestClient) -> None:
    first = client.get("documents", params={"page_size": 2}).json()
    assert (len(first["items"]), first["total"]) == (2, 3)
    last = client.get("documents", params={"page_size": 2, "page": 2}).json()
    ids = [each["doc_id"] for each in (*first["items"], *last["items"])]
    assert ids[:2] == [PLAN.doc_id, NEWS.doc_id]
    assert len(set(ids)) == 3
    assert client.get("documents", params={"page": 9}).json()["items"] == []
    whole = client.get(f"documents/{PLAN.doc_id}").json()
    assert whole == {**first["items"][0], "readings": [], "text": PLAN.text}
    every = passages_of(PLAN)
    page = client.get(f"documents/{PLAN.doc_id}/passages", params={"page_size": 3, "page": 2})
    assert page.json()["total"] == len(every)
    assert [each["text"] for each in page.json()["items"]] == [p.text for p in every[3:6]]
    one = client.get(f"documents/{PLAN.doc_id}/passages/{every[4].passage_id}").json()
    assert one == page.json()["items"][1]


@pytest.mark.parametrize(("query", "words"), [
    ("page_size=101", "page_size：应不大于 100"), ("page_size=0", "page_size"),
    ("page=0", "page：应不小于 1"), ("page=x", "page：应为整数"), ("pagesize=5", "没有这一项"),
])  # fmt: skip
def test_a_page_beyond_its_bounds_is_refused(client: TestClient, query: str, words: str) -> None:
    reply = client.get(f"documents?{query}")
    assert is_problem(reply, 422, words)
    assert reply.json()["errors"][0]["field"] == query.split("=")[0]
    assert client.get(f"documents/{PLAN.doc_id}/passages?{query}").status_code == 422


def test_a_citation_is_looked_up(client: TestClient) -> None:
    found = client.get("cite", params={"permalink": LINK}).json()
    assert found == {
        "state": "unchanged", "doc_id": PLAN.doc_id, "source": PLAN.source,
        "title": PLAN.metadata.title, "start": AT[0], "end": AT[1], "quote": FIRST,
        "permalink": LINK,
    }  # fmt: skip
    moved = LINK.replace(f"{AT[0]}-{AT[1]}", f"{AT[0] - 3}-{AT[1] - 3}")
    found = client.get("cite", params={"permalink": moved}).json()
    assert (found["state"], found["permalink"]) == ("moved", LINK)
    gone = client.get("cite", params={"permalink": f"pq1:none.txt:0:0-9:9x{'0' * 16}"}).json()
    assert (gone["state"], gone["doc_id"]) == ("gone", "")
    assert is_problem(client.get("cite", params={"permalink": "x"}), 400, "不是引文链接")


def test_sentences_are_verified_by_their_permalinks(client: TestClient) -> None:
    sentences = [
        {"text": FIRST, "permalinks": [LINK]},
        {"text": FIRST.replace("15万元", "99万元"), "permalinks": [LINK]},
        {"text": FIRST},
    ]
    said = client.post("verify", json={"sentences": sentences}).json()
    assert [each["held"] for each in said["sentences"]] == ["unchanged", "unsupported", "uncited"]
    assert (said["holds"], said["altered"]) == (False, None)
    assert client.post("verify", json={"sentences": sentences[:1]}).json()["holds"] is True


def test_a_receipt_is_verified_and_told_when_it_was_altered(client: TestClient) -> None:
    answer = FakeAssistant().ask(Question(question="高技能人才奖励"))
    linked = [
        each.model_copy(update={"permalink": str(permalink(PLAN, (each.start, each.end)))})
        for each in answer.citations
    ]
    whole = rendered(receipt_of(answer.model_copy(update={"citations": tuple(linked)})), "html")
    said = client.post("verify", json={"receipt": whole}).json()
    assert (said["holds"], said["altered"], said["same_corpus"]) == (True, False, True)
    altered = client.post("verify", json={"receipt": whole.replace("2万元", "9万元", 1)}).json()
    assert (altered["holds"], altered["altered"]) == (False, True)
    for body in ({}, {"receipt": whole, "sentences": [{"text": "x"}]}):
        assert is_problem(client.post("verify", json=body), 422, "给一样")
    assert is_problem(client.post("verify", json={"receipt": "x"}), 400, "不是 policyqa")


def test_looking_for_moved_words_takes_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place of the text would be hashed: minutes of two threads for one short request."""
    large = document("large.txt", "政策" * 1_000_000)
    link = f"pq1:none.txt:0:0-20000:20000x{'0' * 16}"
    corpus = type(FakeAssistant().corpus).holding((large,))
    many = Proof(sentences=tuple(ClaimSent(text="x", permalinks=(link,)) for _ in range(100)))
    holding = FakeAssistant()
    holding.corpus = corpus
    started = time.perf_counter()
    with pytest.raises(EffortError):
        routes.verified(holding, many)
    assert time.perf_counter() - started < 20
    quoted = document("quoted.txt", "不得" * 9_000)
    whole = str(permalink(quoted, (0, len(quoted.text))))
    holding.corpus = type(corpus).holding((quoted,))
    compared = Proof(sentences=(ClaimSent(text="不得" * 9, permalinks=(whole,)),))
    with pytest.raises(EffortError):  # the gate would compare for minutes
        routes.verified(holding, compared)
    monkeypatch.setattr(routes, "STRANGERS_EFFORT", 1e6)
    with pytest.raises(EffortError, match="太费时"):
        routes.cited(corpus, link)


def test_a_permalink_of_half_a_document_is_refused(client: TestClient) -> None:
    link = f"pq1:plan.txt:0:0-20001:9x{'0' * 16}"
    assert is_problem(client.get("cite", params={"permalink": link}), 400, "太长")
    body = {"sentences": [{"text": "x", "permalinks": [link]}]}
    assert is_problem(client.post("verify", json=body), 400, "太长")


def test_only_an_answer_that_is_kept_can_be_judged(office: tuple[Engine, TestClient]) -> None:
    records, client = Records(office[0]), office[1]
    before = records.counts()["answer"]
    plain = client.post("ask", json={**ASKED, "id": "mine"}).json()
    judged = {"answer_id": plain["id"], "verdict": "down", "reasons": ["outdated"]}
    assert is_problem(client.post("feedback", json=judged), 404, "没有保存编号为 mine 的回答")
    kept = client.post("ask", json={**ASKED, "id": "mine", "keep": True}).json()
    assert re.fullmatch("[0-9a-f]{32}", kept["id"])  # it opens the receipt: not the caller's choice
    said = {**judged, "answer_id": kept["id"], "comment": "见 13812345678"}
    reply = client.post("feedback", json=said)
    assert (reply.status_code, reply.content) == (204, b"")
    feedback = records.feedback(kept["id"])
    assert feedback is not None
    assert (feedback.verdict, feedback.comment) == ("down", "见 〔手机号〕")
    assert records.counts()["answer"] == before + 1


def test_what_is_withdrawn_is_at_no_address() -> None:
    public = PublicAssistant(FakeAssistant(), lambda: frozenset({PLAN.source}))
    asked = Question(question="补助")
    assert {hit.source for hit in public.search(asked)} == {NEWS.source}
    assert routes.cited(public.corpus, LINK).state == "gone"
    claim = Claim(text=FIRST, permalinks=(LINK,))
    (check,) = public.verify([claim], FakeAssistant().corpus.documents())
    assert (check.held, check.now) == ("gone", "")


@pytest.mark.parametrize(("method", "path", "status", "words"), [
    ("GET", "nothing", 404, "没有这个地址"), ("GET", "documents/none", 404, "编号为 none 的文件"),
    ("GET", f"documents/{PLAN.doc_id}/passages/none", 404, "编号为 none 的段落"),
    ("DELETE", "ask", 405, "不收这种请求"), ("GET", "a%00b", 404, "没有这个地址"),
])  # fmt: skip
def test_what_is_not_there_is_problem_details(
    client: TestClient, method: str, path: str, status: int, words: str
) -> None:
    assert is_problem(client.request(method, path), status, words)


@pytest.mark.parametrize(("body", "field"), [
    ("{", "body"), ("[]", "body"), ("", "body"), ("{}", "question"),
    ('{"question": "a", "colour": 1}', "colour"), ('{"question": "a", "k": 101}', "k"),
])  # fmt: skip
def test_a_body_at_fault_names_its_field(client: TestClient, body: str, field: str) -> None:
    headers = {"content-type": "application/json"}
    for path in ("ask", "search"):
        reply = client.post(path, content=body, headers=headers)
        assert is_problem(reply, 422, "")
        assert reply.json()["errors"][0]["field"] == field


def test_what_the_gate_refuses_is_problem_details_too(client: TestClient) -> None:
    assert is_problem(client.post("ask", content=b"x" * 1_000_001), 413, "请求过大")
    chunked = client.post("ask", content=iter([b"{}"]))
    assert is_problem(chunked, 411, "Content-Length")


def test_what_is_our_fault_is_one_line(serve: Serve) -> None:
    class Broken(FakeAssistant):
        def ask(self, question: Question) -> Answer:
            raise IndexDamaged("索引缺少文件。")

        def search(self, question: Question) -> tuple[Hit, ...]:
            raise ZeroDivisionError("secret")

    client = serve(Broken())
    assert is_problem(client.post("ask", json=ASKED), 500, "索引缺少文件。")
    reply = client.post("search", json=ASKED)
    assert is_problem(reply, 500, "系统出错")
    assert "secret" not in reply.text


def test_an_address_asks_and_reads_only_so_often(serve: Serve) -> None:
    client = serve(asks_per_minute=2)
    assert [client.post("ask", json=ASKED).status_code for _ in range(2)] == [200, 200]
    late = client.post("search", json=ASKED)
    assert is_problem(late, 429, "问得太频繁了")
    assert 0 < int(late.headers["retry-after"]) <= 60
    read = [client.get("documents") for _ in range(18)]
    assert [reply.status_code for reply in read] == [200] * 17 + [429]
    assert is_problem(read[-1], 429, "请求太频繁了")


def test_a_token_has_its_own_rate(serve: Serve, tokens: Tokens) -> None:
    client = serve(asks_per_minute=1)
    fast, _ = tokens.add("front", ["ask"], per_minute=5)
    slow, _ = tokens.add("slow", ["ask"], per_minute=1)

    def ask(headers: dict[str, str]) -> int:
        return client.post("ask", json=ASKED, headers=headers).status_code

    assert [ask(bearer(fast)) for _ in range(6)] == [200] * 5 + [429]
    assert [ask(bearer(slow)) for _ in range(2)] == [200, 429]
    assert [ask({}) for _ in range(2)] == [200, 429]


CALLS = {
    "ask": ("POST", "ask", ASKED),
    "search": ("POST", "search", ASKED),
    "documents": ("GET", f"documents/{PLAN.doc_id}/passages", None),
    "verify": ("POST", "verify", {"sentences": [{"text": "x"}]}),
    "feedback": ("POST", "feedback", {"answer_id": "none", "verdict": "up"}),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_may_do_what_its_scopes_name(office: tuple[Engine, TestClient], scope: str) -> None:
    tokens, client = Tokens(office[0]), office[1]
    token, made = tokens.add("front", [scope])
    for each, (method, path, body) in CALLS.items():
        reply = client.request(method, path, json=body, headers=bearer(token))
        if each == scope:
            assert reply.status_code in (200, 404)
        else:
            assert is_problem(reply, 403, "这个令牌不能")
            assert f'scope="{each}"' in reply.headers["www-authenticate"]
    (use,) = tokens.uses(days=1, token_id=made.id)
    assert (use.scope, use.count) == (scope, 1)


def test_keeping_an_answer_takes_the_scope_of_feedback(
    office: tuple[Engine, TestClient],
) -> None:
    tokens, client = Tokens(office[0]), office[1]
    only, _ = tokens.add("front", ["ask"])
    both, _ = tokens.add("desk", ["ask", "feedback"])
    kept = {**ASKED, "keep": True}
    assert is_problem(client.post("ask", json=kept, headers=bearer(only)), 403, "保存和评价")
    assert client.post("ask", json=kept, headers=bearer(both)).status_code == 200


def test_a_token_that_is_shown_must_be_one(office: tuple[Engine, TestClient]) -> None:
    engine, client = office
    now = [datetime.now(UTC)]
    tokens = Tokens(engine, now=lambda: now[0])
    now[0] -= timedelta(days=3)
    old, _ = tokens.add("old", SCOPES, days=2)
    now[0] += timedelta(days=3)
    revoked, made = tokens.add("revoked", SCOPES)
    assert client.get("documents", headers=bearer(revoked)).status_code == 200
    tokens.revoke(made.id)
    for token in (old, revoked, "pqa_none", "x" * 5000):
        reply = client.get("documents", headers=bearer(token))
        assert is_problem(reply, 401, "令牌不对、已到期或已吊销")
        assert "invalid_token" in reply.headers["www-authenticate"]
    assert client.get(OLD + "documents", headers=bearer(old)).json() == {
        "detail": "令牌不对、已到期或已吊销，请找管理员换一个。"
    }


def test_a_setting_asks_everybody_for_a_token(serve: Serve, tokens: Tokens) -> None:
    client = serve(token_required=True)
    token, _ = tokens.add("front", SCOPES)
    for method, path, body in CALLS.values():
        reply = client.request(method, path, json=body)
        assert is_problem(reply, 401, "需要令牌")
        assert reply.headers["www-authenticate"] == "Bearer"
        assert client.request(method, path, json=body, headers=bearer(token)).status_code != 401
    for method, path in (
        ("POST", "ask"), ("POST", "explain"), ("POST", "suggestions"), ("GET", "documents"),
        ("GET", f"documents/{PLAN.doc_id}"),
    ):  # fmt: skip
        sent = None if method == "GET" else ASKED
        address = OLD + path
        reply = client.request(method, address, json=sent)
        assert (reply.status_code, list(reply.json())) == (401, ["detail"])
        assert client.request(method, address, json=sent, headers=bearer(token)).status_code == 200
    for path in ("/", "/healthz"):
        assert client.get(f"http://testserver{path}").status_code == 200
    assert client.get("openapi.json").json()["security"] == [{"token": []}]


def test_who_cannot_be_looked_up_is_told_to_come_again(
    serve: Serve, engine: Engine, tokens: Tokens
) -> None:
    client = serve()
    token, _ = tokens.add("front", SCOPES)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE token_uses"))
    assert client.get("documents", headers=bearer(token)).status_code == 200  # though uncounted
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE tokens"))
    assert is_problem(client.get("documents", headers=bearer(token)), 503, "数据库暂时连不上")


CHINESE = re.compile("[一-鿿]")


def test_the_description_is_in_two_languages_and_whole(client: TestClient) -> None:
    chinese = client.get("openapi.json").json()
    english = client.get("openapi.json?lang=en").json()
    asked = client.get("openapi.json", headers={"accept-language": "en-GB,zh;q=0.5"}).json()
    assert asked == english
    assert chinese["servers"] == [{"url": "/api/v1"}]
    for said, is_chinese in ((chinese, True), (english, False)):
        words = dict(described(said, ""))
        assert len(words) > 150
        wrong = {at: text for at, text in words.items() if bool(CHINESE.search(text)) != is_chinese}
        allowed = () if is_chinese else ("/resolved", "/Resolved")  # which name 今年 and 该区
        assert [at for at in wrong if not at.endswith(allowed)] == []
    bare = {
        f"{name}.{field}"
        for name, schema in english["components"]["schemas"].items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description")
    }
    assert bare == set()
    assert shape(chinese) == shape(english)


def described(said: object, at: str) -> Iterator[tuple[str, str]]:
    """Every summary and description, by its place."""
    if isinstance(said, dict):
        for name, each in said.items():
            if name in ("summary", "description") and isinstance(each, str):
                yield at, each
            else:
                yield from described(each, f"{at}/{name}")
    elif isinstance(said, list):
        for n, each in enumerate(said):
            yield from described(each, f"{at}/{n}")


def shape(said: object) -> object:
    """A description without its words."""
    if isinstance(said, dict):
        words = ("summary", "description", "title")
        return {name: shape(each) for name, each in said.items() if name not in words}
    return [shape(each) for each in said] if isinstance(said, list) else said


def test_the_second_sentence_is_cited_where_it_stands(client: TestClient) -> None:
    """What a program cuts out of the text by a citation's offsets is its quote."""
    answer = client.post("ask", json=ASKED).json()
    whole = client.get(f"documents/{PLAN.doc_id}").json()["text"]
    citation = answer["citations"][1]
    assert whole[citation["start"] : citation["end"]] == SECOND
