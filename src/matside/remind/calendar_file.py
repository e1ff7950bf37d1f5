"""A reminder as an iCalendar file (RFC 5545), to import anywhere.

Times are floating: 07:30 is 07:30 wherever she is, in summer and winter.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from matside.content.card import ReminderText
from matside.remind.schedule import DAYS, Reminder

LONGEST_LINE = 75
"""Octets, the line break left out; RFC 5545, 3.1."""


def calendar(reminder: Reminder, text: ReminderText, now: datetime) -> bytes:
    """Write one event for each time of day, repeated on its days, with an alarm at its beginning.

    Args:
        reminder: When.
        text: What the alarm shows.
        now: Aware; the events begin with its date.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//matside//reminders//EN", "CALSCALE:GREGORIAN"]
    for at in reminder.times:
        first = _first_day(reminder, now.date())
        begins = f"{first:%Y%m%d}T{at:%H%M}00"
        days = ",".join(day[:2].upper() for day in reminder.days)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_uid(reminder.name, at)}",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART:{begins}",
            "DURATION:PT5M",
            f"RRULE:FREQ=WEEKLY;BYDAY={days}",
            f"SUMMARY:{escaped(text.title)}",
            f"DESCRIPTION:{escaped(text.text)}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(text.title)}",
            "TRIGGER:PT0S",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def _uid(name: str, at: time) -> str:
    """Name an event: the same each time, so that importing again replaces it, and saying nothing."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"matside:{name}:{at:%H%M}"))


def escaped(text: str) -> str:
    r"""Escape a text value: `\`, `;`, `,` and line breaks."""
    for plain, marked in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, marked)
    return text


def folded(line: str) -> Iterator[bytes]:
    """Cut a line into parts of at most 75 octets, never within a letter; later ones begin with a space."""
    part = b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            yield part
            part = b" "
        part += octets
    yield part


def _first_day(reminder: Reminder, since: date) -> date:
    """Find the first day that has it: an event must begin on a day of its own rule."""
    return next(
        day for ahead in range(7) if DAYS[(day := since + timedelta(days=ahead)).weekday()] in reminder.days
    )
