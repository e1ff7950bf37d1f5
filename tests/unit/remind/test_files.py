"""The files that each system reads, held to systemd's own checker, plistlib, XML and RFC 5545."""

import plistlib
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, time
from xml.etree import ElementTree as ET

import pytest

from matside.content.card import ReminderText
from matside.content.library import load_library
from matside.remind.calendar_file import calendar, folded
from matside.remind.installation import Places, System, label_of, to_install, to_remove
from matside.remind.launchd import agent
from matside.remind.schedule import DAYS, NIGHT, breaks, read_days, timed
from matside.remind.systemd import quoted, units
from matside.remind.task_scheduler import task

MORNING = timed("morning", (time(7, 30),), DAYS, None)
WORKDAYS = timed("pelvic-floor", (time(9), time(14), time(19)), read_days("mon-fri"), None)
BREAK = breaks(30, DAYS, NIGHT)
COMMAND = (sys.executable, "-m", "matside", "remind", "fire", "morning", "--home", '/a b/100 %/"$HOME"\\x')
NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
TEXT = load_library().languages["en"].reminders["morning"]
SYSTEMD_CHECKS = shutil.which("-".join(["systemd", "analyze"]))  # noqa: FLY002  # our spelling is British


@pytest.mark.skipif(SYSTEMD_CHECKS is None, reason="systemd isn't here to check them")
@pytest.mark.parametrize("reminder", [MORNING, WORKDAYS, BREAK], ids=lambda reminder: reminder.name)
def test_systemd_accepts_the_units(reminder, tmp_path):
    for name, text in units("matside-x", reminder, COMMAND).items():
        (tmp_path / name).write_text(text)
    paths = [str(path) for path in sorted(tmp_path.iterdir())]
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)}
    ran = subprocess.run(
        [SYSTEMD_CHECKS, "--user", "verify", *paths],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environ,
    )
    ours = [line for line in ran.stderr.splitlines() if "matside-x" in line]
    assert ours == []


@pytest.mark.skipif(SYSTEMD_CHECKS is None, reason="systemd isn't here to check them")
def test_systemd_finds_the_next_time_on_the_right_day():
    timer = units("matside-x", WORKDAYS, COMMAND)["matside-x.timer"]
    calendars = re.findall(r"OnCalendar=(.*)", timer)
    assert len(calendars) == 3
    for spec, at in zip(calendars, WORKDAYS.times, strict=True):
        ran = subprocess.run(
            [SYSTEMD_CHECKS, "calendar", "--base-time=2026-11-28 12:00", spec],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert ran.returncode == 0, ran.stderr
        assert f"Mon 2026-11-30 {at:%H:%M}:00" in ran.stdout


def test_a_word_is_quoted_so_that_systemd_reads_it_back_as_it_was():
    assert quoted('100 % of "$HOME"\\') == '"100 %% of \\"$$HOME\\"\\\\"'


def test_the_timer_does_not_catch_up_on_what_was_slept_through():
    assert "Persistent=false" in units("matside-x", MORNING, COMMAND)["matside-x.timer"]


def test_launchd_gets_a_property_list_with_its_own_days():
    found = plistlib.loads(agent("app.matside-x", WORKDAYS, COMMAND))
    assert found["Label"] == "app.matside-x"
    assert found["ProgramArguments"] == list(COMMAND)
    assert not found["RunAtLoad"]
    assert {entry["Weekday"] for entry in found["StartCalendarInterval"]} == {1, 2, 3, 4, 5}
    assert len(found["StartCalendarInterval"]) == 15
    assert plistlib.loads(agent("x", MORNING, COMMAND))["StartCalendarInterval"] == [
        {"Hour": 7, "Minute": 30}
    ]
    sunday = timed("morning", (time(7, 30),), ("sun",), None)
    assert plistlib.loads(agent("x", sunday, COMMAND))["StartCalendarInterval"][0]["Weekday"] == 0


def test_windows_gets_a_task_that_wakes_nothing_and_catches_up_on_nothing():
    content = task(WORKDAYS, r"C:\Program Files\pythonw.exe", "-m matside", NOW.date())
    assert content[:2] == b"\xff\xfe"
    root = ET.fromstring(content.decode("utf-16"))  # noqa: S314  # our own words
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    triggers = root.findall("t:Triggers/t:CalendarTrigger", space)
    assert [trigger.findtext("t:StartBoundary", "", space)[11:] for trigger in triggers] == [
        "09:00:00",
        "14:00:00",
        "19:00:00",
    ]
    days = triggers[0].find("t:ScheduleByWeek/t:DaysOfWeek", space)
    assert [day.tag.rpartition("}")[2] for day in days] == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
    ]
    assert root.findtext("t:Settings/t:StartWhenAvailable", "", space) == "false"
    assert root.findtext("t:Actions/t:Exec/t:Command", "", space) == r"C:\Program Files\pythonw.exe"
    assert len(ET.fromstring(task(BREAK, "x", "", NOW.date()).decode("utf-16"))[1]) <= 48  # noqa: S314


def unfolded(content):
    """Read an iCalendar file as strictly as RFC 5545 wants it written."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    physical = content.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in physical)
    for line in physical:
        line.decode()  # no letter is cut in two
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_a_calendar_file_is_written_as_the_standard_wants():
    lines = unfolded(calendar(WORKDAYS, TEXT, NOW))
    depth = []
    for line in lines:
        name, colon, value = line.partition(":")
        assert colon
        if name == "BEGIN":
            depth.append(value)
        elif name == "END":
            assert depth.pop() == value
    assert depth == []
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//matside//reminders//EN"]
    assert lines.count("BEGIN:VEVENT") == lines.count("BEGIN:VALARM") == 3
    assert "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" in lines
    # The 28th of November 2026 is a Saturday: the first event is on the Monday after it, at floating time.
    assert "DTSTART:20261130T090000" in lines
    assert "DTSTAMP:20261128T150000Z" in lines
    assert lines.count("TRIGGER:PT0S") == 3
    assert len({line for line in lines if line.startswith("UID:")}) == 3


def test_a_calendar_file_says_nothing_private():
    for language in load_library().languages.values():
        content = calendar(WORKDAYS, language.reminders["pelvic-floor"], NOW).decode()
        assert "pelvic" not in content
        assert "골반" not in content


def test_what_a_calendar_would_take_for_its_own_signs_is_escaped_and_long_lines_are_folded():
    text = ReminderText(title="a,b;c\\d", text="숨을 쉬어요, " * 20)
    lines = unfolded(calendar(MORNING, text, NOW))
    assert "SUMMARY:a\\,b\\;c\\\\d" in lines
    assert f"DESCRIPTION:{text.text.replace(',', chr(92) + ',')}" in lines
    assert b"".join(folded("x" * 75)) == b"x" * 75


@pytest.mark.parametrize("system", System)
def test_what_is_handed_over_is_all_taken_back(system, tmp_path):
    places = Places(units=tmp_path / "u", agents=tmp_path / "a", tasks=tmp_path / "t", user=501)
    label = label_of("morning", "anna")
    assert label == "matside-anna-morning"
    given = to_install(label, MORNING, COMMAND, system, places)
    taken = to_remove(label, system, places)
    assert given.files
    assert set(given.files) == set(taken.files)
    assert set(taken.files.values()) == {None}
    assert any(label in word for command in (*taken.before, *taken.after) for word in command)


def test_every_language_has_words_for_every_reminder_and_they_name_nothing_private():
    for language in load_library().languages.values():
        assert set(language.reminders) == {"morning", "evening", "break", "pelvic-floor"}
        for text in language.reminders.values():
            shown = f"{text.title} {text.text}".lower()
            assert not [
                word for word in ("pelvi", "pregnan", "birth", "골반", "임신", "출산") if word in shown
            ]
