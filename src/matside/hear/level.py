"""How loud sound is, in decibels of full scale."""

import math
from typing import Final

import numpy as np

from matside.pcm import Signal
from matside.units import Db

SILENCE_DB: Final[Db] = -120.0
"""What digital silence counts as."""


def power(samples: Signal) -> float:
    """Give the mean square; 0 for no samples."""
    return float(np.dot(samples, samples)) / len(samples) if len(samples) else 0.0


def level_db(mean_square: float) -> Db:
    """Turn a mean square into dBFS, -120 at the least."""
    return max(SILENCE_DB, 10.0 * math.log10(mean_square)) if mean_square > 0 else SILENCE_DB


def ratio(gain_db: Db) -> float:
    """Turn decibels into a factor for mean squares."""
    return float(10.0 ** (gain_db / 10.0))
