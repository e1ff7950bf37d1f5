#!/usr/bin/env python3
"""Measure how exactly lines begin: play ticks at planned times, record the loudspeaker, compare.

Ticks go through the real loudspeaker class, PortAudio and a PulseAudio null sink whose monitor is recorded;
a matched filter finds each to the sample. Deviations are from the plan, with the first tick as zero, so they
hold jitter and drift against the recording's clock together; the drift is given on its own too.
"""

import argparse
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from matside.pcm import Signal
from matside.say.line import Line, Say
from matside.say.sample_clock import SampleClock
from matside.say.speaker import Speaker
from matside.session.cue import HalfWay, Priority
from matside.units import Hz, Ms
from room import Room, inside, open_room

RECORDED_HZ = 48_000
HEADER_BYTES = 44
TICK_MS: Ms = 50
SEARCH_S = 0.2
FIRST_TICK_MS: Ms = 1_000


def tick(rate_hz: Hz) -> Signal:
    """Give a short chirp, which a matched filter places to the sample."""
    at = np.arange(TICK_MS * rate_hz // 1000) / rate_hz
    return (0.3 * np.sin(2 * np.pi * (500 * at + 30_000 * at**2)) * np.hanning(len(at))).astype(np.float32)


class Ticks:
    """Let every line sound like a tick."""

    def sound_of(self, line: Line, rate_hz: Hz) -> Signal:
        """Give the tick."""
        assert line.length_ms == TICK_MS
        return tick(rate_hz)


def plan(minutes: float, seed: int = 0) -> list[Ms]:
    """Choose times 0.4 to 2 s apart, never on a grid."""
    chance = random.Random(seed)  # noqa: S311 no secret is made
    times, at_ms = [], 0
    while at_ms < minutes * 60_000:
        times.append(at_ms)
        at_ms += chance.randint(400, 2_000)
    return times


def play(speaker: Speaker, planned: list[Ms]) -> None:
    """Give each order its lead before its onset, as the loop does."""
    begin_ms = speaker.clock.now_ms() + FIRST_TICK_MS
    for offset_ms in planned:
        at_ms = begin_ms + offset_ms
        wait_for(speaker.clock, at_ms - speaker.lead_ms)
        line = Line(
            text="tick",
            tone=None,
            length_ms=TICK_MS,
            at_ms=at_ms,
            latest_ms=at_ms,
            end_by_ms=None,
            priority=Priority.REP,
            meaning=HalfWay(),
        )
        speaker.obey(Say(line=line, at_ms=at_ms))
    wait_for(speaker.clock, begin_ms + planned[-1] + 1_000)


def wait_for(clock: SampleClock, at_ms: Ms) -> None:
    """Sleep until the session's clock says so."""
    while (left_ms := at_ms - clock.now_ms()) > 0:
        time.sleep(left_ms / 1000)


def onsets_s(recording: Path, planned: list[Ms]) -> list[float | None]:
    """Find each tick near where the one before promises it; None where there is none."""
    sound = np.memmap(recording, dtype="<i2", mode="r", offset=HEADER_BYTES)
    first_s = find(sound, 0.0, 10.0)
    if first_s is None:
        raise SystemExit("No tick was heard at all.")
    found: list[float | None] = [first_s]
    offset_s = first_s
    for at_ms in planned[1:]:
        onset_s = find(sound, offset_s + at_ms / 1000 - SEARCH_S / 2, SEARCH_S)
        found.append(onset_s)
        if onset_s is not None:
            offset_s = onset_s - at_ms / 1000
    return found


def find(sound: Signal, start_s: float, length_s: float) -> float | None:
    """Find the first tick in a stretch of the recording, in seconds."""
    start = max(0, round(start_s * RECORDED_HZ))
    wanted = tick(RECORDED_HZ)
    part = sound[start : start + round(length_s * RECORDED_HZ) + len(wanted)].astype(np.float32) / 32768
    if len(part) < len(wanted):
        return None
    size = 1 << (len(part) + len(wanted)).bit_length()
    spectrum = np.fft.rfft(part, size) * np.conj(np.fft.rfft(wanted, size))
    likeness = np.fft.irfft(spectrum, size)[: len(part)]
    alike = np.flatnonzero(likeness > 0.5 * float(np.sum(wanted**2)))
    if not len(alike):
        return None
    near = likeness[alike[0] : alike[0] + len(wanted)]
    return float(start + alike[0] + int(np.argmax(near))) / RECORDED_HZ


def figures(planned: list[Ms], found: list[float | None]) -> dict[str, Any]:
    """Compare what was heard with the plan."""
    pairs = [(at_ms, at_s * 1000) for at_ms, at_s in zip(planned, found, strict=True) if at_s is not None]
    plan_ms, heard_ms = np.array(pairs).T
    deviation_ms = (heard_ms - heard_ms[0]) - (plan_ms - plan_ms[0])
    size_ms = np.abs(deviation_ms)
    slope = np.polyfit(plan_ms, deviation_ms, 1)[0] if len(pairs) > 1 else 0.0
    return {
        "ticks": len(planned),
        "missing": len(planned) - len(pairs),
        "p50_ms": round(float(np.percentile(size_ms, 50)), 3),
        "p99_ms": round(float(np.percentile(size_ms, 99)), 3),
        "max_ms": round(float(size_ms.max()), 3),
        "drift_ms": round(float(deviation_ms[-1]), 3),
        "drift_ppm": round(float(slope) * 1e6, 2),
    }


class Here(Room):
    """The running PulseAudio in place of a room of our own."""

    @property
    def env(self) -> dict[str, str]:
        """The environment as it is."""
        return dict(os.environ)


@contextlib.contextmanager
def place(monitor: str | None) -> Iterator[Room]:
    """Give where to play: a room of our own, or the running PulseAudio where a source to record is named."""
    if monitor is None:
        with open_room(has_noise=False) as room, inside(room):
            yield room
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Here(Path(folder))


def measure(minutes: float, device: str | None, monitor: str | None) -> dict[str, Any]:
    """Play and compare."""
    planned = plan(minutes)
    source = monitor or "speaker.monitor"
    with place(monitor) as room:
        speaker = Speaker(Ticks(), SampleClock(), device=device)
        speaker.open()
        try:
            room.start_recording(source)
            play(speaker, planned)
            recording = room.stop_recording(source)
            found = figures(planned, onsets_s(recording, planned))
        finally:
            speaker.close()
        return found | {"minutes": minutes, "late_orders_ms": speaker.late_ms, "lead_ms": speaker.lead_ms}


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long to play (default 1)")
    parser.add_argument("--device", help="loudspeaker, by name; default the room's own")
    parser.add_argument("--monitor", help="PulseAudio source that hears it; default a room of its own")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = measure(options.minutes, options.device, options.monitor)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:>16}  {value}")


if __name__ == "__main__":
    main()
