"""Whether what was heard is what was played: by correlation at any delay, whatever the canceller believes.

A canceller that lost its place predicts too little echo, and what is left of it then looks like a person. But
its sound still follows what was played, and a person's doesn't. As in `echo_delay`, every frequency has one
vote (Knapp & Carter, 1976), and the peak is measured against the spread of all other delays.
"""

from typing import Final

import numpy as np

from matside.hear.echo_delay import LATEST
from matside.pcm import HEARING_RATE_HZ, Signal

_LOWEST_HZ, _HIGHEST_HZ = 150, 5_000
_NEAR_PEAK: Final = 40
_LEAST: Final = HEARING_RATE_HZ // 20


def likeness(heard: Signal, played: Signal) -> float:
    """Give how far the best delay stands out among all of them, in standard deviations.

    Args:
        heard: An utterance, at 16 kHz.
        played: What was played from half a second (`LATEST`) before it until its end.

    Returns:
        Noise and other people's speech reach about 4.5; 0 where either is silent or too short.
    """
    if len(heard) < _LEAST or len(played) < len(heard) or not np.any(played) or not np.any(heard):
        return 0.0
    size = 1 << (len(played) + len(heard)).bit_length()
    cross = np.conj(np.fft.rfft(heard, size)) * np.fft.rfft(played, size)
    hz = np.fft.rfftfreq(size, 1 / HEARING_RATE_HZ)
    cross[(hz < _LOWEST_HZ) | (hz > _HIGHEST_HZ)] = 0
    lags = np.fft.irfft(cross / (np.abs(cross) + 1e-12), size)[: min(LATEST, len(played) - len(heard)) + 1]
    best = int(np.argmax(lags))
    rest = np.delete(lags, range(max(0, best - _NEAR_PEAK), min(len(lags), best + _NEAR_PEAK + 1)))
    spread = float(np.std(rest)) if len(rest) > _NEAR_PEAK else 0.0
    return float(lags[best]) / spread if spread > 0 else 0.0


_MOST_MOVED: Final = HEARING_RATE_HZ * 3 // 20


def resemblance(left: Signal, echo: Signal) -> float:
    """Give how much of what is left after cancelling follows the predicted echo, moved by up to 150 ms.

    Args:
        left: An utterance, at 16 kHz.
        echo: The echo that was predicted in the same time.

    Returns:
        The largest normalised cross-correlation, 0 to 1.
    """
    if len(left) < _LEAST:
        return 0.0
    one, two = np.diff(left.astype(np.float64)), np.diff(echo.astype(np.float64))
    size = 1 << (2 * len(one)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(two, size)), size)
    near = np.concatenate((cross[: _MOST_MOVED + 1], cross[-_MOST_MOVED:]))
    energy = float(np.sum(one**2) * np.sum(two**2)) ** 0.5
    return float(np.max(np.abs(near))) / energy if energy > 0 else 0.0
