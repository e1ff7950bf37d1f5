"""The session's clock, which follows the samples that are heard.

A line's onset is a sample, so session time must run as the loudspeaker does, not as the computer does; but it
must be there before the loudspeaker is, and go on when it is lost. So it is the computer's monotonic clock,
moved by at most half a millisecond a second towards what is heard. Anybody may ask, from any thread.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from matside.units import Ms

_SLEW = 0.0005
"""Far more than the 100 ppm that sound cards drift at most, far less than anybody notices."""

_TRUST = 0.02
"""How much one measurement counts; devices report their position with some 10 ms of noise."""


class SampleClock:
    """Session time in milliseconds, never going back."""

    def __init__(self, *, start_ms: Ms = 0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._zero_s = self._settled_s = monotonic()
        self._shift_ms = float(start_ms)
        self._error_ms = 0.0
        self._latest_ms = start_ms
        self._measured: deque[tuple[float, float]] = deque(maxlen=256)
        self._lock = threading.Lock()

    def now_ms(self) -> Ms:
        """Give the session time."""
        with self._lock:
            now_s = self._monotonic()
            self._settle(now_s)
            self._latest_ms = max(self._latest_ms, int(self.at_ms(now_s)))
            return self._latest_ms

    def at_ms(self, monotonic_s: float) -> float:
        """Turn a recent `time.monotonic` into session time, unrounded."""
        return (monotonic_s - self._zero_s) * 1000 + self._shift_ms

    def heed(self, monotonic_s: float, sounding_ms: float) -> None:
        """Take a measurement: at that moment the sample of session time `sounding_ms` was in the air.

        Never waits, so a device's callback may call it.
        """
        self._measured.append((monotonic_s, sounding_ms))

    def _settle(self, now_s: float) -> None:
        while self._measured:
            monotonic_s, sounding_ms = self._measured.popleft()
            self._error_ms += _TRUST * (sounding_ms - self.at_ms(monotonic_s) - self._error_ms)
        reach_ms = _SLEW * 1000 * max(0.0, now_s - self._settled_s)
        step_ms = min(reach_ms, max(-reach_ms, self._error_ms))
        self._shift_ms += step_ms
        self._error_ms -= step_ms
        self._settled_s = now_s
