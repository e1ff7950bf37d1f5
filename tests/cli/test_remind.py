"""`matside remind`: set, listed, rung and taken back, with the files of a home of its own.

No session bus is here to keep a timer, so a small `systemctl` stands in that notes what it is asked.
"""

import json
import os
import stat
import wave
from datetime import datetime, timedelta

import numpy as np
import pytest

from matside.content.library import load_library

TEXT = load_library().languages["en"].reminders["break"]


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Put a folder before PATH, where tools can be laid, and give a maker of them."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    def lay(name, code=0, script=""):
        path, log = folder / name, folder / f"{name}.log"
        path.write_text(
            f'#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word" >>"{log}"; done\n{script}\nexit {code}\n'
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return log

    return lay


@pytest.fixture
def systemctl(tools):
    return tools("systemctl")


@pytest.fixture
def units(tmp_path):
    return tmp_path / "nobody" / ".config" / "systemd" / "user"


def now_in(minutes):
    return f"{datetime.now().astimezone() + timedelta(minutes=minutes):%H:%M}"


def test_nothing_reminds_until_it_is_asked_for(matside, home):
    ran = matside("remind")
    assert (ran.code, ran.out) == (0, "")
    assert "remind morning 07:30" in ran.err
    assert not home.exists()


def test_a_reminder_is_set_listed_and_taken_back_by_the_same_command(matside, systemctl, units, home):
    ran = matside("remind", "morning", "7:30", "--days", "mon-fri", "--system", "systemd")
    assert (ran.code, ran.out) == (0, "")
    assert "07:30, weekdays" in ran.err
    assert {path.name for path in units.iterdir()} == {"matside-morning.service", "matside-morning.timer"}
    assert "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 07:30:00" in (units / "matside-morning.timer").read_text()
    assert str(home) in (units / "matside-morning.service").read_text()
    assert systemctl.read_text().split() == [
        *("--user", "daemon-reload", "--user", "enable", "--quiet", "matside-morning.timer"),
        *("--user", "restart", "matside-morning.timer"),
    ]
    (row,) = matside("remind", "list", "--json").rows
    assert (row["reminder"], row["times"], row["system"]) == ("morning", ["07:30"], "systemd")
    assert "kept by systemd" in matside("remind").out

    ran = matside("remind", "remove", "morning")
    assert (ran.code, ran.err) == (0, "Removed: morning.\n")
    assert list(units.iterdir()) == []
    assert "disable" in systemctl.read_text()
    assert matside("remind", "list").out == ""


def test_setting_it_again_replaces_it(matside, systemctl, units):
    matside("remind", "morning", "07:30")
    matside("remind", "morning", "08:15")
    assert [row["times"] for row in matside("remind", "list", "--json").rows] == [["08:15"]]
    assert "07:30" not in (units / "matside-morning.timer").read_text()


def test_all_are_taken_back_at_once(matside, systemctl, units):
    matside("remind", "evening", "19:00")
    matside("remind", "break", "--every", "30")
    matside("remind", "pelvic-floor")
    rows = {row["reminder"]: row for row in matside("remind", "list", "--json").rows}
    assert rows["pelvic-floor"]["times"] == ["09:00", "14:00", "19:00"]
    assert rows["break"]["quiet"] == "21:00-08:00"
    assert rows["break"]["times"][0] == "08:30"
    assert matside("remind", "remove", "all").code == 0
    assert list(units.iterdir()) == []


def test_each_person_has_reminders_of_her_own(matside, systemctl, units):
    matside("remind", "morning", "07:30", "--profile", "anna")
    assert (units / "matside-anna-morning.timer").exists()
    assert '"--profile" "anna"' in (units / "matside-anna-morning.service").read_text()
    assert matside("remind", "list", "--json").out == ""
    assert len(matside("remind", "list", "--json", "--profile", "anna").rows) == 1


def test_deleting_a_profile_takes_its_reminders_back(matside, systemctl, units):
    matside("remind", "morning", "07:30")
    matside("remind", "evening", "19:00", "--profile", "anna")
    ran = matside("profile", "delete", "--yes")
    assert ran.code == 0
    assert "Removed: the reminder morning" in ran.out
    assert {path.name for path in units.iterdir()} == {
        "matside-anna-evening.service",
        "matside-anna-evening.timer",
    }


@pytest.mark.parametrize("system", ["systemd", "launchd", "schtasks"])
def test_a_dry_run_shows_everything_and_changes_nothing(matside, systemctl, tmp_path, home, system):
    ran = matside("remind", "morning", "07:30", "--system", system, "--dry-run")
    assert ran.code == 0
    assert "would write: " in ran.out
    assert "would run: " in ran.out
    assert "remind" in ran.out
    assert not systemctl.exists()
    assert not (tmp_path / "nobody").exists()
    assert not home.exists()


def test_a_system_that_refuses_is_told_in_two_lines_and_nothing_is_left_behind(matside, tools, units):
    tools("systemctl", code=1, script='echo "Failed to connect to bus" >&2')
    ran = matside("remind", "morning", "07:30", "--system", "systemd")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 2
    assert "Failed to connect to bus" in ran.err
    assert "--ics" in ran.err
    assert list(units.iterdir()) == []
    assert matside("remind", "list").out == ""


def test_a_system_that_refuses_a_change_keeps_what_was_set_before(matside, tools, units):
    tools("systemctl")
    matside("remind", "morning", "07:30")
    before = (units / "matside-morning.timer").read_text()
    tools("systemctl", code=1)
    assert matside("remind", "morning", "09:00").code == 1
    assert (units / "matside-morning.timer").read_text() == before
    assert matside("remind", "list", "--json").rows[0]["times"] == ["07:30"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("morning", "25:00"),
        ("morning", "half past seven"),
        ("evening", "22:00", "--quiet", "21:00-08:00"),
        ("break", "--quiet", "08:00-08:00"),
        ("break", "--quiet", "08:00-08:30", "--days", "moonday"),
        ("break", "--quiet", "22:00"),
        ("break", "--every", "120", "--quiet", "08:00-07:00"),
        ("remove", "noon"),
    ],
    ids=" ".join,
)
def test_what_can_not_be_is_told_in_two_lines_and_nothing_is_set(matside, systemctl, home, arguments):
    ran = matside("remind", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 2
    assert not systemctl.exists()
    assert not home.exists()


def test_a_calendar_file_needs_no_system_and_leaves_nothing_else(matside, tmp_path, home):
    file = tmp_path / "break.ics"
    ran = matside("remind", "break", "--every", "120", "--ics", file)
    assert ran.code == 0
    content = file.read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.count(b"BEGIN:VEVENT") == 6
    assert TEXT.title.encode() in content
    assert not home.exists()
    assert matside("remind", "break", "--ics", tmp_path / "nowhere" / "x.ics").code == 1


def test_it_shows_a_notice_at_its_time_and_starts_nothing(matside, tools, systemctl, home):
    log = tools("notify-send")
    matside("remind", "pelvic-floor", now_in(0))
    ran = matside("remind", "fire", "pelvic-floor")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    text = load_library().languages["en"].reminders["pelvic-floor"]
    assert log.read_text().splitlines()[-2:] == [text.title, text.text]
    assert not (home / "state").exists()
    assert not (home / "data").exists()


@pytest.mark.parametrize("minutes", [-30, 30])
def test_out_of_its_time_it_stays_silent(matside, tools, systemctl, minutes):
    log = tools("notify-send")
    matside("remind", "morning", now_in(minutes))
    ran = matside("remind", "fire", "morning")
    assert ran.code == 0
    assert not log.exists()
    assert "--anyway" in ran.err
    matside("remind", "fire", "morning", "--anyway")
    assert log.exists()


def test_it_stays_silent_while_a_session_is_going_on(matside, tools, systemctl, home):
    from matside.run.journal import Header, Journal

    log = tools("notify-send")
    matside("remind", "morning", now_in(0))
    header = Header(
        routine="breathe",
        routine_text="",
        language="en",
        options={},
        plan="x",
        started_at=datetime.now().astimezone(),
    )
    with Journal.begin(home / "state" / "journal", header):
        ran = matside("remind", "fire", "morning")
        assert "going on" in ran.err
        assert not log.exists()
    matside("remind", "fire", "morning")
    assert log.exists()


def test_a_reminder_that_was_taken_back_rings_no_more(matside, tools, systemctl):
    log = tools("notify-send")
    ran = matside("remind", "fire", "morning")
    assert ran.code == 0
    assert not log.exists()


def test_notices_are_in_her_language(matside, tools, systemctl, home):
    log = tools("notify-send")
    matside("remind", "break", "--every", "30", "--language", "ko")
    matside("remind", "fire", "break", "--anyway", "--language", "ko")
    assert load_library().languages["ko"].reminders["break"].title in log.read_text()


@pytest.mark.room
def test_where_no_notice_can_be_shown_a_soft_tone_sounds(room, process, tools, systemctl, tmp_path):
    tools("notify-send", code=1)
    environ = {**os.environ, "HOME": str(tmp_path / "nobody")}
    assert process("remind", "morning", now_in(0), "--system", "systemd", env=environ).code == 0
    room.start_recording()
    ran = process("remind", "fire", "morning", env=environ)
    with wave.open(str(room.stop_recording())) as recording:
        samples = np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert np.abs(samples.astype(int)).max() > 500


def test_a_damaged_list_of_reminders_is_told_and_left_alone(matside, home):
    file = home / "config" / "reminders.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"version": 1, "reminders": [{"name": "morning"}]}))
    ran = matside("remind", "list")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 2
    assert str(file) in ran.err
    assert file.exists()
