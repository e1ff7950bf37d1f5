"""One open output stream: its callback, where its first sample lies in time, and what it played.

The callback only mixes. The first `_ANCHORING_S` of a stream are a sound too soft to hear, which wakes
Bluetooth speakers, and are used to find out when its samples are in the air. Every block gives an estimate;
the first ones are wrong by up to seconds where a device fills its buffer before it begins, so the stream is
anchored when several in a row agree, and that is kept for its life. So two onsets of one stream are exact to
the sample, whatever the estimate is worth.
"""

import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from matside import portaudio
from matside.errors import EdgeError
from matside.lag import Lag
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.say.mixer import Mixer
from matside.say.reference import Reference
from matside.units import Samples

LATENCY_S = 0.1
"""Below this PulseAudio underruns."""

_ANCHORING_S = 0.3
_ANCHORED_BY_S = 2.0
_AGREEING = 5
_AGREEMENT_S = 0.020
_STARTS_WITHIN_S = 4.0
_WAKING_LEVEL = 10 ** (-72 / 20)
_KEPT_S = 30
"""Half of it must last while nobody reads: a model that loads keeps the listener busy for seconds."""
_LONGEST_BUFFER_S = 2.0


class Playback:
    """A running output stream with its mixer.

    Attributes:
        first_sample_s: When its first sample was in the air, by `time.monotonic`.
        called_s: When the device last asked for samples.
        generation: The count of PortAudio renewals that the stream belongs to.
        follow: Told, from the callback, at which moment which second of the stream is in the air.
    """

    def __init__(self, device_name: str | None) -> None:
        """Open the device and wait until it plays.

        Args:
            device_name: As `portaudio.find_device` takes it.

        Raises:
            EdgeError: There is no such device, it refuses, or it doesn't begin to play.
        """
        self.follow: Callable[[float, float], None] = lambda _at_s, _sounding_s: None
        self._estimates_s: list[float] = []
        self._is_anchored = threading.Event()
        self._lag = Lag()
        self.first_sample_s = self.called_s = time.monotonic()
        self._reading = threading.Lock()
        with portaudio.opening():
            device = portaudio.find_device(device_name, "output")
            self.device_name = device.name
            self.generation = portaudio.generation()
            self.rate_hz = device.rate_hz
            self.mixer = Mixer(self.rate_hz)
            self._scratch = np.zeros(self.rate_hz, dtype=np.float32)
            self._kept = np.zeros(_KEPT_S * self.rate_hz, dtype=np.float32)
            self._waking = _waking(round(_ANCHORING_S * self.rate_hz))
            self._reference = Reference(self.rate_hz)
            self._read_up_to: Samples = 0
            self._stream = portaudio.library().OutputStream(
                device=device.index,
                samplerate=self.rate_hz,
                channels=min(2, device.channels),
                dtype="float32",
                latency=LATENCY_S,
                blocksize=0,
                callback=self._fill,
            )
            try:
                self._stream.start()
            except BaseException:
                portaudio.close(self._stream)
                raise
        self.latency_s = float(self._stream.latency)
        if not self._is_anchored.wait(_STARTS_WITHIN_S):
            self.close()
            raise EdgeError(f'The loudspeaker "{self.device_name}" doesn\'t begin to play.')

    def between(self, start_s: float, end_s: float) -> Signal:
        """Give what was in the air in that time, by `time.monotonic`, at 16 kHz; for one reader.

        What the stream lost on the way and how far its clock drifted is taken into account, or the echo would
        come from what, by the count of samples, is still to be played, and nobody would know it for one.
        """
        first_s = self.first_sample_s + self._lag.late_s
        start = round((start_s - first_s) * HEARING_RATE_HZ)
        count = max(0, round((end_s - first_s) * HEARING_RATE_HZ) - start)
        with self._reading:
            self._catch_up()
            return self._reference.read(start, count)

    @property
    def is_adrift(self) -> bool:
        """Whether much was lost at once, as in the computer's sleep: it must be opened anew."""
        return self._lag.is_adrift

    @property
    def lost_s(self) -> float:
        """By how much the stream sounds later than its anchor says, because some of it was lost."""
        return self._lag.lost_s

    def close(self) -> None:
        """End the stream."""
        portaudio.close(self._stream)

    def _fill(self, out: Any, frames: int, times: Any, _status: Any) -> None:
        now_s = time.monotonic()
        start = self.mixer.position
        self._measure(now_s, start, times)
        at = 0
        while at < frames:
            block = self._scratch[: min(len(self._scratch), frames - at)]
            self._keep(block)
            out[at : at + len(block)] = block[:, None]
            at += len(block)
        if start < len(self._waking):
            waking = self._waking[start : start + frames]
            out[: len(waking)] += waking[:, None]
        self.called_s = now_s

    def _keep(self, block: Signal) -> None:
        """Mix a block and remember it."""
        size = len(self._kept)
        at = self.mixer.position % size
        self.mixer.mix(block)
        first = min(len(block), size - at)
        self._kept[at : at + first] = block[:first]
        self._kept[: len(block) - first] = block[first:]

    def _measure(self, now_s: float, start: Samples, times: Any) -> None:
        buffered_s = times.outputBufferDacTime - times.currentTime
        if not 0 < buffered_s < _LONGEST_BUFFER_S:
            buffered_s = LATENCY_S
        sounding_s = start / self.rate_hz
        if self._is_anchored.is_set():
            self._lag.take(now_s + buffered_s - sounding_s - self.first_sample_s)
            self.follow(now_s + buffered_s, sounding_s)
        else:
            self._estimates_s.append(now_s + buffered_s - sounding_s)
            self._anchor(sounding_s)

    def _anchor(self, sounding_s: float) -> None:
        latest = self._estimates_s[-_AGREEING:]
        has_agreed = len(latest) == _AGREEING and max(latest) - min(latest) < _AGREEMENT_S
        if sounding_s >= (_ANCHORING_S if has_agreed else _ANCHORED_BY_S):
            self.first_sample_s = statistics.median(latest)
            self._is_anchored.set()

    def _catch_up(self) -> None:
        played = self.mixer.position
        if played - self._read_up_to > len(self._kept) // 2:
            self._read_up_to = max(0, played - len(self._kept) // 4)
            self._reference.skip_to(self._read_up_to)
        at = np.arange(self._read_up_to, played) % len(self._kept)
        self._reference.feed(self._kept[at])
        self._read_up_to = played


def _waking(count: Samples) -> Signal:
    """Give noise too soft to hear, the same every time."""
    noise = np.random.default_rng(0).uniform(-_WAKING_LEVEL, _WAKING_LEVEL, count)
    return noise.astype(np.float32)
