"""What a room does to our own voice, measured from a phrase that was heard; and how to listen there.

The phrase is cancelled twice over: the first pass learns the room, the second shows how much of the echo can
be taken away. The delay of the first half against that of the second, placed between samples, gives the drift
of the two clocks. What isn't there is as telling: with headphones no echo comes at all.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from matside.hear.canceller import BLOCK, Canceller
from matside.hear.level import SILENCE_DB, level_db, power
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.understand.echo import Duplex
from matside.units import Db, Ms, Samples

CANCELS_DB: Final[Db] = 8.0
"""What the canceller itself calls converged."""
HELPS_DB: Final[Db] = 3.0
DRIFTS_PPM: Final = 20.0
"""From 30 ppm on a linear canceller collapses; measured with read speech."""
_ECHO_OVER_FLOOR_DB: Final[Db] = 4.0
_LATEST: Final[Samples] = 16_000
_QUIET: Final = 1e-7
_PASSES: Final = 2
_LIKE: Final = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFigures:
    """What was measured.

    Attributes:
        delay_ms: From the loudspeaker's sample to the microphone's; None where no echo was found.
        cancelled_db: How much quieter the canceller makes the echo.
        floor_db: The microphone while nothing was played, dBFS.
        echo_db: The microphone while the phrase was played, dBFS.
        drift_ppm: How far the two clocks run apart; None where no echo was found.
    """

    delay_ms: Ms | None
    cancelled_db: Db
    floor_db: Db
    echo_db: Db
    drift_ppm: float | None


class Why(StrEnum):
    """Why a room is listened to as it is."""

    HEADPHONES = "headphones"
    """Our voice doesn't come back: headphones, or a quiet loudspeaker."""
    DRIFT = "drift"
    """Microphone and loudspeaker run apart, by so many millionths."""
    CANCELS = "cancels"
    """So many dB of our voice can be taken away."""
    CANCELS_LITTLE = "cancels-little"
    CANNOT_TELL = "cannot-tell"
    """Our voice and hers can't be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMode:
    """How to listen, and why.

    Attributes:
        amount: Of what the reason counts: dB, or millionths; 0 where it counts nothing.
    """

    duplex: Duplex
    why: Why
    amount: float = 0.0


def look_at_room(near: Signal, far: Signal) -> RoomFigures:
    """Measure a room.

    Args:
        near: What the microphone took, with some silence before the phrase; at 16 kHz, seconds long.
        far: What was played in the same time, as long.
    """
    size = min(len(near), len(far)) // BLOCK * BLOCK
    near, far = near[:size], far[:size]
    playing = _while_playing(far)
    floor_db, echo_db = _level(near[~playing]), _level(near[playing])
    late, is_clear = _delay(near, far)
    if echo_db < floor_db + _ECHO_OVER_FLOOR_DB and not is_clear:
        return RoomFigures(
            delay_ms=None, cancelled_db=0.0, floor_db=floor_db, echo_db=echo_db, drift_ppm=None
        )
    middle = size // 2
    first, second = _delay(near[:middle], far[:middle]), _delay(near[middle:], far[middle:])
    drift_ppm = None
    if first[1] and second[1]:
        drift_ppm = (second[0] - first[0]) / (size - middle) * 1e6
    return RoomFigures(
        delay_ms=round(late / 16) if is_clear else None,
        cancelled_db=_cancelled_db(near, far, playing),
        floor_db=floor_db,
        echo_db=echo_db,
        drift_ppm=drift_ppm,
    )


def choose_mode(figures: RoomFigures) -> RoomMode:
    """Pick the way to listen that this room allows."""
    if figures.echo_db < figures.floor_db + _ECHO_OVER_FLOOR_DB and figures.delay_ms is None:
        return RoomMode(duplex=Duplex.FULL, why=Why.HEADPHONES)
    drift_ppm = figures.drift_ppm
    if drift_ppm is not None and abs(drift_ppm) > DRIFTS_PPM:
        return RoomMode(
            duplex=Duplex.GATED if figures.cancelled_db >= HELPS_DB else Duplex.GAPS,
            why=Why.DRIFT,
            amount=abs(drift_ppm),
        )
    if figures.cancelled_db >= CANCELS_DB:
        return RoomMode(duplex=Duplex.FULL, why=Why.CANCELS, amount=figures.cancelled_db)
    if figures.cancelled_db >= HELPS_DB:
        return RoomMode(duplex=Duplex.GATED, why=Why.CANCELS_LITTLE, amount=figures.cancelled_db)
    return RoomMode(duplex=Duplex.GAPS, why=Why.CANNOT_TELL)


def _while_playing(far: Signal) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Mark the samples in which something is played, or its echo may still sound."""
    frames = np.square(far.reshape(-1, BLOCK)).mean(axis=1) > _QUIET
    spread = frames.copy()
    for late in range(1, round(0.6 * HEARING_RATE_HZ / BLOCK)):
        spread[late:] |= frames[:-late]
    return np.repeat(spread, BLOCK)


def _level(sound: Signal) -> Db:
    return level_db(power(sound)) if len(sound) else SILENCE_DB


def _delay(near: Signal, far: Signal) -> tuple[float, bool]:
    """Give the delay in samples, placed between them, and whether it stands out."""
    size = 1 << (len(near) + len(far)).bit_length()
    cross = np.fft.rfft(near, size) * np.conj(np.fft.rfft(far, size))
    low, high = round(200 / HEARING_RATE_HZ * size), round(6_000 / HEARING_RATE_HZ * size)
    cross[:low] = cross[high:] = 0
    lags = np.fft.irfft(cross / (np.abs(cross) + 1e-12), size)[: min(_LATEST, len(near))]
    best = int(np.argmax(lags))
    spread = float(np.std(lags))
    is_clear = spread > 0 and float(lags[best]) > _LIKE * spread
    if not 0 < best < len(lags) - 1:
        return float(best), is_clear
    before, top, after = lags[best - 1 : best + 2]
    bend = before - 2 * top + after
    return best + (0.5 * float((before - after) / bend) if bend else 0.0), is_clear


def _cancelled_db(near: Signal, far: Signal, playing: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Db:
    canceller = Canceller()
    clean = near
    for _ in range(_PASSES):
        clean = canceller.process(near, far)
    half = len(near) // 2
    late = playing[half:]
    return max(0.0, _level(near[half:][late]) - _level(clean[half:][late]))
