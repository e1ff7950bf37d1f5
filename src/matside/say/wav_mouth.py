"""A mouth that speaks into a WAV file, for rehearsals and for runs whose ear is a file too.

The file grows as the session does and is readable at any moment, even when the program is killed.
"""

import contextlib
import wave
from pathlib import Path
from typing import assert_never

import numpy as np

from matside.errors import EdgeError
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.say.line import Duck, Hush, MouthOrder, Say
from matside.say.mixer import Mixer
from matside.say.reference import Reference
from matside.say.sounds import LEAD_MS, Sounds
from matside.units import Db, Hz, Ms, Samples

RATE_HZ: Hz = 22_050
"""What pyttsx3 renders on Linux and Windows, so that nothing need be resampled."""

_AHEAD_MS: Ms = 60
"""How far the ear's question is mixed ahead, since resampling gives its samples a little later."""

_BLOCK = RATE_HZ


class WavMouth:
    """Mix the session into a file, by its own clock.

    Orders must come in order of time, as the scheduler gives them.
    """

    lead_ms: Ms = LEAD_MS

    def __init__(self, path: Path, sounds: Sounds, *, origin_ms: Ms = 0) -> None:
        """Begin the file.

        Args:
            path: Where it goes; what is there is overwritten.
            sounds: Who knows how lines sound.
            origin_ms: Session time of the file's first sample.

        Raises:
            EdgeError: It can't be written.
        """
        self._path = path
        self._origin_ms = origin_ms
        self._sounds = sounds
        self._mixer = Mixer(RATE_HZ)
        self._reference = Reference(RATE_HZ)
        self._wanted_db: Db | None = None
        self._block = np.zeros(_BLOCK, dtype=np.float32)
        try:
            self._file = path.open("wb")
        except OSError as error:
            hint = "Name a file in a folder that exists and that you may write to."
            raise EdgeError(f"{path} can't be written: {error.strerror}.", hint=hint) from error
        self._sound = wave.open(self._file, "wb")  # noqa: SIM115
        self._sound.setnchannels(1)
        self._sound.setsampwidth(2)
        self._sound.setframerate(RATE_HZ)

    def obey(self, order: MouthOrder) -> None:
        """Carry out an order. Everything before it is settled and written."""
        match order:
            case Say():
                self.move_to(order.at_ms - self.lead_ms)
                self._mixer.play(self._frame(order.at_ms), self._sounds.sound_of(order.line, RATE_HZ))
            case Hush():
                self.move_to(order.at_ms - self.lead_ms)
                self._mixer.hush(self._frame(order.at_ms))
            case Duck():
                self._mixer.duck(order.gain_db)
            case _:
                assert_never(order)

    def set_volume(self, gain_db: Db) -> None:
        """Set the volume that the person chose, relative to normal.

        It comes without a time, just before the orders that belong to it, and changes with them.
        """
        self._wanted_db = gain_db

    def move_to(self, now_ms: Ms) -> None:
        """Write everything before this session time; no order may come for it any more."""
        self._mix_until(self._frame(now_ms))
        if self._wanted_db is not None:
            self._mixer.set_volume(self._wanted_db)
            self._wanted_db = None

    def between_ms(self, start_ms: Ms, end_ms: Ms) -> Signal:
        """Give what was said in that session time, at 16 kHz, for an ear that hears a file.

        It is settled a few milliseconds beyond `end_ms`, which is why orders come with a lead.
        """
        self.move_to(end_ms + _AHEAD_MS)
        start, end = ((at_ms - self._origin_ms) * HEARING_RATE_HZ // 1000 for at_ms in (start_ms, end_ms))
        return self._reference.read(start, end - start)

    def finish(self, total_ms: Ms) -> None:
        """Write the rest, up to the session's end or the end of the last line, and close the file."""
        if not self._file.closed:
            self._mix_until(self._frame(total_ms))
        self.close()

    def close(self) -> None:
        """Write the last line to its end and close the file; more than once does no harm."""
        if self._file.closed:
            return
        self._mixer.take_up()
        self._mix_until(self._mixer.end)
        with contextlib.suppress(OSError):
            self._sound.close()
            self._file.close()

    def _mix_until(self, frame: Samples) -> None:
        while (count := min(_BLOCK, frame - self._mixer.position)) > 0:
            block = self._block[:count]
            self._mixer.mix(block)
            self._reference.feed(block)
            samples = np.round(np.clip(block, -1, 1) * 32767).astype("<i2")
            try:
                self._sound.writeframes(samples.tobytes())
                self._file.flush()
            except OSError as error:
                with contextlib.suppress(OSError):
                    self._sound.close()  # else the garbage collector tries again, and complains
                with contextlib.suppress(OSError):
                    self._file.close()
                raise EdgeError(f"{self._path} can't be written: {error.strerror}.") from error

    def _frame(self, at_ms: Ms) -> Samples:
        return (at_ms - self._origin_ms) * RATE_HZ // 1000
