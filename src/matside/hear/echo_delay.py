"""How late our own voice comes back: the bulk delay between what was played and what the microphone took.

Generalised cross-correlation with phase transform (Knapp & Carter, 1976). The spectra of the last second of
both signals are multiplied and whitened, so every frequency has one vote; votes of several windows add up;
and the answer counts only when its peak stands out and two windows agree on it.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from matside.pcm import Signal
from matside.units import Samples

WINDOW: Final[Samples] = 16_384
LATEST: Final[Samples] = 8_000
"""The longest delay that is looked for: 500 ms."""

_FFT: Final = 2 * WINDOW
_LOWEST_BIN, _HIGHEST_BIN = round(200 / 16_000 * _FFT), round(6_000 / 16_000 * _FFT)
_KEEP: Final = 0.6
_STANDS_OUT: Final = 8.0
"""Peak over the standard deviation of the rest: noise alone reaches 4.5 among 8,000 lags."""
_AGREE: Final[Samples] = 16


class DelayFinder:
    """Find the delay from windows of both signals; wants to be asked a few times a second."""

    def __init__(self) -> None:
        self._votes: npt.NDArray[np.complex128] = np.zeros(_FFT // 2 + 1, np.complex128)
        self._last: Samples | None = None

    def look(self, near: Signal, far: Signal) -> Samples | None:
        """Look at the last `WINDOW` samples of both and give the delay in samples, or None where unsure."""
        cross = np.fft.rfft(near, _FFT) * np.conj(np.fft.rfft(far, _FFT))
        cross[:_LOWEST_BIN] = 0
        cross[_HIGHEST_BIN:] = 0
        self._votes *= _KEEP
        self._votes += cross / (np.abs(cross) + 1e-12)
        lags = np.fft.irfft(self._votes, _FFT)[: LATEST + 1]
        best = int(np.argmax(lags))
        spread = float(np.std(np.delete(lags, range(max(0, best - 40), min(len(lags), best + 41)))))
        stands_out = spread > 0 and lags[best] > _STANDS_OUT * spread
        agrees = self._last is not None and abs(best - self._last) <= _AGREE
        self._last = best if stands_out else None
        return best if stands_out and agrees else None

    def forget(self) -> None:
        """Start afresh."""
        self._votes[:] = 0
        self._last = None
