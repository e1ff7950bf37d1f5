"""`matside rehearse`: the whole session at once, as text, as JSON, as sound."""

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from matside.say.pyttsx3_voice import Pyttsx3Voice

KINDS = {"line", "tone", "heard", "command", "ignored", "phase", "level", "outcome", "broken", "end"}
NEEDS = {
    "line": {"text", "length_ms"},
    "heard": {"text"},
    "command": {"name"},
    "ignored": {"text", "reason"},
    "end": {"completed"},
}


def test_every_line_of_json_is_one_event_of_the_contract(matside):
    said = [
        "40.5 too hard",
        "60 pause",
        "70 continue",
        "80 ouch",
        "95 no",
        "96 continue",
        "99 next",
        "200 blah",
    ]
    says = [word for words in said for word in ("--say", words)]
    ran = matside("rehearse", "morning", "--json", *says)
    assert ran.code == 0
    assert ran.rows
    for event in ran.rows:
        assert isinstance(event["t_ms"], int)
        assert event["kind"] in KINDS
        assert NEEDS.get(event["kind"], set()) <= set(event)
    assert {event["kind"] for event in ran.rows} >= KINDS - {"broken"}
    assert [event["t_ms"] for event in ran.rows] == sorted(event["t_ms"] for event in ran.rows)
    assert ran.rows[-1]["kind"] == "end"


def test_for_people_it_is_a_timeline(matside):
    ran = matside("rehearse", "morning", "--say", "40.5 too hard")
    assert "  0:40.5  → easier\n" in ran.out
    assert '  0:40.5  you: "too hard"\n' in ran.out
    assert ran.out.splitlines()[-1].endswith("[end, completed]")


def test_morning_is_what_is_rehearsed_unless_told(matside):
    assert "bridge" in matside("rehearse", "--json").out


def test_the_questions_are_left_out_unless_wanted(matside):
    assert matside("rehearse", "morning", "--json").rows[0]["phase"] == "talk"
    rows = matside("rehearse", "morning", "--with-check", "--json").rows
    assert rows[0]["phase"] == "checking"
    assert rows[-1]["completed"] is False


def test_the_same_rehearsal_twice_is_the_same(matside):
    arguments = ("rehearse", "evening", "--json", "--say", "100 pause", "--say", "130 continue")
    assert matside(*arguments).out == matside(*arguments).out


def test_sound_is_as_long_as_the_session_and_holds_every_line(matside, tmp_path):
    path = tmp_path / "out.wav"
    ran = matside("rehearse", "breathe", "--json", "--wav", path)
    assert ran.code == 0
    assert str(path) in ran.err
    with wave.open(str(path)) as file:
        rate_hz = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    assert len(sound) * 1000 // rate_hz == ran.rows[-1]["t_ms"] == 120_000
    for event in ran.rows:
        if event["kind"] in {"line", "tone"}:
            start, length = (round(event[key] * rate_hz / 1000) for key in ("t_ms", "length_ms"))
            part = sound[start : start + length]
            assert np.sqrt(np.mean(part**2)) > 0.01, event
    quiet = sound[int(19 * rate_hz) : int(20 * rate_hz)]
    assert not quiet.any()


def test_sound_that_cannot_be_written_is_told(matside, tmp_path):
    ran = matside("rehearse", "breathe", "--wav", tmp_path / "no folder" / "out.wav")
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 2


def test_without_a_voice_it_is_told_and_lengths_are_estimated(matside, monkeypatch):
    monkeypatch.setitem(Pyttsx3Voice.__init__.__kwdefaults__, "command", ("false",))
    ran = matside("rehearse", "breathe", "--json")
    assert ran.code == 0
    assert ran.rows[-1]["completed"] is True
    assert len([line for line in ran.err.splitlines() if "No voice" in line]) == 1


@pytest.mark.parametrize("options", [["--plain"], []], ids=["plain", "as it is"])
def test_into_a_pipe_a_session_is_plain_lines(tmp_path, options):
    program = [sys.executable, "-m", "matside", "start", "breathe", "--fast", *options]
    done = subprocess.run(
        [*program, "--speaker-wav", str(tmp_path / "out.wav")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert done.stdout.startswith("== ")
    assert "Done." in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_sound_to_a_full_disk_is_told_once():
    arguments = ["rehearse", "breathe", "--json", "--wav", "/dev/full"]
    ran = subprocess.run([sys.executable, "-m", "matside", *arguments], capture_output=True, check=False)
    assert ran.returncode == 1
    assert "/dev/full can't be written" in ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()


def test_what_is_said_in_the_first_moment_is_heard(matside):
    told = [event["kind"] for event in matside("rehearse", "breathe", "--json", "--say", "0 next").rows]
    assert "command" in told
    assert "ignored" not in told
