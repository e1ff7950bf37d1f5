"""What matside's own ear cuts out of the development clips, in every condition that they are judged in.

The ear finds and levels utterances in the same way whatever model listens, so it is run once a condition and
its utterances are kept; a model is then judged on them in seconds.
"""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import noises
import numpy as np
import numpy.typing as npt
import rooms
import texts
from corpus import RATE_HZ, Clip, Store
from scipy.signal import fftconvolve

sys.path.insert(0, str(texts.ROOT / "src"))

from matside.hear.ear import Ear
from matside.pcm import Pcm
from matside.understand.interpret import LONGEST_MS, QUIET_BEFORE_MS, SHORTEST_MS
from matside.understand.transcript import Transcript, Word

Sound = npt.NDArray[np.float32]
_LEVEL_DBFS: Final = -26.0
_AROUND_S: Final = 1.2
_BLOCK: Final = 1_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One utterance as the recogniser gets it.

    Attributes:
        truth: What was said in the clip.
        source: Where the clip comes from.
        clip: The clip's number in its condition; -1 for running sound.
        samples: Float32 at 16 kHz.
        is_fair: Whether matside's rules of time would take a command from it.
    """

    truth: str
    source: str
    clip: int
    samples: Sound
    is_fair: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A set of clips in one acoustic condition.

    Attributes:
        clips: How many clips there were; some may not have been noticed at all.
        hours: How long the sound was.
    """

    name: str
    truths: tuple[tuple[str, str], ...]
    heard: tuple[Heard, ...]
    hours: float

    @property
    def clips(self) -> int:
        """Count the clips."""
        return len(self.truths)


class _Tape:
    """A recogniser that only keeps what it is given."""

    def __init__(self) -> None:
        self.parts: list[Sound] = []
        self.last: Sound = np.zeros(0, np.float32)
        self.denoising_db = (0.0, 0.0)  # as for any command model

    def attend(self, phrases: object) -> None:
        """Listen for anything."""

    def accept(self, samples: Sound) -> None:
        """Keep the next sound."""
        self.parts.append(samples)

    def finish(self) -> tuple[Word, ...]:
        """Hand it on as the last utterance."""
        self.last = np.concatenate(self.parts or [np.zeros(0, np.float32)])
        self.parts = []
        return ()

    def drop(self) -> None:
        """Forget it."""
        self.parts = []


def condition(folder: Path, name: str, clips: list[tuple[Store, Clip]]) -> Condition:
    """Give the utterances of clips in a condition ("near", "room-2m-12dB", "coach-6dB"), kept in `folder`."""
    path = folder / f"{name}-{len(clips)}.npz"
    if not path.is_file():
        _save(path, _hear_clips(name, clips))
    return _load(path, name)


def running(
    folder: Path, name: str, seconds: float, sound: Callable[[np.random.Generator, int], Sound]
) -> Condition:
    """Give the utterances that the ear finds in sound which holds no command, cached in `folder`."""
    path = folder / f"{name}-{seconds:.0f}.npz"
    if not path.is_file():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        listening = Listening()
        heard, left = list[Heard](), int(seconds * RATE_HZ)
        while left > 0:
            count = min(left, 20 * RATE_HZ)
            heard += listening.utterances(sound(rng, count), None, ("", name, -1))
            left -= count
        _save(path, Condition(name=name, truths=(), heard=tuple(heard), hours=seconds / 3600))
    return _load(path, name)


def continuous(clips: list[tuple[Store, Clip]]) -> Callable[[np.random.Generator, int], Sound]:
    """Give a source of running speech: the clips one after the other, half a second apart, once.

    Those of less than a tenth of a second are left out.
    """
    pause = np.zeros(RATE_HZ // 2, np.float32)
    lines = [(store, clip) for store, clip in clips if clip.count >= _BLOCK]
    whole = np.concatenate([part for store, clip in lines for part in (_sound(store, clip), pause)])
    place = 0

    def sound(rng: np.random.Generator, count: int) -> Sound:
        nonlocal place
        part = whole[place : place + count]
        place += count
        part = np.pad(part, (0, count - len(part)))
        return part + (rng.normal(size=count) * 10**-3.2).astype(np.float32)

    return sound


def length_s(clips: list[tuple[Store, Clip]]) -> float:
    """Tell how long `continuous` lasts."""
    return sum(clip.count / RATE_HZ + 0.5 for _, clip in clips if clip.count >= _BLOCK)


def made(kind: Callable[[np.random.Generator, int], Sound]) -> Callable[[np.random.Generator, int], Sound]:
    """Give a source of noise at levels of a room."""

    def sound(rng: np.random.Generator, count: int) -> Sound:
        noise = kind(rng, count)
        level = 10 ** (rng.uniform(-50, -22) / 20)
        return (noise / (np.sqrt((noise**2).mean()) + 1e-9) * level).astype(np.float32)

    return sound


def _hear_clips(name: str, clips: list[tuple[Store, Clip]]) -> Condition:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    coach = _coach(clips[0][0]) if name.startswith("coach") else None
    heard: list[Heard] = []
    around = int(_AROUND_S * RATE_HZ)
    listening, total = Listening(), 0
    for number, (store, clip) in enumerate(clips):
        near, far = _mixed(name, np.pad(_sound(store, clip), around), rng, coach)
        total += len(near)
        heard += listening.utterances(near, far, (clip.text, clip.source, number))
    truths = tuple((clip.text, clip.source) for _, clip in clips)
    return Condition(name=name, truths=truths, heard=tuple(heard), hours=total / RATE_HZ / 3600)


def _mixed(
    name: str, sound: Sound, rng: np.random.Generator, coach: Sound | None
) -> tuple[Sound, Sound | None]:
    """Bring padded speech into a condition; the second sound is what the loudspeaker plays, if it does."""
    air = (rng.normal(size=len(sound)) * 10**-3.6).astype(np.float32)
    kind, *numbers = name.split("-")
    match kind:
        case "room":
            metres, snr_db = float(numbers[0].rstrip("m")), float(numbers[1].rstrip("dB"))
            wet = _levelled(_in(sound, _living_room(rng, metres)), _LEVEL_DBFS)
            return wet + _levelled(noises.coloured(rng, len(sound)), _LEVEL_DBFS - snr_db) + air, None
        case "coach":
            assert coach is not None
            start = int(rng.integers(0, len(coach) - len(sound)))
            far = coach[start : start + len(sound)]
            echo = _levelled(_in(far, _living_room(rng, 0.4)), _LEVEL_DBFS)
            over_db = -float(numbers[0].rstrip("dB"))
            return _levelled(_in(sound, _living_room(rng, 1.5)), _LEVEL_DBFS + over_db) + echo + air, far
        case _:
            return sound + air, None


def _living_room(rng: np.random.Generator, metres: float) -> Sound:
    return rooms.room(rng, distance_m=(0.8 * metres, 1.2 * metres), rt60_s=(0.4, 0.4))


def _levelled(sound: Sound, level_dbfs: float) -> Sound:
    """Bring what isn't pause, frames of 20 ms within 25 dB of the loudest, to a level."""
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    power = (frames**2).mean(axis=1)
    active = power[power > power.max() * 10**-2.5].mean()
    return np.asarray(sound * np.sqrt(10 ** (level_dbfs / 10) / (active + 1e-12)), np.float32)


def _in(sound: Sound, response: Sound) -> Sound:
    wet: Sound = fftconvolve(sound, response)[: len(sound)].astype(np.float32)
    return wet


def _coach(any_store: Store) -> Sound:
    """Give half an hour of the coach: the default voice of this system says the coach's sentences."""
    folder = any_store.folder
    clips = [
        (Store(folder, "espeak"), clip) for clip in Store(folder, "espeak").clips() if clip.kind == "sentence"
    ]
    return np.concatenate([_sound(store, clip) for store, clip in clips][:400])


def _sound(store: Store, clip: Clip) -> Sound:
    sound = store.sound(clip).astype(np.float32) / 32768.0
    return _levelled(sound, _LEVEL_DBFS)


class Listening:
    """An ear, what it recorded last, and how much sound it was given."""

    def __init__(self) -> None:
        self.tape = _Tape()
        self._ear = Ear(self.tape)
        self._fed = 0

    def utterances(self, near: Sound, far: Sound | None, about: tuple[str, str, int]) -> Iterator[Heard]:
        """Feed sound, and give what the ear cuts out of it for the recogniser."""
        return (heard for heard, _ in self.transcripts(near, far, about) if heard is not None)

    def transcripts(
        self, near: Sound, far: Sound | None, about: tuple[str, str, int]
    ) -> Iterator[tuple[Heard | None, Transcript]]:
        """Feed sound, and give every transcript, without words, and its sound if the recogniser gets it."""
        truth, source, clip = about
        for at in range(0, len(near), _BLOCK):
            block = near[at : at + _BLOCK]
            played = None if far is None else far[at : at + _BLOCK]
            for one in self._ear.feed(Pcm(samples=block, start=self._fed), played):
                if not isinstance(one, Transcript):
                    continue
                samples, self.tape.last = self.tape.last, np.zeros(0, np.float32)
                fair = _is_fair(one)
                heard = Heard(truth=truth, source=source, clip=clip, samples=samples, is_fair=fair)
                yield heard if len(samples) else None, one
            self._fed += len(block)


def _is_fair(one: Transcript) -> bool:
    length = one.ended_ms - one.began_ms
    return SHORTEST_MS <= length <= LONGEST_MS and one.quiet_before_ms >= QUIET_BEFORE_MS


def _save(path: Path, what: Condition) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        hours=what.hours,
        truths=np.array([list(pair) for pair in what.truths], dtype=str),
        told=np.array([[one.truth, one.source] for one in what.heard], dtype=str),
        numbers=np.array([[one.clip, int(one.is_fair), len(one.samples)] for one in what.heard]),
        sound=_joined(one.samples for one in what.heard),
    )
    part.rename(path)


def _joined(parts: Iterable[Sound]) -> npt.NDArray[np.int16]:
    whole = np.concatenate([np.zeros(0, np.float32), *parts])
    return np.clip(np.rint(whole * 32767), -32768, 32767).astype(np.int16)


def _load(path: Path, name: str) -> Condition:
    with np.load(path) as file:
        numbers, sound, told = file["numbers"], file["sound"].astype(np.float32) / 32767.0, file["told"]
        ends = np.cumsum(numbers[:, 2]) if len(numbers) else []
        heard = tuple(
            Heard(
                truth=str(told[i][0]),
                source=str(told[i][1]),
                clip=int(numbers[i][0]),
                samples=sound[ends[i] - numbers[i][2] : ends[i]],
                is_fair=bool(numbers[i][1]),
            )
            for i in range(len(numbers))
        )
        truths = tuple((str(text), str(source)) for text, source in file["truths"])
        return Condition(name=name, truths=truths, heard=heard, hours=float(file["hours"]))
