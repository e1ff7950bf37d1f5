"""The voice detector stays awake in steady noise, for as long as a session lasts."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from matside.hear.vad import FRAME, SileroVad
from spoken import Saying, at_level, speak

RATE_HZ = 16_000
SPEECH_DB, SNR_DB = -26.0, 6.0
WORDS = ("stop", "up", "on", "go", "no", "yes", "right", "off", "down", "left")


def steady_noise(luck, count):
    """Give noise that falls by 3 dB an octave, as a fan's does."""
    spectrum = np.fft.rfft(luck.normal(size=count))
    noise = np.fft.irfft(spectrum / np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 30) ** 0.5, count)
    return noise * 10 ** ((SPEECH_DB - SNR_DB) / 20) / np.sqrt((noise**2).mean())


@pytest.mark.model
def test_words_in_steady_noise_are_noticed_after_minutes_as_in_the_first():
    spoken = speak([Saying(text=word, voice="en", rate_wpm=190) for word in WORDS])
    words = [at_level(sound, SPEECH_DB) for sound in spoken]
    luck, vad, noticed = np.random.default_rng(2), SileroVad(), []
    for turn in range(60):
        word = words[turn % len(words)]
        sound = steady_noise(luck, 2 * RATE_HZ + len(word))
        sound[RATE_HZ : RATE_HZ + len(word)] += word
        frames = sound[: len(sound) // FRAME * FRAME].astype(np.float32).reshape(-1, FRAME)
        noticed.append(sum(vad.probability(frame) > 0.5 for frame in frames) >= 3)
    assert sum(noticed[:10]) >= 9
    assert sum(noticed[-20:]) >= 18, "it was 0 of 20 before the detector was let forget"
