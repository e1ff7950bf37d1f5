"""A reminder as a launch agent of macOS."""

import plistlib
from collections.abc import Sequence

from matside.remind.schedule import DAYS, Reminder


def agent(label: str, reminder: Reminder, command: Sequence[str]) -> bytes:
    """Write the property list. Sunday is 0 there."""
    days = [{}] if reminder.is_daily else [{"Weekday": (DAYS.index(day) + 1) % 7} for day in reminder.days]
    times = [{"Hour": at.hour, "Minute": at.minute} for at in reminder.times]
    return plistlib.dumps(
        {
            "Label": label,
            "ProgramArguments": list(command),
            "StartCalendarInterval": [time | day for day in days for time in times],
            "ProcessType": "Background",
            "RunAtLoad": False,
        }
    )
