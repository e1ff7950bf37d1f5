"""What leaves the computer, and what stays on it: no socket, no sound, no words but the commands' names.

Sessions run where the network is denied, and every socket and every file opened for writing is written down
by a hook within the program and within each process that it starts.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from matside.hear.wav_source import read_wav, write_wav
from room import open_room

pytestmark = pytest.mark.model

WATCH = Path(__file__).parents[1] / "watch"
SAID = (("너무 어려워", 24.0), ("어제 산 책을 읽다가 밤을 새웠어", 32.0), ("정말", 40.0), ("잠시", 46.0))
INTERRUPTED = 130
"""A recording that ends within a pause."""
ROUTINE = """
schema = "routine/1"
id = "short"
[[items]]
exercise = "paced-breathing"
level = 1
reps = 2
setup_s = 5
"""


def without_network():
    """Give the words that run a command where there is no network at all, as far as the system lets us."""
    for options in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*options, "true"], capture_output=True, check=False).returncode == 0
        ):
            return options
    return []


@pytest.fixture
def watched(tmp_path):
    """Run a session under watch; give what was written down."""
    log = tmp_path / "watch.log"

    def call(*arguments, **environ):
        run = subprocess.run(
            [*without_network(), sys.executable, "-m", "matside", *map(str, arguments)],
            env=os.environ
            | {"MATSIDE_HOME": str(tmp_path / "home"), "MATSIDE_WATCH": str(log), "PYTHONPATH": str(WATCH)}
            | environ,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert run.returncode in {0, INTERRUPTED}, run.stderr
        seen = log.read_text(encoding="utf-8").splitlines()
        assert sum(line.startswith("began") for line in seen) >= 2, "the voice's process is watched, too"
        return run, seen

    return call


@pytest.fixture
def talk(tmp_path, korean_clip):
    """A recording with commands and talk."""
    sound = np.random.default_rng(1).normal(0, 3e-4, 60 * 16_000).astype(np.float32)
    for text, at_s in SAID:
        said = read_wav(korean_clip(text))
        at = round(at_s * 16_000)
        sound[at : at + len(said)] += said
    path = tmp_path / "talk.wav"
    write_wav(path, sound)
    return path


def sounds_written(seen, home):
    """Give the files of sound that were written, but for the coach's own voice."""
    own = (str(home / "cache"), os.path.join(tempfile.gettempdir(), "matside-"))  # noqa: PTH118
    paths = [line.removeprefix("write ") for line in seen if line.startswith("write ")]
    kinds = (".wav", ".raw", ".pcm", ".aiff", ".flac", ".npy", ".mp3", ".ogg")
    return [path for path in paths if path.lower().endswith(kinds) and not path.startswith(own)]


def test_session_on_a_recording_opens_no_socket_keeps_no_sound_and_no_words(watched, talk, tmp_path):
    run, seen = watched(
        "start", "breathe", "--language", "ko", "--mic-wav", talk, "--speaker-wav", tmp_path / "coach.wav",
        "--fast", "--json", "--debug-log", tmp_path / "debug.jsonl",
    )  # fmt: skip
    assert '"command"' in run.stdout
    asked_for = (tmp_path / "debug.jsonl").read_text(encoding="utf-8")
    assert "잠시" in asked_for, "words are kept where somebody asked for them, and there alone"
    assert [line for line in seen if line.startswith("network")] == []
    home = tmp_path / "home"
    assert [path for path in sounds_written(seen, home) if path != str(tmp_path / "coach.wav")] == []
    kept = b"".join(
        path.read_bytes()
        for folder in ("state", "data")
        for path in (home / folder).rglob("*.*")
        if path.is_file()
    )
    assert b"pause" in kept, "a command is kept by its name"
    for text, _ in SAID:
        for word in text.split():
            assert word.encode() not in kept
            assert word.encode("unicode_escape") not in kept


@pytest.mark.room
def test_session_on_devices_opens_no_socket_and_keeps_no_sound(watched, tmp_path):
    own = tmp_path / "short.toml"
    own.write_text(ROUTINE)
    with open_room(echo_gain_db=-12) as room:
        pulse = {name: room.env[name] for name in ("PULSE_SERVER", "PULSE_COOKIE")}
        run, seen = watched("start", own, "--language", "ko", "--json", **pulse)
    assert '"completed": true' in run.stdout
    assert [line for line in seen if line.startswith("network")] == []
    assert sounds_written(seen, tmp_path / "home") == []
