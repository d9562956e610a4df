"""A question without an answer, what staff write and sign, where that is cited, its end."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from policyqa.index.errors import SourceError
from policyqa.qa.check.permalinks import permalink
from policyqa.qa.check.receipts import receipt_of, rendered
from policyqa.qa.cli.present import answer_text
from policyqa.qa.live import LiveAssistant
from policyqa.qa.types import Answer, Question
from policyqa.qa.wording import NOTES
from policyqa.ui import server
from policyqa.ui.chat.render import answer_message
from policyqa.ui.errors import StoreError
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.staff.metadata import corrections
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.audit import latest
from policyqa.ui.store.database import open_database
from policyqa.ui.store.drafts import Drafts
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import Review, Reviews
from policyqa.ui.store.types import Gap
from tests.staff import PASSWORD, QUICK, SETTINGS, draft_by, office, service_of

TODAY = date.today()
LATER = (TODAY + timedelta(days=90)).isoformat()
ASKED = ("博士的车位补贴有多少", "博士的车位补贴是多少", "外籍专家的签证怎么办")
REPLY = "目前没有博士车位补贴的专项规定，可按人才公寓的规定免费停车三年。"
ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    records = Records(engine)
    for n, question in enumerate(ASKED):
        records.keep(silent(f"q{n}", question))
    records.report(Gap(answer_id="q0", time="2026-01-01", comment="很需要"))
    yield engine
    engine.dispose()


@pytest.fixture
def keeping(engine: Engine, tmp_path: Path) -> tuple[LiveAssistant, Librarian]:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("人才公寓办法\n第一条 入住人才公寓的免费停车三年。\n", "utf-8")
    (source / "b.txt").write_text("博士补助办法\n第一条 博士每人补助5万元。\n", "utf-8")
    return office(engine, source)


@pytest.fixture
def client(engine: Engine, keeping: tuple[LiveAssistant, Librarian]) -> Iterator[TestClient]:
    """An editor's browser."""
    assistant, librarian = keeping
    service = service_of(engine, librarian.library.folder, assistant)._replace(librarian=librarian)
    app = server.create_app(service)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        client.post("/staff/login", data={"name": "editor1", "password": PASSWORD})
        yield client


def silent(answer_id: str, question: str) -> Answer:
    return Answer(
        id=answer_id, question=question, query=question, status="abstained",
        reason="no_evidence", answer="没有依据。",
    )  # fmt: skip


def post(client: TestClient, path: str, **form: str) -> tuple[int, str]:
    """Status, and where it leads or what it says."""
    secret = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert secret
    reply = client.post(path, data={"csrf": secret[1], **form})
    return reply.status_code, reply.headers.get("location", reply.text)


def passage(client: TestClient, words: str) -> str:
    page = client.get("/staff/gaps/q0", params={"search": "免费停车"}).text
    boxes = re.findall(r'name="basis-[^"]+" value="([^"]+)"[^>]*><span><b>[^<]*</b> ([^<]+)', page)
    return next(place for place, text in boxes if words in text)


def drafted(client: TestClient, **form: str) -> str:
    said = {
        "question": "博士有车位补贴吗",
        "text": REPLY,
        "expires": LATER,
        "basis-1": passage(client, "免费停车三年"),
        "asked-q0": "yes",
        "asked-q1": "yes",
    }
    status, place = post(client, "/staff/gaps/q0", **{**said, **form})
    assert status == 303
    return place


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    return found[1] if found else ""


def sign(client: TestClient, place: str) -> tuple[int, str]:
    """As somebody who has just read it."""
    return post(client, f"{place}/sign", seen=seen(client.get(place).text))


def test_questions_that_ask_the_same_are_counted_together(client: TestClient) -> None:
    page = client.get("/staff/gaps").text
    rows = re.findall(r"<td[^>]*>(\d+)</td>.*?>([^<]+)</a></td><td[^>]*>(\d*)</td>", page)
    assert [(count, reported) for count, _, reported in rows] == [("2", "1"), ("1", "")]
    assert ASKED[2] in rows[1][1]
    page = client.get("/staff/gaps/q0").text
    assert "共 2 次，1 位读者请求补充文件" in page
    ticked = re.findall(r'name="asked-(\w+)" value="yes"( checked)?', page)
    assert ticked == [("q0", " checked"), ("q1", "")]  # what was opened, and nothing else


def test_a_signed_answer_is_cited_with_its_mark_and_ends(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian], engine: Engine
) -> None:
    assistant, librarian = keeping
    Accounts(engine, SETTINGS, hasher=QUICK).rename("editor1", "人才科")
    place = drafted(client)
    assert "入住人才公寓的免费停车三年" in client.get(place).text
    assert librarian.changes.waiting() == []  # a draft is no document
    assert sign(client, place) == (303, "/staff/documents")
    librarian.settle()
    answer = assistant.ask(Question(question="博士有车位补贴吗"))
    cited = [c for c in answer.citations if c.kind == "staff_answer"]
    assert [c.issuer for c in cited[:1]] == ["人才科"]  # and not the name that he logs in with
    note = f"[{cited[0].n}]是工作人员的答复（人才科，{TODAY.isoformat()}），不是政策原文。"
    assert any(note in each.text for each in answer.notes)
    assert "〔工作人员答复〕" in answer_text(answer)
    for form in ("html", "markdown"):
        assert "工作人员答复" in rendered(receipt_of(answer), form)
    assert "工作人员答复" in answer_message(answer, 0)
    after = (TODAY + timedelta(days=91)).isoformat()
    ended = assistant.ask(Question(question="博士有车位补贴吗", as_of=after))
    assert not any(c.kind == "staff_answer" for c in ended.citations)
    assert not any("工作人员" in hit.source for hit in ended.hits)
    page = client.get("/staff/gaps").text
    assert ASKED[0] not in page  # it has its answer
    assert "已签发" in page
    acts = [entry.act for entry in latest(engine, count=4)]
    assert acts[:3] == ["change_done", "answer_signed", "answer_drafted"]
    source = cited[0].source
    doc_id = next(d.doc_id for d in assistant.corpus.documents() if d.source == source)
    assert "在原处" in client.get(f"/staff/documents/{doc_id}").text


def test_a_draft_is_changed_until_it_is_signed_and_signed_once(
    client: TestClient, engine: Engine, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    place = drafted(client)
    page = client.get("/staff/gaps/q1").text  # of the same group
    kept = re.search(r'name="kept-[^"]+" value="([^"]+)" checked', page)
    assert kept
    form = {"question": "博士有车位补贴吗", "text": "改过的答复。", "expires": LATER}
    form |= {"kept-1": kept[1], "asked-q0": "yes", "seen": seen(page)}
    assert post(client, "/staff/gaps/q1", **form) == (303, place)
    (draft,) = Drafts(engine).all()
    assert (draft.text, len(draft.basis)) == ("改过的答复。", 1)
    assert sign(client, place)[0] == 303
    assert sign(client, place)[0] == 409
    assert len(keeping[1].changes.waiting()) == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"text": "  "}, "请写出答复"),
        ({"question": ""}, "请写出问题"),
        ({"question": "长" * 201}, "请写出问题"),
        ({"basis-1": "x:0:5"}, "请至少选一段依据"),
        ({"asked-q0": "", "asked": "q0"}, "请至少选一个这份答复回答的问题"),
        ({"question": "<!doctype html><script>"}, "请改写成普通文字"),
        ({"question": "%PDF-1.7"}, "请改写成普通文字"),
        ({"expires": "明年"}, "2027-12-31 这样的日期"),
        ({"expires": (TODAY - timedelta(days=1)).isoformat()}, "之间"),
        ({"expires": (TODAY + timedelta(days=2000)).isoformat()}, "之间"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    client: TestClient, engine: Engine, form: dict[str, str], words: str
) -> None:
    said = {
        "question": "博士有车位补贴吗", "text": f"答复{ATTACK}", "expires": LATER,
        "basis-1": passage(client, "免费停车三年"), "asked-q0": "yes",
    }  # fmt: skip
    status, page = post(client, "/staff/gaps/q0", **{**said, **form})
    assert (status, words in page) == (400, True)
    assert ATTACK not in page
    if "text" not in form:
        assert "答复&lt;script&gt;" in page
    assert Drafts(engine).all() == []


def test_nothing_is_signed_on_a_passage_that_has_changed(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    librarian = keeping[1]
    place = drafted(client)
    (librarian.library.folder / "a.txt").write_text("人才公寓办法\n第一条 停车收费。\n", "utf-8")
    librarian.correct("editor1", "b.txt", {"title": "博士补助"})
    librarian.settle()
    status, page = sign(client, place)
    assert (status, "重新选择依据" in page) == (409, True)
    assert librarian.changes.waiting() == []


def test_what_was_not_shown_is_not_signed(client: TestClient, engine: Engine) -> None:
    """A colleague changes a draft while another one reads it, and then the other way round."""
    place = drafted(client)
    read = client.get(place).text
    page = client.get("/staff/gaps/q0").text
    kept = re.search(r'name="kept-[^"]+" value="([^"]+)" checked', page)
    assert kept
    form = {"question": "博士有车位补贴吗", "text": "改过的答复。", "expires": LATER}
    form |= {"kept-1": kept[1], "asked-q0": "yes", "seen": seen(page)}
    assert post(client, "/staff/gaps/q0", **form)[0] == 303
    status, words = post(client, f"{place}/sign", seen=seen(read))
    assert (status, "在您打开之后有改动" in words) == (409, True)
    status, words = post(client, "/staff/gaps/q0", **form | {"text": "再改一次。"})
    assert (status, "editor1 在您打开之后改过这份草稿，写的是：“改过的答复。”" in words) == (
        409,
        True,
    )
    assert "再改一次。</textarea>" in words
    assert Drafts(engine).all()[0].text == "改过的答复。"
    again = form | {"text": "再改一次。", "seen": seen(words)}  # knowing what it replaces
    assert post(client, "/staff/gaps/q0", **again)[0] == 303
    logged = [entry.details["text"] for entry in latest(engine, count=3)]
    assert logged == ["再改一次。", "改过的答复。", REPLY]  # no words are lost


def test_a_draft_begun_by_two_at_once_is_not_overwritten(
    client: TestClient, engine: Engine
) -> None:
    page = client.get("/staff/gaps/q0").text  # of a second clerk, before the first has saved
    form = {"question": "问", "text": "第二个人写的。", "expires": LATER, "asked-q0": "yes"}
    form |= {"basis-1": passage(client, "免费停车三年"), "seen": seen(page)}
    drafted(client)
    status, words = post(client, "/staff/gaps/q0", **form)
    assert (status, REPLY in words, "第二个人写的。" in words) == (409, True, True)
    assert [draft.text for draft in Drafts(engine).all()] == [REPLY]


def test_only_the_ticked_questions_have_their_answer(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    place = drafted(client, **{"asked-q1": ""})
    assert sign(client, place)[0] == 303
    keeping[1].settle()
    page = client.get("/staff/gaps").text
    assert (ASKED[0] in page, ASKED[1] in page) == (False, True)


def test_where_signing_fails_it_is_a_draft_again(
    client: TestClient, engine: Engine, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    assistant, librarian = keeping
    place = drafted(client)
    assert sign(client, place)[0] == 303
    assert not any(asked in client.get("/staff/gaps").text for asked in ASKED[:2])
    (change,) = librarian.changes.waiting()
    librarian.changes.failed(change.id, "磁盘已满")
    (draft,) = Drafts(engine).all()
    assert (draft.signed, draft.signer, draft.source) == ("", "", "")
    assert any(asked in client.get("/staff/gaps").text for asked in ASKED[:2])
    assert sign(client, place)[0] == 303
    librarian.settle()
    assert any(d.metadata.kind == "staff_answer" for d in assistant.corpus.documents())


def test_a_draft_is_discarded_but_not_what_is_signed(client: TestClient, engine: Engine) -> None:
    place = drafted(client)
    assert post(client, f"{place}/discard") == (303, "/staff/gaps")
    assert Drafts(engine).all() == []
    entry = latest(engine, count=1)[0]
    assert (entry.act, entry.details["text"]) == ("answer_discarded", REPLY)
    assert post(client, f"{place}/discard")[0] == 404
    place = drafted(client)
    assert sign(client, place)[0] == 303
    status, words = post(client, f"{place}/discard")
    assert (status, "已经签发" in words) == (409, True)


def test_a_draft_is_there_however_much_is_asked_after_it_and_whatever_is_purged(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(client)
    monkeypatch.setattr("policyqa.ui.staff.groups.MAX_WORDINGS", 1)
    Records(engine).keep(silent("newer", "食堂在哪里"))
    assert "另有 3 种较早的问法没有列出" in client.get("/staff/gaps").text
    page = client.get("/staff/gaps/q0").text
    assert REPLY in page
    assert {"asked-q0", "asked-q1"} <= set(re.findall(r'name="(asked-[^"]+)"', page))
    Records(engine).purge(days=None)
    page = client.get("/staff/gaps/q0").text
    assert REPLY in page
    assert 'name="asked-q0" value="yes" checked' in page


def test_what_no_document_speaks_of_is_a_gap_and_small_talk_is_none(
    client: TestClient, engine: Engine
) -> None:
    far = silent("far", "宠物猫能不能落户").model_copy(update={"reason": "out_of_scope"})
    Records(engine).keep(far)
    update = {"reason": "out_of_scope", "answer": NOTES["talk"]}
    talk = silent("talk", "你好呀").model_copy(update=update)
    Records(engine).keep(talk)
    page = client.get("/staff/gaps").text
    assert ("宠物猫能不能落户" in page, "你好呀" in page) == (True, False)


def test_what_was_signed_is_not_changed_under_its_signature(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    assistant, librarian = keeping
    assert sign(client, drafted(client))[0] == 303
    librarian.settle()
    document = next(d for d in assistant.corpus.documents() if d.metadata.kind == "staff_answer")
    with pytest.raises(SourceError, match="是签发的答复，不能替换"):
        librarian.add("editor1", document.source, io.BytesIO("别的".encode()), replace=True)
    page = client.get(f"/staff/documents/{document.doc_id}").text
    assert re.findall(r'<(?:input|select|textarea) name="(\w+)"', page) == ["expires"]
    later = (TODAY + timedelta(days=900)).isoformat()
    for form in (
        {"issuer": "市人社局局长"}, {"kind": "policy"}, {"expires": ""}, {"expires": later},
        {"reset-expires": "yes"}, {"title": "别的"},
    ):  # fmt: skip
        with pytest.raises(SourceError, match="签发的答复只能把有效期改早"):
            corrections(form, document.metadata)
    sooner = {"expires": TODAY.isoformat()}
    assert corrections(sooner, document.metadata) == sooner
    librarian.withdraw("editor1", document.source)
    librarian.settle()
    with pytest.raises(SourceError, match="不能替换"):  # nor does another file take its name
        librarian.add("editor1", document.source, io.BytesIO("别的".encode()))
    (version,) = librarian.library.versions()
    librarian.restore("editor1", version)
    librarian.settle()
    (again,) = [d for d in assistant.corpus.documents() if d.metadata.kind == "staff_answer"]
    assert (again.text, again.metadata.issuer) == (document.text, "editor1")


def test_what_is_ticked_and_typed_outlasts_searches_and_refusals(
    client: TestClient, engine: Engine
) -> None:
    """Without a script, and before anything is kept."""
    place = passage(client, "免费停车三年")
    form = {"question": "问", "text": f"答{ATTACK}", "expires": "2020-01-01", "asked-q1": "yes"}
    form |= {f"basis-{place}": place, "seen": ""}
    status, page = post(client, "/staff/gaps/q0", act="search", search="博士补助", **form)
    assert (status, Drafts(engine).all()) == (200, [])
    kept = dict(re.findall(r'name="(kept-[^"]+)" value="([^"]+)" checked', page))
    assert len(kept) == 1
    assert f'value="{place}"' not in page  # it is not listed twice
    assert "答&lt;script&gt;" in page
    assert re.findall(r'name="asked-(\w+)" value="yes" checked', page) == ["q1"]
    other = next(iter(re.findall(r'name="basis-[^"]+" value="([^"]+)"', page)))
    form = {k: v for k, v in form.items() if not k.startswith("basis-")} | kept
    status, page = post(client, "/staff/gaps/q0", **form, **{f"basis-{other}": other})
    assert (status, "之间" in page) == (400, True)
    kept = dict(re.findall(r'name="(kept-[^"]+)" value="([^"]+)" checked', page))
    assert len(kept) == 2
    assert post(client, "/staff/gaps/q0", **form | kept | {"expires": LATER})[0] == 303
    (draft,) = Drafts(engine).all()
    assert (len(draft.basis), draft.asked) == (2, ("q1",))
    assert post(client, "/staff/gaps/q0", **{"kept-x": "no link"}, text="x", question="x")[0] == 400


def test_one_wording_is_one_line_however_often_it_was_asked(
    client: TestClient, engine: Engine
) -> None:
    for n in range(3):
        Records(engine).keep(silent(f"again{n}", ASKED[0] if n else f" {ASKED[0]}  "))
    page = client.get("/staff/gaps/again0").text
    assert re.findall(r"(\d+) 次</small>", page) == ["4"]
    assert page.count('name="asked-') == 2
    assert "共 5 次" in page
    (latest_id, other) = re.findall(r'name="asked-(\w+)"', page)
    drafted(client, **{"asked-q0": "", "asked-q1": "", f"asked-{latest_id}": "yes"})
    (draft,) = Drafts(engine).all()
    assert set(draft.asked) == {"q0", "again0", "again1", "again2"}
    assert other == "q1"


def test_two_clerks_answer_two_wordings_of_a_group(client: TestClient, engine: Engine) -> None:
    first = drafted(client, **{"asked-q1": ""})
    page = client.get("/staff/gaps/q1").text
    assert REPLY not in page
    form = {"question": "别的", "text": "另一份。", "expires": LATER, "asked-q1": "yes"}
    form |= {"basis-1": passage(client, "5万元"), "seen": seen(page)}
    status, second = post(client, "/staff/gaps/q1", **form)
    assert (status, second != first) == (303, True)
    assert {draft.text for draft in Drafts(engine).all()} == {REPLY, "另一份。"}


def test_what_is_sent_twice_at_once_is_one_draft(engine: Engine) -> None:
    draft = draft_by("li", asked=("q0",))
    assert Drafts(engine).save(draft, seen="") == Drafts(engine).save(draft, seen="")
    assert len(Drafts(engine).all()) == 1
    assert [entry.act for entry in latest(engine, count=5)].count("answer_drafted") == 1
    with pytest.raises(StoreError, match="li 在您打开之后改过"):
        Drafts(engine).save(draft.model_copy(update={"text": "别的"}), seen="")


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_when_a_signed_answer_ends_its_question_is_a_gap_again(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian], engine: Engine, end: str
) -> None:
    assistant, librarian = keeping
    place = drafted(client)
    assert sign(client, place)[0] == 303
    assert "已签发" in client.get("/staff/gaps").text  # as soon as that is wanted
    librarian.settle()
    document = next(d for d in assistant.corpus.documents() if d.metadata.kind == "staff_answer")
    if end == "withdrawn":
        librarian.withdraw("editor1", document.source)
    else:
        librarian.correct("editor1", document.source, {"expires": "2020-01-01"})
    librarian.settle()
    page = client.get("/staff/gaps").text
    assert any(asked in page for asked in ASKED[:2])
    word = {"withdrawn": "已撤下", "expired": "已过期"}[end]
    assert f'<span class="state">{word}</span>' in page
    page = client.get(place).text
    assert f"{word}的答复" in page
    assert ("有效期至 2020-01-01" in page, LATER in page) == (end == "expired", False)
    again = re.search(r'href="(/staff/gaps/[^"]+again=[^"]+)"', page)
    assert again
    page = client.get(again[1]).text
    assert REPLY in page
    kept = dict(re.findall(r'name="(kept-[^"]+)" value="([^"]+)" checked', page))
    form = {
        "question": "博士有车位补贴吗",
        "text": "新的答复。",
        "expires": LATER,
        "asked-q0": "yes",
    }
    status, other = post(client, again[1], **form, **kept, seen=seen(page))
    assert (status, other != place) == (303, True)
    assert sign(client, other)[0] == 303
    librarian.settle()
    told = [d.text for d in assistant.corpus.documents() if d.metadata.kind == "staff_answer"]
    assert any("新的答复。" in text for text in told)


def test_nothing_is_read_out_of_what_a_clerk_writes(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    """A place that a signed answer names is not where it holds; its words are said as they are."""
    assistant, librarian = keeping
    text = "北京市的车位补贴不归本市管（试行）。"
    assert sign(client, drafted(client, question="北京的车位补贴", text=text))[0] == 303
    librarian.settle()
    document = next(d for d in assistant.corpus.documents() if d.metadata.kind == "staff_answer")
    about = document.metadata
    assert (about.region, about.audience, about.trial, about.replaces) == ("", "", False, ())
    answer = assistant.ask(Question(question="北京的车位补贴归谁管"))
    said = [each.text for each in answer.sentences if "不归本市管" in each.text]
    assert [words.split("[")[0] for words in said] == [text]


def test_looking_for_a_passage_never_saves_and_leaves_what_is_unticked(
    client: TestClient, engine: Engine
) -> None:
    form = {"question": "问", "text": "答", "expires": LATER, "seen": ""}
    form |= {"basis-1": passage(client, "免费停车三年")}
    for words in ("", "停车"):
        status, page = post(client, "/staff/gaps/q0", **form, act="search", search=words)
        assert (status, "答</textarea>" in page) == (200, True)
        assert re.findall(r'name="asked-\w+" value="yes" checked', page) == []
    assert Drafts(engine).all() == []


def test_a_signed_answer_is_no_basis_of_another(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian], engine: Engine
) -> None:
    assistant, librarian = keeping
    assert sign(client, drafted(client))[0] == 303
    librarian.settle()
    answer = next(d for d in assistant.corpus.documents() if d.metadata.kind == "staff_answer")
    page = client.get("/staff/gaps/q2", params={"search": "博士有车位补贴吗"}).text
    assert "免费停车三年" in page
    assert answer.doc_id not in page
    form = {"question": "问", "text": "答", "expires": LATER, "asked-q2": "yes"}
    picked = {"basis-1": f"{answer.doc_id}:0:5"}
    status, words = post(client, "/staff/gaps/q2", **form, **picked)
    assert (status, "请至少选一段依据" in words) == (400, True)
    link = str(permalink(answer, (0, 5)))
    status, place = post(client, "/staff/gaps/q2", **form, **{"kept-1": link})
    status, words = sign(client, place)
    assert (status, "不能是另一份工作人员的答复" in words) == (409, True)
    assert "返回上一页" not in words  # nothing said where this came from


def test_what_was_rightly_silent_is_no_case_once_it_is_answered(
    client: TestClient, keeping: tuple[LiveAssistant, Librarian], engine: Engine
) -> None:
    for answer_id in ("q0", "q2"):
        given = Review(answer_id=answer_id, reviewer="li", verdicts={0: "right"})
        Reviews(engine).put(given)
    assert client.get("/staff/review/cases.jsonl").text.count("\n") == 2
    assert sign(client, drafted(client))[0] == 303
    keeping[1].settle()
    (line,) = client.get("/staff/review/cases.jsonl").text.splitlines()
    assert '"id":"q2"' in line
    assert "后来签发了答复" in client.get("/staff/review/q0?show=all").text
