"""Speech in many voices for recordings and benchmarks: espeak-ng from its wheel, in a process of its own.

The same versions, voices and texts give the same words at the same pace; some of espeak-ng's voices hold a
little chance, so samples may differ. Voices are espeak-ng's: a language, and after a
plus sign a variant, such as "ko+f2" or "en-us+m3".
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from matside.hear.wav_source import read_wav
from matside.pcm import Signal

_ROUNDS: Final = 40
_SMALLEST_BYTES: Final = 2_000
_BATCH: Final = 12
_SPEAK: Final = """
import ctypes, json, os, sys
import espeakng_loader
ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())
import pyttsx3
for voice, rate, text, path in json.load(sys.stdin):
    engine = pyttsx3.init()
    engine.setProperty("voice", voice)
    engine.setProperty("rate", rate)
    engine.save_to_file(text, path)
    engine.runAndWait()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is to be said, by whom, at how many words a minute."""

    text: str
    voice: str
    rate_wpm: int = 150


def speak(sayings: Sequence[Saying]) -> list[Signal]:
    """Render all sayings at 16 kHz, in order, the silence around them cut off."""
    found: dict[Saying, Signal] = {}
    by_voice: dict[tuple[str, int], list[Saying]] = {}
    for saying in dict.fromkeys(sayings):
        by_voice.setdefault((saying.voice, saying.rate_wpm), []).append(saying)
    with tempfile.TemporaryDirectory() as folder:
        for alike in by_voice.values():
            for at in range(0, len(alike), _BATCH):
                batch = alike[at : at + _BATCH]
                found |= zip(batch, _speak(batch, Path(folder)), strict=True)
    return [found[saying] for saying in sayings]


def trimmed(sound: Signal) -> Signal:
    """Cut the silence off both ends."""
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.max(np.abs(sound), initial=0.0))
    return sound[loud[0] : loud[-1] + 1] if len(loud) else sound


def at_level(sound: Signal, level_db: float) -> Signal:
    """Bring a sound to this root mean square level, in decibels of full scale."""
    rms = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
    return sound * np.float32(10 ** (level_db / 20) / max(rms, 1e-9))


def _speak(sayings: Sequence[Saying], folder: Path) -> list[Signal]:
    """Render one batch in a fresh process.

    pyttsx3 writes an empty file now and then. Then the whole batch is made again: espeak-ng's sound depends a
    little on what it said before, and the same batch must always give the same.
    """
    paths = [folder / f"{number}.wav" for number in range(len(sayings))]
    jobs = [
        (saying.voice, saying.rate_wpm, saying.text, str(path))
        for saying, path in zip(sayings, paths, strict=True)
    ]
    for _ in range(_ROUNDS):
        for path in paths:
            path.unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-c", _SPEAK],
            input=json.dumps(jobs).encode(),
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=300,
        )
        if all(path.is_file() and path.stat().st_size >= _SMALLEST_BYTES for path in paths):
            return [trimmed(read_wav(path)) for path in paths]
    raise SystemExit(f"espeak-ng stays silent for one of {[saying.text for saying in sayings]}")
