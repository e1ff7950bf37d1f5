"""A reminder as a timer and a service of systemd's user manager.

The timer doesn't catch up (`Persistent` is off): a break that was due while the computer slept is over.
"""

from collections.abc import Sequence

from matside.remind.schedule import Reminder


def units(label: str, reminder: Reminder, command: Sequence[str]) -> dict[str, str]:
    """Write the two units, by file name."""
    days = "" if reminder.is_daily else ",".join(day.capitalize() for day in reminder.days) + " "
    calendar = "\n".join(f"OnCalendar={days}*-*-* {at:%H:%M}:00" for at in reminder.times)
    return {
        f"{label}.service": (
            f"[Unit]\nDescription=matside reminder ({reminder.name})\n\n"
            f"[Service]\nType=oneshot\nTimeoutStartSec=60\n"
            f"ExecStart={' '.join(quoted(word) for word in command)}\n"
        ),
        f"{label}.timer": (
            f"[Unit]\nDescription=matside reminder ({reminder.name})\n\n"
            f"[Timer]\n{calendar}\nAccuracySec=30s\nPersistent=false\nUnit={label}.service\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }


def quoted(word: str) -> str:
    r"""Quote a word of a command line as systemd reads it: `\`, `"`, `%` and `$` have meanings there."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
