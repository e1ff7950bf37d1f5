"""Make the recordings in audio/commands: every Korean phrase spoken once, and what must be ignored.

Needs nothing but the package's own dependencies: espeak-ng comes in a wheel. Run it again after the
phrasebook changed. The same versions and phrases give the same files.

`voices/` holds every English and Korean phrase once more, in one of ten voices in turn; `manifest.csv` lists
everything for `matside bench hearing audio/commands`. With --voices only these are made.

    python scripts/make_commands.py [--voices]
"""

import csv
import json
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from make_hearing_set import VARIANTS, voices_of
from matside.content.library import load_library
from matside.hear.wav_source import read_wav, write_wav
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.understand.phrasebook import Phrasebook
from spoken import Saying, speak

ROOT: Final = Path(__file__).resolve().parents[1]
OUT: Final = ROOT / "audio" / "commands"
PHRASEBOOK: Final = ROOT / "src/matside/content/data/languages/ko/phrasebook.toml"

CHATTER: Final = (
    "오늘 저녁에 뭐 먹을까 하고 친구한테 전화를 했는데 받지를 않더라고요",
    "어제 산 책을 읽다가 너무 재미있어서 밤을 새웠더니 지금 많이 졸려요",
    "내일은 비가 온다고 하니까 우산을 꼭 챙겨서 나가야 한다고 했어요",
)
FOREIGN: Final = "the weather will be mild with some clouds in the afternoon and a light wind from the west"

_ROUNDS: Final = 5
_SMALLEST_BYTES: Final = 2_000
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
class Clip:
    """A recording to make: what is said, and what must be heard (nothing where it is empty)."""

    name: str
    text: str
    phrase: str = ""
    phase: str = ""
    voice: str = "ko"


def main() -> None:
    """Make everything anew, or only the further voices."""
    OUT.mkdir(parents=True, exist_ok=True)
    clips = [*_phrases(), *_talk()]
    if "--voices" in sys.argv[1:]:
        _write_table([*_table_of(clips), *_in_many_voices()])
        return
    with tempfile.TemporaryDirectory() as folder:
        spoken = _speak(clips, Path(folder))
    for old in OUT.glob("*.wav"):
        old.unlink()
    for clip, sound in zip(clips, spoken, strict=True):
        write_wav(OUT / f"{clip.name}.wav", _in_a_room(sound))
    write_wav(OUT / "none_breath.wav", _breath())
    write_wav(OUT / "none_thuds.wav", _thuds())
    (OUT / "manifest.toml").write_text(_manifest(clips), encoding="utf-8")
    _write_table([*_table_of(clips), *_in_many_voices()])
    print(f"{len(list(OUT.glob('*.wav')))} recordings in {OUT.relative_to(ROOT)}")


def _phrases() -> list[Clip]:
    entries = tomllib.loads(PHRASEBOOK.read_text(encoding="utf-8"))["commands"]
    return [
        Clip(
            name=f"ko_{entry['command']}_{number}", text=phrase, phrase=phrase, phase=_phase(entry["phases"])
        )
        for entry in entries
        for number, phrase in enumerate(entry["phrases"], 1)
    ]


def _phase(phases: list[str]) -> str:
    """Choose the phase with the most other phrases, where confusion is likeliest."""
    return next(
        (phase for phase in ("hold", "setup", "paused", "check", "asleep") if phase in phases), phases[0]
    )


def _talk() -> list[Clip]:
    chatter = [Clip(name=f"none_chatter_{number}", text=text) for number, text in enumerate(CHATTER, 1)]
    return [*chatter, Clip(name="none_foreign", text=FOREIGN, voice="en-us")]


def _speak(clips: list[Clip], folder: Path) -> list[Signal]:
    """Render all texts in a process of their own; pyttsx3 writes an empty file now and then: look again."""
    paths = [folder / f"{clip.name}.wav" for clip in clips]
    for _ in range(_ROUNDS):
        jobs = [
            (clip.voice, 150, clip.text, str(path))
            for clip, path in zip(clips, paths, strict=True)
            if not path.is_file() or path.stat().st_size < _SMALLEST_BYTES
        ]
        if not jobs:
            return [read_wav(path) for path in paths]
        subprocess.run(
            [sys.executable, "-c", _SPEAK],
            input=json.dumps(jobs).encode(),
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )
    raise SystemExit(f"espeak-ng stays silent for {jobs}")


def _in_a_room(spoken: Signal, edge_ms: int = 300) -> Signal:
    """Put speech between a little silence, at -26 dBFS over a floor of -65 dBFS."""
    loud = np.abs(spoken) > 0.01 * np.max(np.abs(spoken))
    first, last = np.flatnonzero(loud)[[0, -1]]
    spoken = spoken[first : last + 1]
    spoken = spoken * np.float32(10 ** (-26 / 20) / np.sqrt(np.mean(np.square(spoken))))
    edge = np.zeros(HEARING_RATE_HZ * edge_ms // 1000, np.float32)
    sound = np.concatenate((edge, spoken, edge))
    return sound + _noise(len(sound), -65.0)


def _noise(size: int, level_db: float) -> Signal:
    chance = np.random.default_rng(20)
    return chance.normal(0.0, 10 ** (level_db / 20), size).astype(np.float32)


def _breath() -> Signal:
    """Make six seconds of hard breathing: noise with a soft resonance, in and out."""
    times_s = np.arange(6 * HEARING_RATE_HZ) / HEARING_RATE_HZ
    coloured = np.convolve(_noise(len(times_s), 0.0), np.hanning(12) * np.cos(np.arange(12) * 0.6), "same")
    swell = np.clip(np.sin(2 * np.pi * times_s / 1.5), 0, None) ** 1.5
    return (0.05 * swell * coloured / np.std(coloured)).astype(np.float32) + _noise(len(times_s), -65.0)


def _thuds() -> Signal:
    """Make five seconds of feet and hands landing on a mat."""
    sound = _noise(5 * HEARING_RATE_HZ, -65.0)
    decay_s = np.arange(HEARING_RATE_HZ // 4) / HEARING_RATE_HZ
    for number, at_s in enumerate((0.5, 1.1, 2.0, 2.3, 3.4, 4.2)):
        thud = np.sin(2 * np.pi * (60 + 25 * number) * decay_s) * np.exp(-decay_s * 25)
        at = round(at_s * HEARING_RATE_HZ)
        sound[at : at + len(thud)] += 0.4 * thud.astype(np.float32)
    return sound


def _in_many_voices() -> list[tuple[str, ...]]:
    """Let other voices say every phrase, and give the lines of the table."""
    folder = OUT / "voices"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.wav"):
        old.unlink()
    rows = []
    for language in ("ko", "en"):
        book = Phrasebook.of(load_library().languages[language].phrasebook)
        phrases = list(dict.fromkeys(phrase for phrases in book.phrases.values() for phrase in phrases))
        voices = voices_of(language, len(VARIANTS))
        sayings = [
            Saying(text=phrase, voice=voices[(number + 1) % len(voices)])
            for number, phrase in enumerate(phrases)
        ]
        for number, (saying, sound) in enumerate(zip(sayings, speak(sayings), strict=True)):
            name = f"voices/{language}_{number:03}.wav"
            write_wav(OUT / name, _in_a_room(sound, edge_ms=60))
            rows.append((name, saying.text, "command", "near, quiet", language))
    return rows


def _table_of(clips: list[Clip]) -> list[tuple[str, ...]]:
    said = [
        (f"{clip.name}.wav", clip.phrase, "command", "near, quiet", "ko") for clip in clips if clip.phrase
    ]
    ignored = [(f"{clip.name}.wav", "", "speech", "near, quiet", "") for clip in clips if not clip.phrase]
    noises = [
        ("none_breath.wav", "", "breathing", "near", ""),
        ("none_thuds.wav", "", "household", "near", ""),
    ]
    return [row for row in (*said, *ignored, *noises) if (OUT / row[0]).is_file()]


def _write_table(rows: list[tuple[str, ...]]) -> None:
    with (OUT / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("path", "text", "kind", "condition", "language"))
        writer.writerows(rows)


def _manifest(clips: list[Clip]) -> str:
    lines = [
        "# Made by scripts/make_commands.py: espeak-ng speech and synthetic noise, free for any use.",
        "# `phrase` must be heard in `phase`; where it is empty, nothing may be taken as a command.",
    ]
    noises = [Clip(name=name, text="") for name in ("none_breath", "none_thuds")]
    for clip in [*clips, *noises]:
        lines += [
            "",
            f'[{clip.name}]\nphrase = "{clip.phrase}"\nphase = "{clip.phase}"\nsaid = "{clip.text}"',
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
