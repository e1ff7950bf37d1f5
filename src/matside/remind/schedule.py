"""When a reminder is due: times of day, days of the week, and hours of quiet. No clock is read here.

Times are those of the wall where she lives; a reminder has no time zone and moves with the clocks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from matside.errors import UsageError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_GROUPS = {"daily": DAYS, "weekdays": DAYS[:5], "weekend": DAYS[5:]}
BREAK_EVERY_MIN = (30, 60, 120)
"""The article says two hours; other sources 20 to 60 minutes."""

PELVIC_FLOOR_TIMES = (time(9), time(14), time(19))
"""Three short sets a day."""

LATE = timedelta(minutes=10)
"""A reminder that comes later than this, as after a sleep of the computer, stays silent."""

MOST_TIMES = 48
"""What Windows takes for one task: every half hour of a day."""

_TIME = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_EXAMPLE_TIME = "Give a time as 07:30."


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing rings, from `start` up to and without `end`; they may go over midnight."""

    start: time
    end: time

    def __contains__(self, at: time) -> bool:
        """Tell whether a time lies in them."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


NIGHT = Quiet(time(21), time(8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder.

    Attributes:
        name: "morning", "evening", "break" or "pelvic-floor".
        times: When, in order; each at most once.
        days: Some of `DAYS`, in their order.
        quiet: Hours of quiet; None for times that the person named herself.
        every_min: How far apart breaks are; None for everything else.
    """

    name: str
    times: tuple[time, ...]
    days: tuple[str, ...] = DAYS
    quiet: Quiet | None = None
    every_min: int | None = None

    @property
    def is_daily(self) -> bool:
        """Whether every day has it."""
        return self.days == DAYS


def read_time(text: str) -> time:
    """Read a time of day, "7:30" or "07:30".

    Raises:
        UsageError: It is none.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise UsageError(f'"{text}" is no time of day.', hint=_EXAMPLE_TIME)
    return time(int(found["hour"]), int(found["minute"]))


def read_quiet(text: str) -> Quiet:
    """Read hours of quiet, "21:00-08:00".

    Raises:
        UsageError: They aren't two times, or they are all day.
    """
    start, dash, end = text.partition("-")
    if not dash:
        raise UsageError(f'"{text}" are no quiet hours.', hint="Give two times, as 21:00-08:00.")
    quiet = Quiet(read_time(start), read_time(end))
    if quiet.start == quiet.end:
        raise UsageError(
            f"Quiet hours from {quiet.start:%H:%M} to {quiet.end:%H:%M} would be none, or all day.",
            hint="Give two different times, as 21:00-08:00.",
        )
    return quiet


def read_days(text: str) -> tuple[str, ...]:
    """Read days of the week: "mon-fri", "mon,wed,sat", "daily", "weekdays", "weekend", in any mixture.

    Raises:
        UsageError: There is no such day.
    """
    chosen: set[str] = set()
    for part in text.lower().replace(" ", "").split(","):
        if part in DAY_GROUPS:
            chosen |= set(DAY_GROUPS[part])
            continue
        first, dash, last = part.partition("-")
        start, end = _day(first, text), _day(last, text) if dash else _day(first, text)
        while True:
            chosen.add(DAYS[start])
            if start == end:
                break
            start = (start + 1) % len(DAYS)
    return tuple(day for day in DAYS if day in chosen)


def _day(name: str, text: str) -> int:
    for number, day in enumerate(_DAY_NAMES):
        if len(name) >= len(DAYS[number]) and day.startswith(name):
            return number
    raise UsageError(f'"{text}" are no days.', hint="Give days as mon-fri, or mon,wed,sat, or daily.")


def timed(name: str, times: tuple[time, ...], days: tuple[str, ...], quiet: Quiet | None) -> Reminder:
    """Make a reminder of times that the person named; quiet hours hold only where she gave them too.

    Raises:
        UsageError: A time lies in her quiet hours, or there are too many.
    """
    inside = [at for at in times if quiet is not None and at in quiet]
    if inside:
        raise UsageError(
            f"{inside[0]:%H:%M} lies in the quiet hours {quiet}.",
            hint="Choose another time, or other quiet hours with --quiet.",
        )
    if len(set(times)) > MOST_TIMES:
        raise UsageError(f"{len(set(times))} times a day are too many.", hint=f"{MOST_TIMES} are the most.")
    return Reminder(name=name, times=tuple(sorted(set(times))), days=days, quiet=quiet)


def breaks(every_min: int, days: tuple[str, ...], quiet: Quiet) -> Reminder:
    """Make the reminder of breaks: one each `every_min` minutes between the quiet hours.

    Raises:
        UsageError: The quiet hours leave no room for any.
    """
    ends = timedelta(hours=quiet.end.hour, minutes=quiet.end.minute)
    starts = timedelta(hours=quiet.start.hour, minutes=quiet.start.minute)
    waking = (starts - ends) % timedelta(days=1)
    step = timedelta(minutes=every_min)
    count = -(-waking // step) - 1
    if count < 1:
        raise UsageError(
            f"The quiet hours {quiet} leave no room for a break every {every_min} minutes.",
            hint="Make them shorter: --quiet 21:00-08:00.",
        )
    begin = datetime(2000, 1, 1, quiet.end.hour, quiet.end.minute)  # noqa: DTZ001  # only its time of day counts
    times = {(begin + step * number).time() for number in range(1, count + 1)}
    return Reminder(name="break", times=tuple(sorted(times)), days=days, quiet=quiet, every_min=every_min)


def is_due(reminder: Reminder, now: datetime) -> bool:
    """Tell whether it may ring now: it is its time, or a few minutes after, and no quiet hour."""
    if reminder.quiet is not None and now.time() in reminder.quiet:
        return False
    for days_ago in (0, 1):
        day = now.date() - timedelta(days=days_ago)
        if DAYS[day.weekday()] not in reminder.days:
            continue
        for at in reminder.times:
            late = now - datetime.combine(day, at, tzinfo=now.tzinfo)
            # Timers may fire a moment early.
            if timedelta(seconds=-60) <= late <= LATE:
                return True
    return False


def in_words(reminder: Reminder, texts: Mapping[str, str]) -> str:
    """Say when it rings, on one line.

    Args:
        reminder: The reminder.
        texts: Words of the screen: `remind.every`, `remind.quiet`, and `days.` with a day or a group of them.
    """
    if reminder.every_min is not None:
        first, last = reminder.times[0], reminder.times[-1]
        when = texts["remind.every"].format(
            minutes=reminder.every_min, first=f"{first:%H:%M}", last=f"{last:%H:%M}"
        )
    else:
        when = ", ".join(f"{at:%H:%M}" for at in reminder.times)
    group = {names: name for name, names in DAY_GROUPS.items()}.get(reminder.days)
    days = [texts[f"days.{name}"] for name in ((group,) if group else reminder.days)]
    quiet = [] if reminder.quiet is None else [texts["remind.quiet"].format(hours=reminder.quiet)]
    return ", ".join([when, *days, *quiet])
