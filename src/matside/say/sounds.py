"""What a mouth needs of whoever knows how a line sounds."""

from typing import Protocol

from matside.pcm import Signal
from matside.say.line import Line
from matside.units import Hz, Ms

LEAD_MS: Ms = 150
"""How long before its onset a line is ordered: a tenth of a second lies in the device's buffer, the rest is
for our own thread to be late. The same for every mouth, so that a rehearsal gives the same times."""


class Sounds(Protocol):
    """Who knows how a line sounds."""

    def sound_of(self, line: Line, rate_hz: Hz) -> Signal:
        """Give a line's samples at this rate; none where it has no sound."""
        ...
