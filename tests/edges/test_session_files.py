"""A session on files in place of devices, through the same pipeline: killed, resumed, without its parts."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import wave
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from matside.hear.wav_source import read_wav, write_wav
from matside.run.journal import read
from past import passed_check, red_text
from room import wait_until

pytestmark = pytest.mark.model

ENGLISH = Path(__file__).parents[2] / "audio/commands/english"
SPOKEN = [(22.0, "너무 어려워"), (43.0, "잠시"), (52.0, "계속해"), (67.5, "넘어가")]
BREATHE = ("start", "breathe", "--language", "ko")
KINDS = {"heard", "command", "line", "tone", "phase", "level", "outcome", "end", "ignored"}
SHORT = """
schema = "routine/1"
id = "short"
check = "general"
[[items]]
exercise = "paced-breathing"
level = 2
reps = 1
setup_s = 5
[[items]]
exercise = "paced-breathing"
level = 1
reps = 2
setup_s = 5
"""
NO_VOICE = """
import sys
import matside.say.pyttsx3_voice as voice
voice.Pyttsx3Voice.__init__.__kwdefaults__["command"] = (sys.executable, "-c", "raise SystemExit(1)")
from matside.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="session")
def speech(tmp_path_factory):
    """A cache of rendered speech that all these sessions share."""
    return tmp_path_factory.mktemp("speech")


@pytest.fixture
def home(tmp_path, speech):
    folder = tmp_path / "home"
    (folder / "cache").mkdir(parents=True)
    (folder / "cache" / "speech").symlink_to(speech)
    return folder


@pytest.fixture
def environ(home):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MATSIDE_")}
    return clean | {"MATSIDE_HOME": str(home), "PULSE_SERVER": "none"}


@pytest.fixture
def matside(environ):
    """Run a session to its end."""

    def call(*arguments, code=0, program=("-m", "matside")):
        done = subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=170,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()] if "--json" in arguments else done

    return call


@pytest.fixture
def fast(matside, tmp_path):
    """Run a session on a recording, as fast as it goes; give its events."""

    def call(what, mic, *options, out=None, **settings):
        files = ["--mic-wav", mic, "--speaker-wav", out or tmp_path / "out.wav", "--fast", "--json"]
        return matside(*what, *files, *options, **settings)

    return call


@pytest.fixture
def running(environ):
    """Begin a session in real time; it is killed if the test leaves it behind."""
    begun = []

    def call(*arguments):
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "matside", *map(str, arguments)],
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                text=True,
            )
        )
        return begun[-1]

    yield call
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def quiet(tmp_path_factory):
    """Two minutes and more of a room in which nobody speaks."""
    noise = np.random.default_rng(1).normal(0, 3e-4, 16_000 * 150).astype(np.float32)
    path = tmp_path_factory.mktemp("quiet") / "quiet.wav"
    write_wav(path, noise)
    return path


@pytest.fixture(scope="session")
def spoken(tmp_path_factory, korean_clip):
    """Give a recording of such a room in which words are said at times."""

    def record(*words):
        sound = np.random.default_rng(1).normal(0, 3e-4, 16_000 * 150).astype(np.float32)
        for at_s, text in words:
            said = read_wav(korean_clip(text))
            start = round(at_s * 16_000)
            sound[start : start + len(said)] += said
        path = tmp_path_factory.mktemp("spoken") / "spoken.wav"
        write_wav(path, sound)
        return path

    return record


def read_out(path):
    with wave.open(str(path)) as file:
        rate_hz = file.getframerate()
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768, rate_hz


def names(events):
    return [event["name"] for event in events if event["kind"] == "command"]


def onset_ms(sound, rate_hz, near_ms):
    """Find where a stretch of exact silence ends, near a moment."""
    start = round((near_ms - 40) * rate_hz / 1000)
    loud = np.flatnonzero(np.abs(sound[max(0, start) : start + round(0.4 * rate_hz)]) > 0)
    return (max(0, start) + loud[0]) * 1000 / rate_hz if len(loud) else None


def test_spoken_commands_are_obeyed_and_every_line_lies_in_the_file(fast, spoken, tmp_path):
    out = tmp_path / "out.wav"
    events = fast(BREATHE, spoken(*SPOKEN), out=out)
    assert {event["kind"] for event in events} <= KINDS
    assert names(events) == ["easier", "pause", "resume", "next"]
    for (at_s, _), event in zip(
        SPOKEN, [event for event in events if event["kind"] == "command"], strict=True
    ):
        assert 0 < event["t_ms"] - at_s * 1000 < 2_500
        assert event["by"] == "voice"
    assert events[-1]["kind"] == "end"
    assert events[-1]["completed"] is True
    sound, rate_hz = read_out(out)
    # An ear on a file asks for what was played a little ahead.
    assert 0 <= len(sound) * 1000 / rate_hz - events[-1]["t_ms"] < 100
    last_end_ms, found = 0, 0
    for event in events:
        if event["kind"] in {"line", "tone"}:
            at_ms = event["t_ms"]
            if at_ms - last_end_ms > 60:
                onset = onset_ms(sound, rate_hz, at_ms)
                assert onset is not None, (event, events)
                assert abs(onset - at_ms) <= 5, event
                found += 1
            last_end_ms = at_ms + event["length_ms"]
    assert found > 15


def test_at_real_speed_the_events_are_the_same(running, matside, spoken, tmp_path, home):
    passed_check(home, stage="general")
    own = tmp_path / "short.toml"
    own.write_text(SHORT)
    mic = spoken((24.2, "남은 시간"), (31.0, "조용히"))
    person = ("--stage", "general", "--checked")
    arguments = ["start", own, *person, "--language", "ko", "--mic-wav", mic, "--json", "--speaker-wav"]
    quick = matside(*arguments, tmp_path / "fast.wav", "--fast")
    slow = running(*arguments, tmp_path / "slow.wav")
    told, problems = slow.communicate(timeout=120)
    assert slow.returncode == 0, problems
    assert [json.loads(line) for line in told.splitlines()] == quick
    assert names(quick) == ["time", "quieter"]
    slow_sound, fast_sound = read_out(tmp_path / "slow.wav")[0], read_out(tmp_path / "fast.wav")[0]
    assert len(slow_sound) == len(fast_sound)
    # Where a voice is ducked depends on how far the file was heard when the line was given.
    assert np.mean(slow_sound == fast_sound) > 0.9


def test_history_keeps_what_was_done(fast, matside, quiet, home):
    fast(BREATHE, quiet)
    (row,) = matside("history", "--json")
    assert row["routine"] == "breathe"
    assert row["completed"] is True
    assert [outcome["result"] for outcome in row["outcomes"]] == ["done", "done"]
    assert not list((home / "state" / "journal").glob("*.jsonl"))
    done = matside("resume", code=1)
    assert "No session was interrupted" in done.stderr


def begin(running, out, mic):
    return running("start", "breathe", "--language", "ko", "--mic-wav", mic, "--speaker-wav", out, "--json")


def follow(process, until_ms):
    """Read events until a session time; give those read."""
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["t_ms"] >= until_ms:
            return events
    raise AssertionError(process.stderr.read())


@pytest.fixture
def begun(running, quiet, tmp_path):
    """Begin a session in real time and wait for its first words."""
    process = begin(running, tmp_path / "first.wav", quiet)
    follow(process, 1_000)
    return process, quiet


@pytest.mark.parametrize("after_s", [1.3, 7.7, 12.9])
def test_killed_session_goes_on_within_a_second_of_where_it_was(begun, fast, matside, home, after_s):
    process, quiet = begun
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    (journal,) = (home / "state" / "journal").glob("*.jsonl")
    last_ms = read(journal).last_ms
    assert abs(last_ms - 1_000 - after_s * 1000) < 1_500
    events = fast(["resume"], quiet)
    commands = [event for event in events if event["kind"] == "command"]
    assert [event["name"] for event in commands] == ["resume"]
    again = next(event for event in events if event["kind"] == "phase")
    # What is left of the phase tells where it goes on.
    whole_ms = {"talk": 10_000, "setup": 18_000}[again["phase"]]
    assert abs(whole_ms - again["length_ms"] - last_ms) < 1_000
    assert events[-1]["completed"] is True
    active_ms = events[-1]["t_ms"] - commands[0]["t_ms"]
    assert abs(active_ms - (120_000 - last_ms)) < 1_000
    (row,) = matside("history", "--json")
    assert row["completed"] is True
    assert len(row["outcomes"]) == 2
    matside("resume", code=1)


def test_session_killed_twice_still_goes_on(fast, running, matside, quiet, tmp_path):
    process = begin(running, tmp_path / "1.wav", quiet)
    follow(process, 1_000)
    process.kill()
    process.wait(10)
    process = running("resume", "--mic-wav", quiet, "--speaker-wav", tmp_path / "2.wav", "--json")
    follow(process, 0)
    time.sleep(2)
    process.kill()
    process.wait(10)
    events = fast(["resume"], quiet)
    assert events[-1]["completed"] is True
    assert len(matside("history", "--json")) == 1


def test_running_session_is_not_offered_for_resuming(running, matside, quiet, tmp_path):
    process = begin(running, tmp_path / "1.wav", quiet)
    follow(process, 1_000)
    done = matside("resume", code=1)
    assert "No session was interrupted" in done.stderr


def test_own_routine_goes_on_as_it_was_though_its_file_has_changed(fast, running, quiet, tmp_path, home):
    passed_check(home, stage="general")
    own = tmp_path / "short.toml"
    own.write_text(SHORT)
    process = running(
        "start",
        own,
        "--stage",
        "general",
        "--checked",
        "--language",
        "ko",
        "--mic-wav",
        quiet,
        "--speaker-wav",
        tmp_path / "1.wav",
        "--json",
    )
    follow(process, 1_000)
    process.kill()
    process.wait(10)
    own.write_text("this is no routine any more")
    events = fast(["resume"], quiet)
    assert events[-1]["completed"] is True
    results = [event["reps_done"] for event in events if event["kind"] == "outcome"]
    assert results == [1, 2]


def test_what_her_gates_no_longer_allow_is_not_gone_on_with(running, matside, quiet, tmp_path, home):
    told = ("--stage", "postpartum", "--born", "1", "--birth", "vaginal", "--nothing-applies")
    matside("profile", "set", *told)
    passed_check(home, stage="postpartum")
    out = ("--mic-wav", quiet, "--speaker-wav", tmp_path / "1.wav", "--json")
    process = running("start", "first-weeks", "--checked", "--language", "ko", *out)
    follow(process, 1_000)
    process.kill()
    process.wait(10)
    matside("profile", "set", "--flag", "catheter")
    refused = matside("resume", code=1)
    assert "has changed" in refused.stderr


OWN = """
schema = "routine/1"
id = "own"
check = "pregnant-early"
[[items]]
exercise = "bridge"
level = 1
reps = 3
"""


@pytest.mark.parametrize("days", [0, 3, 15])
def test_weeks_that_passed_count_where_no_profile_tells_them(running, matside, quiet, tmp_path, days):
    goes_on = days < 14  # then it is week 15, and nothing is flat on the back
    own = tmp_path / "own.toml"
    own.write_text(OWN)
    out = ("--mic-wav", quiet, "--speaker-wav", tmp_path / "1.wav", "--language", "en", "--json")
    process = running("start", own, "--stage", "pregnant", "--weeks", "12", *out)
    follow(process, 1_000)
    process.kill()
    process.wait(10)
    (journal,) = (tmp_path / "home" / "state" / "journal").glob("*.jsonl")
    header, rest = journal.read_text(encoding="utf-8").split("\n", 1)
    header = json.loads(header)
    begun = datetime.fromisoformat(header["started_at"]) - timedelta(days=days)
    header["started_at"] = begun.isoformat()
    journal.write_text(f"{json.dumps(header)}\n{rest}", encoding="utf-8")
    files = ("--mic-wav", quiet, "--speaker-wav", tmp_path / "2.wav", "--fast")
    resumed = matside("resume", *files, code=0 if goes_on else 1)
    assert ("has changed" in resumed.stderr) is not goes_on


def test_a_red_text_in_between_closes_what_was_interrupted(running, matside, quiet, tmp_path, home):
    passed_check(home, stage="general")
    out = ("--mic-wav", quiet, "--speaker-wav", tmp_path / "1.wav", "--json")
    process = running("start", "back-care", "--stage", "general", "--checked", "--language", "ko", *out)
    follow(process, 1_000)
    process.kill()
    process.wait(10)
    red_text(home)
    refused = matside("resume", code=1)
    assert "has changed" in refused.stderr


def test_left_while_it_sends_her_for_help_it_says_that_this_stands(matside, running, tmp_path):
    said = read_wav(ENGLISH / "voice_my-waters-broke_087.wav")
    sound = np.random.default_rng(1).normal(0, 3e-4, 16_000 * 60).astype(np.float32)
    sound[16_000 * 2 :][: len(said)] += said
    write_wav(tmp_path / "red.wav", sound)
    files = ("--mic-wav", tmp_path / "red.wav", "--speaker-wav", tmp_path / "out.wav")
    process = running("start", "breathe", "--language", "en", *files, "--json")
    told = follow(process, 4_000)
    assert "red" in names(told)
    process.send_signal(signal.SIGINT)
    _, problems = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Please do what was said. `matside resume` says it again." in problems
    assert "goes on from here" not in problems
    anew = ("start", "breathe", "--language", "en", "--speaker-wav", tmp_path / "2.wav", "--fast")
    again = matside(*anew)
    assert "The breathe session was left where it sent you for help." in again.stderr
    assert "would go on with it" not in again.stderr
    ended = matside("resume", *files, "--fast")
    assert "Ended. Please do what was said." in ended.stderr


def test_begun_anew_it_tells_of_what_was_interrupted_but_not_what_it_cannot_know(
    running, matside, quiet, tmp_path, home
):
    process = begin(running, tmp_path / "1.wav", quiet)
    follow(process, 1_000)
    process.kill()
    process.wait(10)
    anew = ("start", "breathe", "--language", "en", "--speaker-wav", tmp_path / "2.wav", "--fast")
    assert "was interrupted; `matside resume` would go on with it." in matside(*anew).stderr
    (journal,) = (home / "state" / "journal").glob("*.jsonl")
    red = json.dumps({"at": 9_000, "command": "red"}) + "\n"
    with journal.open("a", encoding="utf-8") as file:
        file.write(red)
    assert "sent you for help" in matside(*anew).stderr
    header, rest = journal.read_text(encoding="utf-8").split("\n", 1)
    changed = json.dumps(json.loads(header) | {"plan": "another"})
    journal.write_text(f"{changed}\n{rest}", encoding="utf-8")
    told = matside(*anew).stderr
    assert "was interrupted" not in told, "`resume` wouldn't go on with it"
    assert "sent you for help" not in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_end_it_keeps_the_journal_and_says_so(begun, fast, number):
    process, quiet = begun
    process.send_signal(number)
    told, problems = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "matside resume" in problems
    last = json.loads(told.splitlines()[-1])
    assert (last["kind"], last["completed"], last["reason"]) == ("end", False, "interrupted")
    events = fast(["resume"], quiet)
    assert events[-1]["completed"] is True


def test_history_of_a_newer_version_is_left_alone_and_the_session_runs(fast, quiet, home):
    fast(BREATHE, quiet)
    file = home / "data" / "history.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = file.read_bytes()
    events = fast(BREATHE, quiet)
    (broken,) = [event for event in events if event["kind"] == "broken"]
    assert broken["edge"] == "history"
    assert "newer" in broken["problem"]
    assert events[-1]["completed"] is True
    assert file.read_bytes() == before


def test_without_a_model_it_is_said_once_and_the_session_goes_on(fast, quiet, tmp_path):
    events = fast(BREATHE, quiet, "--model", tmp_path / "none")
    (broken,) = [event for event in events if event["kind"] == "broken"]
    assert broken["edge"] == "model"
    lines = [event["text"] for event in events if event["kind"] == "line"]
    assert sum("알아듣지" in text or "못 알아" in text or "키" in text for text in lines) == 1, lines
    assert events[-1]["completed"] is True


def test_without_a_voice_there_are_captions_and_tones_at_the_same_times(fast, quiet, tmp_path, home, speech):
    (home / "cache" / "speech").unlink()
    out = tmp_path / "o.wav"
    events = fast(BREATHE, quiet, program=("-c", NO_VOICE), out=out)
    (broken,) = [event for event in events if event["kind"] == "broken"]
    assert broken["edge"] == "speech"
    assert len([event for event in events if event["kind"] == "line"]) > 15
    assert events[-1]["completed"] is True
    sound, rate_hz = read_out(out)
    tones = [event for event in events if event["kind"] == "tone"]
    assert len(tones) >= 5
    for tone in tones:
        assert abs(onset_ms(sound, rate_hz, tone["t_ms"]) - tone["t_ms"]) <= 5
    words_only = next(e for e in events if e["kind"] == "line" and e["t_ms"] > 3_000)
    start = round(words_only["t_ms"] * rate_hz / 1000)
    assert not sound[start : start + round(0.1 * rate_hz)].any()


def test_recording_that_ends_early_does_not_end_the_session(matside, tmp_path):
    short = tmp_path / "short.wav"
    write_wav(short, np.zeros(16_000 * 5, np.float32))
    events = matside(
        "start", "breathe", "--mic-wav", short, "--speaker-wav", tmp_path / "o.wav", "--fast", "--json"
    )
    assert events[-1]["completed"] is True


def test_session_that_waits_for_an_answer_that_cannot_come_ends(fast, korean_clip, tmp_path):
    sound = np.zeros(16_000 * 20, np.float32)
    said = read_wav(korean_clip("정지"))
    sound[16_000 * 10 : 16_000 * 10 + len(said)] += said
    mic = tmp_path / "stop.wav"
    write_wav(mic, sound)
    events = fast(BREATHE, mic, code=130)
    assert "stop" in names(events)
    assert events[-1]["completed"] is False


def test_wav_that_cannot_be_read_or_written_is_told_before_anything_begins(matside, quiet, tmp_path, home):
    done = matside("start", "breathe", "--mic-wav", tmp_path / "none.wav", "--fast", code=1)
    assert len(done.stderr.splitlines()) == 2
    done = matside(
        "start", "breathe", "--mic-wav", quiet, "--speaker-wav", tmp_path / "no" / "o.wav", "--fast", code=1
    )
    assert "o.wav" in done.stderr
    assert not list((home / "state" / "journal").glob("*.jsonl"))


def test_out_wav_is_whole_even_when_the_session_is_killed(running, quiet, tmp_path):
    out = tmp_path / "1.wav"
    process = begin(running, out, quiet)
    follow(process, 6_000)
    process.kill()
    process.wait(10)
    wait_until(lambda: out.stat().st_size > 44, within_s=20, what="the file")
    samples = np.frombuffer(out.read_bytes()[44:], "<i2")
    assert len(samples) > 22_050 * 4
    assert np.abs(samples).max() > 1_000
