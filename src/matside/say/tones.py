"""The program's own sounds, as files that came with it."""

import functools
import wave
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np

from matside.pcm import Signal
from matside.session.cue import ToneKind
from matside.units import Hz, Ms


@functools.cache
def tone_ms(kind: ToneKind) -> Ms:
    """Length of a tone."""
    samples, rate_hz = load_tone(kind)
    return -(-len(samples) * 1000 // rate_hz)


@functools.cache
def load_tone(kind: ToneKind) -> tuple[Signal, Hz]:
    """Read a tone: its samples and their rate. The samples are shared and can't be written to."""
    with (_folder() / f"{kind.value}.wav").open("rb") as file, wave.open(file) as sound:
        raw = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        samples: Signal = raw.astype(np.float32) / np.float32(32768)
        samples.flags.writeable = False
        return samples, int(sound.getframerate())


def _folder() -> Traversable:
    """Find the tones: inside the package when it was built, in the repository when it is run from there."""
    packed = resources.files("matside.say") / "tones"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[3] / "audio" / "cues"
