"""What was played, at the rate that listening works at, for the echo canceller."""

from typing import Any

import numpy as np

from matside.pcm import HEARING_RATE_HZ, Signal
from matside.units import Hz, Samples

_KEPT_S = 24
"""As much as waits at the microphone while a model loads, and more: what was played then must not be lost."""


class Reference:
    """The last seconds of played sound at 16 kHz, counted from the first sample played.

    Resampling is one unbroken stream, so contiguous questions get contiguous samples.
    """

    def __init__(self, rate_hz: Hz) -> None:
        self._rate_hz = rate_hz
        self._kept = np.zeros(_KEPT_S * HEARING_RATE_HZ, dtype=np.float32)
        self._end: Samples = 0
        self._resampler = _resampler(rate_hz)

    def feed(self, samples: Signal) -> None:
        """Take the next played samples, at the device's rate."""
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples)
        self._end += len(samples)
        samples = samples[-len(self._kept) :]
        at = (self._end - len(samples)) % len(self._kept)
        first = min(len(samples), len(self._kept) - at)
        self._kept[at : at + first] = samples[:first]
        self._kept[: len(samples) - first] = samples[first:]

    def skip_to(self, position: Samples) -> None:
        """Go on at this sample of the device's; what lies between is lost and reads as silence."""
        self._kept.fill(0)
        self._end = round(position * HEARING_RATE_HZ / self._rate_hz)
        self._resampler = _resampler(self._rate_hz)

    def read(self, start: Samples, count: Samples) -> Signal:
        """Give `count` samples from `start` on, counted at 16 kHz; what isn't there is silence."""
        found = np.zeros(count, dtype=np.float32)
        low, high = max(start, 0, self._end - len(self._kept)), min(start + count, self._end)
        if low < high:
            at = np.arange(low, high) % len(self._kept)
            found[low - start : high - start] = self._kept[at]
        return found


def _resampler(rate_hz: Hz) -> Any:
    if rate_hz == HEARING_RATE_HZ:
        return None
    import soxr

    return soxr.ResampleStream(rate_hz, HEARING_RATE_HZ, 1, dtype="float32", quality="LQ")
