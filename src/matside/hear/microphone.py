"""The microphone: a device's sound as 16 kHz blocks with their place in time.

PortAudio's callback only copies into a bounded queue; everything else happens in the thread that reads. A
device is opened at its own rate, mono by its first channel, with a latency of 0.1 s (less underruns on
PulseAudio), and read in whatever blocks it likes.

Times come in two kinds. *Stream seconds* count samples from the first one on and are never corrected, so that
they stay in step with the loudspeaker's (see `matside.portaudio`). The *skew* is how far real time has moved
away from them, followed slowly, for the session's clock.
"""

import contextlib
import os
import queue
import time
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import soxr

from matside import portaudio, sound_server
from matside.errors import EdgeError
from matside.lag import Lag
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.units import Hz

_LATENCY_S: Final = 0.1
_WAITING_BLOCKS: Final = 2_000
"""At least ten seconds, for a model that is still being loaded; a block is 5 to 30 ms."""
_FIRST_SOUND_S: Final = 4.0
"""Bluetooth headsets and PulseAudio take up to this long until the first block, and aren't broken."""
_FOLLOW: Final = 0.01
_JUMP_S: Final = 0.25
_SETTLES_S: Final = 3.0
"""At first a system's times may be wrong by its whole buffer, and no sound is lost."""
_JUMPS: Final = 10
"""So many blocks in a row that say so make a jump."""
_LONGEST_AGE_S: Final = 0.5


def no_microphone() -> EdgeError:
    """Say that the sound server lends a loudspeaker's monitor where there is no microphone."""
    return EdgeError(
        "There is no microphone: what comes in is only what the loudspeaker plays.",
        hint="Plug one in, or choose one in the system's sound settings.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A block of sound from the microphone.

    Attributes:
        samples: Mono, 16 kHz.
        start_s: When its first sample was in the air, in stream seconds.
        skew_s: What to add to stream seconds for `time.monotonic`, smoothed.
        late_s: The same in rare small steps, which is what the reference for the canceller is found by.
        is_after_gap: Sound was lost before this block, or the device was opened.
    """

    samples: Signal
    start_s: float
    skew_s: float
    late_s: float = 0.0
    is_after_gap: bool = False

    @property
    def end_s(self) -> float:
        """When its last sample was in the air, in stream seconds."""
        return self.start_s + len(self.samples) / HEARING_RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What the callback leaves in the queue."""

    samples: Signal
    end_s: float
    is_after_gap: bool


class Microphone:
    """One input device, found by name; None is the system's default.

    `open`, `read` and `close` belong to one thread.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        self.dropped_blocks = 0
        self._stream: Any = None
        self._clock = _StreamClock(HEARING_RATE_HZ)
        self._waiting: queue.Queue[_Taken] = queue.Queue(_WAITING_BLOCKS)
        self._has_gap = False
        self._called_s = 0.0
        self._rate_hz: Hz = HEARING_RATE_HZ
        self._resampler: Any = None
        self._claim: portaudio.Claim | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a stream; it may have stopped giving sound all the same."""
        return self._stream is not None

    @property
    def stalled_s(self) -> float:
        """How long the device has given nothing; a device that was just opened has some seconds' credit."""
        return time.monotonic() - self._called_s

    def open(self) -> None:
        """Open the device and start listening.

        Raises:
            EdgeError: There is no PortAudio, no such device, it refuses, or it is no microphone.
        """
        self._forget_sound()
        self._has_gap = True
        with portaudio.opening():
            device = portaudio.find_device(self.name, "input")
            self._rate_hz = device.rate_hz
            stream = portaudio.library().InputStream(
                device=device.index,
                samplerate=device.rate_hz,
                channels=1,
                dtype="float32",
                latency=_LATENCY_S,
                blocksize=0,
                callback=self._take,
            )
            try:
                stream.start()
            except BaseException:
                portaudio.close(stream)
                raise
            self._called_s = time.monotonic() + _FIRST_SOUND_S
            self._clock = _StreamClock(self._rate_hz)
            self._resampler = soxr.ResampleStream(
                self._rate_hz, HEARING_RATE_HZ, 1, dtype="float32", quality="LQ"
            )
            self._stream = stream  # from here on a renewal closes it
            if self._claim is None:
                self._claim = portaudio.claim(self._release)
        if sound_server.records_a_monitor(os.getpid()):
            self._release()
            raise no_microphone()

    def read(self, within_s: float) -> Captured | None:
        """Give the next block, or None where none came in time."""
        try:
            taken = self._waiting.get(timeout=within_s)
        except queue.Empty:
            return None
        parts = [taken]
        with contextlib.suppress(queue.Empty):
            while len(parts) < 32 and not parts[-1].is_after_gap:
                parts.append(self._waiting.get_nowait())
        has_gap = any(part.is_after_gap for part in parts)
        raw = np.concatenate([part.samples for part in parts])
        samples = raw
        if self._rate_hz != HEARING_RATE_HZ:
            samples = self._resampler.resample_chunk(raw)
        start_s = self._clock.pass_on(len(raw), len(samples), parts[-1].end_s)
        return Captured(
            samples=samples,
            start_s=start_s,
            skew_s=self._clock.skew_s,
            late_s=self._clock.late_s,
            is_after_gap=has_gap or self._clock.has_jumped,
        )

    def close(self) -> None:
        """Close the device; it may be opened again."""
        self._release()
        if self._claim is not None:
            self._claim.drop()
            self._claim = None

    def _release(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            portaudio.close(stream)

    def _forget_sound(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()

    def _take(self, sound: Any, frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback: copy and leave."""
        now_s = time.monotonic()
        self._called_s = now_s
        age_s = times.currentTime - times.inputBufferAdcTime - frames / self._rate_hz
        if not 0.0 < age_s < _LONGEST_AGE_S:  # some systems give zeros or nonsense
            age_s = 0.0
        is_after_gap = self._has_gap or bool(status.input_overflow)
        taken = _Taken(samples=sound[:, 0].copy(), end_s=now_s - age_s, is_after_gap=is_after_gap)
        try:
            self._waiting.put_nowait(taken)
            self._has_gap = False
        except queue.Full:
            self.dropped_blocks += 1
            self._has_gap = True


class _StreamClock:
    """Count a stream's samples into seconds, and watch how real time moves away from that count."""

    def __init__(self, rate_hz: Hz) -> None:
        self._rate_hz = rate_hz
        self._first_s: float | None = None
        self._taken = 0
        self._given = 0
        self._jumps = 0
        self._lag = Lag()
        self.skew_s = 0.0
        self.has_jumped = False

    @property
    def late_s(self) -> float:
        """By how much later the sound is than the count says, by losses too small for a jump and by drift."""
        return self._lag.late_s

    def pass_on(self, taken: int, given: int, end_s: float) -> float:
        """Count a block through.

        Args:
            taken: Samples at the device's rate.
            given: What became of them at 16 kHz.
            end_s: When the last of them was in the air, as far as PortAudio can tell.

        Returns:
            Stream seconds of the first sample given.
        """
        self._taken += taken
        if self._first_s is None:
            self._first_s = end_s - self._taken / self._rate_hz
        off_s = end_s - (self._first_s + self._taken / self._rate_hz)
        error_s = off_s - self.skew_s
        self.has_jumped = False
        self._lag.take(off_s)
        if abs(error_s) < _JUMP_S:
            self._jumps = 0
            self.skew_s += _FOLLOW * error_s
        elif self._taken < _SETTLES_S * self._rate_hz:
            self.skew_s += error_s
            self._lag = Lag(self.skew_s)
        elif (jumps := self._jumps + 1) < _JUMPS:
            self._jumps = jumps  # a block that only came late changes nothing
        else:
            # Sound was lost, as in the computer's sleep: the loudspeaker's stream isn't where it was, either.
            self._first_s += error_s
            self._lag = Lag(self.skew_s)
            self._jumps, self.has_jumped = 0, True
        start_s = self._first_s + self._given / HEARING_RATE_HZ
        self._given += given
        return start_s
