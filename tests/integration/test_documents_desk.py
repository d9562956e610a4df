"""Documents come, are corrected, compared and withdrawn; the index follows without a restart."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from policyqa.index.errors import SourceError
from policyqa.qa.live import LiveAssistant
from policyqa.qa.types import Question
from policyqa.ui import server
from policyqa.ui.chat import talk
from policyqa.ui.public import PublicAssistant, may_be_shown
from policyqa.ui.staff.documents import folded, name_of
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.staff.metadata import corrections
from policyqa.ui.store.audit import latest
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from tests.e2e.visitor import until
from tests.staff import PASSWORD, office, service_of

OLD = "渝南区人才办法\n渝南人发〔2024〕12号\n第一条 博士每人补助5万元。\n第二条 三月受理申请。\n"
NEW = OLD.replace("5万元", "8万元") + "第三条 由人社局解释。\n"
ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def keeping(engine: Engine, tmp_path: Path) -> tuple[LiveAssistant, Librarian]:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text(OLD, "utf-8")
    (source / "b.txt").write_text("住房办法\n第一条 人才公寓免租三年。\n", "utf-8")
    return office(engine, source)


@pytest.fixture
def assistant(keeping: tuple[LiveAssistant, Librarian]) -> LiveAssistant:
    return keeping[0]


@pytest.fixture
def librarian(keeping: tuple[LiveAssistant, Librarian]) -> Librarian:
    return keeping[1]


@pytest.fixture
def client(engine: Engine, librarian: Librarian, assistant: LiveAssistant) -> Iterator[TestClient]:
    """An editor's browser."""
    service = service_of(engine, librarian.library.folder, assistant)._replace(librarian=librarian)
    app = server.create_app(service)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        client.post("/staff/login", data={"name": "editor1", "password": PASSWORD})
        yield client


def csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert found
    return found[1]


def send(client: TestClient, *files: tuple[str, bytes], **form: str) -> str:
    """Upload; the page that follows."""
    sent = [("files", (name, io.BytesIO(data))) for name, data in files]
    reply = client.post("/staff/documents", files=sent, data={"csrf": csrf(client), **form})
    return reply.text if reply.status_code != 303 else client.get("/staff/documents").text


def post(client: TestClient, path: str, **form: str) -> int:
    return client.post(path, data={"csrf": csrf(client), **form}).status_code


def path_of(assistant: LiveAssistant, source: str) -> str:
    doc_id = next(d.doc_id for d in assistant.corpus.documents() if d.source == source)
    return f"/staff/documents/{doc_id}"


def test_files_that_are_sent_are_answered_from(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    page = send(
        client, ("c.txt", "子女入学办法\n第一条 博士子女由区教委统筹入学。".encode()),
        ("d.md", "# 安家办法\n\n博士安家费10万元。".encode()),
    )  # fmt: skip
    assert page.count('data-state="waiting"') == 2
    librarian.settle()
    assert {d.source for d in assistant.corpus.documents()} == {"a.txt", "b.txt", "c.txt", "d.md"}
    assert "统筹入学" in assistant.ask(Question(question="博士子女怎么入学")).answer
    page = client.get("/staff/documents").text
    assert page.count('data-state="done"') == 2
    assert client.get("/staff/api/changes").json()["busy"] is False
    acts = [(e.who, e.act, e.what) for e in latest(librarian.changes._engine, count=4)]
    assert ("editor1", "document_added", "c.txt") in acts
    assert ("editor1", "change_done", "d.md") in acts


def test_what_cannot_be_read_is_said_and_leaves_all_as_it_was(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    before = assistant.corpus.fingerprint
    send(client, ("bad.pdf", b"%PDF-1.7 broken"), (f"{ATTACK}.txt", "正文一句。".encode()))
    librarian.settle()
    page = client.get("/staff/documents").text
    assert "bad.pdf 没有放入" in page
    assert "&lt;/script&gt;" in page or "script&gt;.txt" in page  # taken, as a name without folders
    assert ATTACK not in page
    assert (librarian.library.folder / "bad.pdf").exists() is False
    assert assistant.corpus.fingerprint != before
    assert not any(librarian._staging.glob("*"))


def test_too_large_a_file_is_refused_with_one_line(client: TestClient) -> None:
    page = send(client, ("big.txt", b"x" * (2**20 + 1)))
    assert "big.txt 超过 1 MB" in page
    reply = client.post(
        "/staff/documents", headers={"content-length": str(11 * 2**20)}, content=b""
    )
    assert reply.status_code == 413
    assert "没有做成" in client.get("/staff/documents").text  # it is still told, and logged


@pytest.mark.parametrize(
    "name", [".a.txt", "catalogue.toml", "words.toml", "\u202ea.txt", "长" * 80 + ".txt"]
)
def test_names_that_cannot_be_kept_are_refused(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant, name: str
) -> None:
    files = [("files", (name, "正文一句。".encode()))]
    reply = client.post("/staff/documents", data={"csrf": csrf(client)}, files=files)
    assert reply.status_code == 303
    (change,) = librarian.changes.latest(count=5)
    assert (change.state, change.reason.endswith("再试")) == ("failed", True)
    assert change.source.isprintable()
    assert "再试" in client.get("/staff/documents").text
    logged = latest(librarian.changes._engine, count=2)
    assert [entry.act for entry in logged] == ["change_failed", "document_added"]
    assert librarian.changes.waiting() == []
    librarian.settle()
    assert {p.name for p in librarian.library.folder.iterdir()} == {"a.txt", "b.txt"}


def test_a_good_file_comes_in_beside_a_refused_one(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    page = send(client, (".a.txt", "正文一句。".encode()), ("c.txt", "正文一句。".encode()))
    assert (page.count('data-state="failed"'), page.count('data-state="waiting"')) == (1, 1)
    librarian.settle()
    assert "c.txt" in {d.source for d in assistant.corpus.documents()}


def test_a_page_that_shows_work_to_do_looks_on(
    client: TestClient, librarian: Librarian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if it is done while the page is made: nobody would ask again otherwise."""
    send(client, ("c.txt", "正文一句。".encode()))
    monkeypatch.setattr(librarian.changes, "waiting", list)
    page = client.get("/staff/documents").text
    assert ('data-state="waiting"' in page, " data-busy>" in page) == (True, True)
    assert client.get("/staff/api/changes").json()["busy"] is True


def test_all_of_many_changes_can_be_seen(client: TestClient, librarian: Librarian) -> None:
    for n in range(14):
        librarian.changes.refuse("editor1", f"{n}.txt", "太大")
    page = client.get("/staff/documents").text
    assert page.count('data-state="failed"') == 14
    assert "更早的 2 项" in page


@pytest.mark.parametrize(
    ("said", "name"),
    [("C:\\桌面\\办法.docx", "办法.docx"), ("../../etc/passwd", "passwd"), ("..", ".."), ("/", "")],
)
def test_a_name_has_no_folders(said: str, name: str) -> None:
    assert name_of(said) == name


def test_a_file_of_the_same_name_is_replaced_only_when_asked(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    send(client, ("a.txt", NEW.encode()))
    librarian.settle()
    assert "勾选“替换同名文件”" in client.get("/staff/documents").text
    send(client, ("a.txt", NEW.encode()), replace="yes")
    librarian.settle()
    page = client.get(path_of(assistant, "a.txt")).text
    against = re.search(r"differences\?against=([^\"]+)", page)
    assert against
    page = client.get(f"{path_of(assistant, 'a.txt')}/differences?against={against[1]}").text
    assert "<del>5</del><ins>8</ins>" in page
    assert "<ins>第三条 由人社局解释。</ins>" in page
    assert "改动 1 处，新增 1 处，删去 0 处" in page
    (version,) = librarian.library.versions()
    assert post(client, "/staff/documents/restore", version=version.name) == 303
    librarian.settle()
    assert "5万元" in assistant.corpus.document(path_of(assistant, "a.txt").rsplit("/", 1)[1]).text
    (other,) = librarian.library.versions()  # the one it took the place of, and not itself
    assert "8万元" in librarian.library.version(other.name).read_text("utf-8")


def test_a_file_of_a_subfolder_is_replaced_corrected_withdrawn_and_restored_there(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    source = "区县/安家.txt"
    path = librarian.library.folder / source
    path.parent.mkdir()
    path.write_text(OLD.replace("人才办法", "安家办法"), "utf-8")
    librarian.library.update()
    until(lambda: source in {d.source for d in assistant.corpus.documents()})
    send(client, ("安家.txt", NEW.replace("人才办法", "安家办法").encode()), replace="yes")
    librarian.settle()
    place = path_of(assistant, source)
    assert "8万元" in path.read_text("utf-8")
    assert "differences?against=" in client.get(place).text
    assert post(client, f"{place}/metadata", date="2024-05-06") == 303
    librarian.settle()
    assert (
        next(d for d in assistant.corpus.documents() if d.source == source).metadata.date
        == "2024-05-06"
    )
    assert post(client, f"{path_of(assistant, source)}/withdraw") == 303
    librarian.settle()
    assert source in client.get("/staff/documents").text  # among what was withdrawn
    version = librarian.library.versions()[0]
    assert (version.source, path.exists()) == (source, False)
    assert post(client, "/staff/documents/restore", version=version.name) == 303
    librarian.settle()
    assert path_of(assistant, source)
    assert "8万元" in path.read_text("utf-8")


def test_a_file_comes_back_where_it_was_though_others_have_its_name(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    for folder in ("甲区", "乙区", "丙区"):
        path = librarian.library.folder / folder / "同名.txt"
        path.parent.mkdir()
        path.write_text(f"{folder}办法\n第一条 {folder}补助5万元。\n", "utf-8")
    librarian.library.update()
    until(lambda: "甲区/同名.txt" in {d.source for d in assistant.corpus.documents()})
    assert post(client, f"{path_of(assistant, '甲区/同名.txt')}/withdraw") == 303
    librarian.settle()
    (version,) = librarian.library.versions()
    assert post(client, "/staff/documents/restore", version=version.name) == 303
    librarian.settle()
    assert "甲区补助" in (librarian.library.folder / "甲区" / "同名.txt").read_text("utf-8")
    assert path_of(assistant, "甲区/同名.txt")


def test_metadata_are_corrected_beside_the_words_they_were_read_from(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    place = path_of(assistant, "a.txt")
    page = client.get(place).text
    assert "<mark>渝南人发〔2024〕12号</mark>" in page
    assert post(client, f"{place}/metadata", date="2024-03-15", doc_number="", kind="policy") == 303
    librarian.settle()
    about = assistant.corpus.document(place.rsplit("/", 1)[1]).metadata
    assert (about.date, about.doc_number, about.kind) == ("2024-03-15", "", "policy")
    client.post("/staff/login", data={"name": "admin1", "password": PASSWORD})
    log = client.get("/staff/log").text
    assert "日期：2024-03-15（原来：" in log
    assert "文号：（空）（原来：渝南人发〔2024〕12号）" in log
    client.post("/staff/login", data={"name": "editor1", "password": PASSWORD})
    assert post(client, f"{place}/metadata", **{"reset-doc_number": "yes"}) == 303
    librarian.settle()
    assert (
        assistant.corpus.document(place.rsplit("/", 1)[1]).metadata.doc_number
        == "渝南人发〔2024〕12号"
    )


def test_a_wrong_date_is_said_and_what_was_typed_stays(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    form = {"csrf": csrf(client), "date": "三月", "title": f"改过的{ATTACK}"}
    reply = client.post(f"{path_of(assistant, 'a.txt')}/metadata", data=form)
    assert (reply.status_code, "“日期”的值不对" in reply.text) == (400, True)
    assert 'value="三月"' in reply.text
    assert "data-typed" in reply.text
    assert client.get(f"{path_of(assistant, 'a.txt')}/metadata").status_code == 307
    assert ATTACK not in reply.text
    assert librarian.changes.waiting() == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("expires", "2024-13", "“有效期至”的值不对：日期请写成"),
        ("effective", "2024-02-30", "“施行日期”的值不对：日期请写成"),
        ("date", "0000", "“日期”的值不对"),
        ("date", "２０２４", "“日期”的值不对"),
        ("date", "0024-01", "“日期”的值不对"),
        ("kind", "<b>", "“类型”的值不对：没有这个选项"),
        ("kind", "staff_answer", "只能由签发而来"),
        ("title", "长" * 501, "“标题”太长"),
    ],
)
def test_values_that_are_none_are_refused_in_words(
    assistant: LiveAssistant, field: str, value: str, words: str
) -> None:
    document = next(d for d in assistant.corpus.documents() if d.source == "a.txt")
    with pytest.raises(SourceError, match=words):
        corrections({field: value}, document.metadata)


def test_what_cannot_be_seen_is_left_out(assistant: LiveAssistant) -> None:
    document = next(d for d in assistant.corpus.documents() if d.source == "a.txt")
    form = {"title": " 甲\x00\u202e乙\r\n 丙 ", "replaces": "一\r\n\r\n 二\u200b "}
    assert corrections(form, document.metadata) == {"title": "甲乙 丙", "replaces": ["一", "二"]}


def test_a_form_from_before_a_colleagues_correction_reverts_nothing(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    place = path_of(assistant, "a.txt")
    page = client.get(place).text
    shown = dict(re.findall(r'name="(was-\w+)" value="([^"]*)"', page))
    assert shown["was-title"] == "渝南区人才办法"
    typed = {name.removeprefix("was-"): value for name, value in shown.items()}
    assert post(client, f"{place}/metadata", title="新的标题") == 303
    librarian.settle()
    assert post(client, f"{place}/metadata", **shown, **typed | {"region": "渝南区"}) == 303
    librarian.settle()
    about = next(d for d in assistant.corpus.documents() if d.source == "a.txt").metadata
    assert (about.title, about.region) == ("新的标题", "渝南区")
    other = {"csrf": csrf(client), **shown, **typed, "title": "另一个标题"}
    reply = client.post(f"{place}/metadata", data=other)
    assert (reply.status_code, "被改成了“新的标题”" in reply.text) == (400, True)
    assert 'value="另一个标题"' in reply.text
    assert 'name="was-title" value="新的标题"' in reply.text  # to be sent again knowingly


def test_a_correction_that_waits_is_seen_and_not_overwritten(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    place = path_of(assistant, "a.txt")
    shown = dict(re.findall(r'name="(was-\w+)" value="([^"]*)"', client.get(place).text))
    assert post(client, f"{place}/metadata", issuer="甲局", **shown) == 303
    page = client.get(place).text
    assert "有 1 项改动正在处理" in page
    assert 'name="was-issuer" value="甲局"' in page
    assert post(client, f"{place}/metadata", issuer="乙局", **shown) == 400
    assert post(client, f"{place}/metadata", issuer="乙局", **shown | {"was-issuer": "甲局"}) == 303
    librarian.settle()
    about = next(d for d in assistant.corpus.documents() if d.source == "a.txt").metadata
    assert about.issuer == "乙局"
    acts = [e for e in latest(librarian.changes._engine, count=6) if e.act == "metadata_corrected"]
    assert [entry.details["before"] for entry in acts] == [{"issuer": "甲局"}, {"issuer": ""}]


def test_the_words_stay_beside_a_field_that_was_corrected(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    place = path_of(assistant, "a.txt")
    assert post(client, f"{place}/metadata", doc_number="渝南人发〔2024〕99号", kind="guide") == 303
    librarian.settle()
    page = client.get(place).text
    assert "<mark>渝南人发〔2024〕12号</mark>" in page
    assert "工作人员填写；上面是文件里读到的" in page
    assert "也读到“policy”" not in page


def test_only_what_was_changed_is_a_correction(assistant: LiveAssistant) -> None:
    document = next(d for d in assistant.corpus.documents() if d.source == "a.txt")
    form = {"title": document.metadata.title, "doc_number": " 甲〔1〕号 "}
    assert corrections(form, document.metadata) == {"doc_number": "甲〔1〕号"}


def test_what_is_withdrawn_is_not_answered_from_but_can_be_read_on(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    place = path_of(assistant, "a.txt")
    doc_id = place.rsplit("/", 1)[1]
    assert post(client, f"{place}/withdraw") == 303
    librarian.settle()
    assert [d.source for d in assistant.corpus.documents()] == ["b.txt"]
    assert "补助" not in assistant.ask(Question(question="博士补助多少")).answer
    assert assistant.corpus.document(doc_id).text  # whoever reads it reads on
    assert "恢复" in client.get("/staff/documents").text
    last = path_of(assistant, "b.txt")
    assert post(client, f"{last}/withdraw") == 400


@pytest.mark.parametrize("indexed", [False, True])
def test_what_is_withdrawn_is_gone_for_strangers_at_once_and_marked_for_staff(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant, engine: Engine,
    indexed: bool,
) -> None:  # fmt: skip
    records = Records(engine)
    answer = assistant.ask(Question(id="kept", question="博士每人补助多少"))
    records.keep(answer)
    place = path_of(assistant, "a.txt")
    doc_id = place.rsplit("/", 1)[1]
    stranger = TestClient(client.app)
    addresses = (
        f"/api/documents/{doc_id}", f"/files/{doc_id}", "/receipt/kept",
        f"/a/{records.share('kept')}", f"/cite?link={answer.citations[0].permalink}",
    )  # fmt: skip
    assert [stranger.get(each).status_code for each in addresses] == [200] * 5
    public = PublicAssistant(assistant, lambda: librarian.leaving)
    assert "5万元" in talk.open_source(public, (answer,), "source-0-1")
    assert may_be_shown(public, answer)

    assert post(client, f"{place}/withdraw") == 303
    if indexed:
        librarian.settle()
        assert librarian.leaving == frozenset()
    replies = [stranger.get(each) for each in addresses]
    assert [each.status_code for each in replies] == [404] * 5
    assert "5万元" not in "".join(each.text for each in replies)
    assert "a.txt" not in stranger.get("/api/documents").text
    for link in ("source-0-1", "whole-0-1"):
        panel = talk.open_source(public, (answer,), link)
        assert "已撤下" in panel
        assert "5万元" not in panel
    assert not may_be_shown(public, answer)  # nor is it restored out of a browser's history
    again = stranger.post("/api/ask", json={"question": "博士每人补助多少"})
    asked = {"model": "policyqa", "input": "博士每人补助多少"}
    assert "5万元" not in again.text + stranger.post("/v1/responses", json=asked).text

    assert "5万元" in client.get(place).text
    assert ("这一版已不在库中" if indexed else "正在") in client.get(place).text
    assert "5万元" in client.get("/staff/review/kept").text


def test_after_a_restart_what_is_being_withdrawn_is_still_gone(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant, engine: Engine
) -> None:
    librarian.changes.begin("document_withdrawn", "li", "a.txt")  # and the process was killed
    anew = Librarian(librarian.library, librarian.changes, librarian._staging, lambda: "")
    anew._sweep()
    assert anew.leaving == {"a.txt"}


def test_two_who_withdraw_the_last_two_leave_one(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    for source in ("a.txt", "b.txt"):  # the second before the first is done
        assert post(client, f"{path_of(assistant, source)}/withdraw") == 303
    librarian.settle()
    assert [d.source for d in assistant.corpus.documents()] == ["b.txt"]
    assert (librarian.library.folder / "b.txt").is_file()
    assert "这是最后一份文件" in client.get("/staff/documents").text


def test_a_version_that_was_replaced_is_read_but_not_changed(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    place = path_of(assistant, "a.txt")
    send(client, ("a.txt", NEW.encode()), replace="yes")
    librarian.settle()
    page = client.get(place).text
    assert "这一版已不在库中" in page
    assert "确认撤下" not in page
    assert post(client, f"{place}/withdraw") == 404
    assert post(client, f"{place}/metadata", date="2020") == 404
    assert librarian.changes.waiting() == []


def test_equal_paragraphs_are_folded() -> None:
    from policyqa.index.build.differences import Difference

    same = Difference(change="same", clause="", old="x", new="x")
    rows = [same] * 5 + [Difference(change="added", clause="", old="", new="y")] + [same] * 3
    assert [row if isinstance(row, int) else row.change for row in folded(rows)] == [
        4, "same", "added", "same", 2,
    ]  # fmt: skip


def test_the_conditions_of_a_document_are_shown_as_trees(
    client: TestClient, librarian: Librarian, assistant: LiveAssistant
) -> None:
    rule = "第一条 申请人应当符合下列条件：\n（一）年龄不超过45周岁；\n（二）有<b>住房</b>。\n"
    send(client, ("c.txt", f"公寓办法\n{rule}".encode()))
    librarian.settle()
    shown = client.get(path_of(assistant, "c.txt")).text
    assert "读出 1 条规则的条件" in shown
    tree = shown.split('<ul class="tree">')[1].split("</article>")[0].replace("\n", "")
    age = "<li><b>年龄：不超过45周岁</b> <q>年龄不超过45周岁</q></li>"
    home = "<li><q>有&lt;b&gt;住房&lt;/b&gt;</q></li>"
    assert tree == f"<li>全部满足<ul>{age}{home}</ul></li></ul>"
