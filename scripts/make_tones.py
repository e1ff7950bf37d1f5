#!/usr/bin/env python3
"""Make the program's own sounds in audio/cues, one WAV a kind, the same bytes every time.

They are calm (no peak above -18 dBFS) and short, with soft edges. "heard" and "unsure" lie above 3 kHz, out
of the range that speech is recognised by, so that they don't disturb the microphone in the middle of a word.
"""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matside.session.cue import ToneKind

RATE_HZ = 44_100
FOLDER = Path(__file__).resolve().parents[1] / "audio" / "cues"

Wave = npt.NDArray[np.float64]


def note(pitch_hz: float, length_ms: int, *, to_hz: float | None = None, decay: float = 0.0) -> Wave:
    """Sound one sine with raised-cosine edges, gliding to `to_hz` where given.

    Args:
        pitch_hz: Where it begins.
        length_ms: Its length, edges included.
        to_hz: Where it ends.
        decay: How many times its level falls by e over its length; 0 keeps it.
    """
    count = RATE_HZ * length_ms // 1000
    along = np.arange(count) / count
    pitch = pitch_hz + ((to_hz or pitch_hz) - pitch_hz) * (1 - np.cos(np.pi * along)) / 2
    edge = min(count // 2, RATE_HZ * 12 // 1000)
    shape = np.ones(count)
    ramp = (1 - np.cos(np.pi * np.arange(edge) / edge)) / 2
    shape[:edge], shape[count - edge :] = ramp, ramp[::-1]
    return np.asarray(np.sin(2 * np.pi * np.cumsum(pitch) / RATE_HZ) * shape * np.exp(-decay * along))


def breath(from_hz: float, to_hz: float, length_ms: int) -> Wave:
    """Sound a soft glide that swells and ebbs as a whole."""
    glide = note(from_hz, length_ms, to_hz=to_hz) + 0.25 * note(2 * from_hz, length_ms, to_hz=2 * to_hz)
    along = np.arange(len(glide)) / len(glide)
    return np.asarray(glide * np.sin(np.pi * along) ** 1.5)


def chord(*notes: Wave) -> Wave:
    """Sound notes one after the other."""
    return np.concatenate(notes)


def level(sound: Wave, peak_db: float) -> Wave:
    """Bring the highest peak to this level, dBFS."""
    return np.asarray(sound / np.abs(sound).max() * 10 ** (peak_db / 20))


def tones() -> dict[ToneKind, Wave]:
    """Compose every tone."""
    return {
        ToneKind.START: level(chord(note(523.25, 180, decay=1), note(783.99, 260, decay=2)), -20),
        ToneKind.BREATH_IN: level(breath(330, 494, 520), -21),
        ToneKind.BREATH_OUT: level(breath(494, 294, 580), -21),
        ToneKind.TICK: level(note(1046.5, 60, decay=4), -20),
        ToneKind.SWITCH: level(
            chord(note(659.26, 100, decay=1), note(493.88, 100, decay=1), note(659.26, 160, decay=2)), -20
        ),
        ToneKind.END: level(
            chord(note(783.99, 80, decay=1), note(659.26, 80, decay=1), note(523.25, 160, decay=3)), -20
        ),
        ToneKind.HEARD: level(chord(note(3136.0, 55), note(3951.1, 75, decay=1)), -24),
        ToneKind.UNSURE: level(chord(note(3729.3, 55), note(3136.0, 85, decay=1)), -24),
    }


def write(folder: Path) -> None:
    """Write every tone into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, sound in tones().items():
        with wave.open(str(folder / f"{kind.value}.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes(np.round(sound * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    write(FOLDER)
    print(f"{len(ToneKind)} tones in {FOLDER}")
