"""The mouth of a computer without a loudspeaker: the words stand on the screen, and time goes on."""

import numpy as np

from matside.pcm import HEARING_RATE_HZ, Signal
from matside.say.line import MouthOrder
from matside.say.sample_clock import SampleClock
from matside.say.sounds import LEAD_MS
from matside.units import Db, Ms


class SilentMouth:
    """Make no sound, with the interface of the loudspeaker."""

    lead_ms: Ms = LEAD_MS

    def __init__(self, clock: SampleClock) -> None:
        self.clock = clock

    def obey(self, order: MouthOrder) -> None:
        """Do nothing."""

    def set_volume(self, gain_db: Db) -> None:
        """Do nothing."""

    def between(self, start_s: float, end_s: float) -> Signal:
        """Give silence, which is what was played."""
        return np.zeros(max(0, round((end_s - start_s) * HEARING_RATE_HZ)), dtype=np.float32)

    def close(self) -> None:
        """Do nothing."""
