"""A slow gain before the voice detector, for microphones that are set far too low.

The detector is trained on near voices and misses a third of what comes at -60 dBFS. A microphone that is set
too low shows it by its floor, before anybody speaks: a room is never as quiet as -72 dBFS through one that is
set right. So the gain lifts the floor to there, by 36 dB at most, and never lifts the loudest of the last
seconds over -10 dBFS. It moves slowly, and only the detector hears it: levels are judged as they came.
"""

from typing import Final

import numpy as np

from matside.hear.level import SILENCE_DB, level_db, power
from matside.pcm import Signal
from matside.units import Db

_FLOOR_AT_DB: Final[Db] = -72.0
_LOUDEST_AT_DB: Final[Db] = -10.0
_MOST_DB: Final[Db] = 36.0
_RISE_DB: Final[Db] = 0.05
"""A frame of 32 ms: the floor follows louder noise by 1.6 dB a second, so that no phrase is taken for it."""
_FALL_DB: Final[Db] = 0.1
"""A frame: what was loud is forgotten by 3 dB a second."""
_KNOWN_FRAMES: Final = 31
_STEP_DB: Final[Db] = 0.5
"""A frame: 16 dB a second upwards; downwards at once, so that nothing is cut off."""


class SlowGain:
    """Follow the floor of one stream, frame by frame."""

    def __init__(self) -> None:
        self.gain_db: Db = 0.0
        self._floor_db: Db | None = None
        self._frames = 0
        self._loudest_db: Db = SILENCE_DB

    @property
    def floor_db(self) -> Db:
        """The quietest of late, dBFS; silence until a second has told something of the room."""
        return SILENCE_DB if self._floor_db is None or self._frames < _KNOWN_FRAMES else self._floor_db

    def lift(self, frame: Signal) -> Signal:
        """Give the frame for the detector."""
        now_db = level_db(power(frame))
        if now_db > SILENCE_DB:  # exact zeros tell nothing of the room
            rising_db = now_db if self._floor_db is None else self._floor_db + _RISE_DB
            self._floor_db = min(now_db, rising_db)
            self._frames += 1
        self._loudest_db = max(now_db, self._loudest_db - _FALL_DB)
        self._move()
        if self.gain_db <= 0.0:
            return frame
        lifted: Signal = np.clip(frame * np.float32(10 ** (self.gain_db / 20)), -1.0, 1.0)
        return lifted

    def _move(self) -> None:
        if self._floor_db is None:
            return
        wanted_db = min(_MOST_DB, _FLOOR_AT_DB - self._floor_db, _LOUDEST_AT_DB - self._loudest_db)
        self.gain_db = max(0.0, min(wanted_db, self.gain_db + _STEP_DB))
