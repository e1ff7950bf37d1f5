"""Rooms and noise for copies of recordings: made up, physical enough, and the same every time.

A room is a box whose walls all absorb alike. Its impulse response is made of mirror images of the source
(J. B. Allen and others, JASA 65(4), 1979), each later and weaker with its distance and reflections. Noise has
the long-term spectrum of speech, which hides words best: flat to 500 Hz, then 9 dB an octave less (Byrne and
others, JASA 96(4), 1994), and swells slowly as a room's noise does.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matside.pcm import HEARING_RATE_HZ, Signal
from matside.units import Db, Samples

_SOUND_M_S: Final = 343.0
_REFLECTIONS: Final = 9
_ACTIVE_BELOW_DB: Final = 25.0
_FRAME: Final[Samples] = 320

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A living room, in metres and seconds; the device stands on a low table by the wall."""

    size_m: Point = (5.0, 4.0, 2.6)
    rt60_s: float = 0.4
    device_m: Point = (0.9, 1.3, 0.5)


def chance(*names: str) -> np.random.Generator:
    """Give a source of chance that depends on these names alone."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def response(room: Room, source_m: Point, ear_m: Point) -> Signal:
    """Give the impulse response from one point to another, the direct sound at 1.

    Returns:
        float32 at 16 kHz, `rt60_s` long; the time of flight of the direct sound is left out.
    """
    wall = _reflection(room)
    steps = np.arange(-_REFLECTIONS, _REFLECTIONS + 1)
    along = [_images(source_m[axis], room.size_m[axis], steps) for axis in range(3)]
    square = sum(np.square(_spread(places - ear_m[axis], axis)) for axis, (places, _) in enumerate(along))
    count = sum(_spread(bounces, axis) for axis, (_, bounces) in enumerate(along))
    far_m = np.sqrt(np.asarray(square)).ravel()
    direct_m = max(0.05, float(np.linalg.norm(np.subtract(source_m, ear_m))))
    gains = np.power(wall, np.asarray(count).ravel()) * direct_m / np.maximum(far_m, 0.05)
    at = np.rint((far_m - direct_m) / _SOUND_M_S * HEARING_RATE_HZ).astype(np.int64)
    inside = (at >= 0) & (at < room.rt60_s * HEARING_RATE_HZ)
    answer = np.zeros(round(room.rt60_s * HEARING_RATE_HZ))
    np.add.at(answer, at[inside], gains[inside])
    made: Signal = answer.astype(np.float32)
    return made


def place(room: Room, distance_m: float, luck: np.random.Generator) -> Point:
    """Choose where a person is, so far from the device, inside the room and near the floor."""
    for _ in range(1_000):
        angle = luck.uniform(-0.9, 0.9)
        height = luck.uniform(0.3, 0.9)
        found = (
            room.device_m[0] + distance_m * float(np.cos(angle)),
            room.device_m[1] + distance_m * float(np.sin(angle)),
            height,
        )
        if all(0.2 < found[axis] < room.size_m[axis] - 0.2 for axis in range(2)):
            return found
    return (room.device_m[0] + distance_m, room.device_m[1], 0.5)


def through(sound: Signal, answer: Signal) -> Signal:
    """Send a sound through a room; as long as the sound."""
    size = 1 << (len(sound) + len(answer)).bit_length()
    heard = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(answer, size), size)
    cut: Signal = heard[: len(sound)].astype(np.float32)
    return cut


def active_db(sound: Signal) -> Db:
    """Give the level of what isn't pause: the mean of 20 ms frames within 25 dB of the loudest."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not len(frames):
        return -120.0
    powers = np.mean(np.square(frames, dtype=np.float64), axis=1)
    active = powers[powers >= powers.max() * 10 ** (-_ACTIVE_BELOW_DB / 10)]
    return float(10 * np.log10(max(1e-12, active.mean())))


def at_active_db(sound: Signal, level_db: Db) -> Signal:
    """Bring what isn't pause to this level."""
    now_db = active_db(sound)
    return sound * np.float32(10 ** ((level_db - now_db) / 20)) if now_db > -119 else sound


def noise(size: Samples, level_db: Db, luck: np.random.Generator) -> Signal:
    """Make room noise with the spectrum of speech at this level."""
    if size <= 0:
        return np.zeros(0, np.float32)
    spectrum = np.fft.rfft(luck.normal(0.0, 1.0, size))
    hz = np.fft.rfftfreq(size, 1 / HEARING_RATE_HZ)
    spectrum *= np.power(np.maximum(1.0, hz / 500.0), -1.5)
    spectrum[hz < 80.0] = 0.0
    shaped = np.fft.irfft(spectrum, size)
    times_s = np.arange(size) / HEARING_RATE_HZ
    swell = 1.0 + 0.25 * np.sin(2 * np.pi * (0.4 * times_s + luck.uniform()))
    shaped *= swell
    made: Signal = (shaped * 10 ** (level_db / 20) / max(1e-9, float(np.std(shaped)))).astype(np.float32)
    return made


def _reflection(room: Room) -> float:
    """Give the walls' reflection for the room's reverberation time, by Sabine's formula."""
    x, y, z = room.size_m
    volume, surface = x * y * z, 2 * (x * y + y * z + z * x)
    absorbed = min(0.99, 0.161 * volume / (surface * room.rt60_s))
    return float(np.sqrt(1.0 - absorbed))


def _images(
    at_m: float, wall_m: float, steps: npt.NDArray[np.int_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int_]]:
    """Give the mirror images along one axis, and how often each was reflected."""
    even = 2 * steps * wall_m + at_m
    odd = 2 * steps * wall_m - at_m
    return np.concatenate((even, odd)), np.concatenate((np.abs(2 * steps), np.abs(2 * steps - 1)))


def _spread(values: npt.NDArray[np.float64] | npt.NDArray[np.int_], axis: int) -> npt.NDArray[np.float64]:
    shape = [1, 1, 1]
    shape[axis] = -1
    return values.reshape(shape).astype(np.float64)
