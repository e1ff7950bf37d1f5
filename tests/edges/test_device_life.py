"""Devices that come and go, fall asleep and misbehave under a running session, in the sound room.

What is noticed is told once and told again when it is over, and the session's clock goes on as if nothing
had been. Bounds are wide, because machines are busy; `scripts/bench_device_life.py` measures.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from matside.hear.wav_source import read_wav, write_wav
from room import open_room, wait_until

pytestmark = [pytest.mark.room, pytest.mark.model]

ROUTINE = """
schema = "routine/1"
id = "long"
[[items]]
passage = "welcome-breathe"
[[items]]
exercise = "paced-breathing"
level = 1
reps = 20
setup_s = 8
"""


class Session:
    """A session in a room, and its clock as seen from outside."""

    def __init__(self, room, folder):
        own = folder / "long.toml"
        own.write_text(ROUTINE)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "matside", "start", str(own), "--language", "ko", "--json"],
            env=room.env | {"MATSIDE_HOME": str(folder / "home")},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.PIPE,
            text=True,
        )
        self.events, self.offsets_ms = [], []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            self.offsets_ms.append(time.monotonic() * 1000 - event["t_ms"])
            self.events.append(event)

    def offset_ms(self, since=0):
        """How far the session's zero lies from the computer's, by the events told soonest."""
        return min(self.offsets_ms[since:])

    def of(self, kind, **fields):
        return [
            event
            for event in list(self.events)
            if event["kind"] == kind and all(event.get(name) == value for name, value in fields.items())
        ]

    def wait_for(self, kind, *, within_s=30, after=0, **fields):
        wait_until(lambda: len(self.of(kind, **fields)) > after, within_s=within_s, what=f"{kind} {fields}")
        return self.of(kind, **fields)[-1]

    def told(self, edge):
        """What was told of an edge: problems, and empty texts for their end."""
        return [event["problem"] for event in self.of("broken", edge=edge)]


@pytest.fixture
def begin(tmp_path):
    begun = []

    def call(room):
        session = Session(room, tmp_path)
        begun.append(session)
        session.wait_for("phase", phase="setup", within_s=90)
        time.sleep(1.0)
        return session

    yield call
    for session in begun:
        session.process.kill()
        session.process.wait()
        session.process.stdin.close()
        session.process.stdout.close()


def test_microphone_that_sleeps_is_muted_clips_or_whispers(begin, korean_clip, tmp_path):
    with open_room() as room:
        session = begin(room)
        room.suspend("source", "mic")
        session.wait_for("broken", edge="microphone", within_s=5)
        time.sleep(1.5)
        room.suspend("source", "mic", on=False)
        session.wait_for("broken", edge="microphone", problem="", within_s=10)
        room.mute_microphone()
        wait_until(lambda: "muted" in session.told("microphone")[-1], within_s=8, what="the notice")
        room.mute_microphone(on=False)
        wait_until(lambda: session.told("microphone")[-1] == "", within_s=10, what="the return")
        said = read_wav(korean_clip("너무 어려워"))
        room.set_microphone_gain(-34)
        time.sleep(2.0)
        room.say_until(
            lambda: session.of("command", name="time"), korean_clip("남은 시간")
        )  # though it whispers
        room.set_microphone_gain(0)
        write_wav(tmp_path / "shout.wav", np.clip(np.tile(said, 3) * 60, -1, 1))
        room.say(tmp_path / "shout.wav")
        assert "loud" in session.wait_for("broken", edge="microphone-level", within_s=5)["problem"]
        turns = [problem == "" for problem in session.told("microphone")]
        assert turns == [place % 2 == 1 for place in range(len(turns))], "each loss once, then its return"


def test_loudspeaker_that_sleeps_goes_and_is_replaced(begin):
    with open_room() as room:
        session = begin(room)
        before_ms = session.offset_ms()
        room.suspend("sink", "speaker")
        session.wait_for("broken", edge="speaker", within_s=5)
        room.suspend("sink", "speaker", on=False)
        session.wait_for("broken", edge="speaker", problem="", within_s=12)
        assert len(session.told("speaker")) == 2
        room.add_sink("headset", 44_100)
        room.break_speaker()
        assert "through" in session.wait_for("broken", edge="route", within_s=5)["problem"]
        sound = read_wav(room.record(8.0, "headset.monitor"))
        assert np.abs(sound).max() > 0.01, "the coach speaks through the new device"
        turns = [problem == "" for problem in session.told("speaker")]
        assert turns == [place % 2 == 1 for place in range(len(turns))]
        since = len(session.events)
        wait_until(lambda: len(session.events) > since + 3, within_s=20, what="events")
        assert abs(session.offset_ms(since) - before_ms) < 250


def test_computer_that_slept_counts_it_as_a_pause(begin, korean_clip):
    with open_room() as room:
        session = begin(room)
        before_ms = session.offset_ms()
        os.kill(session.process.pid, signal.SIGSTOP)
        slept_s = time.monotonic()
        time.sleep(6.0)
        os.kill(session.process.pid, signal.SIGCONT)
        paused = session.wait_for("command", name="pause", by="program", within_s=10)
        since = len(session.events)
        assert paused["t_ms"] < slept_s * 1000 - before_ms + 1_500, "from the moment that it fell asleep"
        time.sleep(3.0)
        room.say_until(lambda: session.of("command", name="resume"), korean_clip("계속해"))
        room.start_recording()
        lines = len(session.of("line"))
        wait_until(lambda: len(session.of("line")) > lines + 3, within_s=40, what="lines")
        sound = read_wav(room.stop_recording())
        assert np.abs(sound).max() > 0.01, "the coach is heard again, and not by as much late as it slept"
        assert abs(session.offset_ms(since) - before_ms) < 250
        assert session.told("microphone").count("") == len(session.told("microphone")) / 2
