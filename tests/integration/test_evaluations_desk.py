"""Kept evaluations on the staff desk: their figures and plots, what changed, what is refused."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.report.kept import KeptRuns
from policyqa.eval.runs.contest import Asking, Contestant, hold
from policyqa.qa.errors import RunError
from policyqa.qa.evaluations import open_evaluations
from policyqa.qa.types import Answer
from policyqa.ui import server
from policyqa.ui.staff.evaluations import RUNS, by_questions, change_picture, trend_picture
from policyqa.ui.staff.plots import DARK, LIGHT
from policyqa.ui.store.database import open_database
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant, said
from tests.staff import PASSWORD, service_of

SCRIPT = "<script>alert(1)</script>"
WORSE = ANSWERS | {"对": said("answered", (f"三万元{SCRIPT}。", ()))}


def run(
    folder: Path,
    name: str,
    answers: dict[str, Answer] = ANSWERS,
    dataset: Dataset = DATASET,
    beside: str = "",
) -> None:
    asked = [Contestant("policyqa", FakeAssistant(answers), {})]
    if beside:
        asked.append(Contestant(beside, FakeAssistant(answers), {}))
    hold(asked, Asking(dataset, None, None, folder, name))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    app = server.create_app(service_of(engine, tmp_path / "source"))
    with TestClient(app, follow_redirects=False) as client:
        client.post("/staff/login", data={"name": "reader1", "password": PASSWORD})
        yield client


def test_without_runs_the_page_says_how_to_make_one(client: TestClient) -> None:
    page = client.get("/staff/evaluations").text
    assert "还没有评测过" in page
    assert "policyqa eval run --dataset" in page
    assert client.get("/staff/evaluations.svg?questions=x").status_code == 404


def test_the_last_runs_of_each_set_with_their_figures(client: TestClient, runs: Path) -> None:
    run(runs, "前")
    run(runs, "后", WORSE, beside="dense")
    run(runs, "别的", dataset=DATASET.model_copy(update={"name": "大集 & 小集"}))
    page = client.get("/staff/evaluations").text
    assert re.findall(r"<h2>([^<]+)</h2>", page) == ["大集 &amp; 小集", "小集"]
    small = page[page.index("<h2>小集") :]
    for name in ("前", "后", "后@dense"):
        row = next(row for row in small.split("<tr>") if f">{name}</a>" in row)
        figures = next(each for each in KeptRuns(runs).runs() if each.name == name).figures
        cells = re.findall(r"<td>([^<]*)</td>", row)
        assert [figure.shown for figure in figures] == cells[-len(figures) :]
    for address in re.findall(r'<img src="([^"]+)"', page):
        reply = client.get(address.replace("&amp;", "&"))
        assert reply.headers["content-type"] == "image/svg+xml"
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_report_of_a_run_can_run_nothing(client: TestClient, runs: Path) -> None:
    run(runs, "一月", WORSE)
    reply = client.get(f"/staff/evaluations/{quote('一月')}/report")
    assert "评测报告" in reply.text
    assert SCRIPT not in reply.text
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    (runs / "一月" / "report.html").unlink()
    assert client.get(f"/staff/evaluations/{quote('一月')}/report").status_code == 404


def test_what_changed_between_two(client: TestClient, runs: Path) -> None:
    run(runs, "前")
    run(runs, "后", WORSE)
    address = f"/staff/evaluations/compare?before={quote('前')}&after={quote('后')}"
    page = client.get(address).text
    assert "看不出变好或变差（6 题" in page
    assert "答案正确率" in page
    assert "1 道，其中变差 1 道" in page
    assert "前：对 第 1 条" in page
    assert "三万元&lt;script&gt;" in page
    assert SCRIPT not in page
    (picture,) = re.findall(r'src="([^"]+)"', page[page.index("<h2>") :])
    drawn = client.get(picture.replace("&amp;", "&"))
    assert "答案正确率" in drawn.text
    same = client.get(address.replace(quote("后"), quote("前"))).text
    assert "没有一项指标变化" in same


@pytest.mark.parametrize("name", ["没有", "../data", "..%2Fdata", "/etc", "", "x" * 150])
def test_a_name_leads_nowhere_else(client: TestClient, runs: Path, name: str) -> None:
    run(runs, "前")
    (runs.parent / "data").mkdir()
    (runs.parent / "data" / "run.json").write_text((runs / "前" / "run.json").read_text())
    before = quote("前")
    for address in (f"compare?before={before}&after={name}", f"compare.svg?before={name}&after=x"):
        assert client.get(f"/staff/evaluations/{address}").status_code == 404
    assert client.get(f"/staff/evaluations/{name}/report").status_code in (303, 307, 404)


def test_the_damaged_and_the_unfinished_say_so(client: TestClient, runs: Path) -> None:
    run(runs, "好")
    run(runs, "坏")
    (runs / "坏" / "metrics.json").write_text("{")
    run(runs, "半")
    text = (runs / "半" / "run.json").read_text("utf-8")
    (runs / "半" / "run.json").write_text(re.sub(r'"finished": "[^"]+"', '"finished": ""', text))
    page = client.get("/staff/evaluations").text
    assert "坏：文件已损坏，请用 --replace 重做。" in page
    assert "半：还没有完成，先用同样的命令继续。" in page
    assert page.count("/report") == 1
    reply = client.get(f"/staff/evaluations/compare?before={quote('好')}&after={quote('半')}")
    assert reply.status_code == 404
    assert "还没有完成" in reply.text


def test_a_run_that_is_replaced_is_compared_anew(runs: Path) -> None:
    run(runs, "前")
    run(runs, "后")
    kept = KeptRuns(runs)
    assert kept.compare("前", "后").questions == ()
    hold(
        [Contestant("policyqa", FakeAssistant(WORSE), {})],
        Asking(DATASET, None, None, runs, "后"),
        replace=True,
    )
    (changed,) = kept.compare("前", "后").questions
    assert changed.gain < 0
    with pytest.raises(RunError, match="没有名为"):
        kept.compare("前", "x")


def test_what_is_installed_reads_the_folder(runs: Path) -> None:
    run(runs, "前")
    assert [each.name for each in open_evaluations(runs).runs()] == ["前"]
    assert open_evaluations(runs / "none").runs() == ()


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_pictures_show_the_product_and_only_shares(runs: Path, colours: dict[str, str]) -> None:
    run(runs, "前")
    run(runs, "后", WORSE, beside="dense")
    of_one = by_questions(KeptRuns(runs).runs())["小集"]
    drawn = trend_picture(of_one, colours)
    assert drawn.count(">答案正确率<") == 1
    assert drawn.count(f"stroke: {colours['ink']}") > 1
    changed = KeptRuns(runs).compare("前", "后").figures
    picture = change_picture(changed, colours)
    assert "平均字数" not in picture
    assert picture.count("答案正确率") == 1
    assert trend_picture([each for each in of_one if not each.product], colours)  # of nothing


def test_only_the_latest_of_many_are_listed(runs: Path) -> None:
    run(runs, "前")
    (first,) = KeptRuns(runs).runs()
    many = [first.model_copy(update={"name": str(n)}) for n in range(RUNS + 5)]
    assert [each.name for each in by_questions(many)["小集"]] == [str(n) for n in range(RUNS)]
