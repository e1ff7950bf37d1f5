"""Names for quantities, so that a unit stands in every signature."""

from typing import TypeAlias

Ms: TypeAlias = int
"""A length or a point of session time, in whole milliseconds."""

Hz: TypeAlias = int
"""A sample rate, in samples a second."""

Db: TypeAlias = float
"""A level or a gain, in decibels; of full scale (dBFS) where it is a level."""

Samples: TypeAlias = int
"""A count of samples on the clock of one stream."""


def seconds(length_ms: Ms) -> float:
    """Turn milliseconds into seconds, for foreign interfaces and for people."""
    return length_ms / 1000


def milliseconds(length_s: float) -> Ms:
    """Turn seconds into the nearest whole millisecond."""
    return round(length_s * 1000)
