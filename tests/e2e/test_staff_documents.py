"""An editor puts files in by dropping them, corrects what was read, compares and withdraws; whoever
reads meanwhile reads on."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Route, expect
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from policyqa.ui import server
from policyqa.ui.store.database import open_database
from tests.e2e.test_accessibility import faults
from tests.e2e.test_staff_login import log_in
from tests.e2e.test_visit import small
from tests.e2e.visitor import Site, Visitor, until
from tests.staff import office, service_of

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]

OLD = (
    "渝南区引进博士办法\n渝南人发〔2024〕12号\n第一条 引进的博士每人补助5万元。\n"
    "第二条 每年三月受理申请。\n第三条 由区人社局受理。\n第四条 本办法自2024年3月1日起施行。\n"
)
NEW = OLD.replace("5万元", "8万元") + "第五条 由区人社局解释。\n"
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("office")
    engine = open_database(folder)
    source = folder / "source"
    source.mkdir()
    (source / "博士.txt").write_text(OLD, "utf-8")
    (source / "住房.txt").write_text("渝南区住房办法\n第一条 人才公寓免租三年。\n", "utf-8")
    assistant, librarian = office(engine, source)
    service = service_of(engine, source, assistant)._replace(librarian=librarian)
    listener = server.listen("127.0.0.1", 0)
    config = uvicorn.Config(
        server.create_app(service), log_level="warning", timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    librarian.start()
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until(lambda: running.started)
    address, accounts = server.address_of(listener), service.sessions.accounts
    yield Site(address, service.records, accounts, source.with_name("runs"))
    running.should_exit = True
    thread.join(timeout=10)


def enter(visit: Visit, site: Site, width: int = 1440) -> Visitor:
    visitor = visit(width=width)
    visitor.page.goto(f"{site.url}staff/documents")
    log_in(visitor, "editor1")
    expect(visitor.page.locator("h1")).to_have_text("文件")
    return visitor


def done(visitor: Visitor) -> None:
    """The page shows by itself that the work is done."""
    expect(visitor.page.locator("li[data-state=waiting]")).to_have_count(0, timeout=30_000)
    expect(visitor.page.locator("#changes")).not_to_have_attribute("data-busy", "", timeout=30_000)


def test_files_are_dropped_and_read(visit: Visit, site: Site, shoot: Shoot) -> None:
    visitor = enter(visit, site)
    page = visitor.page
    shoot(visitor, "staff-20-documents")
    assert faults(page) == []
    page.evaluate(
        """([name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name, {type: 'text/plain'}));
            data.items.add(new File(['%PDF-1.7 x'], 'bad.pdf'));
            document.querySelector('form.drop')
                .dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}));
        }""",
        ["入学.txt", f"渝南区入学办法{HOSTILE}\n第一条 博士子女由区教委统筹入学。{HOSTILE}"],
    )
    page.get_by_role("button", name="放入").click()
    done(visitor)
    row = page.get_by_role("region", name="文件").get_by_text("入学.txt")
    expect(row).to_be_visible()
    expect(page.locator(".reason")).to_contain_text("bad.pdf 没有放入")
    shoot(visitor, "staff-21-read")
    assert page.title() != "1"
    page.get_by_role("region", name="文件").get_by_role("link", name="入学").first.click()
    page.locator("summary").first.click()
    expect(page.locator("details.passages")).to_contain_text("统筹入学")
    assert page.title() != "1"


def test_what_is_chosen_stays_while_the_list_is_renewed_and_a_lost_server_is_said(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    visitor = enter(visit, site)
    page = visitor.page
    (tmp_path / "落户.txt").write_text("渝南区落户办法\n第一条 博士可以落户。\n", "utf-8")
    page.locator("input[type=file]").set_input_files(tmp_path / "落户.txt")
    page.get_by_role("button", name="放入").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "落户.txt")
    page.get_by_label("替换同名文件").check()
    done(visitor)
    expect(page.get_by_role("region", name="文件").get_by_text("落户.txt")).to_be_visible()
    chosen = page.locator("input[type=file]").evaluate("input => input.files[0].name")
    assert chosen == "落户.txt"
    expect(page.get_by_label("替换同名文件")).to_be_checked()

    def busy(route: Route) -> None:
        """The page as it is while there is work to do."""
        reply, here = route.fetch(), '<section id="changes"'
        route.fulfill(response=reply, body=reply.text().replace(here, f"{here} data-busy"))

    page.route("**/staff/api/changes", lambda route: route.abort())
    page.route("**/staff/documents", busy)
    page.reload()
    expect(page.get_by_text("暂时连不上服务器，稍后再看。")).to_be_visible()
    page.unroute("**/staff/documents")
    page.unroute("**/staff/api/changes")
    done(visitor)
    expect(page.get_by_text("暂时连不上服务器，稍后再看。")).to_be_hidden()
    visitor.errors.clear()  # the browser itself complains of what was cut off


def test_a_huge_file_is_refused_before_it_is_sent(visit: Visit, site: Site) -> None:
    page = enter(visit, site).page
    files = [{"name": "大.txt", "mimeType": "text/plain", "buffer": b"x" * (2**20 + 1)}]
    page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="放入").click()
    expect(page.get_by_role("alert")).to_have_text("大.txt 超过 1 MB，请拆分后再试。")
    files = [{**files[0], "name": f"{n}.txt", "buffer": b"x" * 2**20} for n in range(10)]
    page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="放入").click()
    expect(page.get_by_role("alert")).to_have_text("这些文件合计超过 9 MB，请分几次放入。")


def test_a_scanned_file_says_what_it_needs(visit: Visit, site: Site, tmp_path: Path) -> None:
    page_image = ImageReader(Image.new("RGB", (600, 850), "white"))
    canvas = Canvas(str(tmp_path / "扫描.pdf"))
    canvas.drawImage(page_image, 0, 0, 595, 842)
    canvas.save()
    visitor = enter(visit, site)
    page = visitor.page
    page.locator("input[type=file]").set_input_files(tmp_path / "扫描.pdf")
    page.get_by_role("button", name="放入").click()
    done(visitor)
    reason = page.locator(".reason").filter(has_text="扫描.pdf")
    expect(reason).to_contain_text("扫描.pdf 没有放入")
    expect(reason).to_contain_text("需要文字识别：pip install 'policyqa[ocr]'")


def test_a_date_is_corrected_beside_its_words(visit: Visit, site: Site, shoot: Shoot) -> None:
    visitor = enter(visit, site)
    page = visitor.page
    page.get_by_role("link", name="渝南区引进博士办法").first.click()
    expect(page.locator("mark").filter(has_text="渝南人发〔2024〕12号").first).to_be_visible()
    shoot(visitor, "staff-22-document")
    assert faults(page) == []
    page.get_by_label("日期", exact=True).fill("2024-02-28")
    page.get_by_role("button", name="保存更正").click()
    done(visitor)
    page.get_by_role("link", name="渝南区引进博士办法").first.click()
    expect(page.get_by_label("日期", exact=True)).to_have_value("2024-02-28")
    expect(page.get_by_text("工作人员填写").first).to_be_visible()


def test_what_was_typed_before_a_colleagues_change_does_not_undo_it_unasked(
    visit: Visit, site: Site
) -> None:
    one, two = enter(visit, site), enter(visit, site)
    one.page.get_by_role("link", name="渝南区住房办法").first.click()
    one.page.get_by_label("发布单位").fill("我写的局")
    two.page.get_by_role("link", name="渝南区住房办法").first.click()
    two.page.get_by_label("发布单位").fill("同事写的局")
    two.page.get_by_role("button", name="保存更正").click()
    done(two)
    one.page.reload()
    expect(one.page.get_by_text("已放回")).to_be_visible()
    expect(one.page.get_by_label("发布单位")).to_have_value("我写的局")
    one.page.get_by_role("button", name="保存更正").click()
    expect(one.page.get_by_role("alert")).to_contain_text("被改成了“同事写的局”")
    expect(one.page.get_by_label("发布单位")).to_have_value("我写的局")
    one.errors.clear()  # the browser complains of the 400


def test_versions_are_compared_and_one_is_withdrawn_while_it_is_read(
    visit: Visit, site: Site, shoot: Shoot, tmp_path: Path
) -> None:
    reader = visit()
    reader.page.goto(site.url)
    reader.ask("引进的博士每人补助多少")
    visitor = enter(visit, site)
    page = visitor.page
    (tmp_path / "博士.txt").write_text(NEW, "utf-8")
    page.locator("input[type=file]").set_input_files(tmp_path / "博士.txt")
    page.get_by_label("替换同名文件").check()
    page.get_by_role("button", name="放入").click()
    done(visitor)
    page.get_by_role("link", name="渝南区引进博士办法").first.click()
    page.get_by_role("link", name="比较").first.click()
    expect(page.locator("del")).to_have_text(["5"])
    expect(page.locator("ins")).to_have_text(["8", "第五条 由区人社局解释。"])
    shoot(visitor, "staff-23-difference")
    assert faults(page) == []
    reader.page.locator("a.mark").first.click()  # of the version before
    expect(reader.page.locator("mark").first).to_contain_text("5万元")
    page.get_by_role("link", name="返回文件").click()
    page.locator("summary", has_text="撤下").click()
    page.get_by_role("button", name="确认撤下").click()
    done(visitor)
    expect(page.get_by_role("region", name="文件").get_by_text("博士.txt")).to_have_count(0)
    page.get_by_role("button", name="恢复").first.click()
    done(visitor)
    expect(page.get_by_role("region", name="文件").get_by_text("博士.txt")).to_be_visible()


def test_documents_on_a_phone(visit: Visit, site: Site, shoot: Shoot) -> None:
    visitor = enter(visit, site, width=390)
    page = visitor.page
    shoot(visitor, "staff-24-documents-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert small(page.locator("main a, main button, main select")) == []
    page.get_by_role("link", name="渝南区引进博士办法").first.click()
    shoot(visitor, "staff-25-document-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
