"""When something may be applied for, as a programme says it: 2026年3月1日至4月30日, 长期受理."""

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from policyqa.index.metadata.dates import first_day, iso_date, last_day
from policyqa.qa.register.standing import Standings
from policyqa.qa.register.types import Programme

State = Literal["always", "soon", "open", "closed"]
STATES: dict[State, str] = {
    "always": "常年受理", "soon": "还没有开始", "open": "正在受理", "closed": "已截止",
}  # fmt: skip
_YEAR = r"(?P<{0}y>\d{{4}})年"
_DAY = r"(?P<{0}m>\d{{1,2}})月(?:(?P<{0}d>\d{{1,2}})[日号]|份?底?)"
_TO = r"(?:\d{1,2}[时点:：]\d{0,2}分?)?(?:起)?(?:至|到|-|—|～|~|－)+"
RANGE = re.compile(
    rf"(?:{_YEAR.format('a')}|(?P<each>每年))?{_DAY.format('a')}{_TO}"
    rf"(?:{_YEAR.format('b')})?(?:{_DAY.format('b')}|(?P<only>\d{{1,2}})日)"
)
UNTIL = re.compile(
    rf"(?:{_YEAR.format('b')}|(?P<each>每年))(?:的)?{_DAY.format('b')}(?:\d{{1,2}}[时点])?(?:以?前|之前|止|截止)"
    rf"|截[止至][^\d每]{{0,8}}(?:{_YEAR.format('c')}|(?P<every>每年)){_DAY.format('c')}"
)
FROM = re.compile(rf"自?{_YEAR.format('a')}{_DAY.format('a')}(?:起|开始)")
NOT_THEN = re.compile("不予?(?:再)?(?:受理|办理|接受)|暂停|停止|除外|以外|除.{1,12}外")
ALWAYS = re.compile("(?:长期|常年|全年|随时)(?:均?可)?(?:受理|申报|申请|办理|接受|有效|开放)")


class Window(NamedTuple):
    """First and last day (ISO) on which something may be applied for, "" where that is not said;
    `words` say so. `always` stands for what is open all year."""

    opens: str
    closes: str
    words: str
    always: bool = False

    def state(self, day: str) -> State:
        """How it stands on a day (ISO)."""
        if self.always:
            return "always"
        if self.closes and self.closes < day:
            return "closed"
        return "soon" if self.opens and self.opens > day else "open"

    def left(self, day: str) -> int | None:
        """How many days are left from a day on, that day not counted; None where no end is said."""
        if not self.closes or self.state(day) != "open":
            return None
        return _ordinal(self.closes) - _ordinal(day)


def window_of(programme: Programme, standings: Standings) -> Window | None:
    """The window of a programme that counts on the day of `standings`: an open one, else the next
    one, else the last one, within the days on which the programme holds; None where no cell that
    may be relied on says one by its days, and for a programme that has ended."""
    day = standings.day
    if standings.ended(programme):
        return None
    cells = [each for each in programme.window if standings.of(each).state != "review"]
    every = [each for cell in cells for each in windows(cell.text, day)]
    found = [each for each in (_held(each, programme, day) for each in every) if each]
    order = ("always", "open", "soon", "closed")
    by_state = sorted(found, key=lambda each: order.index(each.state(day)))
    same = [each for each in by_state if each.state(day) == by_state[0].state(day)]
    if not same:
        return None
    return same[-1] if same[0].state(day) == "closed" else same[0]


def _held(window: Window, programme: Programme, day: str) -> Window | None:
    """What of a window lies within the days on which a programme holds; None for nothing."""
    first = first_day(programme.valid_from) if programme.valid_from else ""
    last = last_day(programme.valid_to) if programme.valid_to else ""
    if window.always and first <= day and not last:
        return window
    opens = max(window.opens, first)
    closes = min(filter(None, (window.closes, last)), default="")
    if opens and closes and opens > closes:
        return None
    return window._replace(opens=opens, closes=closes, always=False)


def windows(text: str, day: str) -> Iterator[Window]:
    """The windows that a text names, in its order; what is so each year as it is in the year of
    `day`, or in the next one where it is over."""
    words = "".join(text.split())
    if NOT_THEN.search(words):
        return  # says when it may not be
    if ALWAYS.search(words):
        yield Window("", "", text, always=True)
    rest = words
    for found in RANGE.finditer(words):
        rest = rest.replace(found.group(), " ")
        yield from _range(found, text, day)
    for found in UNTIL.finditer(rest):
        name = "b" if found["bm"] else "c"
        each = bool(found["each"] or found["every"])
        closes = _each_year(found, name, day) if each else _day(found, name, int(found[f"{name}y"]))
        if closes:
            yield Window(f"{closes[:4]}-01-01" if each else "", closes, text)
    for found in FROM.finditer(rest):
        if (opens := _day(found, "a", int(found["ay"]))) and not UNTIL.search(rest):
            yield Window(opens, "", text)


def _range(found: re.Match[str], text: str, day: str) -> Iterable[Window]:
    if found["ay"]:
        year = int(found["ay"])
        return _pair(found, year, text)
    if not found["each"]:
        return ()  # of which year is not said
    first = [each for year in (int(day[:4]) - 1, int(day[:4])) for each in _pair(found, year, text)]
    still = [each for each in first if each.closes >= day]
    return still[:1] or _pair(found, int(day[:4]) + 1, text)


def _pair(found: re.Match[str], year: int, text: str) -> list[Window]:
    """First and last day where the first one is of this year."""
    opens = _day(found, "a", year)
    if found["only"]:
        closes = iso_date(f"{year}年{found['am']}月{found['only']}日")
    else:
        over = not found["by"] and int(found["bm"]) < int(found["am"])  # 每年11月1日至2月底
        closes = _day(found, "b", int(found["by"] or year + over))
    return [Window(opens, closes, text)] if opens and closes and opens <= closes else []


def _day(found: re.Match[str], name: str, year: int) -> str:
    """A day; of a month alone the first one where it begins a window, else the last."""
    month, day = found[f"{name}m"], found[f"{name}d"]
    if day:
        return iso_date(f"{year}年{month}月{day}日")
    iso = iso_date(f"{year}年{month}月")
    return iso and (f"{iso}-01" if name == "a" else last_day(iso))


def _each_year(found: re.Match[str], name: str, day: str) -> str:
    closes = _day(found, name, int(day[:4]))
    return closes if not closes or closes >= day else _day(found, name, int(day[:4]) + 1)


def _ordinal(iso: str) -> int:
    return datetime.date.fromisoformat(iso).toordinal()
