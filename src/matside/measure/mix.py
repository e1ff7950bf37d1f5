"""Copies of clean commands in worse rooms, the same every time: far away, in noise, and over the coach."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from matside.measure.acoustics import (
    Point,
    Room,
    active_db,
    at_active_db,
    chance,
    noise,
    place,
    response,
    through,
)
from matside.measure.hearing import Scene
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.units import Db

ROOM: Final = Room()
FAR_M: Final = (2.0, 3.0)
NEAR_DB: Final[Db] = -26.0
LOUDSPEAKER_M: Final[Point] = (0.9, 1.6, 0.5)
"""30 cm from the microphone."""
ECHO_DB: Final[Db] = -24.0
ECHO_LATE: Final = HEARING_RATE_HZ * 60 // 1000
"""Buffers and air: what the sound room has, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a copy is made.

    Attributes:
        name: As it stands in the table.
        snr_db: Noise below the speech; None adds none.
        is_far: Whether the person is 2 to 3 m away.
        over_coach_db: Level of the person over the coach's echo; None where the coach is silent.
    """

    name: str
    snr_db: Db | None = None
    is_far: bool = True
    over_coach_db: Db | None = None


CONDITIONS: Final = (
    Condition(name="far, quiet"),
    Condition(name="far, 12 dB", snr_db=12.0),
    Condition(name="far, 6 dB", snr_db=6.0),
    Condition(name="over the coach, -6 dB", is_far=False, over_coach_db=-6.0),
    Condition(name="over the coach, -12 dB", is_far=False, over_coach_db=-12.0),
)


def copy_of(scene: Scene, condition: Condition) -> Scene:
    """Make a copy of a clean scene; over the coach it holds the person alone, at the right level."""
    luck = chance(scene.clip.name, condition.name)
    sound = scene.sound
    if condition.is_far or condition.over_coach_db is not None:
        distance_m = luck.uniform(*FAR_M) if condition.is_far else 1.0
        sound = through(sound, response(ROOM, place(ROOM, distance_m, luck), ROOM.device_m))
    level_db = NEAR_DB if condition.over_coach_db is None else ECHO_DB + condition.over_coach_db
    sound = at_active_db(sound, level_db)
    if condition.snr_db is not None:
        sound = sound + noise(len(sound), active_db(sound) - condition.snr_db, luck)
    return replace(scene, condition=condition.name, sound=sound)


def echo_path() -> Signal:
    """Give the way from the loudspeaker to the microphone, late by the buffers and the air."""
    answer = response(ROOM, LOUDSPEAKER_M, ROOM.device_m)
    return np.concatenate((np.zeros(ECHO_LATE, np.float32), answer))


def copies(scenes: Sequence[Scene], condition: Condition) -> Iterator[Scene]:
    """Make a copy of each scene that holds a command."""
    return (copy_of(scene, condition) for scene in scenes if scene.clip.wanted is not None)
