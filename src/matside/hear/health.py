"""Is the microphone well? Nothing but zeros, or sound that is cut off at full scale, is told within a second.

Zeros come from a switch, from privacy settings, or from a headset that keeps silence to itself. The last is
no fault; so after each silence that ended by itself, a longer one is needed before it is told again.
"""

from typing import Final

import numpy as np

from matside.pcm import HEARING_RATE_HZ, Signal

MUTED: Final = "The microphone gives only silence: it is muted, or matside isn't allowed to hear it."
CLIPPED: Final = "The microphone is set too loud and cuts words off: turn its level down."

_MUTED_S: Final = 0.8
_AT_FIRST_S: Final = 3.0
"""Some devices give zeros for their first seconds."""
_LONGER: Final = 4.0
_FULL: Final = 0.97
"""Resampling rounds what was cut off at 1."""
_CLIPPED_SHARE: Final = 0.01
_WINDOW_S: Final = 0.5
_CLEAN_S: Final = 10.0


class Health:
    """Watch the sound of one microphone, block by block."""

    def __init__(self) -> None:
        self.is_muted = False
        self.is_clipped = False
        self._silent_s = 0.0
        self._limit_s = _MUTED_S
        self._has_sounded = False
        self._window: list[tuple[int, int]] = []
        self._clean_s = 0.0

    def begin(self) -> None:
        """The device was opened."""
        self._silent_s = 0.0
        self._has_sounded = False
        self._window.clear()

    def take(self, samples: Signal) -> None:
        """Look at the next block, at 16 kHz."""
        if not len(samples):
            return
        self._look_for_silence(samples)
        self._look_for_clipping(samples)

    def _look_for_silence(self, samples: Signal) -> None:
        if np.any(samples):
            if self.is_muted:
                self._limit_s *= _LONGER
            self._silent_s, self.is_muted, self._has_sounded = 0.0, False, True
            return
        self._silent_s += len(samples) / HEARING_RATE_HZ
        if self._silent_s > (self._limit_s if self._has_sounded else _AT_FIRST_S):
            self.is_muted = True

    def _look_for_clipping(self, samples: Signal) -> None:
        cut = int(np.count_nonzero(np.abs(samples) >= _FULL))
        self._window.append((cut, len(samples)))
        while sum(count for _, count in self._window[1:]) > _WINDOW_S * HEARING_RATE_HZ:
            self._window.pop(0)
        total = sum(count for _, count in self._window)
        if sum(cut for cut, _ in self._window) > _CLIPPED_SHARE * max(total, _WINDOW_S * HEARING_RATE_HZ):
            self.is_clipped, self._clean_s = True, 0.0
        elif self.is_clipped:
            self._clean_s = 0.0 if cut else self._clean_s + len(samples) / HEARING_RATE_HZ
            self.is_clipped = self._clean_s < _CLEAN_S
