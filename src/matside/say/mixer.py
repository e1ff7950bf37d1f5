"""Sounds at their samples: what a stream or a file is filled from.

One thread mixes, another gives orders. Orders go through a queue that neither side ever waits on, and are
carried out at the beginning of the next block. Nothing here allocates more than a ramp of milliseconds,
so that `mix` may be called from a device's callback.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from matside.pcm import Signal
from matside.units import Db, Hz, Samples

_FADE_S = 0.010
"""How fast a hush falls silent: short enough to feel instant, long enough not to click."""

_RAMP_S = 0.020
"""How fast volume and ducking move."""


@dataclass(frozen=True, slots=True)
class _Clip:
    start: Samples
    samples: Signal

    @property
    def end(self) -> Samples:
        return self.start + len(self.samples)


class Mixer:
    """Add up clips at their start, under one gain.

    Attributes:
        position: The next sample to be mixed.
    """

    def __init__(self, rate_hz: Hz) -> None:
        self.position: Samples = 0
        self._orders: deque[Callable[[], None]] = deque()
        self._clips: list[_Clip] = []
        self._fade = max(1, round(_FADE_S * rate_hz))
        self._fading = np.linspace(1, 0, self._fade, dtype=np.float32)
        self._steps = np.arange(1, max(1, round(_RAMP_S * rate_hz)) + 1, dtype=np.float32)
        self._volume = self._duck = 1.0
        self._gain = self._target = 1.0
        self._ramp_left: Samples = 0
        self._ramp_step = 0.0

    def play(self, start: Samples, samples: Signal) -> None:
        """Sound a clip from `start` on; where that is past, from the next sample on."""
        self._orders.append(partial(self._play, start, samples))

    def hush(self, at: Samples) -> None:
        """Fade out what sounds at `at` and forget what was ordered to begin after it."""
        self._orders.append(partial(self._hush, at))

    def set_volume(self, gain_db: Db) -> None:
        """Set the chosen volume, relative to normal."""
        self._orders.append(partial(self._set_volume, 10 ** (gain_db / 20)))

    def duck(self, gain_db: Db) -> None:
        """Lower everything by this much beside the volume; 0 ends it."""
        self._orders.append(partial(self._set_duck, 10 ** (gain_db / 20)))

    def mix(self, out: Signal) -> None:
        """Fill `out` with the next samples."""
        self.take_up()
        out.fill(0)
        start, end = self.position, self.position + len(out)
        has_ended = False
        for clip in self._clips:
            low, high = max(start, clip.start), min(end, clip.end)
            if low < high:
                part = out[low - start : high - start]
                np.add(part, clip.samples[low - clip.start : high - clip.start], out=part)
            has_ended = has_ended or clip.end <= end
        if has_ended:
            self._clips = [clip for clip in self._clips if clip.end > end]
        self._apply_gain(out)
        self.position = end

    def take_up(self) -> None:
        """Carry out the orders that wait; for the thread that mixes."""
        while self._orders:
            self._orders.popleft()()

    @property
    def end(self) -> Samples:
        """Where the last clip ends that has been taken up."""
        return max((clip.end for clip in self._clips), default=self.position)

    def _play(self, start: Samples, samples: Signal) -> None:
        if len(samples):
            self._clips.append(_Clip(max(start, self.position), samples))

    def _hush(self, at: Samples) -> None:
        at = max(at, self.position)
        kept = []
        for clip in self._clips:
            if clip.end <= at:
                kept.append(clip)
            elif clip.start < at:
                cut = at - clip.start
                tail = clip.samples[cut : cut + self._fade]
                kept.append(_Clip(clip.start, clip.samples[:cut]))
                kept.append(_Clip(at, tail * self._fading[: len(tail)]))
        self._clips = kept

    def _set_volume(self, gain: float) -> None:
        self._volume = gain
        self._aim()

    def _set_duck(self, gain: float) -> None:
        self._duck = gain
        self._aim()

    def _aim(self) -> None:
        self._target = self._volume * self._duck
        self._ramp_left = len(self._steps)
        self._ramp_step = (self._target - self._gain) / self._ramp_left

    def _apply_gain(self, out: Signal) -> None:
        count = min(self._ramp_left, len(out))
        if count:
            part = out[:count]
            np.multiply(part, self._gain + self._steps[:count] * self._ramp_step, out=part)
            self._ramp_left -= count
            self._gain = self._gain + self._ramp_step * count if self._ramp_left else self._target
        if self._gain != 1.0 and count < len(out):
            rest = out[count:]
            np.multiply(rest, self._gain, out=rest)
        if self._gain > 1.0:
            # Louder than rendered: peaks bend instead of clipping.
            np.tanh(out, out=out)
