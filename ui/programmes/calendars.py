"""The last day of a programme as an entry for somebody's calendar (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from policyqa.qa.register.types import Programme
from policyqa.qa.register.windows import Window

WARNED_DAYS = 3  # before the last day


def calendar_of(programme: Programme, window: Window, address: str) -> bytes:
    """An entry on the last day of a window, which must have one.

    Args:
        programme: what may be applied for.
        window: with its last day.
        address: of the programme's page.
    """
    closes = date.fromisoformat(window.closes)
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//policyqa//register//ZH")
    calendar.add("version", "2.0")
    event.add("uid", f"{programme.id}-{window.closes}@policyqa")
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", closes)
    event.add("dtend", closes + timedelta(days=1))
    event.add("summary", f"截止：{programme.name}")
    event.add("description", f"{window.words}\n{address}")
    event.add("url", address)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"还有{WARNED_DAYS}天截止：{programme.name}")
    alarm.add("trigger", timedelta(days=-WARNED_DAYS))
    event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
