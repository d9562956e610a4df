"""When something may be applied for."""

import pytest

from policyqa.qa.register.standing import Standings
from policyqa.qa.register.types import Cell, Quote
from policyqa.qa.register.windows import Window, window_of, windows
from tests.programmes import office, programmes

DAY = "2026-06-15"


@pytest.mark.parametrize(
    ("text", "opens", "closes", "state"),
    [
        ("申报时间：2026年6月1日至6月30日", "2026-06-01", "2026-06-30", "open"),
        ("2015年12 月20日至30日，逾期不再补报", "2015-12-20", "2015-12-30", "closed"),
        ("2026年11月1日9时至2027年1月31日17时", "2026-11-01", "2027-01-31", "soon"),
        ("2026年12月1日-1月15日", "2026-12-01", "2027-01-15", "soon"),
        ("2026年5月—7月", "2026-05-01", "2026-07-31", "open"),
        ("每年3月1日至4月30日受理", "2027-03-01", "2027-04-30", "soon"),
        ("每年6月10日至9月底", "2026-06-10", "2026-09-30", "open"),
        ("每年11月1日至7月31日", "2025-11-01", "2026-07-31", "open"),
        ("应于2026年6月15日前提交", "", "2026-06-15", "open"),
        ("每年6月底前集中申报", "2026-01-01", "2026-06-30", "open"),
        ("每年3月底前集中申报", "2027-01-01", "2027-03-31", "soon"),
        ("申报截止时间为2026年6月14日17时", "", "2026-06-14", "closed"),
        ("自2026年7月1日起受理", "2026-07-01", "", "soon"),
        ("自2026年7月1日起受理，2026年8月31日前截止", "", "2026-08-31", "open"),
        ("长期受理", "", "", "always"),
    ],
)
def test_a_window_is_read(text: str, opens: str, closes: str, state: str) -> None:
    (found,) = windows(text, DAY)
    assert (found.opens, found.closes, found.state(DAY)) == (opens, closes, state)


@pytest.mark.parametrize(
    "text",
    [
        "工作日9:00至17:00",
        "6月1日至6月30日",
        "2026年6月31日前",
        "2026年6月30日至2026年6月1日",
        "每月5日前",
        "2027年1月1日前不受理",
        "不受理时间为2026年12月1日至12月31日",
        "全年受理（12月除外）",
        "2026年6月1日至6月30日暂停受理",
    ],
)
def test_what_names_no_days_of_a_year_is_no_window(text: str) -> None:
    assert list(windows(text, DAY)) == []


def test_days_that_are_left_do_not_count_today() -> None:
    (found,) = windows("2026年6月1日至6月30日", DAY)
    assert found.left(DAY) == 15
    assert found.left("2026-06-30") == 0
    assert found.left("2026-07-01") is None


CORPUS = office()
PROGRAMME = programmes(CORPUS)[0].model_copy(update={"valid_from": "", "valid_to": ""})


def held(*texts: str, words: str = "购房补贴", **about: str) -> Window | None:
    """The window of a programme that says these, by a quote of these words."""
    quote = Quote(text=words, link=PROGRAMME.benefits[0].quote.link)
    cells = tuple(Cell(text=text, quote=quote) for text in texts)
    programme = PROGRAMME.model_copy(update={"window": cells, **about})
    return window_of(programme, Standings(CORPUS, DAY))


def test_a_window_lies_within_the_days_on_which_a_programme_holds() -> None:
    year = "每年4月1日至9月30日"
    open_now = held(year, valid_to="2026-07-31")
    assert open_now
    assert (open_now.closes, open_now.state(DAY)) == ("2026-07-31", "open")
    later = held(year, valid_from="2026-08")
    assert later
    assert (later.opens, later.state(DAY)) == ("2026-08-01", "soon")
    always = held("长期受理", valid_from="2026-07-01")
    assert always
    assert always.state(DAY) == "soon"
    assert held("长期受理", valid_from="2025-01-01") == Window("", "", "长期受理", always=True)
    assert held("2027年1月1日至3月1日", valid_to="2026-12-31") is None
    assert held(year, valid_to="2026-06-14") is None  # has ended


def test_words_that_have_changed_say_no_window() -> None:
    assert held("长期受理", words="原文里没有的话") is None


def test_of_several_windows_the_open_one_counts_then_the_next_then_the_last() -> None:
    def of(*texts: str) -> str:
        found = held(*texts)
        return found.closes if found else "none"

    past, now, later = (f"2026年{m}月1日至{m}月20日" for m in (2, 6, 9))
    older = "2025年2月1日至2月20日"
    assert of(past, now, later) == "2026-06-20"
    assert of(later, past) == "2026-09-20"
    assert of(older, past) == "2026-02-20"
    assert of("工作日") == "none"
