"""`/programmes` and `/check` as readers use them: search, quotes, marks, one question at a time."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar

from policyqa.index.build.sandbox import Parsed
from policyqa.qa.check.receipts import verify
from policyqa.qa.register import shelf
from policyqa.qa.settings import ServerSettings
from policyqa.qa.types import Answer, Citation, Question
from policyqa.ui import server
from policyqa.ui.chat.render import answer_message, escape
from policyqa.ui.programmes.held import Held
from policyqa.ui.programmes.linking import ALL, SELF_CHECK, links_of
from policyqa.ui.store.database import open_database
from tests.programmes import (
    ABOUT,
    HOUSING,
    SKILLS,
    SKILLS_ABOUT,
    cited,
    corpus_of,
    office,
    programmes,
    read,
    signed,
)
from tests.staff import service_of
from tests.ui_fake import FakeAssistant

ATTACK = "<script>alert(1)</script>"
DAY = "2026-06-01"
CORPUS = office()
BUYING, RENTING, SKILLED = programmes(CORPUS)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "source"
    for each in (signed(BUYING), RENTING, signed(SKILLED)):
        shelf.write(folder / "register", each)
    (folder / "register" / "bad.v1.toml").write_text("=", "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    assistant = FakeAssistant()
    assistant.corpus = CORPUS
    engine = open_database(tmp_path_factory.mktemp("data"))
    app = server.create_app(service_of(engine, source, assistant))
    yield TestClient(app)
    engine.dispose()


def said(client: TestClient, path: str, **form: str | list[str]) -> str:
    """The words of a page, its marks taken out."""
    reply = client.post(path, data=form) if form else client.get(path)
    assert reply.status_code in (200, 400)
    return unescape(re.sub(r"<[^>]+>", " ", reply.text))


def test_the_directory_lists_what_is_in_the_register(client: TestClient) -> None:
    page = said(client, "/programmes")
    assert "3 项（登记册共 3 项）" in page
    assert all(each.name in page for each in (BUYING, RENTING, SKILLED))
    assert "未签" in page
    assert "购房补贴" in said(client, "/programmes?q=学历学位证书")
    assert "0 项（登记册共 3 项）" in said(client, "/programmes?kind=service")
    assert "1 项（" in said(client, "/programmes?q=技能 奖励")


def test_what_is_searched_is_no_markup(client: TestClient) -> None:
    page = client.get("/programmes", params={"q": ATTACK[:90]}).text
    assert ATTACK not in page
    assert "&lt;script&gt;" in page
    assert client.get("/programmes", params={"q": "长" * 101}).status_code == 422


def test_a_page_shows_its_cells_with_marks_and_the_way_to_their_words(client: TestClient) -> None:
    page = client.get(f"/programmes/{BUYING.id}").text
    assert "未签</span>" not in page
    assert "一次性</span>" in page
    links = [unescape(each) for each in re.findall(r'href="(/cite\?link=[^"]+)"', page)]
    assert len(links) == len(list(BUYING.cells()))
    assert "博士一次性给予购房补贴15万元。" in page
    cited = client.get(links[1])
    assert cited.status_code == 200
    assert "<mark>博士一次性给予购房补贴15万元。</mark>" in cited.text
    renting = client.get(f"/programmes/{RENTING.id}").text
    assert renting.count("未签</span>") == len(list(RENTING.cells()))
    assert "最长 24 个月" in renting


def test_pages_load_nothing_from_elsewhere_and_run_nothing(client: TestClient) -> None:
    for path in ("/programmes", f"/programmes/{BUYING.id}", "/check"):
        reply = client.get(path)
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        assert reply.headers["cache-control"] == "no-store"
        assert "<script" not in reply.text
    style = client.get("/programmes/style.css")
    assert style.headers["content-type"].startswith("text/css")


def test_what_is_not_there_is_said(client: TestClient) -> None:
    assert client.get("/programmes/nothing").status_code == 404
    assert "没有这一项" in client.get("/programmes/nothing").text


def test_the_check_asks_one_question_at_a_time(client: TestClient) -> None:
    page = said(client, "/check")
    assert "符合 0 项，还差 3 项，不符合 0 项" in page
    assert "最高学历是什么" in page
    page = said(client, "/check", degree="博士")
    assert "已经说了 1 项" in page
    assert "最高学历是什么" not in page
    page = said(client, "/check", degree="博士", age="40", insured="8个月")
    assert "符合 0 项，还差 1 项，不符合 2 项" in page
    assert "还差4个月" in page
    page = said(client, "/check", degree="硕士", age="40", insured="2年", skill="高级工")
    assert "符合 2 项" in page
    assert "硕士一次性给予购房补贴6万元。" in page
    assert "博士一次性" not in page


def test_a_question_that_nobody_can_answer_is_skipped(client: TestClient) -> None:
    page = client.post("/check", data={"skip": ["degree", "nonsense"]}).text
    assert "最高学历是什么" not in page
    assert '<input type="hidden" name="skip" value="degree">' in page
    assert "nonsense" not in page


def test_what_cannot_be_read_is_named_and_stays_in_its_field(client: TestClient) -> None:
    reply = client.post("/check", data={"age": ATTACK, "house": ATTACK})
    assert reply.status_code == 400
    assert ATTACK not in reply.text
    assert "年龄：“&lt;script" in reply.text
    assert "符合 0 项，还差 3 项" in unescape(reply.text)


def test_a_condition_is_answered_by_its_own_words(client: TestClient) -> None:
    told = {"age": "30", "degree": "本科", "house": "没有", "insured": "1年", "skill": "没有"}
    page = client.post("/check", data={**told, "worked": "4年"}).text
    asked = re.search(r'for="asked">是不是这样：([^<]+)？', page)
    field = re.search(r'<select name="(r-[0-9a-f]{12})" id="asked"', page)
    assert asked
    assert field
    assert asked[1] == "在渝南区工作满36个月"
    answered = said(client, "/check", **told, worked="4年", **{field[1]: "是"})
    assert "符合 1 项" in answered
    assert "没有要再问的了" in answered


def test_programmes_that_exclude_each_other_are_a_choice(source: Path, tmp_path: Path) -> None:
    barred = BUYING.exclusions[0].model_copy(update={"others": (SKILLED.id,)})
    one = signed(BUYING.model_copy(update={"exclusions": (barred,)}))
    for each in (one, signed(SKILLED)):
        shelf.write(tmp_path / "office" / "source" / "register", each)
    assistant, engine = FakeAssistant(), open_database(tmp_path)
    assistant.corpus = CORPUS
    app = server.create_app(service_of(engine, tmp_path / "office" / "source", assistant))
    told = {"age": "30", "degree": "硕士", "insured": "1年", "skill": "技师"}
    page = said(TestClient(app), "/check", **told)
    assert "只能选一样" in page
    assert re.search(
        rf"{BUYING.name}\s*：硕士一次性给予购房补贴6万元。\s*合计 60000元\s*数额较多", page
    )
    assert re.search(rf"{SKILLED.name}\s*：一次性给予奖励2000元。\s*合计 2000元\s", page)
    engine.dispose()


def test_programmes_that_a_cell_names_are_a_choice_and_the_words_are_said(tmp_path: Path) -> None:
    said_so = f"本补贴与{SKILLED.name}不得同时享受"
    barred = BUYING.exclusions[0].model_copy(update={"text": said_so})
    one = signed(BUYING.model_copy(update={"exclusions": (barred,)}))
    for each in (one, signed(SKILLED)):
        shelf.write(tmp_path / "office" / "source" / "register", each)
    assistant, engine = FakeAssistant(), open_database(tmp_path)
    assistant.corpus = CORPUS
    client = TestClient(
        server.create_app(service_of(engine, tmp_path / "office" / "source", assistant))
    )
    told = {"age": "30", "degree": "硕士", "insured": "1年"}
    alone = said(client, "/check", **told)
    assert ("只能选一样" in alone, said_so in alone) == (False, True)
    assert "只能选一样" in said(client, "/check", **told, skill="技师")
    engine.dispose()


def test_a_sum_whose_words_have_changed_is_marked_beside_what_may_be_had(
    source: Path, tmp_path: Path
) -> None:
    assistant, engine = FakeAssistant(), open_database(tmp_path)
    assistant.corpus = office(HOUSING.replace("15万元", "12万元"))
    client = TestClient(server.create_app(service_of(engine, source, assistant)))
    page = said(client, "/check", degree="博士", age="40", insured="2年")
    assert re.search(r"博士一次性给予购房补贴15万元。\s*待核", page)
    kept = client.post("/check/receipt", data={"degree": "博士", "age": "40", "insured": "2年"})
    assert "待遇：博士一次性给予购房补贴15万元。（待核）" in unescape(kept.text)
    engine.dispose()


def test_the_register_follows_its_files_the_documents_and_the_day(tmp_path: Path) -> None:
    papers: list[Parsed] = [read("housing.txt", HOUSING, ABOUT)]
    day = [DAY]
    held = Held(tmp_path, lambda: corpus_of(papers), lambda: day[0])
    assert held.now().shelf.programmes == ()
    shelf.write(tmp_path, signed(BUYING))
    before = held.now()
    assert [each.id for each in before.shelf.programmes] == [BUYING.id]
    assert held.now() is before
    cell = signed(BUYING).benefits[0]
    assert before.standings.of(cell).label == "已签"
    papers[:] = [read("skills.txt", SKILLS, SKILLS_ABOUT)]
    assert held.now().standings.of(cell).label == "待核"
    day[0] = "2028-01-01"
    assert held.now().engine.checked == []


def answer_of(*citations: Citation, **more: object) -> Answer:
    """An answer that cites these words."""
    about = {"id": "a1", "question": "问", "query": "问", "status": "answered", "reason": None}
    return Answer.model_validate({**about, "answer": "答", "citations": citations, **more})


def test_an_answer_links_to_the_programmes_that_it_cites(source: Path, tmp_path: Path) -> None:
    held = Held(source / "register", lambda: CORPUS, lambda: DAY)
    (paper,) = (each for each in CORPUS.documents() if each.text.startswith(HOUSING[:10]))
    paid = cited(paper, "每月给予租房补贴1000元")
    (link,) = links_of(held, answer_of(paid))
    assert (link.path, link.words, link.mark) == (
        f"/programmes/{RENTING.id}",
        RENTING.name,
        "未签",
    )
    asked = links_of(held, answer_of(paid, verdict="还不能判断"))
    assert asked == (link, SELF_CHECK)
    unclear = answer_of(status="abstained", reason="ambiguous", notes=({"kind": "unclear"},))
    assert links_of(held, unclear) == (SELF_CHECK, ALL)
    assert links_of(held, answer_of()) == ()
    empty = Held(tmp_path / "nothing", lambda: CORPUS, lambda: DAY)
    assert links_of(empty, unclear) == ()
    shown = answer_message(answer_of(paid).model_copy(update={"links": asked}), 0)
    assert f'href="{escape(link.path)}"' in shown
    assert "未签" in shown


class Citing(FakeAssistant):
    """Answers with one line of the housing paper."""

    def ask(self, question: Question) -> Answer:
        paper = next(each for each in CORPUS.documents() if each.text.startswith(HOUSING[:10]))
        return answer_of(cited(paper, "每月给予租房补贴1000元"))


def test_the_service_adds_the_links(source: Path, tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    assistant = Citing()
    assistant.corpus = CORPUS
    client = TestClient(server.create_app(service_of(engine, source, assistant)))
    reply = client.post("/api/ask", json={"question": "租房补贴多少"}).json()
    engine.dispose()
    assert [each["path"] for each in reply["links"]] == [f"/programmes/{RENTING.id}"]


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An office whose programmes are of two places and say when they may be applied for."""
    folder = tmp_path_factory.mktemp("dated") / "source"
    always = BUYING.materials[0].model_copy(update={"text": "长期受理", "signed": None})
    last = always.model_copy(update={"text": "2099年12月31日前提交"})
    over = always.model_copy(update={"text": "2020年1月1日至3月31日"})
    for programme, region, window in (
        (BUYING, "重庆市渝北区", (always,)),
        (RENTING, "重庆市", (over, last)),
        (SKILLED, "四川省成都市", (over,)),
    ):
        given = {"region": region, "window": window, "name": f"{programme.name}，{region}"}
        given |= {"valid_from": "", "valid_to": ""}
        shelf.write(folder / "register", programme.model_copy(update=given))
    assistant = FakeAssistant()
    assistant.corpus = CORPUS
    engine = open_database(tmp_path_factory.mktemp("data"))
    yield TestClient(server.create_app(service_of(engine, folder, assistant)))
    engine.dispose()


def test_what_is_open_now_is_found_with_the_days_that_are_left(dated: TestClient) -> None:
    page = said(dated, "/programmes?open=true")
    assert "2 项（登记册共 3 项）" in page
    assert "常年受理" in page
    assert re.search(r"正在受理，2099-12-31 截止，还有 \d{5} 天", page)
    assert "已截止" in said(dated, "/programmes")
    assert "已截止" in said(dated, f"/programmes/{SKILLED.id}")


def test_the_last_day_goes_into_a_calendar(dated: TestClient) -> None:
    assert f'href="/programmes/{RENTING.id}.ics"' in dated.get(f"/programmes/{RENTING.id}").text
    reply = dated.get(f"/programmes/{RENTING.id}.ics")
    assert reply.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(reply.content).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2099-12-31"
    assert event["summary"] == f"截止：{RENTING.name}，重庆市"
    assert event["description"].startswith("2099年12月31日前提交\n")
    for name in (BUYING.id, "nothing"):
        assert dated.get(f"/programmes/{name}.ics").status_code == 404


def test_only_programmes_of_the_place_are_checked(dated: TestClient) -> None:
    page = said(dated, "/check", region="重庆市渝北区")
    assert "还差 2 项" in page
    assert "成都" not in page.split("还差 2 项")[1]
    assert "还差 1 项" in said(dated, "/check", region="四川省成都市")
    assert "还差 3 项" in said(dated, "/check", region=ATTACK)


def test_papers_of_several_programmes_are_one_list(client: TestClient) -> None:
    page = said(client, f"/programmes/materials?id={BUYING.id}&id={RENTING.id}&id={BUYING.id}")
    assert page.count("身份证复印件") == 3  # the paper, and for each programme the way to its words
    assert page.count("租赁合同") == 2
    assert "未签" in page
    assert "还没有选" in said(client, "/programmes/materials")
    assert client.get("/programmes/materials?id=nothing").status_code == 404
    many = "&".join(["id=x"] * 21)
    assert client.get(f"/programmes/materials?{many}").status_code == 422


def test_services_are_part_of_the_directory(client: TestClient) -> None:
    reply = client.get("/services", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (307, "/programmes?kind=service")


def test_a_self_check_is_kept_as_a_receipt_that_verify_checks(
    client: TestClient, tmp_path: Path
) -> None:
    told = {"degree": "硕士", "age": "40", "insured": "8个月", "skill": ATTACK}
    assert "自测单" in said(client, "/check", **told)
    reply = client.post("/check/receipt", data=told)
    assert ATTACK not in reply.text
    page = unescape(re.sub(r"<[^>]+>", " ", reply.text))
    assert f"{BUYING.name}：不符合" in page
    assert re.search(r"不符合：社会保险缴费满12个月；?。?（还差4个月）\[\d+\]", page)
    assert f"{RENTING.name}：不符合（条件未签）" in page
    kept = tmp_path / "check.html"
    kept.write_text(reply.text, "utf-8")
    found = verify(kept, CORPUS.documents(), corpus=CORPUS.fingerprint)
    assert len(found.sentences) >= 2
    assert found.holds
    later = office(HOUSING.replace("满12个月", "满24个月"))
    assert not verify(kept, later.documents(), corpus=later.fingerprint).holds
    kept.write_text(reply.text.replace("：不符合", "：符合", 1), "utf-8")
    assert verify(kept, CORPUS.documents(), corpus=CORPUS.fingerprint).altered


def test_who_clicks_too_often_gets_a_page_that_says_so(source: Path, tmp_path: Path) -> None:
    assistant, engine = FakeAssistant(), open_database(tmp_path)
    assistant.corpus = CORPUS
    settings = ServerSettings(asks_per_minute=2)
    client = TestClient(server.create_app(service_of(engine, source, assistant), settings))
    replies = [client.post("/check", data={"age": "30"}) for _ in range(3)]
    engine.dispose()
    assert [each.status_code for each in replies] == [200, 200, 429]
    assert "返回上一页" in replies[2].text
    assert replies[2].headers["content-type"].startswith("text/html")
    assert int(replies[2].headers["retry-after"]) > 0
