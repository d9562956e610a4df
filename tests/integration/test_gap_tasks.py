"""Who is to answer a gap and by when: given, shown, looked for, overdue, done, and never lost."""

import re
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert

from policyqa.qa.live import LiveAssistant
from policyqa.ui.staff.groups import MAX_WORDINGS
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.audit import latest
from policyqa.ui.store.records import Records, answer_row
from policyqa.ui.store.tables import AnswerRow, TaskRow
from policyqa.ui.store.tasks import MAX_OPEN, Task, Tasks
from policyqa.ui.store.transactions import transaction
from policyqa.ui.store.types import KeptAnswer
from tests.integration.test_gaps_desk import (
    ASKED,
    LATER,
    client,
    drafted,
    engine,
    keeping,
    post,
    sign,
    silent,
)
from tests.staff import PASSWORD, QUICK, SETTINGS

__all__ = ["client", "engine", "keeping"]  # fixtures: an editor's browser, of an office with gaps
TODAY = date.today()
PAST = (TODAY - timedelta(days=3)).isoformat()
VISA = ASKED[2]


def give(client: TestClient, place: str, **form: str) -> tuple[int, str]:
    """As somebody who has just seen it."""
    page = client.get(f"/staff/gaps/{place}").text
    seen = re.search(r'name="task" value="([^"]*)"', page)
    assert seen
    return post(client, f"/staff/gaps/{place}/task", **{"task": seen[1], **form})


def overdue(engine: Engine, *asked: str, owner: str = "", due: str = PAST) -> None:
    """What nobody may type: a day that has passed."""
    question = ASKED[int(asked[0][1])]
    task = Task(question=question, asked=asked, owner=owner, due=due)
    Tasks(engine).give(task, "editor1", seen="", answered=())


def listed(client: TestClient, show: str = "all") -> list[str]:
    page = client.get("/staff/gaps", params={"show": show}).text
    return re.findall(r'<td class="long">.*?>([^<]+)</a>', page)


def counts(client: TestClient) -> dict[str, int]:
    page = client.get("/staff/gaps").text
    found = re.findall(r"\?show=(\w+)\"[^>]*>[^<]+<small>(\d+)</small>", page)
    return {show: int(count) for show, count in found}


def test_a_question_stands_once_with_its_count_and_the_days_on_which_it_was_asked(
    client: TestClient, engine: Engine
) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC).astimezone().replace(hour=12)
    for n, day in enumerate((0, 1, 1, 2, 3)):
        then = noon + timedelta(days=day)
        Records(engine, now=lambda then=then: then.astimezone(UTC)).keep(silent(f"v{n}", VISA))
    (row,) = [row for row in client.get("/staff/gaps").text.split("<tr") if VISA in row]
    asked = Records(engine).answer("q2")
    assert asked is not None
    newest = datetime.fromisoformat(asked.time).astimezone().date().isoformat()
    assert ">6</td>" in row
    assert f">{newest}、2026-03-04、2026-03-03 等 5 天</td>" in row
    page = client.get("/staff/gaps/q2").text
    days = "2026-03-04、2026-03-03、2026-03-02（2 次）、2026-03-01"
    assert f"问的日子：{newest}、{days}</p>" in page


def test_a_gap_is_given_to_somebody_until_a_day_and_the_log_says_so(
    client: TestClient, engine: Engine
) -> None:
    Accounts(engine, SETTINGS, hasher=QUICK).rename("admin1", "人才科")
    assert give(client, "q2", owner="admin1", due=LATER) == (303, "/staff/gaps/q2")
    row = next(row for row in client.get("/staff/gaps").text.split("<tr") if VISA in row)
    assert all(f">{words}</td>" in row for words in ("人才科（admin1）", LATER))
    page = client.get("/staff/gaps/q2").text
    assert '<option value="admin1" selected>人才科（admin1）</option>' in page
    assert f'name="due" value="{LATER}"' in page
    assert give(client, "q2", owner="editor1", due="")[0] == 303
    assert give(client, "q2", owner="", due="")[0] == 303
    released, changed, given = latest(engine, count=3)
    assert [e.act for e in (released, changed, given)] == ["gap_released", "gap_given", "gap_given"]
    assert {e.who for e in (released, changed, given)} == {"editor1"}
    assert given.details == {"question": VISA, "owner": "admin1", "due": LATER}
    was = {"was_owner": "admin1", "was_due": LATER}
    assert changed.details == {"question": VISA, "owner": "editor1", "due": ""} | was
    assert Tasks(engine).open(()) == []
    client.post("/staff/login", data={"name": "admin1", "password": PASSWORD})
    log = client.get("/staff/log").text
    for words in ("安排缺口", "取消安排", "负责人：admin1", f"原期限：{LATER}", "/staff/gaps/q2"):
        assert words in log


def test_the_list_is_filtered_by_what_is_mine_overdue_or_nobodys(
    client: TestClient, engine: Engine
) -> None:
    assert counts(client) == {"all": 2, "overdue": 0, "mine": 0, "unowned": 2}
    give(client, "q0", owner="editor1", due=LATER)
    overdue(engine, "q2", owner="reader1")
    assert counts(client) == {"all": 2, "overdue": 1, "mine": 1, "unowned": 0}
    assert [listed(client, show) for show in ("overdue", "unowned")] == [[VISA], []]
    assert listed(client, "mine")[0] in ASKED[:2]
    assert "这里没有要看的缺口" in client.get("/staff/gaps?show=unowned").text
    Accounts(engine, SETTINGS, hasher=QUICK).disable("reader1")
    assert listed(client, "unowned") == [VISA]  # whoever cannot log in does nothing
    assert "reader1，已停用" in client.get("/staff/gaps").text
    assert client.get("/staff/gaps?show=x").status_code == 422


def test_what_is_overdue_is_first_and_marked_and_counted_on_the_front_page(
    client: TestClient, engine: Engine
) -> None:
    assert "督办" not in client.get("/staff").text
    assert listed(client)[-1] == VISA  # asked less often
    overdue(engine, "q2", due=TODAY.isoformat())
    assert (listed(client)[-1], "督办</b>" in client.get("/staff").text) == (VISA, False)  # not yet
    (task,) = Tasks(engine).open(())
    late = task.model_copy(update={"due": PAST})
    Tasks(engine).give(late, "editor1", seen=task.id, answered=())
    assert listed(client)[0] == VISA
    row = next(row for row in client.get("/staff/gaps").text.split("<tr") if VISA in row)
    assert '<b class="mark">督办</b>' in row
    assert f"{PAST} 已过" in row
    front = client.get("/staff").text
    assert "1 个缺口过了期限" in front
    assert "/staff/gaps?show=overdue" in front
    assert give(client, "q2", owner="editor1", due=PAST)[0] == 303  # only who is changed
    assert counts(client)["overdue"] == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"owner": "nobody"}, "没有这个账号"),
        ({"owner": "x" * 5000}, "没有这个账号"),
        ({"due": PAST}, "期限请写今天到 3 年之间的日期"),
        ({"due": "2026-02-30"}, "期限请写今天到 3 年之间的日期"),
        ({"due": "9999-12-31"}, "期限请写今天到 3 年之间的日期"),
        ({"due": "明天"}, "期限请写今天到 3 年之间的日期"),
    ],
)
def test_who_or_when_that_cannot_be_is_refused_in_one_line(
    client: TestClient, engine: Engine, form: dict[str, str], words: str
) -> None:
    status, page = give(client, "q2", **form)
    assert (status, words in page) == (400, True)
    assert Tasks(engine).open(()) == []


def test_a_disabled_account_is_not_offered_nor_taken(client: TestClient, engine: Engine) -> None:
    Accounts(engine, SETTINGS, hasher=QUICK).disable("reader1")
    assert 'value="reader1"' not in client.get("/staff/gaps/q2").text
    assert give(client, "q2", owner="reader1")[0] == 400


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    client: TestClient, engine: Engine
) -> None:
    assert give(client, "q2", owner="admin1")[0] == 303
    status, words = post(client, "/staff/gaps/q2/task", owner="editor1", task="")
    assert (status, "别人改过这个缺口的安排" in words) == (409, True)
    (task,) = Tasks(engine).open(())
    assert task.owner == "admin1"


def test_what_two_give_at_the_same_moment_is_one_task(client: TestClient, engine: Engine) -> None:
    said = {"question": VISA, "asked": ["q2"], "due": PAST}
    with transaction(engine) as session:
        session.add(TaskRow(id="b", time="2026-01-01T00:00:01.000+00:00", owner="wang", **said))
        session.add(TaskRow(id="a", time="2026-01-01T00:00:00.000+00:00", owner="li", **said))
    assert listed(client, "overdue") == [VISA]
    assert "1 个缺口过了期限" in client.get("/staff").text
    assert ">wang</td>" in client.get("/staff/gaps").text
    assert give(client, "q2", owner="", due="")[0] == 303
    assert Tasks(engine).open(()) == []  # and the other does not come back


def test_a_reader_sees_who_is_to_answer_and_cannot_change_it(
    client: TestClient, engine: Engine
) -> None:
    overdue(engine, "q2", owner="admin1")
    client.post("/staff/login", data={"name": "reader1", "password": PASSWORD})
    page = client.get("/staff/gaps/q2").text
    assert f"负责人：admin1　期限：{PAST}" in page
    assert "/staff/gaps/q2/task" not in page


def test_a_task_stays_one_whatever_is_asked_since_and_however_much(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    overdue(engine, "q2")
    for n in range(3):
        Records(engine).keep(silent(f"more{n}", f"食堂在{n}楼吗"))
    Records(engine).keep(silent("again", VISA))
    assert listed(client, "overdue") == [VISA]
    monkeypatch.setattr("policyqa.ui.staff.groups.MAX_WORDINGS", 1)
    monkeypatch.setattr("policyqa.ui.store.drafts.MAX_QUESTIONS", 1)
    assert listed(client) == [VISA]
    Records(engine).purge(days=None)
    assert listed(client, "overdue") == [VISA]
    assert ">0</td>" in client.get("/staff/gaps").text  # no asking of it is kept
    assert VISA in client.get("/staff/gaps/q2").text
    assert "1 个缺口过了期限" in client.get("/staff").text


def test_two_tasks_that_ask_the_same_stay_two_and_what_is_new_joins_the_first(
    client: TestClient, engine: Engine
) -> None:
    overdue(engine, "q0")
    overdue(engine, "q1")
    assert len(listed(client, "overdue")) == 2
    assert "2 个缺口过了期限" in client.get("/staff").text
    Records(engine).keep(silent("q5", "博士的车位补贴究竟有多少"))
    assert len(listed(client)) == 3  # with that of the visa


def test_a_signed_answer_ends_a_task_whose_questions_are_kept_no_more(
    client: TestClient, engine: Engine, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    overdue(engine, "q0", "q1")
    Records(engine).purge(days=None)  # what was asked is kept no more, and asked once again
    Records(engine).keep(silent("q0b", ASKED[0]))
    place = drafted(client, **{"asked-q0b": "yes"})
    assert sign(client, place)[0] == 303
    keeping[1].settle()
    assert listed(client) == []
    assert "督办" not in client.get("/staff").text


def test_one_wording_of_a_task_that_has_no_answer_keeps_it(
    client: TestClient, engine: Engine, keeping: tuple[LiveAssistant, Librarian]
) -> None:
    give(client, "q0", owner="editor1", due=LATER)  # of two wordings
    assert sign(client, drafted(client, **{"asked-q1": ""}))[0] == 303
    keeping[1].settle()
    assert listed(client, "mine") == [ASKED[1]]


def test_there_are_no_more_tasks_than_the_list_has_places_for(engine: Engine) -> None:
    rows = [
        TaskRow(id=f"t{n}", time="2026", question="x", asked=[f"x{n}"], owner="li", due="")
        for n in range(MAX_OPEN)
    ]
    with transaction(engine) as session:
        session.add_all(rows)
    with pytest.raises(Exception, match=f"已经安排了 {MAX_OPEN} 个缺口"):
        overdue(engine, "q2")


def test_the_list_is_quick_over_twenty_thousand_questions(
    client: TestClient,
    engine: Engine,
    keeping: tuple[LiveAssistant, Librarian],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = answer_row(KeptAnswer(id="n", time="2026-01-01", answer=silent("n", "n")))
    same = {column.name: getattr(row, column.name) for column in AnswerRow.__table__.columns}
    rows = [same | {"id": f"n{n}", "question": f"第{n % 9000}号楼能停车吗"} for n in range(20_000)]
    with transaction(engine) as session:
        session.execute(insert(AnswerRow), rows)
    overdue(engine, "q2", "n19999")
    sizes: list[int] = []
    grouped = keeping[0].groups

    def groups(questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        sizes.append(len(questions))
        return grouped(questions)

    monkeypatch.setattr(keeping[0], "groups", groups)
    begun = time.perf_counter()
    assert listed(client, "overdue")
    assert time.perf_counter() - begun < 10  # about one on two cores
    assert sizes == [MAX_WORDINGS]  # what takes its time does not grow with what is kept
