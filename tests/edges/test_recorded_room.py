"""The voice check and the recorded room, in the sound room, through the command line."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from matside.hear.wav_source import read_wav
from room import open_room

pytestmark = [pytest.mark.room, pytest.mark.model]


def matside(room, home, *arguments):
    command = [sys.executable, "-m", "matside", *map(str, arguments)]
    environ = room.env | {"MATSIDE_HOME": str(home)}
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=90, check=False)


def test_room_is_recorded_on_request_and_heard_again(tmp_path, korean_clip):
    folder, home = tmp_path / "room", tmp_path / "home"
    with open_room(echo_gain_db=-12) as room:
        said = [threading.Timer(at_s, room.say, [korean_clip("너무 어려워")]) for at_s in (18.0, 25.0, 32.0)]
        for one in said:
            one.start()
        recorded = matside(room, home, "doctor", "--record", folder, "--language", "ko")
        for one in said:
            one.cancel()
    assert recorded.returncode == 0, recorded.stderr
    assert {path.name for path in folder.iterdir()} == {"microphone.wav", "reference.wav", "room.json"}
    near, far = read_wav(folder / "microphone.wav"), read_wav(folder / "reference.wav")
    assert len(near) == len(far) >= 40 * 16_000
    facts = json.loads((folder / "room.json").read_text(encoding="utf-8"))
    assert "녹음" in facts["lines"][0]["text"], "it is announced aloud before anything else"
    again = matside(room, home, "replay", folder, "--json")
    assert again.returncode == 0, again.stderr
    taken = [row["command"] for row in map(json.loads, again.stdout.splitlines()) if row["command"]]
    assert taken.count("easier") >= 2
    assert set(taken) == {"easier"}
    twice = matside(room, home, "doctor", "--record", folder, "--language", "ko")
    assert twice.returncode == 1
    assert "there already" in twice.stderr


def test_voice_check_is_remembered_by_device(tmp_path):
    home = tmp_path / "home"
    with open_room(echo_gain_db=-12) as room:
        for _ in range(3):  # where a busy machine loses blocks meanwhile, "gated" is the right answer
            began_s = time.monotonic()
            found = json.loads(matside(room, home, "doctor", "--voice-check", "--json").stdout)
            assert time.monotonic() - began_s < 40
            if found["mode"] == "full":
                break
        assert found["mode"] == "full"
        assert found["cancelled_db"] > 8
        kept = json.loads((home / "state" / "rooms.json").read_text(encoding="utf-8"))
        assert list(kept) == [found["devices"]]
        room.add_sink("headphones", 48_000)
        other = json.loads(matside(room, home, "doctor", "--voice-check", "--json").stdout)
        assert other["devices"] != found["devices"]
        assert other["delay_ms"] is None
        assert "headphones" in other["why"]
    assert not [path for _, _, names in os.walk(home / "state") for path in names if path.endswith(".wav")]


@pytest.mark.parametrize("content", ["nothing", "text", "short"])
def test_folder_that_is_no_recorded_room_is_told_in_two_lines(tmp_path, content):
    folder = tmp_path / "room"
    folder.mkdir()
    if content == "text":
        (folder / "room.json").write_text("no json")
    elif content == "short":
        (folder / "room.json").write_text('{"language": "ko", "lines": []}')
    command = [sys.executable, "-m", "matside", "replay", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) <= 2
