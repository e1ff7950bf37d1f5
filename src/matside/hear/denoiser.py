"""Steady noise made quieter before the recogniser, and only there: a room's hum, a fan, the road.

Theory of operation. The spectrum of the noise is followed while nobody speaks. In an utterance each bin of a
short-time spectrum (32 ms, every 8 ms) is weighted by a Wiener gain whose a-priori signal-to-noise ratio is
decision-directed (Ephraim & Malah, IEEE Transactions on Acoustics, Speech and Signal Processing 32(6), 1984),
so that it makes no musical tones. The gain never falls under a floor: a recogniser is used to some noise, and
what is wiped out can't be recognised. Overlap-add with square-root Hann windows; sample n of the result
belongs to sample n of the utterance, and comes 24 ms later.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from matside.pcm import Signal
from matside.units import Db, Samples

WINDOW: Final[Samples] = 512
_HOP: Final[Samples] = 128
_SHAPE: Final = np.sqrt(np.hanning(WINDOW + 1)[:-1])
_SCALE: Final = 2 * _HOP / WINDOW
"""Four windows overlap; their squares add up to two."""
_FOLLOW: Final = 0.06
"""A frame of 32 ms: an average over half a second."""
_OVER: Final = 1.5
_MEMORY: Final = 0.96
_TINY: Final = 1e-12


class NoiseSpectrum:
    """The spectrum of what sounds while nobody speaks."""

    def __init__(self) -> None:
        self._power: npt.NDArray[np.float64] | None = None

    def follow(self, frame: Signal) -> None:
        """Take a frame of 512 samples without speech."""
        now = np.abs(np.fft.rfft(frame * _SHAPE)) ** 2
        self._power = now if self._power is None else self._power + _FOLLOW * (now - self._power)

    def of_now(self) -> npt.NDArray[np.float64] | None:
        """Give the mean square of each bin; None until something is known."""
        return None if self._power is None else self._power.copy()


class Denoiser:
    """Make the noise of one utterance quieter.

    Args:
        noise: What `NoiseSpectrum` knew before the utterance; None changes nothing.
        floor_db: The least gain of a bin, below 0; 0 changes nothing.
    """

    def __init__(self, noise: npt.NDArray[np.float64] | None, floor_db: Db) -> None:
        self._noise = None if noise is None or floor_db >= 0 else _OVER * noise + _TINY
        self._floor = 10 ** (floor_db / 20)
        self._clean = np.zeros(WINDOW // 2 + 1)
        self._past = np.zeros(WINDOW - _HOP)
        self._sum = np.zeros(WINDOW)
        self._skip: Samples = WINDOW - _HOP

    def accept(self, samples: Signal) -> Signal:
        """Take the next sound and give what is ready of it."""
        if self._noise is None:
            return samples
        self._past = np.concatenate((self._past, samples))
        done: list[npt.NDArray[np.float64]] = []
        while len(self._past) >= WINDOW:
            spectrum = np.fft.rfft(self._past[:WINDOW] * _SHAPE)
            self._sum += np.fft.irfft(spectrum * self._gains(spectrum)) * _SHAPE * _SCALE
            done.append(self._sum[:_HOP].copy())
            self._sum = np.concatenate((self._sum[_HOP:], np.zeros(_HOP)))
            self._past = self._past[_HOP:]
        out = np.concatenate(done) if done else np.zeros(0)
        skipped, self._skip = out[self._skip :], max(0, self._skip - len(out))
        ready: Signal = skipped.astype(np.float32)
        return ready

    def finish(self) -> Signal:
        """Give the rest."""
        return self.accept(np.zeros(WINDOW, np.float32)) if self._noise is not None else _NOTHING

    def _gains(self, spectrum: npt.NDArray[np.complex128]) -> npt.NDArray[np.float64]:
        assert self._noise is not None
        posterior = (spectrum.real**2 + spectrum.imag**2) / self._noise
        prior = _MEMORY * self._clean + (1 - _MEMORY) * np.maximum(posterior - 1, 0)
        gains: npt.NDArray[np.float64] = np.maximum(self._floor, prior / (1 + prior))
        self._clean = gains**2 * posterior
        return gains


_NOTHING: Final = np.zeros(0, np.float32)
