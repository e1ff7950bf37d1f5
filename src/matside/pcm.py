"""Sound as the pipeline passes it on: blocks of mono samples with their place on the clock."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matside.units import Hz, Ms, Samples

HEARING_RATE_HZ: Hz = 16_000
"""The rate that the canceller, the voice activity detector and the recogniser work at."""

Signal = npt.NDArray[np.float32]
"""Mono samples, shape (n,), full scale is -1 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pcm:
    """A block of mono sound.

    Attributes:
        samples: Shape (n,), float32, full scale -1 to 1.
        rate_hz: Samples a second.
        start: Index of the first sample, counted from the start of its stream.
    """

    samples: Signal
    rate_hz: Hz = HEARING_RATE_HZ
    start: Samples = 0

    @property
    def end(self) -> Samples:
        """Index of the first sample after this block."""
        return self.start + len(self.samples)

    @property
    def end_ms(self) -> Ms:
        """When this block ends, on its stream's clock."""
        return self.end * 1000 // self.rate_hz
