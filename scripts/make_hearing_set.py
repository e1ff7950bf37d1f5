"""Make a set of recordings to measure hearing with: commands in many voices, and hours of what is none.

Everything is synthetic: speech by espeak-ng, noises by arithmetic that is the same every time. Commands are
every phrase of the phrasebook in every voice. What must be ignored is single words that are no command,
sentences, television, music, breathing, effort, counting aloud, a crying baby and a household.

    python scripts/make_hearing_set.py DIR [--language ko] [--minutes 10] [--voices 6] [--skip 0]
    matside bench hearing DIR --language ko --mix
"""

import argparse
import csv
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from matside.content.library import load_library
from matside.hear.wav_source import write_wav
from matside.measure.acoustics import at_active_db, noise
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.understand.phrasebook import Phrasebook
from spoken import Saying, speak

RATE: Final = HEARING_RATE_HZ
LEVEL_DB: Final = -26.0
FILE_S: Final = 60
VARIANTS: Final = ("", "+f1", "+m1", "+f4", "+m7", "+steph", "+m4", "+linda", "+m6", "+belinda")
"""Of espeak-ng's variants those with the least chance in them."""
BASES: Final = {"ko": ("ko",), "en": ("en-us", "en-gb", "en-gb-scotland")}
WORDS: Final = {
    "ko": (
        "배고파 졸려 언제 저거 지금 어제 넷 다섯 여섯 빨리 조금 많이 울지마 괜찮아 "
        "가자 전화 텔레비전 그럼 어머나 택배 우유 냉장고 할머니 친구 학교 시끄러워 "
        "맛있다 얼마야 여보 잘했어 조심해"
    ),
    "en": (
        "hungry sleepy when this today seven eleven quickly little maybe alright telephone "
        "television grandma package milk friend school noisy delicious darling careful sorry "
        "thanks hello really never coffee water"
    ),
}
PARTS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "ko": (
        ("어제", "오늘", "지난주에", "아침에", "저녁에", "방금", "주말에", "작년에", "요즘", "이따가"),
        (
            "동생이",
            "할머니가",
            "친구가",
            "우리가",
            "아이들이",
            "이웃이",
            "선생님이",
            "손님이",
            "누나가",
            "삼촌이",
        ),
        ("시장에서", "부엌에서", "공원에서", "회사에서", "학교에서", "버스에서", "마당에서", "바닷가에서"),
        ("사과를", "편지를", "노래를", "신문을", "생선을", "의자를", "그림을", "우산을", "이야기를"),
        ("샀대", "찾았어", "들었지", "봤거든", "씻었나 봐", "고쳤다고 해", "그렸어요", "잃어버렸지 뭐야"),
    ),
    "en": (
        ("yesterday", "today", "last week", "this morning", "in the evening", "a while ago", "these days"),
        (
            "my brother",
            "her grandmother",
            "our neighbour",
            "the children",
            "his teacher",
            "a visitor",
            "our dog",
        ),
        ("in the kitchen", "at the market", "in the park", "at the office", "at school", "by the sea"),
        (
            "bought some apples",
            "found an old letter",
            "sang that song",
            "read the newspaper",
            "cooked the fish",
        ),
        ("and it was rather nice", "but nobody noticed", "because of the rain", "before the guests came"),
    ),
}
COUNTING: Final = {"ko": "하나 둘 셋 넷 다섯 여섯 일곱 여덟", "en": "one two three four five six seven eight"}
Luck: TypeAlias = np.random.Generator
Maker: TypeAlias = Callable[[str, Luck], Signal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the manifest."""

    path: str
    text: str
    kind: str
    condition: str


def main() -> None:
    """Make the set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=sorted(BASES), default="ko")
    parser.add_argument("--minutes", type=float, default=10.0, help="of each kind that must be ignored")
    parser.add_argument("--voices", type=int, default=6, help=f"at most {len(VARIANTS)}")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many voices before them")
    given = parser.parse_args()
    voices = voices_of(given.language, given.skip + given.voices)[given.skip :]
    make(given.folder, given.language, minutes=given.minutes, voices=voices)


def make(folder: Path, language: str, *, minutes: float, voices: Sequence[str]) -> None:
    """Make a set in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*_commands(folder, language, voices), *_words(folder, language, voices)]
    for kind, maker in KINDS.items():
        for number in range(max(1, round(minutes * 60 / FILE_S))):
            name = f"{kind}_{number}.wav"
            write_wav(folder / name, maker(language, np.random.default_rng([len(kind), number])))
            rows.append(Row(path=name, text="", kind=kind, condition="near"))
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "text", "kind", "condition"])
        writer.writerows([row.path, row.text, row.kind, row.condition] for row in rows)
    print(f"{len(rows)} recordings in {folder}")


def voices_of(language: str, count: int) -> list[str]:
    """Give so many voices of a language, its kinds of speech in turn."""
    bases = BASES[language]
    return [bases[at % len(bases)] + variant for at, variant in enumerate(VARIANTS[:count])]


def _commands(folder: Path, language: str, voices: Sequence[str]) -> Iterator[Row]:
    book = Phrasebook.of(load_library().languages[language].phrasebook)
    phrases = dict.fromkeys(phrase for phrases in book.phrases.values() for phrase in phrases)
    sayings = [Saying(text=phrase, voice=voice) for phrase in phrases for voice in voices]
    for number, (saying, sound) in enumerate(zip(sayings, speak(sayings), strict=True)):
        name = f"command_{number}.wav"
        write_wav(folder / name, _near(sound, np.random.default_rng(number)))
        yield Row(path=name, text=saying.text, kind="command", condition="near, quiet")


def _words(folder: Path, language: str, voices: Sequence[str]) -> Iterator[Row]:
    words = WORDS[language].split()
    sayings = [Saying(text=word, voice=voice) for word in words for voice in voices]
    for number, sound in enumerate(speak(sayings)):
        name = f"word_{number}.wav"
        write_wav(folder / name, _near(sound, np.random.default_rng(number)))
        yield Row(path=name, text="", kind="one other word", condition="near, quiet")


def _near(sound: Signal, luck: Luck) -> Signal:
    edge = np.zeros(RATE // 10, np.float32)
    whole = np.concatenate((edge, at_active_db(sound, LEVEL_DB), edge))
    return whole + noise(len(whole), -65.0, luck)


def _sentences(language: str, luck: Luck, count: int) -> list[str]:
    chance = random.Random(int(luck.integers(2**31)))  # noqa: S311 no secret is made
    return [" ".join(chance.choice(column) for column in PARTS[language]) for _ in range(count)]


def _talk(language: str, luck: Luck) -> Signal:
    """Let people talk for a minute, with pauses of all lengths."""
    voices = voices_of(language, len(VARIANTS))
    sayings = [
        Saying(
            text=text, voice=voices[int(luck.integers(len(voices)))], rate_wpm=int(luck.integers(140, 200))
        )
        for text in _sentences(language, luck, 16)
    ]
    parts = []
    for sound in speak(sayings):
        level_db = LEVEL_DB + luck.uniform(-8, 3)
        pause = np.zeros(round(luck.choice([0.2, 0.4, 0.8, 1.6, 3.0]) * RATE), np.float32)
        parts += [at_active_db(sound, level_db), pause]
    return _filled(np.concatenate(parts), luck)


def _television(language: str, luck: Luck) -> Signal:
    """Talk without pause over music, through a small loudspeaker."""
    voices = voices_of(language, len(VARIANTS))[::3]
    sayings = [
        Saying(text=text, voice=voices[int(luck.integers(len(voices)))], rate_wpm=185)
        for text in _sentences(language, luck, 20)
    ]
    gap = np.zeros(RATE // 8, np.float32)
    said = np.concatenate([part for sound in speak(sayings) for part in (at_active_db(sound, -30.0), gap)])
    sound = _fit(said) + _music(language, luck) * np.float32(0.2)
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) < 200] = 0
    return _filled(np.fft.irfft(spectrum, len(sound)).astype(np.float32), luck)


def _music(_language: str, luck: Luck) -> Signal:
    """Chords, a tune with vibrato and a drum, a minute of it."""
    sound = np.zeros(FILE_S * RATE)
    beat = round(0.5 * RATE)
    roots = [220.0, 174.6, 261.6, 196.0]
    for number in range(FILE_S * 2):
        at = number * beat
        times_s = np.arange(beat) / RATE
        fall = np.exp(-2.0 * times_s)
        root = roots[number // 4 % 4]
        for ratio in (1.0, 1.25, 1.5):
            sound[at : at + beat] += 0.2 * fall * np.sin(2 * np.pi * root * ratio * times_s)
        note = root * 2 * 2 ** (int(luck.integers(0, 8)) / 12)
        bend = 0.03 * np.sin(2 * np.pi * 5.5 * times_s)
        tune = sum(np.sin(2 * np.pi * note * k * (times_s + bend / note)) / k for k in range(1, 6))
        sound[at : at + beat] += 0.25 * np.hanning(beat) * tune
        drum = min(beat, RATE // 8)
        sound[at : at + drum] += 0.5 * luck.normal(0, 1, drum) * np.exp(-40 * times_s[:drum])
    return _filled(at_active_db(sound.astype(np.float32), -28.0), luck)


def _breathing(_language: str, luck: Luck) -> Signal:
    """Breathe hard, and blow at the microphone now and then."""
    times_s = np.arange(FILE_S * RATE) / RATE
    length_s = luck.uniform(1.2, 3.0)
    swell = np.clip(np.sin(2 * np.pi * times_s / length_s), 0, None) ** 1.5
    swell += 0.6 * np.clip(-np.sin(2 * np.pi * times_s / length_s), 0, None) ** 2
    coloured = _coloured(len(times_s), luck, 400, 2_500) + 0.5 * _coloured(len(times_s), luck, 30, 200)
    return _filled((10 ** (luck.uniform(-34, -24) / 20) * swell * coloured).astype(np.float32), luck)


def _effort(_language: str, luck: Luck) -> Signal:
    """Grunt and sigh: short voiced bursts with a falling pitch, and a breath after each."""
    sound = np.zeros(FILE_S * RATE)
    at = RATE
    while at < len(sound) - 3 * RATE:
        length = round(luck.uniform(0.15, 0.6) * RATE)
        sound[at : at + length] += _voiced(length, luck.uniform(100, 260), luck.uniform(-0.4, 0.1), luck)
        breath = round(0.6 * RATE)
        sound[at + length : at + length + breath] += (
            0.2 * np.hanning(breath) * _coloured(breath, luck, 300, 2_000)
        )
        at += length + round(luck.uniform(1.0, 4.0) * RATE)
    return _filled(at_active_db(sound.astype(np.float32), LEVEL_DB), luck)


def _baby(_language: str, luck: Luck) -> Signal:
    """Cry: rising and falling tones of 350 to 600 Hz with many harmonics, a second each."""
    sound = np.zeros(FILE_S * RATE)
    at = RATE // 2
    while at < len(sound) - 3 * RATE:
        length = round(luck.uniform(0.5, 1.6) * RATE)
        sound[at : at + length] += _voiced(length, luck.uniform(350, 600), luck.uniform(-0.25, 0.25), luck)
        at += length + round(luck.choice([0.3, 0.5, 0.8, 3.0]) * RATE)
    return _filled(at_active_db(sound.astype(np.float32), -24.0), luck)


def _household(_language: str, luck: Luck) -> Signal:
    """Thuds, dishes, a tap, a hoover."""
    sound = np.zeros(FILE_S * RATE)
    for _ in range(40):
        at = int(luck.integers(0, len(sound) - RATE))
        times_s = np.arange(RATE // 3) / RATE
        part = slice(at, at + len(times_s))
        if luck.uniform() < 0.5:
            thud = np.sin(2 * np.pi * luck.uniform(50, 180) * times_s)
            sound[part] += thud * np.exp(-25 * times_s)
        else:
            for _ in range(3):
                chink = np.sin(2 * np.pi * luck.uniform(1_500, 6_000) * times_s)
                sound[part] += 0.2 * chink * np.exp(-30 * times_s)
    begin = int(luck.integers(0, len(sound) // 2))
    length = len(sound) // 3
    sound[begin : begin + length] += 0.12 * _coloured(length, luck, 100, 5_000)
    return _filled((sound * 0.2).astype(np.float32), luck)


def _counting(language: str, luck: Luck) -> Signal:
    """Count aloud with the movement, a word every second or two."""
    voice = voices_of(language, len(VARIANTS))[int(luck.integers(len(VARIANTS)))]
    words = speak([Saying(text=word, voice=voice) for word in COUNTING[language].split()])
    parts = []
    for _ in range(4):
        for word in words:
            pause = np.zeros(round(luck.uniform(0.6, 1.6) * RATE), np.float32)
            parts += [at_active_db(word, LEVEL_DB), pause]
    return _filled(np.concatenate(parts), luck)


def _voiced(length: int, hz: float, bend: float, luck: Luck) -> npt.NDArray[np.float64]:
    times_s = np.arange(length) / RATE
    sweep = hz * (1 + bend * times_s / times_s[-1] + 0.02 * np.sin(2 * np.pi * 6 * times_s))
    phase = 2 * np.pi * np.cumsum(sweep) / RATE
    tone = sum(np.sin(k * phase) / k ** luck.uniform(0.6, 1.2) for k in range(1, 12))
    return np.asarray(np.hanning(length) ** 0.5 * (tone + 0.1 * luck.normal(0, 1, length)))


def _coloured(length: int, luck: Luck, low_hz: float, high_hz: float) -> npt.NDArray[np.float64]:
    spectrum = np.fft.rfft(luck.normal(0, 1, length))
    hz = np.fft.rfftfreq(length, 1 / RATE)
    spectrum *= 1 / (1 + (hz / high_hz) ** 4) * (hz > low_hz)
    sound = np.fft.irfft(spectrum, length)
    return np.asarray(sound / max(1e-9, float(np.std(sound))))


def _fit(sound: Signal) -> Signal:
    return np.resize(sound, FILE_S * RATE).astype(np.float32)


def _filled(sound: Signal, luck: Luck) -> Signal:
    whole = sound[: FILE_S * RATE]
    whole = np.concatenate((whole, np.zeros(FILE_S * RATE - len(whole), np.float32)))
    return np.clip(whole + noise(len(whole), -65.0, luck), -1, 1).astype(np.float32)


KINDS: Final[dict[str, Maker]] = {
    "speech": _talk,
    "television": _television,
    "music": _music,
    "breathing": _breathing,
    "effort": _effort,
    "counting": _counting,
    "baby": _baby,
    "household": _household,
}


if __name__ == "__main__":
    main()
