"""How loud the coach can be in the microphone at most, learnt from the moments in which it was quiet there.

With headphones, or on recordings, no echo ever comes, and a canceller that waits for one can't say how little
of it there is. But whenever the coach has spoken for a while and the microphone stayed quiet, the way from
the loudspeaker to the microphone can't be better than that. The quietest such moment, with a margin for rooms
that favour some sounds over others, bounds the echo from above. A person who speaks makes the microphone
louder, never quieter, so she can't lower the bound.
"""

import math
from collections import deque
from typing import Final

from matside.hear.level import ratio

_SMOOTH: Final = 0.1
"""Of blocks of 16 ms: an average over 160 ms."""
_FLOOR: Final = ratio(-45.0)
_STEADY: Final = 38
"""Blocks, 600 ms: longer than any delay that is looked for, so that an echo must have come by then."""
_LATEST: Final = 26
_RELEASE: Final = 1.001
"""A block: 0.3 dB a second, so that headphones that were taken off are noticed."""
_MARGIN: Final = ratio(12.0)


class Coupling:
    """The bound on the echo, block by block."""

    def __init__(self) -> None:
        self._near = 0.0
        self._far = 0.0
        self._steady = 0
        self._ratio = math.inf
        self._far_powers: deque[float] = deque([0.0] * _LATEST, maxlen=_LATEST)
        self._far_levels: deque[float] = deque([0.0] * _LATEST, maxlen=_LATEST)

    def update(self, near: float, far: float) -> None:
        """Take the mean squares of a block."""
        self._near += _SMOOTH * (near - self._near)
        self._far += _SMOOTH * (far - self._far)
        self._far_powers.append(far)
        self._far_levels.append(self._far)
        self._steady = self._steady + 1 if self._far > _FLOOR else 0
        if self._steady >= _STEADY:
            # The echo of the quietest of what was played lately is the least that must be there.
            self._ratio = min(self._ratio * _RELEASE, self._near / min(self._far_levels))

    @property
    def played(self) -> float:
        """The loudest mean square of a block among those whose echo may sound now."""
        return max(self._far_powers)

    @property
    def bound(self) -> float:
        """The most echo, as a mean square, that there can be now; infinite until something is known."""
        return self._ratio * max(self._far_powers) * _MARGIN if self._ratio < math.inf else math.inf
