"""What else a microphone in a living room hears, made from nothing but numbers."""

from typing import Final

import numpy as np
import numpy.typing as npt

RATE_HZ: Final = 16_000
Sound = npt.NDArray[np.float32]


def coloured(rng: np.random.Generator, count: int) -> Sound:
    """Give noise whose power falls by 0 to 9 dB an octave: air, a street, a fan."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 40.0)
    return np.fft.irfft(spectrum * frequency ** -rng.uniform(0, 1.5), count).astype(np.float32)


def hum(rng: np.random.Generator, count: int) -> Sound:
    """Give a motor or the mains: harmonics of a low tone, over a little air."""
    time = np.arange(count) / RATE_HZ
    base = rng.choice([50.0, 60.0, rng.uniform(80, 220)])
    tone = sum(
        np.sin(2 * np.pi * base * k * time + rng.uniform(0, 6)) / k ** rng.uniform(0.5, 2)
        for k in range(1, 12)
    )
    air = coloured(rng, count)
    return (tone + air / (air.std() + 1e-9) * rng.uniform(0.3, 2)).astype(np.float32)


def breathing(rng: np.random.Generator, count: int) -> Sound:
    """Give heavy breathing: bursts of noise, shaped as by a mouth, in and out."""
    sound = np.zeros(count, np.float32)
    at = int(rng.uniform(0, 0.5) * RATE_HZ)
    while at < count:
        length = min(int(rng.uniform(0.3, 1.2) * RATE_HZ), count - at)
        burst = _band(rng, length, rng.uniform(300, 900), rng.uniform(1_500, 6_000))
        sound[at : at + length] += burst * np.hanning(length) * rng.uniform(0.4, 1)
        at += length + int(rng.uniform(0.1, 0.8) * RATE_HZ)
    return sound


def knocks(rng: np.random.Generator, count: int) -> Sound:
    """Give thuds, clicks and rattling: short decaying bands of noise."""
    sound = np.zeros(count, np.float32)
    for _ in range(int(rng.integers(1, 8))):
        at = int(rng.integers(0, max(1, count - 400)))
        length = min(int(rng.uniform(0.02, 0.3) * RATE_HZ), count - at)
        low = rng.uniform(40, 1_500)
        decay = np.exp(-np.arange(length) / (length / rng.uniform(3, 8)))
        sound[at : at + length] += _band(rng, length, low, low * rng.uniform(1.5, 5)) * decay
    return sound


def music(rng: np.random.Generator, count: int) -> Sound:
    """Give chords of decaying harmonic tones."""
    sound = np.zeros(count, np.float32)
    at = 0
    while at < count:
        length = min(int(rng.uniform(0.15, 0.6) * RATE_HZ), count - at)
        time = np.arange(length) / RATE_HZ
        for _ in range(int(rng.integers(1, 4))):
            base = 110 * 2 ** (rng.integers(0, 36) / 12)
            tone = sum(np.sin(2 * np.pi * base * k * time) / k**1.5 for k in range(1, 7))
            sound[at : at + length] += tone * np.exp(-time * rng.uniform(1, 8))
        at += length
    return sound


def _band(rng: np.random.Generator, count: int, low_hz: float, high_hz: float) -> Sound:
    spectrum = np.fft.rfft(rng.normal(size=max(count, 2)))
    frequency = np.fft.rfftfreq(max(count, 2), 1 / RATE_HZ)
    shape = 1 / (1 + (low_hz / np.maximum(frequency, 1)) ** 4) / (1 + (frequency / high_hz) ** 4)
    sound = np.fft.irfft(spectrum * shape, max(count, 2))[:count]
    return (sound / (np.abs(sound).max() + 1e-9)).astype(np.float32)
